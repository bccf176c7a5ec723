//! Crawls that are stopped or killed, and gone on with by the same command.

mod damage;
mod letters;
mod over;
mod portions;
mod site;

use std::io::BufRead;

use serde_json::Value;

use super::{Directory, Ran, Running, json_lines};
pub(super) use site::HeldSite;

const OUTPUTS: [&str; 6] = ["-O", "a.jsonl", "-O", "b.json", "-O", "c.csv"];

/// A crawl of a site that is kept as `job`.
pub(super) struct Crawl<'a> {
    pub(super) site: &'a HeldSite,
    pub(super) directory: &'a Directory,
}

impl Crawl<'_> {
    /// The command with these flags.
    pub(super) fn arguments<'a>(url: &'a str, flags: &[&'a str]) -> Vec<&'a str> {
        // Few visits at a time are committed soon.
        let settings = ["delay=0", "adaptive_delay=false", "concurrency=4"];
        let settings = settings.map(|setting| ["-s", setting]).concat();
        [
            &["site", url, "--job", "job"],
            &settings[..],
            &OUTPUTS,
            flags,
        ]
        .concat()
    }

    /// Starts it, and returns it when the page that is held was asked for.
    pub(super) fn start(&self, flags: &[&str]) -> Running {
        let url = self.site.url();
        let running = self.directory.start(&Self::arguments(&url, flags));
        self.site.is_asked();
        running
    }

    /// Starts it and kills it in the middle.
    pub(super) fn kill(&self) {
        let running = self.start(&[]);
        running.signal("KILL");
        assert_eq!(running.end(), None);
    }

    /// Starts it and stops it in the middle; returns what it says from then on.
    pub(super) fn stop(&self, flags: &[&str]) -> Vec<String> {
        let mut running = self.start(&[&["-s", "grace=0"], flags].concat());
        let stderr = running.stderr();
        running.signal("TERM");
        let said = stderr.lines().map(Result::unwrap).collect();
        assert_eq!(running.end(), Some(11), "{said:#?}");
        said
    }

    /// Runs it to its end.
    pub(super) fn run(&self, flags: &[&str]) -> Ran {
        self.site.open();
        self.directory
            .crawl(&Self::arguments(&self.site.url(), flags))
    }

    /// The records of all files, sorted.
    pub(super) fn records(&self) -> Vec<Vec<String>> {
        let array = self.directory.json("b.json");
        let array = array.as_array().unwrap().iter().map(Value::to_string);
        let mut records = vec![
            array.collect::<Vec<_>>(),
            lines(&self.directory.read("a.jsonl")),
            lines(&self.directory.read("c.csv")),
        ];
        for records in &mut records {
            records.sort_unstable();
        }
        assert_eq!(records[0], records[1]);
        records
    }

    /// What a crawl that nothing interrupts writes.
    pub(super) fn expected(&self) -> Vec<Vec<String>> {
        let directory = Directory::new();
        let whole = Crawl {
            site: self.site,
            directory: &directory,
        };
        whole.run(&["-q"]).exits(0);
        whole.records()
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Whether this is a moment as a person reads it: `2026-11-21 12:00`.
fn is_moment(text: &str) -> bool {
    text.len() == 16 && text.starts_with("20") && text.as_bytes()[10] == b' '
}

/// Takes the only line apart that tells of a resumed crawl: what is done, what waits, and how the last run ended.
fn resumed(ran: &Ran) -> (u64, u64, u64, String) {
    let told: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.contains("resuming"))
        .collect();
    assert_eq!(told.len(), 1, "{ran:#?}");
    let rest = told[0].strip_prefix("resuming site-127.0.0.1-").unwrap();
    let (_, rest) = rest.split_once(": ").unwrap();
    let (done, rest) = rest.split_once(" are done, ").unwrap();
    let (waits, end) = rest.split_once(" (").unwrap();
    let number = |text: &str| text.split(' ').next().unwrap().parse().unwrap();
    let (pages, items) = done.split_once(" and ").unwrap();
    let end = end.strip_suffix(')').unwrap();
    let (how, when) = end.split_once(' ').unwrap();
    assert!(is_moment(when), "{when}");
    (number(pages), number(items), number(waits), how.to_owned())
}

#[test]
fn a_crawl_that_was_killed_is_resumed_by_the_same_command() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let ran = crawl.run(&["--report", "report.json"]).exits(0);
    let (pages, items, waits, how) = resumed(&ran);
    assert!(pages > 0 && items == pages && waits > 0);
    assert_eq!(how, "killed");
    assert_eq!(crawl.records(), crawl.expected());
    let report = directory.json("report.json");
    let before = &report["resumed"];
    assert_eq!(
        (&before["pages"], &before["times"]),
        (&pages.into(), &1.into())
    );
    let saved: Value = serde_json::from_str(&directory.read("job/report.json")).unwrap();
    assert_eq!(saved, report);
}

#[test]
fn a_crawl_that_was_stopped_says_how_to_go_on_and_does() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let said = crawl.stop(&[]).join("\n");
    assert!(said.contains("to go on: the same command again"), "{said}");
    let ran = crawl.run(&[]).exits(0);
    assert_eq!(resumed(&ran).3, "stopped");
    assert!(!ran.stderr.contains("to go on"), "{ran:#?}");
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn a_quiet_crawl_does_not_tell_that_it_is_resumed() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let ran = crawl.run(&["-q"]).exits(0);
    assert_eq!((&*ran.stderr, &*ran.stdout), ("", ""));
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn a_finished_crawl_starts_over_without_a_word() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    for _ in 0..2 {
        let ran = crawl.run(&[]).exits(0);
        assert!(!ran.stderr.contains("resum"), "{ran:#?}");
    }
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn a_fresh_crawl_starts_over() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let ran = crawl.run(&["--fresh", "--report", "report.json"]).exits(0);
    assert!(!ran.stderr.contains("resum"), "{ran:#?}");
    assert_eq!(directory.json("report.json")["resumed"], Value::Null);
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn a_crawl_that_is_not_kept_leaves_no_directory_and_promises_nothing() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let url = site.url();
    let mut running =
        directory.start(&["site", &url, "--no-job", "-s", "grace=0", "-s", "delay=0"]);
    site.is_asked();
    let stderr = running.stderr();
    running.signal("TERM");
    let said: Vec<String> = stderr.lines().map(Result::unwrap).collect();
    assert_eq!(running.end(), Some(11));
    assert!(!said.join("\n").contains("to go on"), "{said:#?}");
    let left = std::fs::read_dir(directory.files.path("")).unwrap().count();
    assert_eq!(left, 0);
}

#[test]
fn an_unfinished_crawl_keeps_its_outputs() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let before = directory.read("a.jsonl");
    crawl
        .run(&["-O", "d.jsonl"])
        .exits(4)
        .says("cannot resume the unfinished run in job: it writes to a.jsonl:jsonl and b.json:json and c.csv:csv, not")
        .says(" -s concurrency=4 -o a.jsonl -o b.json -o c.csv\n  to start over: ")
        .says(" -s concurrency=4 -O a.jsonl -O b.json -O c.csv -O d.jsonl --fresh");
    let secret = ["-O", "d.jsonl", "--user", "us:pw"];
    let ran = crawl.run(&secret).exits(4);
    assert!(!ran.stderr.contains("us:pw"), "{ran:#?}");
    ran.says(
        "hint: the same outputs go on with it, `--fresh` starts over, `--job DIR` is another job",
    );
    assert_eq!(directory.read("a.jsonl"), before);
    crawl.run(&["-q"]).exits(0);
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn the_directory_of_an_unfinished_crawl_is_not_for_another() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let ran = directory.crawl(&["run", "quotes", "--job", "job"]).exits(4);
    ran.says("cannot resume the unfinished run in job: it is of job site-127.0.0.1-")
        .says("not of quotes")
        .says("hint: `--fresh` starts over, `--job DIR` is another job");
}

#[test]
fn a_crawl_that_is_killed_many_times_is_complete_in_the_end() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    for _ in 0..5 {
        crawl.kill();
    }
    crawl.run(&["-q", "--report", "report.json"]).exits(0);
    assert_eq!(crawl.records(), crawl.expected());
    assert_eq!(directory.json("report.json")["resumed"]["times"], 5);
}

#[test]
fn a_second_run_beside_a_real_one_exits_10() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let running = crawl.start(&[]);
    let said = format!("is already being crawled by process {}", running.0.id());
    let url = site.url();
    for fresh in [&[][..], &["--fresh"]] {
        directory
            .crawl(&Crawl::arguments(&url, fresh))
            .exits(10)
            .says(&said);
    }
    site.open();
    assert_eq!(running.end(), Some(0));
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn every_commit_can_be_forced_to_the_disk() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let running = crawl.start(&["-s", "sync=true"]);
    running.signal("KILL");
    running.end();
    let ran = crawl.run(&["-s", "sync=true"]).exits(0);
    resumed(&ran);
    assert_eq!(crawl.records(), crawl.expected());
}

/// Only the outputs have their place in the job: what is read from standard output can come twice, and no more than that.
#[test]
fn standard_output_has_everything_at_least_once() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let url = site.url();
    let arguments = [
        "site", &url, "--job", "job", "-q", "-s", "delay=0", "-O", "-",
    ];
    let running = directory.start(&arguments);
    site.is_asked();
    running.signal("KILL");
    let mut running = running;
    let mut stdout = running.0.stdout.take().unwrap();
    let mut first = String::new();
    std::io::Read::read_to_string(&mut stdout, &mut first).unwrap();
    site.open();
    let second = directory.crawl(&arguments).exits(0);
    let whole = &first[..first.rfind('\n').map_or(0, |end| end + 1)];
    let mut urls: Vec<String> = [json_lines(whole), second.records()]
        .concat()
        .iter()
        .map(|record| record["url"].to_string())
        .collect();
    let all = urls.len();
    urls.sort_unstable();
    urls.dedup();
    let directory = Directory::new();
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    assert_eq!(urls.len(), crawl.expected()[0].len());
    // As many as can be in flight.
    assert!(all - urls.len() <= 4, "{} came twice", all - urls.len());
}
