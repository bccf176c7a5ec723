//! Disks that are full or cannot be written: the crawl says so, and goes on when there is room.
//!
//! Each crawl runs in a mount namespace of its own, on a disk in memory of a chosen size. Where the system allows no such
//! namespace these tests are left out, and say so on standard error.

use std::io::Write;
use std::process::Command;

use crawlworks::testing::PracticeSite;

use super::durable::{Crawl, HeldSite};
use super::{Directory, Ran};

/// The flags of all crawls here: large records.
const FLAGS: [&str; 2] = ["-q", "--html"];

/// Whether mounts can be made; if not, this test says that it is left out.
fn can_mount(test: &str) -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/tmp"])
        .output();
    if tried.is_ok_and(|tried| tried.status.success()) {
        return true;
    }
    // Past the test's own output, which nobody would see.
    let _ = writeln!(
        std::io::stderr(),
        "LEFT OUT: {test}: no mounts can be made here (unshare -rm)"
    );
    false
}

impl Directory {
    /// Runs a script in a mount namespace of its own, where `$crawl` is the program with these arguments.
    fn script(&self, text: &str, arguments: &[&str]) {
        let mut command = self.command(&[]);
        let program = command.get_program().to_owned();
        let arguments: Vec<String> = arguments.iter().map(|a| format!("'{a}'")).collect();
        let crawl = format!("'{}' {}", program.to_str().unwrap(), arguments.join(" "));
        let text = text.replace("$crawl", &crawl);
        let mut shell = Command::new("unshare");
        shell.args(["-rm", "sh", "-euc", &text]);
        for (name, value) in command.current_dir(self.files.path("")).get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let ran = shell.current_dir(self.files.path("")).output().unwrap();
        assert!(ran.status.success(), "{text}: {ran:?}");
    }

    /// What became of a run of which a script has kept standard error and the exit code.
    fn ran(&self, name: &str) -> Ran {
        Ran {
            code: Some(self.read(&format!("{name}.code")).trim().parse().unwrap()),
            stdout: String::new(),
            stderr: self.read(&format!("{name}.stderr")),
        }
    }
}

/// Crawls twice: on a disk of this size, then with plenty of room. `job` and the outputs are on it if they are said so.
fn on_a_disk_of(
    room: &str,
    site: &HeldSite,
    job: &str,
    outputs: &str,
) -> (Ran, Ran, Vec<Vec<String>>) {
    let directory = Directory::new();
    let url = site.url();
    let files = ["a.jsonl", "b.json", "c.csv"].map(|name| format!("{outputs}{name}"));
    let settings = [
        "-s",
        "delay=0",
        "-s",
        "adaptive_delay=false",
        "-s",
        "concurrency=4",
    ];
    let to = files.each_ref().map(|file| ["-O", file.as_str()]).concat();
    let arguments = [&["site", &url, "--job", job], &settings[..], &FLAGS, &to].concat();
    let script = format!(
        "mkdir disk kept
        mount -t tmpfs -o size={room} none disk
        code=0; $crawl 2> first.stderr || code=$?; echo $code > first.code
        mount -o remount,size=100m disk
        code=0; $crawl 2> second.stderr || code=$?; echo $code > second.code
        cp {outputs}a.jsonl {outputs}b.json {outputs}c.csv kept"
    );
    directory.script(&script, &arguments);
    for name in ["a.jsonl", "b.json", "c.csv"] {
        let kept = directory.read(&format!("kept/{name}"));
        directory.files.write(name, &kept);
    }
    let crawl = Crawl {
        site,
        directory: &directory,
    };
    (
        directory.ran("first"),
        directory.ran("second"),
        crawl.records(),
    )
}

fn expected(site: &HeldSite) -> Vec<Vec<String>> {
    let directory = Directory::new();
    let crawl = Crawl {
        site,
        directory: &directory,
    };
    crawl.run(&FLAGS).exits(0);
    crawl.records()
}

/// Fills the disk at many moments; the last size has to be enough.
fn goes_on_with_more_room(sizes: &[&str], job: &str, outputs: &str, said: &str) {
    let site = HeldSite::start();
    site.open();
    let expected = expected(&site);
    let mut full = 0;
    for size in sizes {
        let (first, second, records) = on_a_disk_of(size, &site, job, outputs);
        assert!(!first.stderr.contains("panicked"), "{size}: {first:#?}");
        if first.code != Some(0) {
            full += 1;
            let first = first.exits(3).says("No space left on device");
            assert!(first.stderr.contains(said), "{size}: {first:#?}");
            assert!(first.stderr.contains("hint: "), "{size}: {first:#?}");
        }
        let second = second.exits(0);
        assert_eq!(second.stderr, "", "{size}");
        assert!(records == expected, "{size}: the result is another one");
    }
    assert!(full >= 3, "{full} disks were too small");
    assert!(full < sizes.len(), "the last disk is large enough");
}

#[test]
fn a_crawl_whose_job_has_no_room_goes_on_with_more() {
    if can_mount("a_crawl_whose_job_has_no_room_goes_on_with_more") {
        let sizes = [
            "4k", "16k", "40k", "60k", "80k", "100k", "120k", "150k", "50m",
        ];
        goes_on_with_more_room(&sizes, "disk/job", "", "disk/job");
    }
}

#[test]
fn a_crawl_whose_outputs_have_no_room_goes_on_with_more() {
    if can_mount("a_crawl_whose_outputs_have_no_room_goes_on_with_more") {
        let sizes = ["4k", "12k", "50k", "100k", "200k", "300k", "50m"];
        goes_on_with_more_room(&sizes, "job", "disk/", "disk/");
    }
}

#[test]
fn a_crawl_with_everything_on_a_full_disk_goes_on_with_more_room() {
    if can_mount("a_crawl_with_everything_on_a_full_disk_goes_on_with_more_room") {
        let sizes = ["4k", "40k", "100k", "200k", "300k", "400k", "50m"];
        goes_on_with_more_room(&sizes, "disk/job", "disk/", "disk/");
    }
}

#[test]
fn a_job_that_cannot_be_written_is_left_alone() {
    if !can_mount("a_job_that_cannot_be_written_is_left_alone") {
        return;
    }
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    crawl.kill();
    let before = directory.read("a.jsonl");
    let script = "mount --bind job job
        mount -o remount,bind,ro job
        code=0; $crawl 2> first.stderr || code=$?; echo $code > first.code";
    site.open();
    directory.script(script, &Crawl::arguments(&site.url(), &[]));
    directory
        .ran("first")
        .exits(3)
        .says("cannot keep the job in job: Read-only file system")
        .says("hint: `--job DIR` keeps the crawl elsewhere, `--no-job` in memory only");
    assert_eq!(directory.read("a.jsonl"), before);
    crawl.run(&["-q"]).exits(0);
    assert_eq!(crawl.records(), crawl.expected());
}

#[test]
fn a_recording_ends_at_the_first_page_that_cannot_be_written() {
    if !can_mount("a_recording_ends_at_the_first_page_that_cannot_be_written") {
        return;
    }
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    let url = format!("url={}", site.at("/shop/"));
    let arguments = [
        "record",
        "books",
        "-a",
        &url,
        "--max-pages",
        "500",
        "--dir",
        "disk",
        "-s",
        "delay=0s",
    ];
    let script = "mkdir disk
        mount -t tmpfs -o size=100k none disk
        code=0; $crawl 2> first.stderr || code=$?; echo $code > first.code";
    directory.script(script, &arguments);
    directory
        .ran("first")
        .exits(3)
        .says("the cassette cannot be written; nothing is recorded");
    assert!(site.served().total < 250, "{}", site.served().total);
}
