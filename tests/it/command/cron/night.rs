//! Nights that do not go well: a second start, a stop and a kill, in the middle of a crawl.

use std::collections::{BTreeMap, HashSet};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crawlworks::testing::PracticeSite;

use super::super::{Directory, Running, json_lines};
use super::{PARTIAL, PUBLISHED, YESTERDAY, directory, run, script};

/// A crawl in the middle of its work: one page of ten is done, and the next one is an hour away.
struct Night {
    directory: Directory,
    site: PracticeSite,
    url: String,
    /// The script, in a process group with what it has started.
    running: Running,
}

impl Night {
    fn begin() -> Self {
        let (directory, site) = (directory(), PracticeSite::start().unwrap());
        let url = format!("url={}", site.at("/quotes/"));
        let child = script(&directory, PUBLISHED, &arguments(&url, "delay=1h"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut night = Self {
            directory,
            site,
            url,
            running: Running(child),
        };
        night.wait_for_the_first_page();
        night
    }

    fn wait_for_the_first_page(&mut self) {
        let partial = self.directory.files.path(PARTIAL);
        while std::fs::read_to_string(&partial).map_or(0, |text| text.lines().count()) < 10 {
            assert_eq!(self.running.0.try_wait().unwrap(), None);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Sends a signal to the script and to `crawl`, as systemd does, and returns how the script ends.
    fn end(&mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.running.0.wait().unwrap().code()
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.running.0.id());
        let _ = Command::new("kill")
            .args([&format!("-{signal}"), "--", &group])
            .stderr(Stdio::null())
            .status();
    }

    /// Waits until nothing is left of `crawl`, of which the script's end tells nothing when both are killed.
    fn wait_for_the_lock(&self) {
        let lock = std::fs::File::open(self.job().join("lock")).unwrap();
        lock.lock().unwrap();
    }

    /// Starts the script again with the same arguments, and at full speed.
    fn next(&self) -> super::Ran {
        run(&self.directory, &arguments(&self.url, "delay=0"))
    }

    /// The job's directory.
    fn job(&self) -> PathBuf {
        let jobs = std::fs::read_dir(self.directory.files.path(".crawl")).unwrap();
        let jobs: Vec<PathBuf> = jobs.map(|job| job.unwrap().path()).collect();
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs[0].clone()
    }

    /// What is in the files, but for those whose threads work at their own pace.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for directory in [PathBuf::from(self.directory.files.path("")), self.job()] {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() && !path.ends_with("parsing") {
                    let content = std::fs::read(&path).unwrap();
                    files.insert(path, content);
                }
            }
        }
        files
    }

    /// All quotes are published, each once.
    #[track_caller]
    fn is_published(&self) {
        let quotes = json_lines(&self.directory.read(PUBLISHED));
        let texts: HashSet<&str> = quotes
            .iter()
            .filter_map(|quote| quote["text"].as_str())
            .collect();
        assert_eq!((quotes.len(), texts.len()), (100, 100));
        assert!(!Path::new(&self.directory.files.path(PARTIAL)).exists());
    }
}

impl Drop for Night {
    fn drop(&mut self) {
        // When a test has failed, `crawl` must not wait for an hour.
        if self.running.0.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.signal("KILL");
        }
    }
}

fn arguments<'a>(url: &'a str, delay: &'a str) -> [&'a str; 6] {
    ["-a", url, "-s", "robots=false", "-s", delay]
}

#[test]
fn a_second_start_exits_10_and_leaves_everything_as_it_is() {
    let night = Night::begin();
    let before = night.files();
    night.next().exits(10);
    assert_eq!(night.files(), before);
    assert_eq!(night.directory.read(PUBLISHED), YESTERDAY);
    assert_eq!(night.site.served().total, 1);
}

#[test]
fn a_crawl_that_is_stopped_publishes_nothing_until_the_next_start_has_finished_it() {
    let mut night = Night::begin();
    assert_eq!(night.end("TERM"), Some(11));
    assert_eq!(night.directory.read(PUBLISHED), YESTERDAY);
    night.next().exits(0);
    night.is_published();
    assert!(night.site.served().paths().all(|(_, hits)| hits == 1));
}

#[test]
fn a_crawl_that_is_killed_publishes_nothing_until_the_next_start_has_finished_it() {
    let mut night = Night::begin();
    assert_eq!(night.end("KILL"), None);
    night.wait_for_the_lock();
    assert_eq!(night.directory.read(PUBLISHED), YESTERDAY);
    night.next().exits(0);
    night.is_published();
    // The kill may have come between what was written and the note of it.
    assert!(night.site.served().paths().all(|(_, hits)| hits <= 2));
}
