//! Seeds: start requests in a sequence, of which a job takes up the rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crawlworks::prelude::*;
use crawlworks::recipe::RecipeSpider;
use crawlworks::{Args, ErrorKind, Finish, Recipe};
use serde_json::{Value, json};

use super::{Halt, Job, stop};
use crate::support::{html, run};
use crawlworks::testing::FakeDownloader;

/// A spider with so many seeds, each a page with one item.
struct Listed {
    seeds: u64,
    /// The seed that is an error; none when it is not among them.
    bad: Option<u64>,
    halt: Halt,
    /// Number of times that the seeds were asked for.
    asked: Arc<AtomicU64>,
    /// Number of seeds that were taken from the sequence.
    taken: Arc<AtomicU64>,
}

impl Listed {
    fn new(seeds: u64, halt: &Halt) -> Self {
        Self {
            seeds,
            bad: None,
            halt: halt.clone(),
            asked: Arc::default(),
            taken: Arc::default(),
        }
    }
}

impl Spider for Listed {
    type Item = Value;

    fn name(&self) -> &str {
        "listed"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(Vec::new())
    }

    fn seeds(&self) -> Result<Seeds, BoxError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (taken, bad) = (Arc::clone(&self.taken), self.bad);
        Ok(Seeds::new((0..self.seeds).map(move |number| {
            taken.fetch_add(1, Ordering::Relaxed);
            if bad == Some(number) {
                return Err(format!("line {number} is no URL").into());
            }
            // A host for each hundred.
            let host = number / 100;
            Ok(Request::get(format!("http://{host}.example/{number}"))?)
        })))
    }

    async fn parse(&self, response: Response, out: &mut Output<Value>) -> Result<(), BoxError> {
        self.halt.page();
        out.item(json!({"path": response.url().path()}));
        Ok(())
    }
}

fn crawl(job: &Job, spider: Listed) -> Crawler<Listed> {
    let pages = FakeDownloader::new(|request| Ok(html(request, "")));
    job.of(spider, |settings| settings.politeness.concurrency = 8)
        .downloader(pages)
        .output(&job.files.path("a.jsonl"))
}

/// The items that were written, by their paths.
fn paths(job: &Job) -> Vec<u64> {
    let text = std::fs::read_to_string(job.files.path("a.jsonl")).unwrap();
    let item = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let path = |item: Value| item["path"].as_str().unwrap()[1..].parse().unwrap();
    let mut paths: Vec<u64> = text.lines().map(item).map(path).collect();
    paths.sort_unstable();
    paths
}

#[tokio::test(start_paused = true)]
async fn every_seed_of_a_sequence_is_crawled_once_over_stops_and_new_starts() {
    let job = Job::new();
    for pages in [1, 700, 5] {
        let halt = Halt::after(pages);
        stop(crawl(&job, Listed::new(1_500, &halt)), &halt).await;
    }
    let report = run(crawl(&job, Listed::new(1_500, &Halt::never()))).await;
    assert_eq!((report.finish, report.pages), (Finish::Finished, 1_500));
    assert_eq!(paths(&job), (0..1_500).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn seeds_are_taken_as_the_queue_has_room_for_them() {
    let job = Job::new();
    let halt = Halt::after(1);
    let spider = Listed::new(1_000_000, &halt);
    let taken = Arc::clone(&spider.taken);
    let report = stop(crawl(&job, spider), &halt).await;
    assert_eq!(report.finish, Finish::Stopped);
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken < 13_000, "{taken}");
}

#[tokio::test(start_paused = true)]
async fn seeds_that_were_all_taken_are_not_asked_for_again() {
    let job = Job::new();
    let halt = Halt::after(300);
    let first = Listed::new(400, &halt);
    stop(crawl(&job, first), &halt).await;
    let again = Listed::new(400, &Halt::never());
    let asked = Arc::clone(&again.asked);
    run(crawl(&job, again)).await;
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert_eq!(paths(&job), (0..400).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_bad_seed_ends_the_crawl_and_the_job_goes_on_when_it_is_mended() {
    let job = Job::new();
    let bad = Listed {
        bad: Some(700),
        ..Listed::new(900, &Halt::never())
    };
    let error = crawl(&job, bad).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Spider);
    assert!(error.chain().contains("line 700 is no URL"), "{error}");
    let report = run(crawl(&job, Listed::new(900, &Halt::never()))).await;
    assert_eq!(report.pages, 900);
    assert_eq!(paths(&job), (0..900).collect::<Vec<_>>());
}

/// The spider of a recipe whose start URLs are these lines of a file.
fn spider_of(job: &Job, lines: &str) -> RecipeSpider {
    job.files.write("urls.txt", lines);
    let text = "start = [{ file = 'urls.txt' }]\n[items.page]\nfields.path = 'h1'";
    job.files.write("list.toml", text);
    let recipe = Recipe::read(job.files.path("list.toml")).unwrap();
    recipe.spider(&mut Args::default()).unwrap()
}

/// A crawl of a recipe whose start URLs are these lines of a file; it is told to stop after so many pages.
fn recipe(job: &Job, lines: std::ops::Range<u64>, halt: &Halt) -> Crawler<impl Spider> {
    let line = |number: u64| format!("http://{}.example/{number}\n", number / 100);
    let spider = spider_of(job, &lines.map(line).collect::<String>());
    let halt = halt.clone();
    let pages = FakeDownloader::new(move |request: Request| {
        halt.page();
        let path = request.url().path().to_owned();
        Ok(html(request, format!("<h1>{path}</h1>")))
    });
    job.of(spider, |settings| {
        settings.politeness.concurrency = 8;
    })
    .downloader(pages)
    .output(&job.files.path("a.jsonl"))
}

#[tokio::test(start_paused = true)]
async fn every_line_of_a_recipes_file_is_crawled_once_over_stops() {
    let job = Job::new();
    for pages in [1, 11_000, 5] {
        let halt = Halt::after(pages);
        stop(recipe(&job, 0..13_000, &halt), &halt).await;
    }
    let report = run(recipe(&job, 0..13_000, &Halt::never())).await;
    assert_eq!((report.finish, report.pages), (Finish::Finished, 13_000));
    assert_eq!(paths(&job), (0..13_000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_recipes_file_that_has_changed_is_refused() {
    let job = Job::new();
    let halt = Halt::after(1);
    stop(recipe(&job, 0..20_000, &halt), &halt).await;
    let changed = recipe(&job, 1..20_000, &Halt::never());
    let error = changed.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.chain().contains("--fresh"), "{error}");
}

/// Counts how often it is asked for its start requests.
struct Counted {
    start: &'static str,
    halt: Halt,
    asked: Arc<AtomicU64>,
}

impl Spider for Counted {
    type Item = Value;

    fn name(&self) -> &str {
        "counted"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let start = |number| Request::get(format!("{}{number}", self.start));
        Ok((0..20).map(start).collect::<Result<_, _>>()?)
    }

    async fn parse(&self, _: Response, _: &mut Output<Value>) -> Result<(), BoxError> {
        self.halt.page();
        Ok(())
    }
}

/// Returns how often start requests with such URLs are asked for: by a job that is stopped, and by the one that goes on.
async fn asked(start: &'static str) -> [u64; 2] {
    let job = Job::new();
    let mut asked = [0, 0];
    for (asked, pages) in asked.iter_mut().zip([5, u64::MAX]) {
        let spider = Counted {
            start,
            halt: Halt::after(pages),
            asked: Arc::default(),
        };
        let (halt, count) = (spider.halt.clone(), Arc::clone(&spider.asked));
        let pages = FakeDownloader::new(|request| Ok(html(request, "")));
        let report = stop(job.of(spider, |_| {}).downloader(pages), &halt).await;
        assert_eq!(report.ledger.pending == 0, report.pages == 20);
        *asked = count.load(Ordering::Relaxed);
    }
    asked
}

#[tokio::test(start_paused = true)]
async fn start_is_called_once_for_a_job_that_goes_on() {
    assert_eq!(asked("http://a.example/").await, [1, 0]);
}

#[tokio::test(start_paused = true)]
async fn start_is_called_again_for_the_credentials_in_its_urls() {
    assert_eq!(asked("http://us:pw@a.example/").await, [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn credentials_of_lines_that_were_taken_are_there_again() {
    let job = Job::new();
    let others: Vec<String> = (1..20).map(|n| format!("http://a.example/{n}\n")).collect();
    let lines = format!("http://us:pw@a.example/0\n{}", others.concat());
    for pages in [1, u64::MAX] {
        let halt = Halt::after(pages);
        let reached = halt.clone();
        let site = FakeDownloader::new(move |request: Request| {
            assert!(request.header("authorization").is_some(), "{request:?}");
            reached.page();
            Ok(html(request, "<h1>x</h1>"))
        });
        let crawler = job.of(spider_of(&job, &lines), |_| {});
        let report = stop(crawler.downloader(site), &halt).await;
        assert_eq!(report.pages == 20, pages != 1, "{report:?}");
    }
}
