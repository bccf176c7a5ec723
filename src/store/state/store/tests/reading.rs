//! What was committed is there.

use super::*;

#[test]
fn a_store_is_what_its_last_commit_was() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    fed.work(3);
    // In no commit.
    fed.add(10);
    fed.settle(10);
    let commits = fed.close();
    let found = open(&directory).unwrap();
    assert_eq!(found.commit, 3);
    assert_eq!(found.queue, commits[3]);
}

#[test]
fn a_store_of_many_tables_is_what_its_last_commit_was() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    fed.work(100);
    let commits = fed.close();
    let tables = std::fs::read_dir(directory.join("frontier/keyspaces/2/tables"));
    assert!(tables.unwrap().count() > 0, "everything is in memory");
    for _ in 0..2 {
        let found = open(&directory).unwrap();
        assert_eq!(found.commit, 100);
        assert!(found.queue == commits[100]);
    }
}

#[test]
fn a_store_without_a_commit_has_nothing() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    drop(Fed::new(&directory));
    assert_eq!(open(&directory).unwrap().commit, 0);
}

#[test]
fn the_key_of_the_fingerprints_stays() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    fed.work(1);
    let key = fed.store.key();
    drop(fed);
    let again = Store::open(&directory, false).unwrap().key();
    let request = Request::get("http://a.example/").unwrap();
    let of = |key: FingerprintKey| key.of(request.method(), request.url(), request.body());
    assert_eq!(of(again), of(key));
}

#[test]
fn the_keys_of_the_items_of_all_commits_are_read_back() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    for new_keys in [vec![1, 2], vec![], vec![u64::MAX]] {
        let checkpoint = fed.checkpoint();
        let delivered = Delivered {
            new_keys,
            ..Delivered::default()
        };
        fed.store.commit(checkpoint, delivered).unwrap();
    }
    drop(fed);
    let committed = Store::open(&directory, false)
        .unwrap()
        .load()
        .unwrap()
        .unwrap();
    assert!(
        [1, 2, u64::MAX]
            .iter()
            .all(|key| committed.item_keys.contains(*key))
    );
    assert!(!committed.item_keys.contains(3));
    assert!(committed.delivered.new_keys.is_empty());
}

#[test]
fn fingerprints_are_read_back_however_many_a_commit_has() {
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    let mut fed = Fed::new(&directory);
    fed.add(3 * FINGERPRINTS + 5);
    fed.commit();
    fed.add(7);
    fed.commit();
    let key = fed.store.key();
    drop(fed);
    let mut store = Store::open(&directory, false).unwrap();
    let mut seen = store.load().unwrap().unwrap().remembered.seen;
    for nth in 0..3 * FINGERPRINTS + 12 {
        let request = Request::get(format!("http://a.example/{nth}/")).unwrap();
        let fingerprint = key.of(request.method(), request.url(), request.body());
        assert!(!seen.insert(fingerprint.get()), "{nth} was forgotten");
    }
}

#[test]
#[cfg(unix)]
fn nobody_else_can_look_into_it() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let directory = scratch.path("job");
    drop(Fed::new(&directory));
    let mode = std::fs::metadata(directory.join("frontier"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}
