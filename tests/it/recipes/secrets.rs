//! Secret arguments: where they are sent, and where not.

use std::sync::{Arc, Mutex};

use crawlworks::job::AnyCrawler;
use crawlworks::prelude::*;
use crawlworks::settings::CacheMode;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Args, ErrorKind, Recipe, Report};

use crate::support::{Scratch, checked, html};

const HEAD: &str =
    "settings = { delay = '0s', robots = false, scope = 'any' }\nargs.token.secret = true\n";

/// The crawler of a recipe with this start, and the site that it asks.
fn crawler(
    start: &str,
    answer: impl Fn(Request) -> Response + Send + Sync + 'static,
) -> (AnyCrawler, Arc<Mutex<Vec<Request>>>) {
    let items = if start.contains("items.") {
        ""
    } else {
        "items.page.fields.title = 'h1'"
    };
    let argument = if start.contains("{q}") {
        "args.q = 'rust'"
    } else {
        ""
    };
    let text = format!("{HEAD}{argument}\n{start}\n{items}");
    let recipe = Recipe::parse("test.toml", &text).unwrap();
    let args = Args::new([("token", "t0k {q}&")]);
    let asked = Arc::<Mutex<Vec<Request>>>::default();
    let log = Arc::clone(&asked);
    let site = FakeDownloader::new(move |request: Request| {
        log.lock().unwrap().push(request.clone());
        Ok(answer(request))
    });
    (recipe.job().crawler(args).unwrap().downloader(site), asked)
}

async fn run(crawler: AnyCrawler) -> Report {
    checked(crawler.run_until(std::future::pending()).await.unwrap())
}

fn title(request: Request) -> Response {
    html(request, "<h1>a</h1>")
}

fn body(request: &Request) -> &str {
    std::str::from_utf8(request.body()).unwrap()
}

#[tokio::test]
async fn a_secret_is_filled_in_as_its_place_wants_it() {
    for (start, expected) in [
        (
            "form = { auth = 'Bearer {token}', q = 'a {q}' }",
            "auth=Bearer+t0k+%7Bq%7D%26&q=a+rust",
        ),
        ("json = { auth = '{token}' }", r#"{"auth":"t0k {q}&"}"#),
        (
            "headers = { X-Key = '{token}{q}' }, body = 'raw {token} {q}'",
            "raw {token} {q}",
        ),
    ] {
        let start = format!("start = [{{ url = 'http://a.example/', {start} }}]");
        let (crawler, asked) = crawler(&start, title);
        let report = run(crawler).await;
        assert_eq!(report.items.kept, 1, "{report:#?}");
        assert_eq!(body(&asked.lock().unwrap()[0]), expected);
    }
}

#[tokio::test]
async fn a_secret_does_not_follow_a_redirect_to_another_site() {
    let start = "start = [{ url = 'http://a.example/', headers = { X-Key = '{token}' }, form = { t = '{token}' } }]";
    let (crawler, asked) = crawler(start, |request| {
        let response = Response::new(request, 307);
        response
            .with_header("location", "http://b.example/")
            .unwrap()
    });
    let report = run(crawler).await;
    assert_eq!(report.errors[&ErrorKind::Redirect], 1, "{report:#?}");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_secret_that_a_site_sends_back_is_masked_in_errors() {
    let start = "start = [{ url = 'http://a.example/', headers = { X-Key = '{token}' } }]\n\
                 items.key.fields.n = { css = 'p', type = 'integer' }";
    let scratch = Scratch::new();
    let (crawler, _) = crawler(start, |request| html(request, "<p>key: t0k {q}&amp;</p>"));
    run(crawler.job(scratch.path("job"))).await;
    let letter = scratch.read("job/dead-letter.jsonl");
    assert!(letter.contains("key: {token}"), "{letter}");
    assert!(!letter.contains("t0k"), "{letter}");
}

#[tokio::test]
async fn the_answer_to_a_secret_is_not_cached() {
    let scratch = Scratch::new();
    let start = "start = ['http://a.example/1', { url = 'http://a.example/2', headers = { X-Key = '{token}' } }]";
    let mut urls = Vec::new();
    for _ in 0..2 {
        let (mut crawler, asked) = crawler(start, title);
        crawler.settings_mut().disk.cache = CacheMode::Always;
        crawler.settings_mut().disk.cache_dir = scratch.path("cache").into();
        crawler.settings_mut().politeness.concurrency = 1;
        assert_eq!(run(crawler).await.items.kept, 2);
        let asked = asked.lock().unwrap();
        urls.extend(asked.iter().map(|request| request.url().path().to_owned()));
    }
    assert_eq!(urls, ["/1", "/2", "/2"]);
}

#[tokio::test]
async fn the_pages_of_a_list_are_asked_for_with_the_headers_of_the_first() {
    let start = "start = [{ url = 'http://a.example/?q=x', headers = { Authorization = 'Bearer {token}' } }]\n\
                 pagination = { url = '?page={page}', limit = 3 }";
    let (crawler, asked) = crawler(start, title);
    run(crawler).await;
    let asked = asked.lock().unwrap();
    let urls: Vec<&str> = asked.iter().map(|request| request.url().as_str()).collect();
    assert_eq!(
        urls,
        [
            "http://a.example/?q=x",
            "http://a.example/?q=x&page=2",
            "http://a.example/?q=x&page=3"
        ]
    );
    for request in asked.iter() {
        assert_eq!(request.header("authorization").unwrap(), "Bearer t0k {q}&");
    }
}

#[tokio::test]
async fn a_page_on_another_site_is_asked_for_without_them() {
    let start = "start = [{ url = 'http://a.example/', headers = { X-Key = '{token}' } }]\npagination.next = 'a'";
    let (crawler, asked) = crawler(start, |request| {
        html(request, "<h1>a</h1><a href='http://b.example/'>next</a>")
    });
    run(crawler).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].header("x-key"), None);
}
