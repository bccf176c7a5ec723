//! What a crawl says about itself: the report, the log, and what stays quiet.

use serde_json::Value;

use super::exit_codes::dead_url;
use super::{Directory, crawl, json_lines};

#[track_caller]
fn balances(report: &Value) {
    let of = |name: &str| report["ledger"][name].as_u64().unwrap();
    let sum = of("done") + of("filtered") + of("failed") + of("pending");
    assert_eq!(of("seen"), sum, "{report:#}");
}

#[test]
fn the_report_of_a_whole_crawl_balances() {
    let directory = Directory::new();
    directory
        .crawl(&["run", "quotes", "-O", "q.jsonl", "--report", "report.json"])
        .exits(0);
    let report = directory.json("report.json");
    balances(&report);
    assert_eq!(report["spider"], "quotes");
    assert_eq!(report["finish"], "finished");
    assert_eq!(
        (&report["pages"], &report["items"]["kept"]),
        (&10.into(), &100.into())
    );
    assert_eq!(report["statuses"]["200"], 11, "ten pages and robots.txt");
}

#[test]
fn the_report_of_a_crawl_that_was_cut_short_balances() {
    let directory = Directory::new();
    let arguments = ["run", "books", "--max-pages", "20", "-O", "b.csv"];
    directory
        .crawl(&[&arguments[..], &["--report", "report.json"]].concat())
        .exits(0);
    let report = directory.json("report.json");
    balances(&report);
    assert_eq!(report["finish"], "max_pages");
    assert!(report["ledger"]["pending"].as_u64() > Some(0), "{report:#}");
}

#[test]
fn a_failed_crawl_writes_its_report_too() {
    let (directory, url) = (Directory::new(), dead_url());
    let arguments = ["site", &url, "--no-robots", "-s", "retries=0"];
    directory
        .crawl(&[&arguments[..], &["--report", "report.json"]].concat())
        .exits(9);
    let report = directory.json("report.json");
    balances(&report);
    assert_eq!(report["errors"]["connect"], 1, "{report:#}");
}

#[test]
fn the_report_can_go_to_standard_output() {
    let ran = crawl(&["run", "quotes", "-O", "q.jsonl", "--report", "-"]).exits(0);
    assert_eq!(ran.json()["pages"], 10);
}

#[test]
fn the_report_and_the_items_do_not_mix() {
    crawl(&["run", "quotes", "--report", "-"])
        .exits(2)
        .says("cannot both go to standard output");
}

#[test]
fn a_report_that_cannot_be_written_exits_3() {
    let directory = Directory::new();
    directory.files.write("file", "");
    directory
        .crawl(&[
            "run",
            "quotes",
            "-O",
            "q.jsonl",
            "--report",
            "file/report.json",
        ])
        .exits(3)
        .says("file/report.json");
}

#[test]
fn a_log_in_json_is_json_to_the_last_line() {
    let url = format!("url={}", dead_url());
    let arguments = ["run", "quotes", "-a", &url, "-s", "retries=0"];
    let ran = crawl(&[&arguments[..], &["-v", "--log-format", "json"]].concat()).exits(9);
    let lines = json_lines(&ran.stderr);
    assert!(lines.len() >= 2, "{ran:#?}");
    for line in lines {
        assert!(
            line["level"].is_string() && line["message"].is_string(),
            "{line}"
        );
        assert!(line["timestamp"].is_string(), "{line}");
    }
}

#[test]
fn a_quiet_crawl_says_nothing() {
    let ran = crawl(&["run", "quotes", "-q", "-O", "q.jsonl"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}

#[test]
fn a_quiet_crawl_still_says_why_it_cannot_run() {
    crawl(&["run", "quotes", "-q", "-s", "dealy=1"])
        .exits(4)
        .says("unknown setting");
}

#[test]
fn standard_output_has_only_items_however_much_is_said() {
    let ran = crawl(&["run", "quotes", "-vvv"]).exits(0);
    assert_eq!(ran.records().len(), 100);
    assert!(ran.stderr.lines().count() > 10, "{}", ran.stderr);
}

#[test]
fn the_filter_of_the_log_is_no_setting() {
    let directory = Directory::new().with_variable("CRAWL_LOG", "crawlworks=debug");
    let ran = directory.crawl(&["run", "quotes"]).exits(0);
    assert!(ran.stderr.contains("DEBUG"), "{ran:#?}");
}

#[test]
fn a_filter_of_the_log_that_is_none_exits_4() {
    Directory::new()
        .with_variable("CRAWL_LOG", "crawlworks=loudly")
        .crawl(&["run", "quotes"])
        .exits(4)
        .says("CRAWL_LOG is no filter");
}
