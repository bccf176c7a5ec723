//! A host that goes away in the middle of a crawl costs no page; a page that fails by itself still does.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Finish, Report};
use tokio::time::Instant;

use crate::support::{Probe, Scratch, get, html, page_of_links, quick, run, secs};

const HOME: &str = "http://a.example/";
const PAGES: u64 = 41;

/// What comes instead of an answer.
#[derive(Clone, Copy, Debug)]
enum Instead {
    Error(ErrorKind),
    Status(u16),
}

impl Instead {
    fn of(self, request: Request) -> Result<Response, Error> {
        match self {
            Self::Error(kind) => Err(Error::new(kind, "nobody is there")),
            Self::Status(status) => Ok(Response::new(request, status)),
        }
    }
}

/// The home page links to all others, and is served like them between the outages: `is_away` says when.
fn site(
    instead: Instead,
    is_away: impl Fn(&Request, Duration) -> bool + Send + Sync + 'static,
) -> FakeDownloader {
    let began = Instant::now();
    FakeDownloader::new(move |request| {
        if is_away(&request, began.elapsed()) {
            return instead.of(request);
        }
        if request.url().path() == "/robots.txt" {
            return Ok(Response::new(request, 404));
        }
        let links = (1..PAGES).map(|page| format!("/{page}"));
        Ok(html(request, page_of_links(links)))
    })
}

/// Ten pages a second.
fn settings(settings: &mut Settings) {
    settings.politeness.delay = Duration::from_millis(100);
    settings.politeness.adaptive_delay = false;
    settings.failures.retries = 3;
}

fn between(from: u64, to: u64) -> impl Fn(&Request, Duration) -> bool + Send + Sync {
    move |_, now| now >= secs(from) && now < secs(to)
}

async fn crawl(fake: &FakeDownloader, change: impl FnOnce(&mut Settings)) -> Report {
    let crawler = quick(Probe::links([get(HOME)]), |s| {
        settings(s);
        change(s);
    });
    run(crawler.downloader(fake.clone())).await
}

fn all_is_there(report: &Report, what: &dyn std::fmt::Debug) {
    assert_eq!(
        (report.finish, report.pages, report.ledger.failed),
        (Finish::Finished, PAGES, 0),
        "{what:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn every_way_to_be_away_is_waited_for() {
    use ErrorKind::{Connect, Dns, Proxy, Timeout, Tls};
    let errors = [Connect, Dns, Proxy, Timeout, Tls].map(Instead::Error);
    let statuses = [502, 503, 504, 522, 523].map(Instead::Status);
    for instead in errors.into_iter().chain(statuses) {
        let fake = site(instead, between(1, 61));
        all_is_there(&crawl(&fake, |_| {}).await, &instead);
        let times = fake.times();
        let asked = times.iter().filter(|at| **at >= secs(1) && **at < secs(61));
        assert!(asked.count() <= 10, "{instead:?}: {times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_costs_nothing_whenever_it_is() {
    for robots in [false, true] {
        for after in [1, 2, 20, PAGES - 2, PAGES - 1, PAGES] {
            let count = std::sync::atomic::AtomicU64::new(0);
            let from = std::sync::Mutex::new(None);
            let fake = site(Instead::Error(ErrorKind::Connect), move |request, now| {
                let mut from = from.lock().unwrap();
                let is_page = request.url().path() != "/robots.txt";
                if from.is_none() && count.load(std::sync::atomic::Ordering::Relaxed) == after {
                    *from = Some(now);
                }
                let is_away = from.is_some_and(|from| now < from + secs(20));
                count.fetch_add(
                    u64::from(is_page && !is_away),
                    std::sync::atomic::Ordering::Relaxed,
                );
                is_away
            });
            let report = crawl(&fake, |s| s.politeness.robots = robots).await;
            all_is_there(&report, &(robots, after));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_costs_no_page_that_is_tried_only_once() {
    let fake = site(Instead::Error(ErrorKind::Connect), between(1, 21));
    let report = crawl(&fake, |s| s.failures.retries = 0).await;
    all_is_there(&report, &"no retries");
}

#[tokio::test(start_paused = true)]
async fn other_hosts_go_on_meanwhile() {
    let fake = site(Instead::Error(ErrorKind::Timeout), |request, now| {
        request.url().host_str() == Some("a.example") && now >= secs(1) && now < secs(90)
    });
    let probe = Probe::links([get(HOME), get("http://b.example/")]);
    let crawler = quick(probe, |s| {
        settings(s);
        s.politeness.concurrency = 2;
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!((report.pages, report.ledger.failed), (2 * PAGES, 0));
    let urls = fake.urls();
    let last = urls.iter().rposition(|url| url.contains("b.example"));
    assert!(fake.times()[last.unwrap()] < secs(8), "{urls:?}");
}

#[tokio::test(start_paused = true)]
async fn an_origin_that_is_away_holds_up_no_other_of_its_host() {
    let fake = site(Instead::Error(ErrorKind::Connect), |request, now| {
        request.url().port() == Some(81) && now >= secs(1) && now < secs(90)
    });
    let probe = Probe::links([get(HOME), get("http://a.example:81/")]);
    let crawler = quick(probe, |s| {
        settings(s);
        s.politeness.delay = Duration::from_millis(10);
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!((report.pages, report.ledger.failed), (2 * PAGES, 0));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_dies_by_itself_fails_after_its_tries() {
    for instead in [Instead::Error(ErrorKind::Connect), Instead::Status(502)] {
        for dead in ["/1", "/20", "/40"] {
            let fake = site(instead, move |request, _| request.url().path() == dead);
            let report = crawl(&fake, |_| {}).await;
            let tries = fake.urls().iter().filter(|url| url.ends_with(dead)).count();
            assert_eq!(
                (report.finish, report.pages, report.ledger.failed, tries),
                (Finish::Finished, PAGES - 1, 1, 4),
                "{instead:?} {dead}"
            );
            assert!(
                *fake.times().last().unwrap() < secs(30),
                "{instead:?} {dead}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_site_that_is_dead_for_good_is_given_up_page_by_page() {
    for instead in [Instead::Error(ErrorKind::Timeout), Instead::Status(504)] {
        for dead in [5..15, 31..41] {
            let fake = site(instead, move |request, _| {
                let page = request.url().path()[1..].parse::<u64>();
                page.is_ok_and(|page| dead.contains(&page))
            });
            let report = crawl(&fake, |_| {}).await;
            assert_eq!(
                (report.finish, report.pages, report.ledger.failed),
                (Finish::Finished, PAGES - 10, 10),
                "{instead:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crawl_that_a_host_has_left_is_no_finished_one() {
    let fake = site(Instead::Error(ErrorKind::Connect), between(1, 99_999));
    let report = crawl(&fake, |s| s.failures.max_outage = secs(30)).await;
    assert_eq!(report.finish, Finish::Away);
    assert!(report.has_failed());
    assert_eq!(report.ledger.pending, PAGES - report.pages);
    assert_eq!(report.away[0].origin, "http://a.example");
    assert!(report.away[0].error.contains("nobody is there"));
    let last = *fake.times().last().unwrap();
    assert!(last >= secs(31) && last < secs(33), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn a_host_is_looked_for_as_long_as_others_are_crawled() {
    let fake = site(Instead::Error(ErrorKind::Connect), |request, now| {
        request.url().host_str() == Some("a.example") && now >= secs(1) && now < secs(100)
    });
    let probe = Probe::links([get(HOME), get("http://b.example/")]);
    let crawler = quick(probe, |s| {
        settings(s);
        s.politeness.delay = secs(4);
        s.failures.max_outage = secs(20);
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!((report.pages, report.finish), (2 * PAGES, Finish::Finished));
}

#[tokio::test(start_paused = true)]
async fn the_next_run_gets_the_rest() {
    let files = Scratch::new();
    let job = |fake: FakeDownloader| {
        let crawler = quick(Probe::links([get(HOME)]), settings);
        run(crawler.job(files.path("job")).downloader(fake))
    };
    let gone = |from| site(Instead::Error(ErrorKind::Connect), between(from, 99_999));
    let first = job(gone(1)).await;
    assert_eq!(first.finish, Finish::Away);
    // Away from its first request on: it has answered the first process.
    let second = job(gone(0)).await;
    assert_eq!((second.finish, second.pages), (Finish::Away, first.pages));
    assert_eq!(second.ledger.pending, first.ledger.pending);
    all_is_there(&job(gone(99_999)).await, &"third");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_announced_is_no_part_of_the_longest_outage() {
    let began = Instant::now();
    let fake = FakeDownloader::new(move |request| {
        let now = began.elapsed();
        if now < secs(1) || now > secs(600) {
            let links = (1..PAGES).map(|page| format!("/{page}"));
            return Ok(html(request, page_of_links(links)));
        }
        Response::new(request, 503).with_header("retry-after", "300")
    });
    all_is_there(&crawl(&fake, |_| {}).await, &"announced");
}

#[tokio::test(start_paused = true)]
async fn without_patience_each_page_is_tried_by_itself() {
    let fake = site(Instead::Error(ErrorKind::Connect), between(1, 99_999));
    let report = crawl(&fake, |s| s.failures.max_outage = Duration::ZERO).await;
    assert_eq!(
        (report.finish, report.ledger.pending),
        (Finish::Finished, 0)
    );
    assert_eq!(report.ledger.failed, PAGES - report.pages);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_never_answered_is_not_waited_for() {
    let fake = site(Instead::Error(ErrorKind::Dns), |_, _| true);
    let report = crawl(&fake, |_| {}).await;
    assert_eq!((report.finish, report.ledger.failed), (Finish::Finished, 1));
    assert!(report.has_failed());
    assert_eq!(fake.urls().len(), 4);
}
