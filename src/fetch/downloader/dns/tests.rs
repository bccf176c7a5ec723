//! The cache, with a stand-in for the system, under a clock that jumps.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A resolver that answers with `answer(number of the look-up)` after a second, and how often it was asked.
fn resolver(
    answer: impl Fn(usize) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static,
) -> (Resolver, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, answer) = (Arc::clone(&asked), Arc::new(answer));
    let look_up: LookUp = Arc::new(move |_, _| {
        let (number, answer) = (count.fetch_add(1, Ordering::Relaxed), Arc::clone(&answer));
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            answer(number)
        })
    });
    (Resolver::new(look_up, Duration::from_mins(1)), asked)
}

fn address(number: usize) -> IpAddr {
    IpAddr::from([1, 1, 1, u8::try_from(number).unwrap()])
}

#[tokio::test(start_paused = true)]
async fn all_who_ask_at_once_share_one_look_up() {
    let (resolver, asked) = resolver(|number| Ok(vec![address(number)]));
    let all = (0..50).map(|_| resolver.resolve("a.example"));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.unwrap(), [address(0)]);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_used_for_its_life_and_a_failure_for_seconds() {
    let (resolver, asked) = resolver(|number| match number {
        0 => Err(io::Error::other("not now")),
        _ => Ok(vec![address(number)]),
    });
    let error = resolver.resolve("a.example").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dns);
    assert!(error.chain().contains("a.example"), "{}", error.chain());
    assert!(error.chain().contains("not now"), "{}", error.chain());
    resolver.resolve("a.example").await.unwrap_err();
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    tokio::time::advance(FAILURE_LIFE).await;
    assert_eq!(resolver.resolve("a.example").await.unwrap(), [address(1)]);
    tokio::time::advance(Duration::from_secs(58)).await;
    assert_eq!(resolver.resolve("a.example").await.unwrap(), [address(1)]);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(resolver.resolve("a.example").await.unwrap(), [address(2)]);
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_does_not_end_is_given_up() {
    let look_up: LookUp = Arc::new(|_, _| Box::pin(std::future::pending()));
    let resolver = Resolver::new(look_up, Duration::from_mins(1));
    let started = Instant::now();
    let error = resolver.resolve("a.example").await.unwrap_err();
    assert!(error.chain().contains("within 5 s"), "{}", error.chain());
    assert!(started.elapsed() < Duration::from_secs(6));
}

#[tokio::test(start_paused = true)]
async fn no_more_than_16_addresses_are_used() {
    let (resolver, _) = resolver(|_| Ok((0..200).map(address).collect()));
    assert_eq!(resolver.resolve("a.example").await.unwrap().len(), 16);
}

#[tokio::test]
async fn names_that_cannot_resolve_are_not_asked_for() {
    let (resolver, asked) = resolver(|number| Ok(vec![address(number)]));
    let long_label = format!("{}.example", "a".repeat(64));
    let long = "abcdefgh.".repeat(29);
    for name in [
        "",
        ".",
        "a..b",
        ".a",
        "a..",
        "x.onion",
        "X.ONION.",
        &long_label,
        &long,
    ] {
        let error = resolver.resolve(name).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Dns, "{name}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(hopeless("example.com.").is_none());
    assert!(hopeless("onion.example").is_none());
}

#[tokio::test]
async fn the_system_knows_this_machine() {
    let found = Resolver::of_system(Duration::from_mins(1))
        .resolve("localhost")
        .await
        .unwrap();
    assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn names_that_nobody_answers_for_do_not_use_up_the_time_of_others() {
    let look_up: LookUp = Arc::new(|name, place| {
        Box::pin(async move {
            if name.starts_with("dead") {
                // The system's own patience, which goes on when ours has ended.
                tokio::spawn(async move {
                    let _place = place;
                    tokio::time::sleep(Duration::from_secs(10)).await;
                });
                std::future::pending::<()>().await;
            }
            Ok(vec![address(1)])
        })
    });
    let resolver = Resolver::new(look_up, Duration::from_mins(1));
    for number in 0..AT_ONCE {
        let resolver = resolver.clone();
        tokio::spawn(async move { resolver.resolve(&format!("dead{number}.example")).await });
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(resolver.resolve("a.example").await.unwrap(), [address(1)]);
}
