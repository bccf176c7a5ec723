use std::iter;

use super::*;
use crate::page::request::Request;
use crate::policy::robots::RobotsTxt;

const H: &str = "http://h.example";
const AGENT: &str = "crawlworks/1";
const NOW: Duration = Duration::from_hours(24 * 20_000);

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn read(file: &str) -> RobotsFile {
    RobotsFile::Read {
        rules: RobotsTxt::parse(file.as_bytes()).for_agent("crawlworks"),
        sitemaps: Vec::new(),
    }
}

fn request(text: &str) -> Queued {
    Request::from(url(text)).into()
}

/// Builds a file with `count` rules.
fn many(count: usize, rule: impl Fn(usize) -> String) -> String {
    let lines = iter::once("User-agent: *".to_owned()).chain((0..count).map(rule));
    lines.collect::<Vec<_>>().join("\n")
}

fn just_before(time: Duration) -> Duration {
    time.checked_sub(Duration::from_secs(1)).unwrap()
}

/// Returns the gate that forbids the path `/a` by this line.
fn forbidden(line: u32) -> Gate {
    Gate::Forbidden(Forbidden {
        line: Some(line),
        rule: "Disallow: /a".to_owned(),
    })
}

#[test]
fn origins_differ_by_scheme_and_port() {
    let mut book = Book::default();
    book.settle(H, read("User-agent: *\nDisallow: /a"), NOW);
    let ask = |text| book.ask(&url(text), NOW);
    assert_eq!(ask("http://h.example/a"), forbidden(2));
    assert_eq!(ask("http://h.example/b"), Gate::Allowed);
    assert_eq!(ask("https://h.example/a"), Gate::Unknown);
    assert_eq!(ask("http://h.example:81/a"), Gate::Unknown);
}

#[test]
fn requests_wait_in_order_and_no_more_than_a_window_of_them() {
    let mut book = Book::default();
    let paths: Vec<String> = (0..=WINDOW).map(|n| format!("{H}/{n}")).collect();
    for (number, path) in paths.iter().enumerate() {
        let expected = Parked {
            is_first: number == 0,
            is_full: number == WINDOW - 1,
        };
        assert_eq!(book.park(HostId(7), request(path)), expected, "{number}");
        assert_eq!(book.ask(&url(path), NOW), Gate::Unknown);
    }
    let waiting = book.settle(H, RobotsFile::Missing, NOW).waiting.unwrap();
    let waited: Vec<&str> = waiting
        .requests
        .iter()
        .map(|q| q.request.url().as_str())
        .collect();
    assert_eq!(waited, paths);
    assert_eq!((waiting.host, waiting.is_full), (HostId(7), true));
    assert!(book.settle(H, RobotsFile::Missing, NOW).waiting.is_none());
}

#[test]
fn a_file_is_believed_for_a_day_and_its_absence_too() {
    let mut book = Book::default();
    book.settle(H, RobotsFile::Missing, NOW);
    let page = url("http://h.example/");
    assert_eq!(book.ask(&page, just_before(NOW + LIFE)), Gate::Allowed);
    assert_eq!(book.ask(&page, NOW + LIFE), Gate::Unknown);
}

#[test]
fn unreachable_is_asked_again_after_ten_minutes() {
    let mut book = Book::default();
    let settled = book.settle(H, RobotsFile::Unreachable, NOW);
    assert_eq!(settled.holds, RobotsStatus::Unreachable);
    let page = url("http://h.example/");
    let until = NOW + UNREACHABLE_LIFE;
    assert_eq!(book.ask(&page, just_before(until)), Gate::Unreachable);
    assert_eq!(book.ask(&page, until), Gate::Unknown);
}

#[test]
fn a_copy_stands_in_for_an_unreachable_file_for_thirty_days() {
    let mut book = Book::default();
    book.settle(H, read("User-agent: *\nDisallow: /a"), NOW);
    let page = url("http://h.example/a");
    for days in [1, 2, 29] {
        let then = NOW + days * LIFE;
        assert_eq!(book.ask(&page, then), Gate::Unknown);
        let settled = book.settle(H, RobotsFile::Unreachable, then);
        assert_eq!(settled.holds, RobotsStatus::Copy);
        assert_eq!(book.ask(&page, then), forbidden(2), "{days}");
        assert_eq!(book.ask(&page, then + UNREACHABLE_LIFE), Gate::Unknown);
    }
    let settled = book.settle(H, RobotsFile::Unreachable, NOW + MAX_AGE);
    assert_eq!(settled.holds, RobotsStatus::Unreachable);
    assert_eq!(book.ask(&page, NOW + MAX_AGE), Gate::Unreachable);
}

#[test]
fn the_rules_of_many_hosts_do_not_fill_the_memory() {
    let mut book = Book::durable();
    let long = "x".repeat(100);
    let file = many(2_000, |number| format!("Disallow: /{number}/{long}"));
    let rules = RobotsTxt::parse(file.as_bytes()).for_agent("a");
    let hosts = 2 * MAX_MEMORY / rules.memory();
    for host in 0..hosts {
        let file = RobotsFile::Read {
            rules: rules.clone(),
            sitemaps: Vec::new(),
        };
        book.settle(&format!("http://h{host}.example"), file, NOW);
        assert!(book.memory <= MAX_MEMORY);
    }
    assert!(book.origins.len() < hosts);
    let last = url(&format!(
        "http://h{}.example/1/{}",
        hosts - 1,
        "x".repeat(100)
    ));
    assert!(matches!(book.ask(&last, NOW), Gate::Forbidden(_)));
}

#[test]
fn rules_that_are_too_costly_forbid_by_no_line() {
    let file = many(40_000, |number| format!("allow:*{number:x}"));
    let mut book = Book::default();
    book.settle(H, read(&file), NOW);
    let page = url(&format!("{H}/{}", "x".repeat(500)));
    let Gate::Forbidden(by) = book.ask(&page, NOW) else {
        panic!("allowed");
    };
    assert_eq!(
        (by.line, by.rule.as_str()),
        (None, "too many wildcards to try them all")
    );
}

/// Returns the book that the next process restores from the records of this one.
fn resumed(book: &mut Book, agent: &str, now: Duration) -> Book {
    let mut next = Book::durable();
    for (origin, record) in book.changes(AGENT) {
        if let Some(record) = record {
            next.take_back(&origin, &record, agent, now);
        }
    }
    next
}

#[test]
fn the_next_process_believes_a_file_for_the_rest_of_its_day() {
    let mut book = Book::durable();
    book.settle(H, read("User-agent: *\nDisallow: /a"), NOW);
    book.settle("http://none.example", RobotsFile::Missing, NOW);
    let next = resumed(&mut book, AGENT, NOW + LIFE / 2);
    let page = url("http://h.example/a");
    assert_eq!(next.ask(&page, NOW + LIFE / 2), forbidden(2));
    assert_eq!(next.ask(&page, NOW + LIFE), Gate::Unknown);
    let free = url("http://none.example/a");
    assert_eq!(next.ask(&free, NOW + LIFE / 2), Gate::Allowed);
    assert!(book.changes(AGENT).is_empty(), "nothing has changed since");
}

#[test]
fn the_next_process_believes_nothing_of_another_crawler_or_time() {
    let mut book = Book::durable();
    let page = url("http://h.example/a");
    let long_ago = just_before(NOW);
    for (agent, now) in [("other/1", NOW), (AGENT, long_ago), (AGENT, NOW + MAX_AGE)] {
        book.settle(H, read("User-agent: *\nDisallow: /a"), NOW);
        let next = resumed(&mut book, agent, now);
        assert_eq!(next.ask(&page, NOW), Gate::Unknown, "{agent} {now:?}");
    }
    assert_eq!(book.take_back(H, b"{nonsense", AGENT, NOW), None);
}

#[test]
fn a_copy_that_is_in_doubt_stands_in_for_nothing() {
    let mut book = Book::durable();
    book.settle(H, read("User-agent: *\nDisallow: /a"), NOW);
    let page = url("http://h.example/b");
    book.doubt(&page);
    assert_eq!(
        book.ask(&page, NOW),
        Gate::Allowed,
        "this process fetched it"
    );
    let mut next = resumed(&mut book, AGENT, NOW);
    assert_eq!(next.ask(&page, NOW), Gate::Allowed);
    next.doubt(&page);
    assert_eq!(next.ask(&page, NOW), Gate::Unknown);
    let settled = next.settle(H, RobotsFile::Unreachable, NOW);
    assert_eq!(settled.holds, RobotsStatus::Unreachable);
}

#[test]
fn a_delay_comes_back_with_its_file() {
    let mut book = Book::durable();
    book.settle(H, read("User-agent: *\nCrawl-delay: 7"), NOW);
    let (origin, record) = book.changes(AGENT).remove(0);
    let delay = Book::durable().take_back(&origin, &record.unwrap(), AGENT, NOW);
    assert_eq!(delay, Some(Duration::from_secs(7)));
}

#[test]
fn an_unreachable_or_huge_file_is_not_kept() {
    let mut book = Book::durable();
    book.settle(H, RobotsFile::Unreachable, NOW);
    let huge = many(10_000, |number| format!("Disallow: /{number}"));
    book.settle("http://big.example", read(&huge), NOW);
    let records = book.changes(AGENT);
    assert_eq!(records.len(), 2);
    assert!(records.iter().all(|(_, record)| record.is_none()));
}
