//! The cache: what is answered from the disk, what is asked about, and what never gets there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crawlworks::prelude::*;
use crawlworks::settings::CacheMode;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, FromCache, Report};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::support::{Probe, Scratch, get, html, page_of_links, polite, quick, run, secs};

const PAGE: &str = "http://a.example/";

/// A directory for a cache, and crawls that use it.
struct Cache(Scratch);

impl Cache {
    fn new() -> Self {
        Self(Scratch::new())
    }

    fn directory(&self) -> PathBuf {
        self.0.path("cache").into()
    }

    fn set(&self, settings: &mut Settings, mode: CacheMode) {
        settings.disk.cache = mode;
        settings.disk.cache_dir = self.directory();
    }

    /// Crawls these with `cache = "http"`; answers with the report and the responses.
    async fn http(&self, fake: &FakeDownloader, start: Vec<Request>) -> (Report, Vec<Response>) {
        let probe = Probe::only(start);
        let visited = probe.visited();
        let crawler = quick(probe, |s| self.set(s, CacheMode::Http)).concurrency(1);
        (
            run(crawler.downloader(fake.clone())).await,
            visited.responses(),
        )
    }

    /// Crawls one page; answers with how it came and with its body.
    async fn page(&self, fake: &FakeDownloader, request: Request) -> (Option<FromCache>, String) {
        let (_, responses) = self.http(fake, vec![request.any_status()]).await;
        (responses[0].from_cache(), responses[0].text().into_owned())
    }

    /// The files of the cache.
    fn files(&self) -> Vec<PathBuf> {
        fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(directory).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    files.push(path);
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.directory(), &mut files);
        files
    }
}

/// Pages whose body counts the requests, with these headers.
fn counting(headers: &'static [(&'static str, &'static str)]) -> FakeDownloader {
    let count = AtomicU64::new(0);
    FakeDownloader::new(move |request| {
        let body = count.fetch_add(1, Ordering::Relaxed).to_string();
        with(html(request, body), headers)
    })
}

fn with(mut response: Response, headers: &[(&str, &str)]) -> Result<Response, Error> {
    for (name, value) in headers {
        response = response.with_header(name, value)?;
    }
    Ok(response)
}

/// A page that is too old, with a tag that is confirmed.
fn tagged(request: Request) -> Result<Response, Error> {
    match request.header("if-none-match") {
        Some(tag) if tag == "\"1\"" => Response::new(request, 304).with_header("x-new", "1"),
        _ => with(
            html(request, "body").with_wire_bytes(4),
            &[("etag", "\"1\""), ("cache-control", "max-age=0")],
        ),
    }
}

#[tokio::test]
async fn a_fresh_page_is_answered_without_a_request() {
    let (cache, fake) = (
        Cache::new(),
        counting(&[
            ("cache-control", "max-age=60"),
            ("link", "<a>"),
            ("link", "<b>"),
        ]),
    );
    let (report, first) = cache.http(&fake, vec![get(PAGE)]).await;
    assert_eq!(
        (
            report.cache.missed,
            report.cache.stored,
            report.requests.total
        ),
        (1, 1, 1)
    );
    assert_eq!(first[0].from_cache(), None);
    let (report, second) = cache.http(&fake, vec![get(PAGE)]).await;
    assert_eq!(
        (report.cache.hits, report.requests.total, report.pages),
        (1, 0, 1)
    );
    assert_eq!(second[0].from_cache(), Some(FromCache::Fresh));
    assert_eq!(second[0].body(), first[0].body());
    assert_eq!(second[0].headers().get_all("link").iter().count(), 2);
    assert!(second[0].header("age").is_some());
    assert_eq!(fake.urls().len(), 1);
}

#[tokio::test]
async fn nothing_is_kept_unless_it_is_asked_for() {
    let (cache, fake) = (Cache::new(), counting(&[("cache-control", "max-age=60")]));
    for _ in 0..2 {
        run(quick(Probe::only([get(PAGE)]), |s| {
            s.disk.cache_dir = cache.directory();
        })
        .downloader(fake.clone()))
        .await;
    }
    assert_eq!(fake.urls().len(), 2);
    assert!(!cache.directory().exists());
}

#[tokio::test]
async fn an_old_page_that_is_confirmed_costs_no_body_and_has_the_new_headers() {
    let (cache, fake) = (Cache::new(), FakeDownloader::new(tagged));
    cache.http(&fake, vec![get(PAGE)]).await;
    let (report, responses) = cache.http(&fake, vec![get(PAGE)]).await;
    assert_eq!(
        (
            report.cache.revalidated,
            report.requests.total,
            report.bytes.wire
        ),
        (1, 1, 0)
    );
    assert_eq!(responses[0].status(), 200);
    assert_eq!(responses[0].text(), "body");
    assert_eq!(responses[0].header("x-new").as_deref(), Some("1"));
    assert!(responses[0].request().headers().is_empty());
}

#[tokio::test]
async fn a_304_about_another_version_is_tried_again_without_conditions() {
    let cache = Cache::new();
    let fake = FakeDownloader::new(|request| match request.header("if-none-match") {
        Some(_) => Response::new(request, 304).with_header("etag", "\"other\""),
        None => with(html(request, "body"), &[("etag", "\"1\"")]),
    });
    cache.http(&fake, vec![get(PAGE)]).await;
    let again = get(PAGE).with_retries(1);
    assert_eq!(cache.page(&fake, again).await, (None, "body".to_owned()));
}

#[tokio::test]
async fn what_the_server_forbids_is_asked_for_again() {
    for headers in [
        &[("cache-control", "no-store, max-age=60")][..],
        &[("cache-control", "max-age=0")],
        &[("cache-control", "max-age=60"), ("age", "61")],
        &[("expires", "0")],
        &[("cache-control", "max-age=60"), ("vary", "*")],
        &[],
    ] {
        let (cache, fake) = (Cache::new(), counting(headers));
        cache.page(&fake, get(PAGE)).await;
        assert_eq!(
            cache.page(&fake, get(PAGE)).await,
            (None, "1".to_owned()),
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_request_with_other_headers_gets_another_page_where_the_server_says_so() {
    let (cache, fake) = (
        Cache::new(),
        counting(&[("cache-control", "max-age=60"), ("vary", "Accept-Language")]),
    );
    let dutch = || get(PAGE).with_header("accept-language", "nl").unwrap();
    cache.page(&fake, dutch()).await;
    assert_eq!(cache.page(&fake, dutch()).await.0, Some(FromCache::Fresh));
    assert_eq!(cache.page(&fake, get(PAGE)).await, (None, "1".to_owned()));
}

#[tokio::test]
async fn a_change_of_a_page_makes_it_forgotten() {
    let (cache, fake) = (Cache::new(), counting(&[("cache-control", "max-age=60")]));
    for method in ["POST", "PUT", "DELETE"] {
        cache.page(&fake, get(PAGE)).await;
        assert_eq!(cache.page(&fake, get(PAGE)).await.0, Some(FromCache::Fresh));
        let change = get(PAGE).with_method(method.parse().unwrap());
        assert_eq!(cache.page(&fake, change).await.0, None);
        assert_eq!(cache.page(&fake, get(PAGE)).await.0, None, "{method}");
    }
}

#[tokio::test]
async fn a_head_is_answered_by_the_page_without_its_body() {
    let (cache, fake) = (Cache::new(), counting(&[("cache-control", "max-age=60")]));
    cache.page(&fake, get(PAGE)).await;
    let head = get(PAGE).with_method("HEAD".parse().unwrap());
    assert_eq!(
        cache.page(&fake, head).await,
        (Some(FromCache::Fresh), String::new())
    );
}

#[tokio::test]
async fn a_page_for_one_user_is_not_kept() {
    let (cache, fake) = (
        Cache::new(),
        counting(&[
            ("cache-control", "max-age=60"),
            ("set-cookie", "token=hunter2"),
        ]),
    );
    let (report, _) = cache
        .http(
            &fake,
            vec![
                get(PAGE),
                get("http://a.example/2").with_basic_auth("us", "hunter2"),
            ],
        )
        .await;
    // By then there is a cookie, too.
    assert_eq!((report.cache.stored, report.cache.bypassed), (1, 1));
    for file in cache.files() {
        let file = String::from_utf8(std::fs::read(file).unwrap()).unwrap();
        assert!(!file.contains("hunter2"), "{file}");
    }
}

#[tokio::test]
async fn an_old_page_stands_in_for_a_failure_where_the_server_allows_that() {
    let cache = Cache::new();
    let is_down = Arc::new(AtomicU64::new(0));
    let down = Arc::clone(&is_down);
    let fake = FakeDownloader::new(move |request| match down.load(Ordering::Relaxed) {
        0 => with(
            html(request, "old"),
            &[("cache-control", "max-age=0, stale-if-error=60")],
        ),
        1 => Ok(Response::new(request, 500)),
        _ => Err(Error::new(ErrorKind::Connect, "no route")),
    });
    cache.page(&fake, get(PAGE)).await;
    for failure in [1, 2] {
        is_down.store(failure, Ordering::Relaxed);
        let expected = (Some(FromCache::Stale), "old".to_owned());
        assert_eq!(cache.page(&fake, get(PAGE)).await, expected);
    }
}

#[tokio::test]
async fn a_damaged_file_is_fetched_again() {
    let (cache, fake) = (Cache::new(), counting(&[("cache-control", "max-age=60")]));
    cache.page(&fake, get(PAGE)).await;
    let file = cache.files().remove(0);
    let whole = std::fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for damaged in [&whole[..whole.len() - 1], &whole[..20], &[], &flipped] {
        std::fs::write(&file, damaged).unwrap();
        assert_eq!(cache.page(&fake, get(PAGE)).await.0, None);
        assert_eq!(cache.page(&fake, get(PAGE)).await.0, Some(FromCache::Fresh));
    }
}

#[tokio::test]
async fn two_crawls_share_a_cache() {
    let cache = Cache::new();
    let pages: Vec<String> = (0..100)
        .map(|page| format!("http://a.example/{page}"))
        .collect();
    let fake = FakeDownloader::new(|request| {
        let body = request.url().path().repeat(1_000);
        html(request, body).with_header("cache-control", "max-age=60")
    });
    let crawl = || async {
        let probe = Probe::only(pages.iter().map(get));
        let visited = probe.visited();
        let crawler = quick(probe, |s| cache.set(s, CacheMode::Http)).concurrency_per_host(8);
        run(crawler.downloader(fake.clone())).await;
        for response in visited.responses() {
            assert_eq!(response.text(), response.url().path().repeat(1_000));
        }
    };
    tokio::join!(crawl(), crawl());
    crawl().await;
    assert_eq!(cache.files().len(), 100);
}

#[tokio::test]
async fn a_place_that_cannot_be_one_is_an_error() {
    let cache = Cache::new();
    cache.0.write("cache", "");
    let crawler = quick(Probe::only([get(PAGE)]), |s| cache.set(s, CacheMode::Http));
    let error = crawler.downloader(counting(&[])).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
}

#[tokio::test]
async fn a_crawl_goes_on_when_nothing_can_be_stored_any_more() {
    let (cache, fake) = (Cache::new(), counting(&[("cache-control", "max-age=60")]));
    std::fs::create_dir(cache.directory()).unwrap();
    for shard in 0..=255 {
        // In the place of each directory.
        std::fs::write(cache.directory().join(format!("{shard:02x}")), "").unwrap();
    }
    let pages = (0..5).map(|page| get(format!("http://a.example/{page}")));
    let (report, _) = cache.http(&fake, pages.collect()).await;
    assert_eq!(
        (report.pages, report.cache.missed, report.cache.stored),
        (5, 5, 0)
    );
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (cache, fake) = (Cache::new(), counting(&[("cache-control", "max-age=60")]));
    cache.page(&fake, get(PAGE)).await;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&cache.directory()), 0o700);
    assert_eq!(mode(&cache.files()[0]), 0o600);
}

/// Ten pages that link to each other, not to be cached.
fn linked() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let links = (0..10).map(|page| format!("/{page}"));
        html(request, page_of_links(links)).with_header("cache-control", "no-store")
    })
}

fn unreachable() -> FakeDownloader {
    FakeDownloader::new(|_| Err(Error::new(ErrorKind::Connect, "no route")))
}

#[tokio::test(start_paused = true)]
async fn what_was_fetched_once_can_be_crawled_offline_and_at_once() {
    let cache = Cache::new();
    let crawl = |fake| {
        polite(Probe::links([get(PAGE)]), |s| {
            cache.set(s, CacheMode::Always);
        })
        .downloader(fake)
    };
    let online = run(crawl(linked())).await;
    assert_eq!((online.pages, online.cache.stored), (11, 12));
    let began = Instant::now();
    let offline = run(crawl(unreachable())).await;
    assert_eq!(
        (offline.pages, offline.cache.hits, offline.requests.total),
        (11, 12, 0)
    );
    assert_eq!(offline.robots, online.robots);
    assert!(began.elapsed() < secs(1), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_is_fetched_among_cached_pages_keeps_its_distance() {
    let cache = Cache::new();
    let page = |nth: u64| get(format!("http://a.example/{nth}"));
    let crawl = |start: Vec<Request>, fake: &FakeDownloader| {
        polite(Probe::only(start), |s| {
            cache.set(s, CacheMode::Always);
            s.politeness.robots = false;
        })
        .downloader(fake.clone())
    };
    run(crawl(
        (0..20).filter(|nth| nth % 3 > 0).map(page).collect(),
        &linked(),
    ))
    .await;
    let fake = linked();
    let report = run(crawl((0..20).map(page).collect(), &fake)).await;
    assert_eq!((report.cache.hits, report.requests.total), (13, 7));
    let times = fake.times();
    for pair in times.windows(2) {
        assert!(pair[1] >= pair[0] + Duration::from_millis(500), "{times:?}");
    }
    assert!(times[6] < secs(4), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_never_kept() {
    let cache = Cache::new();
    for status in [429, 500, 503, 403] {
        let fake = FakeDownloader::new(move |request| Ok(Response::new(request, status)));
        let start = [get(PAGE).any_status()];
        run(quick(Probe::only(start), |s| cache.set(s, CacheMode::Always)).downloader(fake)).await;
        assert!(cache.files().is_empty(), "{status}");
    }
}

#[tokio::test]
async fn a_check_for_cookies_is_not_kept() {
    let cache = Cache::new();
    let fake = FakeDownloader::new(|request| match request.header("cookie") {
        Some(_) => Ok(html(request, "welcome")),
        None => with(
            Response::new(request, 302),
            &[("location", "/"), ("set-cookie", "seen=1")],
        ),
    });
    for _ in 0..2 {
        let crawler = quick(Probe::only([get(PAGE)]), |s| {
            cache.set(s, CacheMode::Always);
        });
        let report = run(crawler.downloader(fake.clone())).await;
        assert_eq!((report.pages, report.ledger.failed), (1, 0));
    }
}

/// Makes a file of the cache old, as if written years ago.
fn make_old(file: &Path) {
    let whole = std::fs::read_to_string(file).unwrap();
    let mut lines = whole.splitn(3, '\n');
    let magic = lines.next().unwrap().rsplit_once(' ').unwrap().0;
    let mut head: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    head["received"] = "2020-01-01T00:00:00Z".into();
    let head = head.to_string();
    let hash = Sha256::digest(&head)
        .iter()
        .fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"));
    let body = lines.next().unwrap();
    std::fs::write(file, format!("{magic} {hash}\n{head}\n{body}")).unwrap();
}

#[tokio::test]
async fn an_old_robots_txt_is_read_again_and_holds_on_offline() {
    let cache = Cache::new();
    let rules = |rules: &'static str| {
        FakeDownloader::new(move |request| match request.url().path() {
            "/robots.txt" => Ok(Response::new(request, 200).with_body("text/plain", rules)),
            _ => Ok(html(request, "page")),
        })
    };
    let crawl = async |fake| {
        for file in cache.files() {
            make_old(&file);
        }
        let crawler = quick(Probe::only([get(PAGE), get("http://a.example/b")]), |s| {
            cache.set(s, CacheMode::Always);
            s.politeness.robots = true;
        });
        run(crawler.downloader(fake)).await
    };
    assert_eq!(crawl(rules("User-agent: *\nAllow: /")).await.pages, 2);
    let changed = crawl(rules("User-agent: *\nDisallow: /b")).await;
    assert_eq!((changed.pages, changed.requests.total), (1, 1));
    let offline = crawl(unreachable()).await;
    assert_eq!((offline.pages, offline.robots.read), (1, 1));
    assert_eq!((offline.cache.stale, offline.cache.hits), (1, 1));
}

#[tokio::test]
async fn a_sitemap_is_answered_from_the_disk_whatever_media_types_are_wanted() {
    let cache = Cache::new();
    let sitemap = "<urlset><url><loc>http://a.example/1</loc></url></urlset>";
    let online = FakeDownloader::new(move |request| match request.url().path() {
        "/robots.txt" => {
            let body = "Sitemap: http://a.example/sitemap.xml";
            Ok(Response::new(request, 200).with_body("text/plain", body))
        }
        "/sitemap.xml" => Ok(Response::new(request, 200).with_body("application/xml", sitemap)),
        _ => Ok(html(request, "page")),
    });
    for fake in [online, unreachable()] {
        let crawler = quick(Probe::only([get(PAGE)]), |s| {
            cache.set(s, CacheMode::Always);
            s.links.sitemaps = true;
            s.answers.content_types = vec!["text/html".to_owned()];
        });
        let report = run(crawler.downloader(fake)).await;
        assert_eq!((report.pages, report.requests.sitemaps), (2, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_stands_in_is_no_quick_answer_of_the_host() {
    let cache = Cache::new();
    let crawl = |fake: &FakeDownloader| {
        let start = (0..8).map(|page| get(format!("http://a.example/{page}")).any_status());
        polite(Probe::only(start), |s| {
            cache.set(s, CacheMode::Http);
            s.politeness.robots = false;
            s.failures.retries = 0;
        })
        .downloader(fake.clone())
    };
    let good = FakeDownloader::new(|request| match request.url().path() {
        "/0" => Ok(Response::new(request, 404)),
        _ => html(request, "old").with_header("cache-control", "max-age=0, stale-if-error=60"),
    });
    run(crawl(&good)).await;
    let bad = FakeDownloader::new(|request| match request.url().path() {
        "/0" => Ok(Response::new(request, 429)),
        _ => Ok(Response::new(request, 500)),
    });
    let report = run(crawl(&bad)).await;
    assert_eq!(report.cache.stale, 7);
    let times = bad.times();
    let gaps: Vec<Duration> = times
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect();
    assert!(gaps.windows(2).all(|pair| pair[1] >= pair[0]), "{gaps:?}");
}
