//! Items on their way through the pipelines.

use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{ErrorKind, Finish};

use crate::support::{Probe, checked, get, html, quick, run, secs};

/// A step from a closure, which also takes down when it was opened and closed.
struct Step<F> {
    name: &'static str,
    log: Log,
    process: F,
}

type Log = Arc<Mutex<Vec<String>>>;

impl<F> Step<F> {
    fn say(&self, what: &str) {
        self.log
            .lock()
            .unwrap()
            .push(format!("{} {what}", self.name));
    }
}

impl<F> Pipeline<u32> for Step<F>
where
    F: FnMut(u32) -> Result<Verdict<u32>, BoxError> + Send + 'static,
{
    async fn open(&mut self) -> Result<(), BoxError> {
        self.say("open");
        Ok(())
    }

    async fn process(&mut self, item: u32) -> Result<Verdict<u32>, BoxError> {
        self.say(&item.to_string());
        (self.process)(item)
    }

    async fn close(&mut self) -> Result<(), BoxError> {
        self.say("close");
        Ok(())
    }
}

fn step<F: FnMut(u32) -> Result<Verdict<u32>, BoxError>>(
    name: &'static str,
    log: &Log,
    process: F,
) -> Step<F> {
    Step {
        name,
        log: Arc::clone(log),
        process,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is a step")]
fn keep(item: u32) -> Result<Verdict<u32>, BoxError> {
    Ok(Verdict::Keep(item))
}

/// A page that gives the items from 0 to 9.
fn ten_items() -> Crawler<Probe<u32>> {
    let probe = Probe::new([get("http://a.example/")], |_, out| {
        (0..10).for_each(|nth| out.item(nth));
        Ok(())
    });
    quick(probe, |_| {}).downloader(FakeDownloader::with_pages([("http://a.example/", "")]))
}

/// The items that come out at the end.
async fn outcome(crawler: Crawler<Probe<u32>>) -> Vec<u32> {
    let mut stream = crawler.stream();
    let mut items = Vec::new();
    while let Some(item) = stream.next().await {
        items.push(item);
    }
    checked(stream.finish().await.unwrap());
    items
}

#[tokio::test]
async fn a_step_keeps_changes_or_drops_items() {
    let log = Log::default();
    let tenfold = step("tenfold", &log, |item| Ok(Verdict::Keep(item * 10)));
    let few = step("few", &log, |item| {
        Ok(if item < 30 {
            Verdict::Keep(item)
        } else {
            Verdict::Drop("too many")
        })
    });
    assert_eq!(
        outcome(ten_items().pipeline(tenfold).pipeline(few)).await,
        [0, 10, 20]
    );
}

#[tokio::test]
async fn what_is_dropped_is_counted_by_reason() {
    let log = Log::default();
    let odd = step("odd", &log, |item| {
        Ok(if item % 2 == 1 {
            Verdict::Drop("odd")
        } else {
            Verdict::Keep(item)
        })
    });
    let big = step("big", &log, |item| {
        Ok(if item > 6 {
            Verdict::Drop("big")
        } else {
            Verdict::Keep(item)
        })
    });
    let report = run(ten_items().pipeline(odd).pipeline(big)).await;
    assert_eq!(
        (
            report.items.kept,
            report.items.dropped["odd"],
            report.items.dropped["big"]
        ),
        (4, 5, 1)
    );
}

#[tokio::test]
async fn steps_run_in_the_order_in_which_they_were_added() {
    let log = Log::default();
    let (a, b) = (step("a", &log, keep), step("b", &log, keep));
    run(ten_items().pipeline(a).pipeline(b).max_items(1)).await;
    assert_eq!(
        log.lock().unwrap()[..],
        ["a open", "b open", "a 0", "b 0", "a close", "b close"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_step_is_closed_once_also_when_the_crawl_is_stopped() {
    let log = Log::default();
    let probe = Probe::new(
        (0..9).map(|nth| get(format!("http://a.example/{nth}"))),
        |_, out| {
            out.item(1);
            Ok(())
        },
    );
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let crawler = quick(probe, |s| s.politeness.delay = secs(10))
        .downloader(fake)
        .pipeline(step("a", &log, keep));
    let report = checked(
        crawler
            .run_until(tokio::time::sleep(secs(15)))
            .await
            .unwrap(),
    );
    assert_eq!((report.finish, report.items.kept), (Finish::Stopped, 2));
    assert_eq!(log.lock().unwrap()[..], ["a open", "a 1", "a 1", "a close"]);
}

#[tokio::test]
async fn a_step_that_fails_costs_one_item() {
    let log = Log::default();
    let picky = step("picky", &log, |item| {
        if item == 3 {
            Err("not a three".into())
        } else {
            Ok(Verdict::Keep(item))
        }
    });
    let report = run(ten_items().pipeline(picky)).await;
    assert_eq!(
        (report.items.kept, report.items.failed["not a three"]),
        (9, 1)
    );
    assert_eq!(log.lock().unwrap().last().unwrap(), "picky close");
}

#[tokio::test]
async fn a_step_that_panics_ends_the_crawl_with_an_error() {
    let broken = step("broken", &Log::default(), |_| panic!("broken"));
    let error = ten_items().pipeline(broken).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pipeline);
}

/// A step that fails where it is told to.
struct Fails {
    at: &'static str,
}

impl Pipeline<u32> for Fails {
    async fn open(&mut self) -> Result<(), BoxError> {
        if self.at == "open" {
            Err("no table".into())
        } else {
            Ok(())
        }
    }

    async fn process(&mut self, item: u32) -> Result<Verdict<u32>, BoxError> {
        keep(item)
    }

    async fn close(&mut self) -> Result<(), BoxError> {
        if self.at == "close" {
            Err("no commit".into())
        } else {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_step_that_cannot_open_ends_the_crawl_before_it_begins() {
    let fake = FakeDownloader::with_pages([("http://a.example/", "")]);
    let crawler = ten_items()
        .downloader(fake.clone())
        .pipeline(Fails { at: "open" });
    let error = crawler.run().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.chain().contains("no table")),
        (ErrorKind::Pipeline, true)
    );
    assert!(fake.urls().is_empty());
}

#[tokio::test]
async fn a_step_that_cannot_close_makes_the_crawl_fail() {
    let log = Log::default();
    let crawler = ten_items()
        .pipeline(Fails { at: "close" })
        .pipeline(step("after", &log, keep));
    let error = crawler.run().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.chain().contains("no commit")),
        (ErrorKind::Pipeline, true)
    );
    assert_eq!(log.lock().unwrap().last().unwrap(), "after close");
}

/// Takes an hour for its first item, and then says how many pages were fetched by then.
struct Slow {
    fake: FakeDownloader,
    fetched: Arc<Mutex<Option<usize>>>,
}

impl Pipeline<u32> for Slow {
    async fn process(&mut self, item: u32) -> Result<Verdict<u32>, BoxError> {
        let first = self.fetched.lock().unwrap().is_none();
        if first {
            tokio::time::sleep(secs(3600)).await;
            *self.fetched.lock().unwrap() = Some(self.fake.urls().len());
        }
        Ok(Verdict::Keep(item))
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_step_bounds_what_is_fetched_ahead() {
    let fake = FakeDownloader::new(|request| Ok(html(request, "")));
    let fetched = Arc::new(Mutex::new(None));
    let probe = Probe::new(
        (0..1_000).map(|nth| get(format!("http://a.example/{nth}"))),
        |_, out| {
            out.item(1);
            Ok(())
        },
    );
    let slow = Slow {
        fake: fake.clone(),
        fetched: Arc::clone(&fetched),
    };
    let report = run(quick(probe, |_| {}).downloader(fake).pipeline(slow)).await;
    assert_eq!((report.pages, report.items.kept), (1_000, 1_000));
    // The one item in work, the channel's 64 pages, and the host's two visits.
    assert_eq!(*fetched.lock().unwrap(), Some(67));
}
