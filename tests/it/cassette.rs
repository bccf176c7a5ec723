//! Cassettes: what is recorded of a crawl, what is not, and what a replay answers.

use std::sync::Arc;

use crawlworks::prelude::*;
use crawlworks::testing::{
    Cassette, Exchange, FakeDownloader, MAX_RECORDED_BODY, PracticeSite, Recorder, Replay,
};
use crawlworks::{Downloader, ErrorKind, HttpDownloader, Site};

use crate::support::{Probe, Scratch, get, html, page_of_links, quick, run};

/// A crawl of the practice site that follows every link, recorded; answers what was parsed.
async fn recorded(directory: &Scratch, start: Vec<Request>) -> Vec<Response> {
    let spider = Probe::new(start, |response, out: &mut Output<String>| {
        out.item(response.url().path().to_owned());
        Ok(())
    });
    let visited = spider.visited();
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    let recorder = Recorder::new(directory.path("cassette.jsonl"), downloader).unwrap();
    run(quick(spider, |_| {}).downloader(recorder)).await;
    visited.responses()
}

/// The same crawl of the cassette.
async fn replayed(replay: &Replay, start: Vec<Request>) -> Vec<Response> {
    let spider = Probe::<String>::new(start, |_, _| Ok(()));
    let visited = spider.visited();
    run(quick(spider, |_| {}).downloader(replay.clone())).await;
    visited.responses()
}

/// Crawls these, closes the server, crawls them again from the cassette and compares what `parse` got.
async fn assert_same(paths: &[&str]) -> String {
    let directory = Scratch::new();
    let site = PracticeSite::start().unwrap();
    let start: Vec<Request> = paths.iter().map(|path| get(site.at(path))).collect();
    let mut before = recorded(&directory, start.clone()).await;
    drop(site);
    let replay = Cassette::read(directory.path("cassette.jsonl"))
        .unwrap()
        .replay();
    let mut after = replayed(&replay, start).await;
    assert!(!before.is_empty());
    for responses in [&mut before, &mut after] {
        responses.sort_by_key(|response| response.url().to_string());
    }
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.url(), after.url());
        assert_eq!(before.status(), after.status());
        assert_eq!(before.body(), after.body());
        assert_eq!(before.encoding(), after.encoding());
        assert_eq!(before.media_type(), after.media_type());
        assert_eq!(before.request().redirects(), after.request().redirects());
    }
    assert_eq!(before.len(), after.len());
    assert_eq!(replay.unused(), [""; 0]);
    directory.read("cassette.jsonl")
}

#[tokio::test]
async fn compressed_pages_are_recorded_as_text() {
    let paths =
        ["gzip", "br", "zstd", "deflate"].map(|coding| format!("/hazards/encoding/{coding}"));
    let cassette = assert_same(&paths.each_ref().map(String::as_str)).await;
    assert!(!cassette.contains("base64"), "{cassette}");
}

#[tokio::test]
async fn pages_in_any_charset_come_back_byte_by_byte() {
    let labels = [
        "windows-1251",
        "shift_jis",
        "iso-8859-1",
        "gb18030",
        "utf-16le",
        "meta-only",
    ];
    let paths = labels.map(|label| format!("/hazards/charset/{label}"));
    let cassette = assert_same(&paths.each_ref().map(String::as_str)).await;
    assert!(cassette.contains("こんにちは世界") && cassette.contains("Grüße aus Köln"));
}

#[tokio::test]
async fn binary_and_broken_bodies_come_back_byte_by_byte() {
    assert_same(&[
        "/hazards/binary",
        "/hazards/invalid-utf8",
        "/hazards/no-content-type",
    ])
    .await;
}

#[tokio::test]
async fn each_hop_of_a_redirect_is_an_exchange() {
    let cassette = assert_same(&["/hazards/redirect/3"]).await;
    assert_eq!(cassette.matches("\"status\":302").count(), 3, "{cassette}");
    assert_eq!(cassette.matches("\"status\":200").count(), 1);
}

#[tokio::test]
async fn robots_txt_is_recorded_and_obeyed() {
    let directory = Scratch::new();
    let site = PracticeSite::start().unwrap();
    let url = site.at("/account");
    let recorder = Recorder::new(
        directory.path("c.jsonl"),
        HttpDownloader::new(&Settings::default()).unwrap(),
    );
    let crawl = || Crawler::new(Probe::only([get(&url)])).delay(Duration::ZERO);
    run(crawl().downloader(recorder.unwrap())).await;
    drop(site);
    let replay = Cassette::read(directory.path("c.jsonl")).unwrap().replay();
    let report = run(crawl().downloader(replay)).await;
    assert_eq!(
        (report.pages, report.filtered[&crawlworks::Filter::Robots]),
        (0, 1)
    );
}

#[tokio::test]
async fn a_robots_txt_that_is_not_recorded_is_none() {
    let page = get("http://a.example/");
    let exchange = Exchange::new(&page, &html(page.clone(), "x"));
    let replay = Cassette::from_exchanges([exchange]).replay();
    let report = run(Crawler::new(Probe::only([page]))
        .delay(Duration::ZERO)
        .downloader(replay))
    .await;
    assert_eq!((report.pages, report.robots.none), (1, 1));
}

#[tokio::test]
async fn a_failure_is_recorded_with_its_kind() {
    let directory = Scratch::new();
    let broken =
        FakeDownloader::new(|_| Err(crawlworks::Error::new(ErrorKind::Tls, "bad certificate")));
    let recorder = Recorder::new(directory.path("c.jsonl"), broken).unwrap();
    recorder.fetch(get("http://a.example/")).await.unwrap_err();
    let replay = Cassette::read(directory.path("c.jsonl")).unwrap().replay();
    let error = replay.fetch(get("http://a.example/")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Tls, "bad certificate (http://a.example/)")
    );
}

#[tokio::test]
async fn the_bodies_of_two_posts_tell_them_apart() {
    let search = |word: &str| {
        Request::post("http://a.example/search")
            .unwrap()
            .with_form([("q", word), ("password", "hunter2")])
    };
    let answers = ["a", "b"].map(|word| Exchange::new(&search(word), &html(search(word), word)));
    let replay = Cassette::from_exchanges(answers).replay();
    assert_eq!(replay.fetch(search("b")).await.unwrap().text(), "b");
    assert_eq!(replay.fetch(search("a")).await.unwrap().text(), "a");
    let error = replay.fetch(search("c")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "not on the cassette: POST http://a.example/search with q=c&password=***; the nearest on it is \
         POST http://a.example/search with q=b&password=***"
    );
    let other_password = Request::post("http://a.example/search")
        .unwrap()
        .with_form([("q", "a"), ("password", "***")]);
    assert_eq!(replay.fetch(other_password).await.unwrap().text(), "a");
}

#[tokio::test]
async fn a_login_is_replayed_without_its_password_and_its_cookies() {
    let directory = Scratch::new();
    let site = PracticeSite::start().unwrap();
    let login = get(site.at("/login"));
    let crawl = |password: &'static str| {
        let spider = Probe::new([login.clone()], move |response, out| {
            let html = response.html()?;
            if response.label() == Some("account") {
                html.select(".secret")?
                    .for_each(|secret| out.item(secret.text()));
                return Ok(());
            }
            let token = html.one("[name=csrf_token]")?;
            let token = token.attr("value").unwrap_or_default();
            let fields = [
                ("csrf_token", token),
                ("username", "ada"),
                ("password", password),
            ];
            out.follow(
                response
                    .follow("/login")?
                    .with_form(fields)
                    .with_label("account"),
            );
            Ok(())
        });
        quick(spider, |_| {})
    };
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    let recorder = Recorder::new(directory.path("c.jsonl"), downloader).unwrap();
    let report = run(crawl("secret").downloader(recorder)).await;
    assert_eq!(report.items.kept, 5);
    drop(site);
    let text = directory.read("c.jsonl");
    assert!(
        text.contains("username=ada&password=***") && !text.contains("=secret"),
        "{text}"
    );
    let replay = Cassette::read(directory.path("c.jsonl")).unwrap().replay();
    let report = run(crawl("***").downloader(replay.clone())).await;
    assert_eq!((report.items.kept, replay.unused().len()), (5, 0));
}

#[tokio::test]
async fn the_order_of_requests_does_not_matter() {
    let pages: Vec<String> = (0..40).map(|n| format!("http://a.example/{n}")).collect();
    let links = page_of_links(&pages);
    let answers = std::iter::once("http://a.example/").chain(pages.iter().map(String::as_str));
    let exchanges: Vec<Exchange> = answers
        .map(|url| Exchange::new(&get(url), &html(get(url), links.clone())))
        .collect();
    let cassette = Cassette::from_exchanges(exchanges.into_iter().rev());
    for concurrency in [1, 16] {
        let replay = cassette.replay();
        let spider = Probe::links([get("http://a.example/")]);
        let crawl = quick(spider, |settings| {
            settings.politeness.concurrency_per_host = concurrency;
        });
        let report = run(crawl.downloader(replay.clone())).await;
        assert_eq!((report.pages, replay.unused().len()), (41, 0));
    }
}

#[tokio::test]
async fn nothing_secret_is_recorded() {
    let directory = Scratch::new();
    let fake = FakeDownloader::new(|request| {
        Response::new(request, 302)
            .with_header("set-cookie", "session=hunter2")?
            .with_header("x-auth-token", "hunter2")?
            .with_header("www-authenticate", "Digest nonce=hunter2")?
            .with_header("location", "http://us:hunter2@a.example/?api_key=hunter2")
    });
    let path = directory.path("c.jsonl");
    let recorder = Recorder::new(&path, fake).unwrap();
    let request = get("http://us:hunter2@a.example/login?access_token=hunter2&page=2")
        .with_header("cookie", "session=hunter2")
        .unwrap()
        .with_header("proxy-authorization", "Basic hunter2")
        .unwrap()
        .with_form([("user", "anna"), ("password", "hunter2")]);
    recorder.fetch(request.clone()).await.unwrap();
    let text = directory.read("c.jsonl");
    assert!(!text.contains("hunter2") && !text.contains("us:"), "{text}");
    assert!(
        text.contains("page=2") && text.contains("user=anna"),
        "{text}"
    );
    let replay = Cassette::read(&path).unwrap().replay();
    let answer = replay.fetch(request).await.unwrap();
    assert_eq!(
        answer.header("location").unwrap(),
        "http://a.example/?api_key=***"
    );
}

#[tokio::test]
async fn a_recorder_takes_further_headers_but_no_secret_ones() {
    let directory = Scratch::new();
    let fake =
        || FakeDownloader::new(|request| Response::new(request, 200).with_header("x-total", "7"));
    let recorder = || Recorder::new(directory.path("c.jsonl"), fake()).unwrap();
    recorder().fetch(get("http://a.example/")).await.unwrap();
    assert!(!directory.read("c.jsonl").contains("x-total"));
    recorder()
        .keep_header("X-Total")
        .unwrap()
        .fetch(get("http://a.example/"))
        .await
        .unwrap();
    assert!(directory.read("c.jsonl").contains(r#"["x-total","7"]"#));
    for name in ["Set-Cookie", "authorization", "X-Api-Key", "bad name"] {
        assert_eq!(
            recorder().keep_header(name).unwrap_err().kind(),
            ErrorKind::Settings,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_an_error_for_the_crawl_too() {
    let directory = Scratch::new();
    let body: Arc<str> = "x".repeat(MAX_RECORDED_BODY + 1).into();
    let fake = FakeDownloader::new(move |request| Ok(html(request, &*body)));
    let recorder = Recorder::new(directory.path("c.jsonl"), fake).unwrap();
    let error = recorder.fetch(get("http://a.example/")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let replay = Cassette::read(directory.path("c.jsonl")).unwrap().replay();
    let error = replay.fetch(get("http://a.example/")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

fn three_pages() -> Cassette {
    let urls = [
        "http://a.example/1",
        "http://a.example/2",
        "http://a.example/3",
    ];
    Cassette::from_exchanges(urls.map(|url| Exchange::new(&get(url), &html(get(url), url))))
}

#[test]
fn a_last_line_that_is_torn_is_left_out() {
    let directory = Scratch::new();
    let path = directory.path("c.jsonl");
    three_pages().write(&path).unwrap();
    let text = directory.read("c.jsonl");
    let third = text.trim_end().rfind('\n').unwrap() + 1;
    for end in third..text.len() - 1 {
        directory.write("c.jsonl", &text[..end]);
        assert_eq!(Cassette::read(&path).unwrap().exchanges().len(), 2, "{end}");
    }
    directory.write("c.jsonl", text.trim_end());
    assert_eq!(Cassette::read(&path).unwrap(), three_pages());
}

#[test]
fn a_broken_line_is_told_with_file_and_number() {
    let directory = Scratch::new();
    let path = directory.path("c.jsonl");
    three_pages().write(&path).unwrap();
    let text = directory.read("c.jsonl");
    let broken = text.replacen("\"status\":200", "\"status\":", 2);
    directory.write("c.jsonl", &broken);
    let error = Cassette::read(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    assert!(
        error.to_string().contains("c.jsonl:2: not an exchange: "),
        "{error}"
    );
    directory.write("c.jsonl", text.split_once('\n').unwrap().1);
    let error = Cassette::read(&path).unwrap_err().to_string();
    assert!(error.contains("c.jsonl:1: not a cassette"), "{error}");
    let error = Cassette::read(directory.path("none.jsonl"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("cannot read the cassette") && error.contains("none.jsonl"),
        "{error}"
    );
}

#[tokio::test]
async fn what_was_not_asked_for_is_told_and_so_is_what_is_not_recorded() {
    let replay = three_pages().replay();
    let spider = Probe::only([
        get("http://a.example/3"),
        get("http://a.example/4"),
        get("http://a.example/1"),
    ]);
    let report = run(quick(spider, |_| {}).downloader(replay.clone())).await;
    assert_eq!(
        (report.pages, report.errors[&ErrorKind::Unrecorded]),
        (2, 1)
    );
    assert_eq!(replay.unused(), ["GET http://a.example/2"]);
    assert_eq!(replay.unrecorded(), ["GET http://a.example/4"]);
}

#[tokio::test]
async fn a_recorder_works_in_any_crawl() {
    let directory = Scratch::new();
    let site = PracticeSite::start().unwrap();
    let crawl = || {
        Crawler::new(Site::new([site.at("/quotes/")]))
            .delay(Duration::ZERO)
            .max_pages(4)
    };
    let downloader = HttpDownloader::new(&Settings::default()).unwrap();
    let recorder = Recorder::new(directory.path("c.jsonl"), downloader).unwrap();
    assert_eq!(run(crawl().downloader(recorder)).await.pages, 4);
    let hits = site.served().total;
    let replay = Cassette::read(directory.path("c.jsonl")).unwrap().replay();
    assert_eq!(run(crawl().downloader(replay)).await.pages, 4);
    assert_eq!(site.served().total, hits);
}
