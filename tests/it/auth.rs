//! Credentials: for their own origin, by Basic or Digest, and nowhere on the disk.

use std::path::Path;
use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Report};
use md5::{Digest as _, Md5};

use crate::support::{Probe, Scratch, get, html, page_of_links, polite, quick, run, secs};

/// `us:pw` by Basic.
const BASIC: &str = "Basic dXM6cHc=";

/// Which requests came with which `Authorization`.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Sent>>>);

/// A URL, and the header that was sent there.
type Sent = (String, Option<String>);

impl Seen {
    fn note(&self, request: &Request) -> Option<String> {
        let sent = request.header("authorization");
        let sent = sent.map(|value| value.to_str().unwrap().to_owned());
        let entry = (request.url().to_string(), sent.clone());
        self.0.lock().unwrap().push(entry);
        sent
    }

    fn of(&self, url: &str) -> Option<String> {
        let seen = self.0.lock().unwrap();
        seen.iter()
            .find(|(asked, _)| asked == url)
            .unwrap()
            .1
            .clone()
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

fn everywhere(settings: &mut Settings) {
    settings.links.scope = crawlworks::settings::ScopeMode::Any;
}

/// A page that links to the same origin and to four others.
fn crossroads(seen: &Seen) -> FakeDownloader {
    let seen = seen.clone();
    FakeDownloader::new(move |request| {
        seen.note(&request);
        let links = [
            "http://a.example/next",
            "http://a.example:81/",
            "https://a.example/",
            "http://www.a.example/",
            "http://b.example/",
        ];
        Ok(match request.url().path() {
            "/robots.txt" => Response::new(request, 404),
            _ => html(request, page_of_links(links)),
        })
    })
}

#[tokio::test]
async fn credentials_go_to_their_own_origin_and_its_robots_txt() {
    let seen = Seen::default();
    let crawler = polite(Probe::links([get("http://a.example/")]), |s| {
        s.politeness.delay = Duration::ZERO;
        s.set(
            "credentials",
            "http://a.example us:pw, https://c.example a:b",
        )
        .unwrap();
        everywhere(s);
    });
    run(crawler.downloader(crossroads(&seen))).await;
    for at_home in [
        "http://a.example/robots.txt",
        "http://a.example/",
        "http://a.example/next",
    ] {
        assert_eq!(seen.of(at_home).as_deref(), Some(BASIC), "{at_home}");
    }
    for elsewhere in [
        "http://b.example/robots.txt",
        "http://a.example:81/robots.txt",
        "http://a.example:81/",
        "https://a.example/",
        "http://www.a.example/",
        "http://b.example/",
    ] {
        assert_eq!(seen.of(elsewhere), None, "{elsewhere}");
    }
}

/// Asks a site for a page, and gives back all requests that were made.
async fn asked(
    start: Request,
    answer: impl Fn(Request) -> Response + Send + Sync + 'static,
) -> (Vec<Request>, Report) {
    let requests = Arc::<Mutex<Vec<Request>>>::default();
    let noted = Arc::clone(&requests);
    let fake = FakeDownloader::new(move |request| {
        noted.lock().unwrap().push(request.clone());
        Ok(answer(request))
    });
    let crawler = polite(Probe::links([start]), |s| {
        s.politeness.delay = Duration::ZERO;
    });
    let report = run(crawler.downloader(fake)).await;
    let requests = requests.lock().unwrap().clone();
    (requests, report)
}

#[tokio::test]
async fn robots_txt_is_asked_for_as_the_request_that_waits_for_it() {
    let start = get("http://a.example/")
        .with_header("x-token", "t")
        .unwrap();
    let start = start.with_header("accept", "text/csv").unwrap();
    let (requests, report) = asked(start, |request| match request.url().path() {
        "/robots.txt" if request.header("x-token").is_none() => Response::new(request, 401),
        "/robots.txt" => {
            Response::new(request, 200).with_body("text/plain", "User-agent: *\nDisallow: /inner\n")
        }
        _ => html(request, page_of_links(["/inner", "/open"])),
    })
    .await;
    assert_eq!(report.filtered[&crawlworks::Filter::Robots], 1);
    assert_eq!(requests[0].url().path(), "/robots.txt");
    assert!(
        requests[0].header("accept").is_none(),
        "that is for the page"
    );
}

#[tokio::test]
async fn a_robots_txt_that_moves_elsewhere_is_asked_for_as_a_stranger() {
    let start = get("http://a.example/")
        .with_basic_auth("us", "pw")
        .with_header("x-token", "t")
        .unwrap();
    let (requests, _) = asked(start, |request| {
        match (request.url().host_str().unwrap(), request.url().path()) {
            ("a.example", "/robots.txt") => Response::new(request, 302)
                .with_header("location", "http://b.example/rules.txt")
                .unwrap(),
            (_, "/rules.txt") => Response::new(request, 404),
            _ => html(request, ""),
        }
    })
    .await;
    let [home, away, page] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert!(home.header("authorization").is_some() && page.header("authorization").is_some());
    assert!(away.headers().is_empty(), "{:?}", away.headers());
}

#[tokio::test]
async fn a_user_name_in_a_start_url_is_for_the_whole_crawl_of_its_origin() {
    let seen = Seen::default();
    let crawler = quick(Probe::links([get("http://us:pw@a.example/")]), everywhere);
    run(crawler.downloader(crossroads(&seen))).await;
    assert_eq!(seen.of("http://a.example/next").as_deref(), Some(BASIC));
    assert_eq!(seen.of("http://b.example/"), None);
}

#[tokio::test]
async fn a_user_name_in_a_link_is_for_that_link() {
    let seen = Seen::default();
    let noted = seen.clone();
    let fake = FakeDownloader::new(move |request| {
        noted.note(&request);
        Ok(html(
            request,
            page_of_links(["http://us:pw@a.example/1", "/2"]),
        ))
    });
    run(quick(Probe::links([get("http://a.example/0")]), |_| {}).downloader(fake)).await;
    assert_eq!(seen.of("http://a.example/1").as_deref(), Some(BASIC));
    assert_eq!(seen.of("http://a.example/2"), None);
}

#[tokio::test]
async fn a_requests_own_header_is_left_alone_and_a_spider_does_not_see_the_settings() {
    let seen = Seen::default();
    let own = get("http://a.example/own")
        .with_header("authorization", "Bearer x")
        .unwrap();
    let probe = Probe::only([own, get("http://a.example/")]);
    let visited = probe.visited();
    let crawler = quick(probe, |s| {
        s.set("credentials", "http://a.example us:pw").unwrap();
    });
    run(crawler.downloader(crossroads(&seen))).await;
    assert_eq!(seen.of("http://a.example/own").as_deref(), Some("Bearer x"));
    assert_eq!(seen.of("http://a.example/").as_deref(), Some(BASIC));
    for response in visited.responses() {
        let shown = response.request().header("authorization");
        assert_eq!(shown.is_some(), response.url().path() == "/own");
    }
}

#[tokio::test]
async fn credentials_are_not_shown() {
    let mut settings = Settings::default();
    settings
        .set("credentials", "http://a.example us:secret")
        .unwrap();
    assert!(!format!("{settings:?}").contains("secret"));
    let crawler = quick(Probe::only([get("http://a.example/")]), |s| {
        s.requests.credentials = vec!["a.example us:secret".to_owned()];
    });
    let error = crawler.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(!format!("{error:?} {}", error.chain()).contains("secret"));
}

#[tokio::test]
async fn one_origin_has_one_user() {
    let start = ["http://us:pw@a.example/1", "http://us:other@a.example/2"].map(get);
    let error = quick(Probe::only(start), |_| {}).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.chain().contains("http://a.example"), "{error}");
}

/// A site behind Digest, which believes each nonce for so many requests.
#[derive(Clone)]
struct Guard {
    uses: u32,
    /// The number of the nonce, and of the last request with it.
    state: Arc<Mutex<(u32, u32)>>,
    seen: Seen,
}

impl Guard {
    fn new(uses: u32) -> Self {
        let (state, seen) = Default::default();
        Self { uses, state, seen }
    }

    fn downloader(&self) -> FakeDownloader {
        let guard = self.clone();
        FakeDownloader::new(move |request| {
            let Some(sent) = guard.seen.note(&request) else {
                return guard.challenge(request, false);
            };
            if !sent.starts_with("Digest ") {
                return guard.challenge(request, false);
            }
            let (nonce, count) = *guard.state.lock().unwrap();
            let asked = u32::from_str_radix(part(&sent, "nc=", ','), 16).unwrap();
            if part(&sent, "nonce=\"", '"') != format!("nonce{nonce}") || asked > guard.uses {
                return guard.challenge(request, true);
            }
            if !is_proven(request.method().as_str(), request.url().path(), &sent) {
                return guard.challenge(request, false);
            }
            assert_eq!(asked, count + 1, "each request counts");
            guard.state.lock().unwrap().1 = asked;
            let next: u32 = request.url().path()[1..].parse().unwrap_or(0);
            Ok(html(
                request,
                page_of_links((next < 9).then(|| format!("/{}", next + 1))),
            ))
        })
    }

    /// A 401 with a new nonce.
    fn challenge(&self, request: Request, is_stale: bool) -> crawlworks::Result<Response> {
        let mut state = self.state.lock().unwrap();
        *state = (state.0 + 1, 0);
        let line = format!(
            "Basic realm=\"x\", Digest realm=\"a b\", nonce=\"nonce{}\", qop=\"auth\", opaque=\"o\", stale={is_stale}",
            state.0
        );
        Response::new(request, 401).with_header("www-authenticate", &line)
    }
}

/// What stands between `from` and `to`.
fn part<'a>(text: &'a str, from: &str, to: char) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap();
    rest.split(to).next().unwrap()
}

fn md5(text: &str) -> String {
    let number = u128::from_be_bytes(Md5::digest(text).into());
    format!("{number:032x}")
}

/// Whether this is the answer of `us:pw`, by the formula of RFC 7616.
pub(crate) fn is_proven(method: &str, target: &str, sent: &str) -> bool {
    let quoted = |name: &str| part(sent, &format!("{name}=\""), '"');
    assert_eq!((quoted("uri"), quoted("opaque")), (target, "o"));
    let key = md5("us:a b:pw");
    let asked = md5(&format!("{method}:{target}"));
    let (nonce, count, own) = (quoted(" nonce"), part(sent, "nc=", ','), quoted("cnonce"));
    quoted("response") == md5(&format!("{key}:{nonce}:{count}:{own}:auth:{asked}"))
}

fn as_us(settings: &mut Settings) {
    settings
        .set("credentials", "http://a.example us:pw")
        .unwrap();
    settings.politeness.concurrency = 1;
}

#[tokio::test]
async fn an_origin_that_asks_for_digest_gets_it_from_then_on() {
    let guard = Guard::new(100);
    let probe = Probe::links([get("http://a.example/0")]);
    let report = run(quick(probe, as_us).downloader(guard.downloader())).await;
    // One more than there are pages: only the first was asked for twice.
    assert_eq!((report.pages, guard.seen.count()), (10, 11));
    assert_eq!(report.retries["credentials were asked for"], 1);
    assert_eq!((report.ledger.failed, report.statuses[&401]), (0, 1));
}

#[tokio::test]
async fn a_nonce_that_is_too_old_costs_no_try() {
    let guard = Guard::new(3);
    let probe = Probe::links([get("http://a.example/0")]);
    let visited = probe.visited();
    let report = run(quick(probe, as_us).downloader(guard.downloader())).await;
    assert_eq!((report.pages, report.statuses[&401]), (10, 4));
    assert!(
        visited
            .responses()
            .iter()
            .all(|page| page.request().attempt() == 0)
    );
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let guard = Guard::new(100);
    let crawler = quick(Probe::only([get("http://us:wrong@a.example/0")]), |_| {});
    let report = run(crawler.downloader(guard.downloader())).await;
    assert_eq!(
        (report.errors[&ErrorKind::Status], guard.seen.count()),
        (1, 2)
    );
}

#[tokio::test]
async fn a_site_that_calls_every_nonce_too_old_is_given_up() {
    let guard = Guard::new(0);
    let crawler = quick(Probe::only([get("http://us:pw@a.example/0")]), |_| {});
    let report = run(crawler.downloader(guard.downloader())).await;
    assert_eq!((report.ledger.failed, guard.seen.count()), (1, 6));
}

#[tokio::test]
async fn strangers_are_not_answered() {
    let guard = Guard::new(100);
    let crawler = quick(Probe::only([get("http://a.example/0")]), |s| {
        s.set("credentials", "http://b.example us:pw").unwrap();
    });
    let report = run(crawler.downloader(guard.downloader())).await;
    assert_eq!((report.ledger.failed, guard.seen.count()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_made_again_waits_for_its_turn() {
    let guard = Guard::new(100);
    let fake = guard.downloader();
    let crawler = quick(Probe::only([get("http://us:pw@a.example/0")]), |s| {
        s.politeness.delay = secs(7);
    });
    run(crawler.downloader(fake.clone())).await;
    assert_eq!(fake.times(), [secs(0), secs(7)]);
}

/// Whether any file below this directory has this text in it.
fn is_in(directory: &Path, text: &str) -> bool {
    std::fs::read_dir(directory).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_in(&path, text);
        }
        let content = std::fs::read(&path).unwrap_or_default();
        content
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn a_job_does_not_store_credentials_and_has_them_again_when_it_is_resumed() {
    let files = Scratch::new();
    let guard = Guard::new(100);
    let crawler = |max: Option<u64>| {
        let start = [
            get("http://us:pw@a.example/0"),
            get("http://us:pw@a.example/lost"),
        ];
        let crawler = quick(Probe::links(start), |s| {
            s.end.max_errors = max;
            s.politeness.concurrency = 1;
        });
        // A page that fails becomes a dead letter.
        let fails = crawlworks::middleware::from_fn(|request: Request, next: Next| async move {
            match request.url().path() {
                "/lost" => Ok(Response::new(request, 404)),
                _ => next.run(request).await,
            }
        });
        crawler
            .downloader(guard.downloader())
            .middleware(fails)
            .job(files.path("job"))
    };
    let stopped = crawler(None)
        .run_until(std::future::ready(()))
        .await
        .unwrap();
    assert_eq!((stopped.pages, stopped.ledger.pending), (0, 2));
    let report = run(crawler(None)).await;
    assert_eq!((report.pages, report.ledger.failed), (10, 1));
    assert!(files.read("job/dead-letter.jsonl").contains("/lost"));
    for secret in ["dXM6cHc=", "us:pw", "Digest "] {
        assert!(!is_in(Path::new(&files.path("job")), secret), "{secret}");
    }
}
