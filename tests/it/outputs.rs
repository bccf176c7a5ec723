//! Items in files: valid, complete, and honest about what could not be written.

use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::sink::{ItemKey, Mode, OutputFile, Record};
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{AsyncSink, Error, ErrorKind, Sink};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::support::{Probe, Scratch, get, quick, run};

/// A crawl of one page that gives these items.
fn giving(items: impl IntoIterator<Item = Value>) -> Crawler<Probe<Value>> {
    let items: Vec<Value> = items.into_iter().collect();
    let probe = Probe::new([get("http://a.example/")], move |_, out| {
        for item in &items {
            out.item(item.clone());
        }
        Ok(())
    });
    quick(probe, |_| {}).downloader(FakeDownloader::with_pages([("http://a.example/", "")]))
}

fn appended(crawler: Crawler<Probe<Value>>, path: &str) -> Crawler<Probe<Value>> {
    crawler.output_file(OutputFile::parse(path, Mode::Append).unwrap())
}

#[tokio::test]
async fn every_format_is_valid_and_complete() {
    let scratch = Scratch::new();
    let items = [
        json!({"text": "a, \"b\"\nc", "n": 1}),
        json!({"text": "grün", "n": null}),
    ];
    let crawler = giving(items.clone())
        .output(&scratch.path("items.jsonl"))
        .output(&scratch.path("items.json"));
    let report = run(crawler.output(&scratch.path("items.csv"))).await;
    assert_eq!(report.items.kept, 2);
    let lines: Vec<Value> = scratch
        .read("items.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, items);
    assert_eq!(
        serde_json::from_str::<Vec<Value>>(&scratch.read("items.json")).unwrap(),
        items
    );
    assert_eq!(
        scratch.read("items.csv"),
        "text,n\n\"a, \"\"b\"\"\nc\",1\ngrün,\n"
    );
}

#[tokio::test]
async fn items_of_several_kinds_share_the_columns_that_are_named() {
    let scratch = Scratch::new();
    let crawler = giving([json!({"name": "a"}), json!({"title": "=b", "name": null})])
        .columns(["name", "title"])
        .output(&scratch.path("items.csv"));
    run(crawler).await;
    assert_eq!(scratch.read("items.csv"), "name,title\na,\n,'=b\n");
}

#[tokio::test]
async fn texts_are_as_they_are_in_csv_that_no_spreadsheet_reads() {
    let scratch = Scratch::new();
    let mut crawler = giving([json!({"+a": "-b", "n": "=1+1"})]).output(&scratch.path("items.csv"));
    crawler.settings_mut().items.csv_escape = false;
    run(crawler).await;
    assert_eq!(scratch.read("items.csv"), "+a,n\n-b,=1+1\n");
}

#[tokio::test]
async fn the_schema_of_a_job_gives_a_csv_file_its_columns() {
    let scratch = Scratch::new();
    let file = scratch.path("items.csv");
    let output = OutputFile::parse(&file, Mode::Overwrite).unwrap();
    let schema = json!({"type": "object", "properties": {"b": {}, "a": {}}});
    for (items, expected) in [
        (vec![], "b,a\n"),
        (vec![json!({"a": 1})], "b,a\n,1\n"),
        (vec![json!({"c": 1})], "c\n1\n"),
    ] {
        let job = crawlworks::Job::new("given", move |_| Ok(giving(items.clone())));
        let crawler = job
            .item_schema(schema.clone())
            .crawler(crawlworks::Args::default());
        let crawler = crawler.unwrap().output_file(output.clone());
        crawler.run_until(std::future::pending()).await.unwrap();
        assert_eq!(scratch.read("items.csv"), expected);
    }
}

#[tokio::test]
async fn a_crawl_without_items_leaves_valid_files() {
    let scratch = Scratch::new();
    run(giving([])
        .output(&scratch.path("items.jsonl"))
        .output(&scratch.path("items.json")))
    .await;
    assert_eq!(scratch.read("items.jsonl"), "");
    assert_eq!(
        serde_json::from_str::<Vec<Value>>(&scratch.read("items.json")).unwrap(),
        Vec::<Value>::new()
    );
}

#[tokio::test]
async fn an_output_replaces_the_file_and_an_append_continues_it() {
    let scratch = Scratch::new();
    for name in ["items.jsonl", "items.json", "items.csv"] {
        let path = scratch.path(name);
        run(giving([json!({"n": 0})]).output(&path)).await;
        run(giving([json!({"n": 1})]).output(&path)).await;
        run(appended(giving([json!({"n": 2})]), &path)).await;
    }
    assert_eq!(scratch.read("items.jsonl"), "{\"n\":1}\n{\"n\":2}\n");
    assert_eq!(scratch.read("items.csv"), "n\n1\n2\n");
    let array: Vec<Value> = serde_json::from_str(&scratch.read("items.json")).unwrap();
    assert_eq!(array, [json!({"n": 1}), json!({"n": 2})]);
}

#[tokio::test]
async fn a_field_that_the_csv_header_lacks_is_an_error_of_that_item() {
    let scratch = Scratch::new();
    let items = [json!({"a": 1}), json!({"a": 2, "b": 3}), json!({"a": 4})];
    let report = run(giving(items).output(&scratch.path("items.csv"))).await;
    assert_eq!(
        (report.items.kept, report.items.failed.values().sum::<u64>()),
        (2, 1)
    );
    assert!(
        report
            .items
            .failed
            .keys()
            .all(|reason| reason.contains('b')),
        "{:?}",
        report.items.failed
    );
    assert_eq!(scratch.read("items.csv"), "a\n1\n4\n");
}

#[tokio::test]
async fn an_item_that_json_cannot_hold_is_counted_as_lost() {
    #[derive(Debug, Serialize)]
    struct Odd(std::collections::BTreeMap<Vec<u8>, u8>);
    let scratch = Scratch::new();
    let probe = Probe::new([get("http://a.example/")], |_, out| {
        out.item(Odd([(vec![1], 2)].into()));
        Ok(())
    });
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let report = run(quick(probe, |_| {})
        .downloader(fake)
        .output(&scratch.path("items.jsonl")))
    .await;
    assert_eq!(
        (report.items.kept, report.items.failed.values().sum::<u64>()),
        (0, 1)
    );
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_full_disk_ends_the_crawl_with_a_storage_error() {
    for format in ["jsonl", "json", "csv"] {
        let crawler =
            giving((0..10).map(|nth| json!({"n": nth}))).output(&format!("/dev/full:{format}"));
        assert_eq!(
            crawler.run().await.unwrap_err().kind(),
            ErrorKind::Storage,
            "{format}"
        );
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_disk_that_fills_up_ends_the_crawl_before_its_end() {
    let site = PracticeSite::start().unwrap();
    let probe = Probe::new([site.at("/web/20000/0")], |response, out| {
        out.item(json!({ "body": response.text() }));
        out.follow_all(response.links());
        Ok(())
    });
    let error = quick(probe, |_| {})
        .output("/dev/full:jsonl")
        .run()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.chain().contains("No space left"), "{}", error.chain());
    assert!(site.served().total < 20_000);
}

#[tokio::test]
async fn an_output_that_cannot_be_opened_is_told_before_anything_is_fetched() {
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    for (output, kind) in [
        ("/proc/no/items.jsonl", ErrorKind::Storage),
        ("items.xml", ErrorKind::Settings),
    ] {
        let error = giving([])
            .downloader(fake.clone())
            .output(output)
            .run()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{output}");
    }
    assert!(fake.urls().is_empty());
}

#[tokio::test]
async fn the_spiders_name_can_be_part_of_the_files() {
    let scratch = Scratch::new();
    run(giving([json!({"n": 1})]).output(&scratch.path("%(name)s.jsonl"))).await;
    assert_eq!(scratch.read("probe.jsonl"), "{\"n\":1}\n");
}

/// Keeps what it was told, and refuses records with a certain word.
struct Memory {
    log: Arc<Mutex<Vec<String>>>,
    refuses: &'static str,
    kind: ErrorKind,
}

impl Sink for Memory {
    fn write(&mut self, record: &Record) -> crawlworks::Result<()> {
        if record.json().contains(self.refuses) {
            return Err(Error::new(self.kind, "refused"));
        }
        self.log.lock().unwrap().push(record.json().to_owned());
        Ok(())
    }

    fn flush(&mut self) -> crawlworks::Result<()> {
        Ok(())
    }

    fn close(&mut self) -> crawlworks::Result<()> {
        self.log.lock().unwrap().push("closed".to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn a_sink_of_ones_own_gets_every_record_and_is_closed_once() {
    let log = Arc::default();
    let memory = Memory {
        log: Arc::clone(&log),
        refuses: "bad",
        kind: ErrorKind::Pipeline,
    };
    let report = run(giving([json!(1), json!("bad"), json!(2)]).sink(memory)).await;
    assert_eq!(log.lock().unwrap()[..], ["1", "2", "closed"]);
    assert_eq!((report.items.kept, report.items.failed["refused"]), (2, 1));
}

#[tokio::test]
async fn a_sink_that_cannot_go_on_ends_the_crawl_and_all_sinks_are_closed() {
    let (scratch, log) = (Scratch::new(), Arc::default());
    let memory = Memory {
        log: Arc::clone(&log),
        refuses: "bad",
        kind: ErrorKind::Storage,
    };
    let crawler = giving([json!(1), json!("bad"), json!(2)])
        .output(&scratch.path("items.json"))
        .sink(memory);
    assert_eq!(crawler.run().await.unwrap_err().kind(), ErrorKind::Storage);
    assert_eq!(log.lock().unwrap()[..], ["1", "closed"]);
    assert!(serde_json::from_str::<Vec<Value>>(&scratch.read("items.json")).is_ok());
}

/// Keeps the keys of the items.
struct KeysOf(Arc<Mutex<Vec<ItemKey>>>);

impl Sink for KeysOf {
    fn write(&mut self, record: &Record) -> crawlworks::Result<()> {
        self.0.lock().unwrap().extend(record.key());
        Ok(())
    }

    fn flush(&mut self) -> crawlworks::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_key_of_an_item_is_its_request_and_its_place_among_all_items_of_the_page() {
    struct Even;
    impl Pipeline<u32> for Even {
        async fn process(&mut self, item: u32) -> Result<Verdict<u32>, BoxError> {
            let is_even = item.is_multiple_of(2);
            Ok(if is_even {
                Verdict::Keep(item)
            } else {
                Verdict::Drop("odd")
            })
        }
    }
    let pages = ["http://a.example/", "http://a.example/2"];
    let probe = Probe::new(pages.map(get), |_, out| {
        (0..4).for_each(|item| out.item(item));
        Ok(())
    });
    let keys = Arc::default();
    let crawler = quick(probe, |settings| settings.politeness.concurrency = 1)
        .downloader(FakeDownloader::with_pages(pages.map(|url| (url, ""))))
        .pipeline(Even)
        .sink(KeysOf(Arc::clone(&keys)));
    run(crawler).await;
    let keys = keys.lock().unwrap();
    let indexes: Vec<u32> = keys.iter().map(|key| key.index()).collect();
    assert_eq!(indexes, [0, 2, 0, 2]);
    assert_eq!(keys[0].request(), keys[1].request());
    assert_ne!(keys[1].request(), keys[2].request());
}

/// Hands each record to another task of the same thread, and waits for its answer.
struct Asking(mpsc::Sender<(String, oneshot::Sender<crawlworks::Result<()>>)>);

impl Asking {
    async fn ask(&self, text: &str) -> crawlworks::Result<()> {
        let (sender, answer) = oneshot::channel();
        self.0.send((text.to_owned(), sender)).await.unwrap();
        answer.await.unwrap()
    }
}

impl AsyncSink for Asking {
    async fn write(&mut self, record: &Record) -> crawlworks::Result<()> {
        self.ask(record.json()).await
    }

    async fn flush(&mut self) -> crawlworks::Result<()> {
        Ok(())
    }

    async fn close(&mut self) -> crawlworks::Result<()> {
        self.ask("closed").await
    }
}

/// A task that answers, with an error of this kind to `"bad"`, and what it was asked.
fn answering(kind: ErrorKind) -> (Asking, Arc<Mutex<Vec<String>>>) {
    let (sender, mut asked) = mpsc::channel::<(String, oneshot::Sender<_>)>(1);
    let log = Arc::<Mutex<Vec<String>>>::default();
    let told = Arc::clone(&log);
    tokio::spawn(async move {
        while let Some((text, answer)) = asked.recv().await {
            let is_bad = text == "\"bad\"";
            told.lock().unwrap().push(text);
            let answered = if is_bad {
                Err(Error::new(kind, "refused"))
            } else {
                Ok(())
            };
            answer.send(answered).unwrap();
        }
    });
    (Asking(sender), log)
}

#[tokio::test]
async fn an_async_sink_waits_for_other_tasks_while_it_writes() {
    let (sink, log) = answering(ErrorKind::Pipeline);
    let report = run(giving([json!(1), json!("bad"), json!(2)]).async_sink(sink)).await;
    assert_eq!(log.lock().unwrap()[..], ["1", "\"bad\"", "2", "closed"]);
    assert_eq!((report.items.kept, report.items.failed["refused"]), (2, 1));
}

#[tokio::test]
async fn an_async_sink_that_cannot_go_on_ends_the_crawl_and_is_closed() {
    let (sink, log) = answering(ErrorKind::Storage);
    let crawler = giving([json!(1), json!("bad"), json!(2)]).async_sink(sink);
    assert_eq!(crawler.run().await.unwrap_err().kind(), ErrorKind::Storage);
    assert_eq!(log.lock().unwrap()[..], ["1", "\"bad\"", "closed"]);
}
