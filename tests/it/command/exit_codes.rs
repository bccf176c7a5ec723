//! Exit codes, each for what it stands for; those of signals are in `signals`.

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl};

/// A URL of this machine that nobody answers at.
pub(super) fn dead_url() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

#[test]
fn a_crawl_that_finds_its_end_exits_0() {
    crawl(&["run", "quotes"]).exits(0);
}

#[test]
fn a_crawl_that_a_limit_ends_exits_0() {
    crawl(&["run", "quotes", "--max-pages", "1"])
        .exits(0)
        .says("max_pages reached");
}

#[test]
fn a_page_that_cannot_be_used_exits_1() {
    let site = PracticeSite::start().unwrap();
    crawl(&["select", site.at("/api/quotes").as_str(), "p"]).exits(1);
}

#[test]
fn a_command_line_that_means_nothing_exits_2() {
    for arguments in [
        &[][..],
        &["fly"],
        &["run"],
        &["run", "quotes", "--max-pages", "many"],
        &["run", "quotes", "-O", "quotes.xml"],
        &["run", "quotes", "--max-time", "soon"],
        &["fetch", "http://127.0.0.1/", "--headers", "--json"],
    ] {
        let ran = crawl(arguments).exits(2);
        assert!(ran.stdout.is_empty(), "{arguments:?}: {ran:#?}");
    }
}

#[test]
fn help_and_version_exit_0() {
    assert!(crawl(&["--version"]).exits(0).stdout.starts_with("crawl "));
    let help = crawl(&["run", "--help"]).exits(0);
    assert!(help.stdout.contains("concurrency_per_host"), "{help:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_exits_3() {
    for format in ["jsonl", "json", "csv"] {
        crawl(&["run", "quotes", "-O", &format!("/dev/full:{format}")])
            .exits(3)
            .says("cannot write /dev/full: No space left on device");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_exits_3() {
    let site = PracticeSite::start().unwrap();
    let page = site.at("/quotes/");
    for arguments in [&["run", "quotes"][..], &["links", page.as_str()], &["man"]] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = Directory::new()
            .command(arguments)
            .stdout(full)
            .output()
            .unwrap();
        super::Ran::new(output)
            .exits(3)
            .says("cannot write standard output: No space left on device");
    }
}

#[test]
#[cfg(unix)]
fn a_crawl_into_a_closed_pipe_exits_3() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Directory::new()
        .command(&["run", "quotes"])
        .stdout(writer)
        .output()
        .unwrap();
    super::Ran::new(output)
        .exits(3)
        .says("cannot write standard output: Broken pipe");
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_seen_enough_of_a_page_is_no_failure() {
    let site = PracticeSite::start().unwrap();
    let page = site.at("/quotes/");
    for arguments in [
        &["fetch", page.as_str()][..],
        &["links", page.as_str()],
        &["completions", "bash"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Directory::new()
            .command(arguments)
            .stdout(writer)
            .output()
            .unwrap();
        let ran = super::Ran::new(output).exits(0);
        assert!(ran.stderr.is_empty(), "{ran:#?}");
    }
}

#[test]
fn an_output_in_a_place_that_is_no_directory_exits_3() {
    let directory = Directory::new();
    directory.files.write("file", "");
    directory
        .crawl(&["run", "quotes", "-O", "file/quotes.jsonl"])
        .exits(3)
        .says("file");
}

#[test]
fn a_wrong_setting_exits_4() {
    crawl(&["run", "quotes", "-s", "delay=often"])
        .exits(4)
        .says(r#"bad value "often" for setting "delay""#);
}

#[test]
fn a_crawl_that_gets_no_page_exits_9() {
    let (directory, url) = (Directory::new(), format!("url={}", dead_url()));
    let ran = directory
        .crawl(&["run", "quotes", "-s", "retries=0", "-a", &url])
        .exits(9)
        .says("failed: 0 pages")
        .says("\n  reason: no page could be fetched: 1 filtered by robots_unreachable");
    assert!(!ran.stderr.contains("0 errors"), "{ran:#?}");
}

#[test]
fn what_exited_9_is_told_as_failed_with_the_reason_wherever_it_is_kept() {
    let (site, directory) = (PracticeSite::start().unwrap(), Directory::new());
    let start = site.at("/hazards/status/404");
    let flags = ["--job", "job", "--report", "report.json", "--no-robots"];
    directory
        .crawl(&[&["site", start.as_str()][..], &flags].concat())
        .exits(9)
        .says(", 1 error\n  reason: no page could be fetched: 1 × 404\n  failed: 1 × 404");
    let reason = "no page could be fetched: 1 × 404";
    assert_eq!(directory.json("report.json")["failure"], reason);
    assert_eq!(directory.json("job/report.json")["failure"], reason);
    let past: serde_json::Value =
        serde_json::from_str(directory.read("job/history.jsonl").trim()).unwrap();
    assert_eq!(
        (&past["finish"], &past["failure"]),
        (&"failed".into(), &reason.into())
    );
    let shown = directory.crawl(&["jobs", "show", "job", "--json"]).exits(0);
    let job = shown.json();
    assert_eq!(
        (&job["state"], &job["failure"]),
        (&"failed".into(), &reason.into())
    );
    let shown = directory.crawl(&["jobs", "show", "job"]).exits(0);
    let is_told = |name: &str| {
        let mut lines = shown.stdout.lines().map(str::trim);
        lines.any(|line| line.starts_with(name) && line.ends_with(&format!("failed: {reason}")))
    };
    assert!(is_told("state") && is_told("last finish"), "{shown:#?}");
}

#[test]
fn a_job_that_succeeds_after_it_failed_has_no_reason_any_more() {
    let (site, directory) = (PracticeSite::start().unwrap(), Directory::new());
    let start = site.at("/hazards/flaky/1");
    let crawl = |code| {
        let flags = ["--job", "job", "--no-robots", "-s", "retries=0"];
        directory
            .crawl(&[&["site", start.as_str()][..], &flags].concat())
            .exits(code);
        let job = directory.crawl(&["jobs", "show", "job", "--json"]).exits(0);
        (job.json()["state"].clone(), job.json()["failure"].is_null())
    };
    assert_eq!(crawl(9), ("failed".into(), false));
    assert_eq!(crawl(0), ("finished".into(), true));
}

#[test]
fn a_crawl_with_too_many_errors_exits_9() {
    let site = PracticeSite::start().unwrap();
    let start = site.at("/hazards/");
    let arguments = ["site", start.as_str(), "--no-robots", "-s", "delay=0"];
    let limits = ["-s", "retries=0", "-s", "max_errors=1"];
    crawl(&[&arguments[..], &limits].concat())
        .exits(9)
        .says("failed, max_errors reached: ");
}
