use futures_util::FutureExt;

use super::*;
use crate::model::scratch::Scratch;

fn key(number: u64) -> Fingerprint {
    Fingerprint::from(number)
}

/// Opens the file as the process does that comes after.
fn opened(scratch: &Scratch) -> Arc<Parsing> {
    Arc::new(Parsing::open(&scratch.path("parsing")).unwrap())
}

fn suspects(scratch: &Scratch) -> Vec<u64> {
    let mut numbers: Vec<u64> = opened(scratch).suspects().map(Fingerprint::get).collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn what_is_being_parsed_when_the_process_ends_is_a_suspect() {
    let scratch = Scratch::new();
    let parsing = opened(&scratch);
    let one = parsing.enter(key(1)).await;
    let two = parsing.enter(key(2)).await;
    assert_eq!(suspects(&scratch), [1, 2]);
    assert_eq!(
        opened(&scratch).suspects().find(|page| page.get() == 1),
        Some(key(1))
    );
    drop((one, two));
}

#[tokio::test]
async fn what_was_parsed_is_none() {
    let scratch = Scratch::new();
    let parsing = opened(&scratch);
    let one = parsing.enter(key(1)).await;
    let two = parsing.enter(key(2)).await;
    drop(one);
    assert_eq!(suspects(&scratch), [2]);
    let three = parsing.enter(key(3)).await;
    assert_eq!(suspects(&scratch), [2, 3]);
    drop((two, three));
    assert_eq!(suspects(&scratch), [0_u64; 0]);
}

#[tokio::test]
async fn the_file_is_no_longer_than_the_most_pages_at_a_time() {
    let scratch = Scratch::new();
    let parsing = opened(&scratch);
    for number in 1..100 {
        let _other = parsing.enter(key(number)).await;
        parsing.enter(key(number + 1_000)).await;
    }
    let length = std::fs::metadata(scratch.path("parsing")).unwrap().len();
    assert_eq!(length, 2 * SLOT as u64);
}

#[tokio::test]
async fn a_file_that_was_cleared_names_nobody() {
    let scratch = Scratch::new();
    let parsing = opened(&scratch);
    let parse = parsing.enter(key(1)).await;
    parsing.clear().unwrap();
    assert_eq!(suspects(&scratch), [0_u64; 0]);
    drop(parse);
    assert_eq!(suspects(&scratch), [0_u64; 0]);
}

#[test]
fn garbage_names_whom_it_may_and_ends_nothing() {
    let scratch = Scratch::new();
    for garbage in [
        &b"x"[..],
        &[0; 15],
        &[0xff; 100],
        "no keys, but words".as_bytes(),
    ] {
        std::fs::write(scratch.path("parsing"), garbage).unwrap();
        let most = garbage.len() / SLOT;
        assert!(suspects(&scratch).len() <= most, "{garbage:?}");
    }
}

#[test]
#[cfg(unix)]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    opened(&scratch);
    let mode = std::fs::metadata(scratch.path("parsing"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// A file that names this page as a suspect.
async fn suspected(scratch: &Scratch, number: u64) -> Arc<Parsing> {
    let parsing = opened(scratch);
    let parse = parsing.enter(key(number)).await;
    let next = opened(scratch);
    drop(parse);
    next.clear().unwrap();
    next
}

#[tokio::test(start_paused = true)]
async fn a_suspect_is_parsed_alone() {
    let scratch = Scratch::new();
    let parsing = suspected(&scratch, 1).await;
    let other = parsing.enter(key(2)).await;
    let mut suspect = std::pin::pin!(parsing.enter(key(1)));
    assert!(suspect.as_mut().now_or_never().is_none());
    drop(other);
    let suspect = suspect.await;
    let mut late = std::pin::pin!(parsing.enter(key(3)));
    assert!(late.as_mut().now_or_never().is_none());
    assert_eq!(suspects(&scratch), [1]);
    drop(suspect);
    late.await;
}

#[tokio::test(start_paused = true)]
async fn pages_without_suspects_do_not_wait_for_each_other() {
    let scratch = Scratch::new();
    let parsing = suspected(&scratch, 1).await;
    let _two = parsing.enter(key(2)).await;
    let _three = parsing.enter(key(3)).await;
    assert_eq!(suspects(&scratch), [2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_suspect_that_never_ends_holds_up_nobody_for_long() {
    let scratch = Scratch::new();
    let parsing = suspected(&scratch, 1).await;
    let _suspect = parsing.enter(key(1)).await;
    let began = tokio::time::Instant::now();
    for number in 2..100 {
        parsing.enter(key(number)).await;
    }
    assert!(began.elapsed() <= PATIENCE, "{:?}", began.elapsed());
}
