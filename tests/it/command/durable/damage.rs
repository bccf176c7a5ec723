//! Jobs whose files are damaged after a kill: the crawl comes to its right result, or says what to do.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Crawl, HeldSite};
use crate::command::Directory;

/// What is done to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Halved,
    LastByteCut,
    Emptied,
    Removed,
    /// A bit is changed in the byte after this part of the file, in hundredths.
    Flipped(u64),
}

const DAMAGES: [Damage; 6] = [
    Damage::Halved,
    Damage::LastByteCut,
    Damage::Emptied,
    Damage::Removed,
    Damage::Flipped(0),
    Damage::Flipped(50),
];

impl Damage {
    fn is_done_to(self, file: &Path) {
        let bytes = fs::read(file).unwrap();
        let length = content(&bytes);
        let open = File::options().write(true).open(file).unwrap();
        match self {
            Self::Removed => fs::remove_file(file).unwrap(),
            Self::Halved => open.set_len(length / 2).unwrap(),
            Self::LastByteCut => open.set_len(length.saturating_sub(1)).unwrap(),
            Self::Emptied => open.set_len(0).unwrap(),
            Self::Flipped(part) => {
                let at = length * part / 100;
                if let Some(byte) = bytes.get(usize::try_from(at).unwrap()) {
                    open.write_all_at(&[byte ^ 0x10], at).unwrap();
                }
            }
        }
    }
}

/// How much of a file counts: one can have zeros behind, for what is to come.
fn content(bytes: &[u8]) -> u64 {
    let last = bytes.iter().rposition(|byte| *byte != 0);
    last.map_or(0, |last| last as u64 + 1)
}

/// The files below a directory, in order.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}

/// Copies all that is in a directory; `cp` leaves out the room that a file has for what is to come.
fn copy(from: &Path, to: &str) {
    let copied = Command::new("cp")
        .arg("-R")
        .arg(from.join("."))
        .arg(to)
        .status();
    assert!(copied.unwrap().success());
}

/// Either the right result, or an error that says what to do.
fn is_right_or_clear(crawl: &Crawl<'_>, expected: &[Vec<String>], case: &str) {
    let ran = crawl.run(&[]);
    assert!(!ran.stderr.contains("panicked"), "{case}: {ran:#?}");
    match ran.code {
        Some(0) => assert!(crawl.records() == expected, "{case}: {ran:#?}"),
        Some(3 | 4) => {
            assert!(ran.stderr.contains("job/"), "{case}: {ran:#?}");
            assert!(ran.stderr.contains("start over"), "{case}: {ran:#?}");
            // Only a file that nobody can read is not written over.
            if !ran.stderr.contains("remove the directory to start over") {
                crawl.run(&["--fresh", "-q"]).exits(0);
                assert!(crawl.records() == expected, "{case}, fresh");
            }
        }
        _ => panic!("{case}: {ran:#?}"),
    }
}

/// Damages each of these files of a job that was killed, and looks what the next runs make of it.
fn every_damage(chosen: impl Fn(&Path) -> bool) {
    let (site, base) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &base,
    };
    crawl.kill();
    let root = PathBuf::from(base.files.path(""));
    let expected = {
        site.open();
        crawl.expected()
    };
    let all = files(&root.join("job"));
    let chosen: Vec<&PathBuf> = all.iter().filter(|file| chosen(file)).collect();
    assert!(!chosen.is_empty(), "{all:?}");
    let cases: Vec<(&Path, Damage)> = chosen
        .iter()
        .flat_map(|file| DAMAGES.map(|damage| (file.strip_prefix(&root).unwrap(), damage)))
        .collect();
    let try_out = |(name, damage): (&Path, Damage)| {
        let directory = Directory::new();
        copy(&root, &directory.files.path(""));
        damage.is_done_to(Path::new(&directory.files.path(name.to_str().unwrap())));
        let crawl = Crawl {
            site: &site,
            directory: &directory,
        };
        let case = format!("{} {damage:?}", name.display());
        let shown = directory.crawl(&["jobs", "show", "job"]);
        assert!(!shown.stderr.contains("panicked"), "{case}: {shown:#?}");
        is_right_or_clear(&crawl, &expected, &case);
    };
    // Most of their time they wait for the disk.
    std::thread::scope(|scope| {
        for cases in cases.chunks(cases.len().div_ceil(8)) {
            scope.spawn(|| cases.iter().copied().for_each(try_out));
        }
    });
}

#[test]
fn a_damaged_frontier_gives_no_wrong_result() {
    every_damage(|file| file.to_str().unwrap().contains("/frontier/"));
}

#[test]
fn a_damaged_file_of_the_job_gives_no_wrong_result() {
    every_damage(|file| !file.to_str().unwrap().contains("/frontier/"));
}
