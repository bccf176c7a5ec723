//! The invariants of the design, each with a test of its name.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Event, Events, Finish, HttpDownloader, ItemStream, Report};

use crate::support::{Probe, get, html, page_of_links, polite, quick, run, secs};

#[tokio::test(start_paused = true)]
async fn every_round_trip_passes_its_hosts_limiter_exactly_once() {
    let fake = FakeDownloader::new(|request| match (request.url().path(), request.attempt()) {
        ("/robots.txt" | "/failing", 0) => Ok(Response::new(request, 500)),
        ("/robots.txt", 1) => Ok(Response::new(request, 302)
            .with_header("location", "/rules.txt")
            .unwrap()),
        ("/rules.txt", _) => {
            Ok(Response::new(request, 200).with_body("text/plain", "User-agent: *\nAllow: /"))
        }
        ("/moved", _) => Ok(Response::new(request, 302)
            .with_header("location", "/target")
            .unwrap()),
        _ => Ok(html(request, "")),
    });
    let start = ["/failing", "/moved", "/plain"].map(|path| get(format!("http://a.example{path}")));
    let report =
        run(polite(Probe::only(start), |s| s.politeness.delay = secs(10)).downloader(fake.clone()))
            .await;
    let paths: Vec<String> = fake
        .urls()
        .iter()
        .map(|url| url.replace("http://a.example", ""))
        .collect();
    // A retry is due after a second, so it takes the next turn.
    let expected = [
        "/robots.txt",
        "/robots.txt",
        "/rules.txt",
        "/failing",
        "/failing",
        "/moved",
        "/plain",
        "/target",
    ];
    assert_eq!(paths, expected);
    assert_eq!(
        fake.times(),
        (0..8).map(|nth| secs(10 * nth)).collect::<Vec<_>>()
    );
    assert_eq!((report.requests.total, report.requests.robots), (8, 3));
}

#[tokio::test(start_paused = true)]
async fn no_slot_is_held_while_a_host_cools_down_or_a_retry_backs_off() {
    let refused = AtomicU64::new(0);
    let fake = FakeDownloader::new(move |request| {
        if request.url().host_str() == Some("a.example")
            && refused.fetch_add(1, Ordering::Relaxed) < 3
        {
            return Ok(Response::new(request, 503));
        }
        Ok(html(request, ""))
    });
    let others = (0..5).map(|nth| get(format!("http://b.example/{nth}")));
    let start = std::iter::once(get("http://a.example/")).chain(others);
    let crawler = quick(Probe::only(start), |s| {
        s.politeness.concurrency = 1;
        s.failures.retries = 3;
    });
    let report = run(crawler.downloader(fake.clone())).await;
    assert_eq!(report.pages, 6);
    assert!(
        fake.times()[..6].iter().all(Duration::is_zero),
        "{:?}",
        fake.times()
    );
    assert!(
        fake.urls()[6..]
            .iter()
            .all(|url| url == "http://a.example/")
    );
}

#[tokio::test(start_paused = true)]
async fn parse_sees_a_response_and_emits_items_and_requests() {
    let response = html(
        get("http://a.example/dir/"),
        "<h1>Hello</h1><a href=next>next</a>",
    );
    let mut out = Output::new();
    Probe::links([get("http://a.example/")])
        .parse(response, &mut out)
        .await
        .unwrap();
    assert_eq!(out.items(), ["/dir/"]);
    assert_eq!(out.requests(), [get("http://a.example/dir/next")]);
}

#[test]
fn scheduler_and_policies_know_nothing_of_tokio_hyper_or_the_clock() {
    for file in sources().into_iter().filter(|file| {
        let path = file.to_str().unwrap();
        path.contains("/scheduler") || path.contains("/policy") || path.contains("/identity")
    }) {
        for word in [
            "tokio::",
            "hyper::",
            "hyper_util::",
            "Instant::now",
            "SystemTime::now",
            "Timestamp::now",
        ] {
            assert!(!code(&file).contains(word), "{word} in {}", file.display());
        }
    }
}

#[test]
fn foreign_crates_are_named_in_one_place() {
    let homes: [(&str, &[&str]); 8] = [
        ("scraper::", &["page/html"]),
        ("ego_tree::", &["page/html"]),
        ("hyper::", &["fetch/downloader", "testing"]),
        ("hyper_util::", &["fetch/downloader", "testing"]),
        ("rustls::", &["fetch/downloader", "testing"]),
        ("fjall::", &["store"]),
        ("clap::", &["cli"]),
        ("cookie_store::", &["fetch/middleware"]),
    ];
    for file in sources() {
        let inside = file.strip_prefix(root()).unwrap().to_str().unwrap();
        for (word, allowed) in homes {
            let at_home = allowed.iter().any(|home| inside.starts_with(home));
            assert!(
                at_home || !code(&file).contains(word),
                "{word} in src/{inside}"
            );
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file of the library.
fn sources() -> Vec<PathBuf> {
    let (mut files, mut directories) = (Vec::new(), vec![root()]);
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 50);
    files
}

/// A file without its comments, which may name what they like.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn request_and_response_are_plain_data_that_threads_can_share() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Request>();
    shared::<Response>();
    shared::<Report>();
    shared::<Settings>();
    shared::<Event>();
    shared::<Finish>();
    shared::<HttpDownloader>();
    shared::<FakeDownloader>();
}

#[test]
fn what_runs_a_crawl_can_move_to_another_thread() {
    fn moved<T: Send + 'static>() {}
    fn spawned<F: Future + Send + 'static>(_: impl Fn(Crawler<Probe>) -> F) {}
    moved::<Crawler<Probe>>();
    moved::<ItemStream<String>>();
    moved::<Events>();
    moved::<crawlworks::Error>();
    spawned(Crawler::run);
}

#[test]
fn a_request_serialises() {
    let request = Request::post("http://a.example/b?c#d")
        .unwrap()
        .with_form([("q", "ü")])
        .with_label("search")
        .with_meta("page", 3)
        .unwrap()
        .with_priority(-2)
        .with_retries(0)
        .with_timeout(secs(3))
        .with_basic_auth("us", "pw")
        .any_status()
        .dont_filter();
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
}

#[tokio::test]
async fn items_stay_typed_up_to_the_pipelines() {
    #[derive(Debug, PartialEq, Serialize)]
    struct Typed(u32);
    struct Doubled;
    impl Pipeline<Typed> for Doubled {
        async fn process(&mut self, item: Typed) -> Result<Verdict<Typed>, BoxError> {
            Ok(Verdict::Keep(Typed(item.0 * 2)))
        }
    }
    let probe = Probe::new([get("http://a.example/")], |_, out| {
        out.item(Typed(21));
        Ok(())
    });
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let mut items = quick(probe, |_| {})
        .downloader(fake)
        .pipeline(Doubled)
        .stream();
    assert_eq!(items.next().await, Some(Typed(42)));
}

#[tokio::test]
async fn memory_is_bounded_whatever_a_page_holds() {
    let long = format!("/{}", "a".repeat(3_000));
    let page = page_of_links(std::iter::once(long).chain((0..500).map(|nth| format!("/{nth}"))));
    let fake = FakeDownloader::new(move |request| {
        let body = if request.depth() == 0 {
            page.clone()
        } else {
            String::new()
        };
        Ok(html(request, body))
    });
    let report = run(quick(Probe::links([get("http://a.example/")]), |s| {
        s.links.max_links = 100;
    })
    .downloader(fake))
    .await;
    assert_eq!(report.filtered[&crawlworks::Filter::MaxLinks], 401);
    assert_eq!(report.filtered[&crawlworks::Filter::UrlLength], 1);
    assert_eq!(report.pages, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nothing_that_a_spider_does_stops_another_page() {
    let (release, released) = std::sync::mpsc::channel();
    let (release, released) = (
        std::sync::Mutex::new(release),
        std::sync::Mutex::new(released),
    );
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let start =
        ["blocks", "panics", "releases"].map(|page| get(format!("http://a.example/{page}")));
    let probe: Probe = Probe::new(start, move |response, _| {
        match response.url().path() {
            "/blocks" => released.lock().unwrap().recv()?,
            "/panics" => panic!("a page"),
            _ => release.lock().unwrap().send(())?,
        }
        Ok(())
    });
    let report =
        run(quick(probe, |s| s.politeness.concurrency_per_host = 3).downloader(fake)).await;
    assert_eq!(
        (report.pages, report.errors[&crawlworks::ErrorKind::Panic]),
        (2, 1)
    );
}
