//! A store whose files are damaged says so, or is as one of its commits was.

use std::fs;
use std::path::PathBuf;

use super::*;

/// What is done to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Halved,
    LastByteCut,
    Emptied,
    Removed,
    /// A bit is changed in the byte after this part of the file, in hundredths.
    Flipped(usize),
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
    /// The file as it is then; none when it is gone.
    fn of(self, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        match self {
            Self::Removed => return None,
            Self::Halved => bytes.truncate(bytes.len() / 2),
            Self::LastByteCut => drop(bytes.pop()),
            Self::Emptied => bytes.clear(),
            Self::Flipped(part) => {
                let at = bytes.len() * part / 100;
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 0x10;
                }
            }
        }
        Some(bytes)
    }
}

/// The files below a directory, in order, each with what it holds; of a journal without the zeros for what is to come.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let mut bytes = fs::read(&path).unwrap();
            if path.extension().is_some_and(|extension| extension == "jnl") {
                let last = bytes.iter().rposition(|byte| *byte != 0);
                bytes.truncate(last.map_or(0, |last| last + 1));
            }
            found.push((path, bytes));
        }
    }
    found.sort_unstable();
    found
}

/// Puts files of this directory into another one.
fn put(files: &[(PathBuf, Vec<u8>)], of: &Path, directory: &Path) {
    for (path, bytes) in files {
        let target = directory.join(path.strip_prefix(of).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }
}

/// Damages each of these files of a store that has so many commits. Answers how often it was opened all the same.
fn every_damage(commits: usize, chosen: impl Fn(&Path) -> bool) -> usize {
    let home = Scratch::new();
    let directory = &home.path("job");
    let mut fed = Fed::new(directory);
    fed.work(commits);
    let commits = fed.close();
    let whole = files(directory);
    let (scratch, mut opened) = (Scratch::new(), 0);
    let copy = scratch.path("job");
    put(&whole, directory, &copy);
    let found = open(&copy).unwrap();
    assert!(
        found.queue == *commits.last().unwrap(),
        "a copy is no other"
    );
    for (damaged, bytes) in &whole {
        let name = damaged.strip_prefix(directory).unwrap();
        if !chosen(name) {
            continue;
        }
        for damage in DAMAGES {
            fs::remove_dir_all(&copy).unwrap();
            put(&whole, directory, &copy);
            match damage.of(bytes.clone()) {
                Some(bytes) => fs::write(copy.join(name), bytes).unwrap(),
                None => fs::remove_file(copy.join(name)).unwrap(),
            }
            let case = format!("{} {damage:?}", name.display());
            match open(&copy) {
                Ok(found) => {
                    let is_same = found.queue == commits[found.commit];
                    assert!(is_same, "{case}: it is not commit {}", found.commit);
                    println!("{case}: commit {}", found.commit);
                    opened += 1;
                }
                Err(error) => {
                    let said = error.chain();
                    assert_eq!(error.kind(), ErrorKind::Storage, "{said}");
                    assert!(said.contains("frontier"), "{case}: {said}");
                    assert!(said.contains("--fresh"), "{case}: {said}");
                    println!("{case}: {said}");
                }
            }
        }
    }
    opened
}

#[test]
fn a_small_store_that_is_damaged_is_as_it_was_or_says_so() {
    assert!(every_damage(5, |_| true) > 10);
}

#[test]
fn a_store_of_many_tables_that_is_damaged_is_as_it_was_or_says_so() {
    // Of the tree's own keyspace the other test tells.
    let own = Path::new("frontier/keyspaces/0");
    assert!(every_damage(100, |name| !name.starts_with(own)) > 3);
}
