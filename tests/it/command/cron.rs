//! The files of `examples/nightly`: the script and its lines run, the units are what systemd takes, and the guide shows all
//! of them.

mod lines;
mod night;
mod units;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Directory, Ran, json_lines};

/// What readers see.
const PUBLISHED: &str = "quotes.jsonl";
/// What is written until the crawl has finished.
const PARTIAL: &str = ".partial-quotes.jsonl";
const YESTERDAY: &str = "{\"text\":\"yesterday\"}\n";

/// A file of the example.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/nightly")
        .join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(example(name)).unwrap()
}

/// A directory with what yesterday's crawl has published.
fn directory() -> Directory {
    let directory = Directory::new();
    directory.files.write(PUBLISHED, YESTERDAY);
    directory
}

/// The script, started in a directory as cron starts it: `crawl` is found by its name.
fn script(directory: &Directory, published: &str, arguments: &[&str]) -> Command {
    let crawl = Path::new(env!("CARGO_BIN_EXE_crawl")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut command = Command::new(example("nightly.sh"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CRAWL") {
            command.env_remove(name);
        }
    }
    command
        .args(["quotes", published])
        .args(arguments)
        .env("PATH", format!("{}:{path}", crawl.display()))
        .current_dir(directory.files.path(""))
        .stdin(Stdio::null());
    command
}

/// Runs the script to its end.
fn run(directory: &Directory, arguments: &[&str]) -> Ran {
    Ran::new(script(directory, PUBLISHED, arguments).output().unwrap())
}

#[test]
fn a_finished_crawl_is_published_whole_and_says_nothing() {
    let directory = directory();
    let ran = run(&directory, &["-q"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert_eq!(json_lines(&directory.read(PUBLISHED)).len(), 100);
    assert!(!Path::new(&directory.files.path(PARTIAL)).exists());
}

#[test]
fn a_crawl_that_fails_publishes_nothing_and_says_why() {
    let directory = directory();
    let url = format!("url={}", super::exit_codes::dead_url());
    run(&directory, &["-q", "-a", &url, "-s", "retries=0"])
        .exits(9)
        .says("no page could be fetched");
    assert_eq!(directory.read(PUBLISHED), YESTERDAY);
}

#[test]
fn a_crawl_with_a_wrong_setting_publishes_nothing() {
    let directory = directory();
    run(&directory, &["-s", "delay=often"]).exits(4);
    assert_eq!(directory.read(PUBLISHED), YESTERDAY);
}

#[test]
fn any_name_can_be_published_under() {
    for name in ["-my quotes.jsonl", "out/$quotes.csv", "quotes.json"] {
        let directory = directory();
        let ran = script(&directory, name, &["-q"]).output().unwrap();
        Ran::new(ran).exits(0);
        assert!(directory.read(name).len() > 10_000, "{name}");
    }
}

#[test]
fn the_guide_shows_the_files_as_they_are() {
    let guide = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/docs/guide_cron.md"
    ));
    let files = std::fs::read_dir(example("")).unwrap();
    let names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 6, "{names:?}");
    for name in names {
        assert!(guide.contains(&text(&name)), "{name}");
    }
}
