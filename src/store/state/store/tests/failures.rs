//! Commits that fail leave the one before.

use std::fs;

use super::*;
use crate::store::dead_letter;

#[test]
fn a_commit_whose_dead_letters_cannot_be_written_is_none() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    fed.work(2);
    // A directory has taken the place of the file.
    fs::create_dir(directory.join(DEAD_LETTERS)).unwrap();
    fed.settle(5);
    let mut checkpoint = fed.checkpoint();
    let error = Error::new(ErrorKind::Status, "status 404");
    checkpoint.dead = vec![DeadLetter::new(
        &Request::get("http://a.example/").unwrap(),
        &error,
    )];
    let error = fed
        .store
        .commit(checkpoint, Delivered::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(
        error.chain().contains("dead-letter.jsonl"),
        "{}",
        error.chain()
    );
    let commits = fed.close();
    fs::remove_dir(directory.join(DEAD_LETTERS)).unwrap();
    let found = open(&directory).unwrap();
    assert_eq!((found.commit, &found.queue), (2, &commits[2]));
}

#[test]
fn letters_of_a_commit_that_was_none_are_cut_off() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let letter = |nth: u32| {
        let request = Request::get(format!("http://a.example/{nth}")).unwrap();
        DeadLetter::new(&request, &Error::new(ErrorKind::Status, "status 404"))
    };
    let mut fed = Fed::new(&directory);
    fed.work(1);
    let mut checkpoint = fed.checkpoint();
    checkpoint.dead = vec![letter(1), letter(2)];
    fed.store.commit(checkpoint, Delivered::default()).unwrap();
    // As far as a commit gets that is cut short: the file is written first.
    fed.store.dead.append(&[letter(3)], false).unwrap();
    drop(fed);
    let letters = || {
        dead_letter::read(&directory.join(DEAD_LETTERS), None)
            .unwrap()
            .count()
    };
    assert_eq!(letters(), 3);
    let mut store = Store::open(&directory, false).unwrap();
    store.load().unwrap().unwrap();
    assert_eq!(letters(), 2);
    store.dead.append(&[letter(4)], false).unwrap();
    assert_eq!(letters(), 3);
}

#[test]
fn a_store_whose_directory_is_removed_in_between_does_not_pretend_to_commit() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    fed.work(2);
    fs::remove_dir_all(&directory).unwrap();
    // Until a table has to be written, the journal is an open file without a name; then it fails, and stays so.
    let failed = (0..200).find_map(|_| {
        fed.add(40);
        fed.settle(20);
        fed.try_commit().err()
    });
    let error = failed.expect("it went on for ever");
    assert_eq!(error.kind(), ErrorKind::Storage, "{}", error.chain());
    assert!(error.to_string().contains("frontier"), "{error}");
    fed.add(1);
    assert!(fed.try_commit().is_err());
}

#[test]
fn what_should_be_done_at_the_first_commit_is_done_once_and_counts() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    fed.store.at_first_commit(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    fed.work(3);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    fed.store
        .at_first_commit(|| Err(Error::new(ErrorKind::Storage, "no room")));
    fed.add(1);
    assert_eq!(fed.try_commit().unwrap_err().to_string(), "no room");
}

#[test]
fn two_cannot_open_it() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let fed = Fed::new(&directory);
    let error = Store::open(&directory, false).err().unwrap();
    assert!(error.to_string().ends_with("frontier is in use"), "{error}");
    drop(fed);
}
