//! `testing::check`: the same for a spider of one's own that has changed since it was recorded.

use crawlworks::prelude::*;
use crawlworks::testing::{self, Cassette, Changes, Exchange};
use crawlworks::{Args, Job};
use serde_json::{Value, json};

use crate::support::{Probe, Scratch, get, html, page_of_links};

/// A directory with a recording of these exchanges, of which these items are expected.
fn recording(exchanges: Vec<Exchange>, items: &[(&str, Value)]) -> Scratch {
    let directory = Scratch::new();
    Cassette::from_exchanges(exchanges)
        .write(directory.path("cassette.jsonl"))
        .unwrap();
    let lines = items
        .iter()
        .map(|(page, item)| format!("{}\n", json!({"page": page, "item": item})));
    directory.write("items.jsonl", &lines.collect::<String>());
    directory.write(
        "recording.toml",
        "spider = 'probe'\npages = 1\nrecorded = '2026-01-31T12:00:00Z'\n",
    );
    directory
}

type Parse = fn(&Response, &mut Output<Value>) -> Result<(), BoxError>;

async fn check(directory: &Scratch, parse: Parse, change: fn(&mut Settings)) -> Changes {
    let job = Job::new("probe", move |_: &mut Args| {
        let mut crawler = Crawler::new(Probe::new([get("http://a.example/")], parse));
        change(crawler.settings_mut());
        Ok(crawler)
    });
    testing::check(&job, directory.path("")).await.unwrap()
}

fn page(url: &str, body: &str) -> Exchange {
    Exchange::new(&get(url), &html(get(url), body))
}

fn answer(url: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Exchange {
    let response = html(get(url), body);
    let response = Response::new(get(url), status).with_body("text/html", response.body().clone());
    let add = |response: Response, (name, value): &(&str, &str)| response.with_header(name, value);
    Exchange::new(&get(url), &headers.iter().try_fold(response, add).unwrap())
}

fn title(response: &Response, out: &mut Output<Value>) -> Result<(), BoxError> {
    let html = response.html()?;
    out.item(json!({"title": html.one("h1")?.text(), "words": 1}));
    out.follow_all(html.links("a")?);
    Ok(())
}

#[tokio::test]
async fn a_spider_that_changed_is_told_with_item_and_field() {
    let directory = recording(
        vec![page("http://a.example/", "<h1>A</h1>")],
        &[("http://a.example/", json!({"title": "A", "words": 2}))],
    );
    let changes = check(&directory, title, |_| {}).await;
    assert_eq!(
        changes.to_string(),
        "item 1 (http://a.example/): words: 2 → 1"
    );
}

#[tokio::test]
async fn a_panic_on_one_page_is_told_and_the_others_are_compared() {
    let directory = recording(
        vec![
            page("http://a.example/", "<h1>A</h1><a href=/b>"),
            page("http://a.example/b", "<h1>B</h1>"),
        ],
        &[
            ("http://a.example/", json!("A")),
            ("http://a.example/b", json!("B")),
        ],
    );
    let parse: Parse = |response, out| {
        let html = response.html()?;
        let title = html.one("h1")?.text();
        assert_ne!(title, "B", "no B");
        out.item(json!(title));
        out.follow_all(html.links("a")?);
        Ok(())
    };
    let changes = check(&directory, parse, |_| {}).await;
    let text = changes.to_string();
    assert_eq!(changes.len(), 2);
    assert!(
        text.starts_with("item 2 (http://a.example/b): missing: \"B\"\n"),
        "{text}"
    );
    assert!(
        text.contains("new error (http://a.example/b): panic: "),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn no_host_is_waited_for() {
    let robots = answer(
        "http://a.example/robots.txt",
        200,
        &[],
        "User-agent: *\nCrawl-delay: 30\n",
    );
    let busy = answer("http://a.example/", 503, &[("retry-after", "600")], "");
    let last = answer("http://a.example/b", 429, &[("retry-after", "600")], "");
    let directory = recording(
        vec![
            robots,
            busy.clone(),
            busy,
            page("http://a.example/", "<h1>A</h1><a href=/b>"),
            last,
        ],
        &[("http://a.example/", json!({"title": "A", "words": 1}))],
    );
    let started = tokio::time::Instant::now();
    let changes = check(&directory, title, |settings| {
        settings.politeness.delay = Duration::from_mins(1);
    })
    .await;
    let text = changes.to_string();
    assert_eq!(text, "new error (http://a.example/b): status: status 429");
    // In paused time a wait takes as long as it would; what is left is the flush of the items.
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn credentials_that_were_asked_for_are_not_asked_for_again() {
    let challenged = answer("http://a.example/", 401, &[], "");
    let directory = recording(
        vec![challenged, page("http://a.example/", "<h1>A</h1>")],
        &[("http://a.example/", json!({"title": "A", "words": 1}))],
    );
    let changes = check(&directory, title, |_| {}).await;
    assert!(changes.is_empty(), "{changes}");
}

#[tokio::test]
async fn a_page_with_more_items_and_links_than_events_are_kept_is_followed() {
    let links = page_of_links((0..9_000).map(|n| format!("http://b.example/{n}")));
    let directory = recording(vec![page("http://a.example/", &links)], &[]);
    let parse: Parse = |response, out| {
        (0..20_000).for_each(|n| out.item(json!(n)));
        out.follow_all(response.links());
        Ok(())
    };
    let changes = check(&directory, parse, |_| {}).await;
    assert_eq!(changes.len(), 20_000);
    assert!(
        changes.to_string().ends_with("19980 more differences"),
        "{changes}"
    );
}

#[tokio::test]
async fn outputs_and_jobs_that_the_program_names_are_left_alone() {
    let directory = recording(vec![page("http://a.example/", "<h1>A</h1>")], &[]);
    let (output, kept) = (directory.write("items.json", "[]"), directory.path("job"));
    let names = (output.clone(), kept.clone());
    let job = Job::new("probe", move |_: &mut Args| {
        let spider: Probe<Value> = Probe::new([get("http://a.example/")], title);
        Ok(Crawler::new(spider).output(&names.0).job(&names.1))
    });
    let changes = testing::check(&job, directory.path("")).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(directory.read("items.json"), "[]");
    assert!(!std::path::Path::new(&kept).exists());
}

#[tokio::test]
async fn a_recording_that_is_not_there_is_an_error() {
    let job = Job::new("probe", |_: &mut Args| {
        Ok(Crawler::new(Probe::links([get("http://a.example/")])))
    });
    let error = testing::check(&job, "no/such/directory").await.unwrap_err();
    assert_eq!(error.kind(), crawlworks::ErrorKind::File);
}
