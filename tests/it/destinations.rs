//! Destinations: each committed item gets there once, whatever is broken off, lost or refused on the way.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crawlworks::destination::{Batch, Batching, Destination, Reached, Refusals, Run};
use crawlworks::prelude::*;
use crawlworks::sink::Position;
use crawlworks::testing::{FakeDownloader, destination_crash_test};
use crawlworks::{ErrorKind, Finish, Report};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{Probe, Scratch, get, html, page_of_links, quick};

/// Number of pages of the test site, each of which gives two items.
const PAGES: u64 = 60;

/// Something that goes wrong at the other end.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// It does not answer, and nothing has happened.
    Away,
    /// It has done all, and the answer is lost.
    AnswerLost,
    /// It refuses to work.
    Broken,
}

/// A server in memory that survives crawls.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Ids and items, in the order of their delivery.
    rows: Vec<(String, Value)>,
    positions: BTreeMap<String, Position>,
    faults: VecDeque<Fault>,
    finished: u32,
    /// `true` to answer no delivery.
    hangs: bool,
    /// `true` to forget positions.
    forgets: bool,
    /// Items with this number in `nth` are refused.
    refused: Option<u64>,
}

/// The connection of a crawl.
struct Client {
    server: Server,
    run: String,
}

impl Server {
    fn client(&self) -> Client {
        let server = self.clone();
        let run = String::new();
        Client { server, run }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    fn get<T>(&self, get: impl FnOnce(&State) -> T) -> T {
        get(&self.0.lock().unwrap())
    }

    /// The items, in the order of their delivery.
    fn items(&self) -> Vec<String> {
        self.get(|state| {
            state
                .rows
                .iter()
                .map(|(_, item)| item.to_string())
                .collect()
        })
    }
}

fn away() -> crawlworks::Error {
    crawlworks::Error::new(ErrorKind::Unreachable, "nobody answers")
}

impl Destination for Client {
    async fn open(&mut self, run: &Run) -> crawlworks::Result<Reached> {
        tokio::task::yield_now().await;
        self.run = run.id.to_string();
        let mut state = self.server.0.lock().unwrap();
        if let Some(Fault::Away) = state.faults.front() {
            state.faults.pop_front();
            return Err(away());
        }
        if state.forgets {
            return Ok(Reached::Unknown);
        }
        let position = state.positions.get(&self.run).copied();
        Ok(Reached::Remembered(position.unwrap_or(Position::new(0))))
    }

    async fn deliver(&mut self, batch: &Batch, refusals: &mut Refusals) -> crawlworks::Result<()> {
        tokio::task::yield_now().await;
        if self.server.get(|state| state.hangs) {
            std::future::pending::<()>().await;
        }
        let mut state = self.server.0.lock().unwrap();
        let fault = state.faults.pop_front();
        match fault {
            Some(Fault::Away) => return Err(away()),
            Some(Fault::Broken) => {
                return Err(crawlworks::Error::new(
                    ErrorKind::Settings,
                    "the table is gone",
                ));
            }
            Some(Fault::AnswerLost) | None => {}
        }
        for delivery in &batch.items {
            let item: Value = serde_json::from_str(delivery.record.json()).unwrap();
            if state.refused.is_some_and(|refused| item["nth"] == refused) {
                refusals.add(delivery, "nth is too high");
            } else {
                state.rows.push((delivery.id.to_string(), item));
            }
        }
        refusals.write()?;
        state.positions.insert(self.run.clone(), batch.end);
        match fault {
            Some(_) => Err(away()),
            None => Ok(()),
        }
    }

    async fn finish(&mut self) -> crawlworks::Result<()> {
        self.server.change(|state| state.finished += 1);
        Ok(())
    }

    fn batching(&self) -> Batching {
        let mut batching = Batching::default();
        batching.items = 7;
        batching.wait = Duration::from_millis(20);
        batching
    }
}

/// A job that delivers to a server and writes the same items to a file.
struct Job {
    files: Scratch,
    server: Server,
}

impl Job {
    fn new() -> Self {
        Self {
            files: Scratch::new(),
            server: Server::default(),
        }
    }

    fn crawl(&self, halt: &Halt) -> Crawler<Probe<Value>> {
        let halt = halt.clone();
        let spider = Probe::new([get("http://a.example/0")], move |response, out| {
            halt.page();
            let path = response.url().path().to_owned();
            out.follow_all(response.links());
            for nth in 0..2 {
                out.item(json!({"path": path, "nth": nth}));
            }
            Ok(())
        });
        quick(spider, |settings| settings.politeness.concurrency = 1)
            .downloader(site())
            .output(&self.files.path("items.jsonl"))
            .destination("server", self.server.client())
            .job(self.files.path("job"))
    }

    async fn run(&self) -> Report {
        self.crawl(&Halt::never()).run().await.unwrap()
    }

    /// Runs the crawl and drops it in the middle.
    async fn break_off(&self, halt: &Halt) {
        tokio::select! {
            report = self.crawl(halt).run() => panic!("it was not broken off: {report:?}"),
            () = halt.reached.notified() => {}
        }
        let lock = std::fs::File::open(self.files.path("job/lock")).unwrap();
        let free = tokio::task::spawn_blocking(move || lock.lock());
        free.await.unwrap().unwrap();
    }

    /// Runs the crawl and stops it in the middle.
    async fn stop(&self, halt: &Halt) {
        let reached = Arc::clone(&halt.reached);
        let stop = async move { reached.notified().await };
        let report = self.crawl(halt).run_until(stop).await.unwrap();
        assert_eq!(report.finish, Finish::Stopped);
    }

    /// Checks that the server has each item of the file once, in the same order.
    fn has_all_once(&self) {
        let text = self.files.read("items.jsonl");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(self.server.items(), lines);
        assert_eq!(lines.len() as u64, 2 * PAGES);
    }

    fn refused(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.files.path("job/refused.jsonl"));
        let lines = text.unwrap_or_default();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// A moment in a crawl: so many pages were parsed.
#[derive(Clone)]
struct Halt {
    left: Arc<std::sync::atomic::AtomicU64>,
    reached: Arc<Notify>,
}

impl Halt {
    fn after(pages: u64) -> Self {
        Self {
            left: Arc::new(pages.into()),
            reached: Arc::default(),
        }
    }

    fn never() -> Self {
        Self::after(u64::MAX)
    }

    fn page(&self) {
        if self.left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            self.reached.notify_one();
        }
    }
}

fn site() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let page: u64 = request
            .url()
            .path()
            .trim_start_matches('/')
            .parse()
            .unwrap_or(0);
        let next = (2 * page + 1..=2 * page + 2).filter(|page| *page < PAGES);
        Ok(html(
            request,
            page_of_links(next.map(|page| format!("/{page}"))),
        ))
    })
}

#[tokio::test(start_paused = true)]
async fn every_item_is_delivered_once_and_in_order() {
    let job = Job::new();
    let report = job.run().await;
    assert_eq!(report.items.kept, 2 * PAGES);
    job.has_all_once();
    assert_eq!(job.server.get(|state| state.finished), 1);
}

#[tokio::test(start_paused = true)]
async fn a_crawl_in_many_pieces_delivers_every_item_once() {
    let job = Job::new();
    for nth in 0..8 {
        let halt = Halt::after(4);
        if nth % 2 == 0 {
            job.break_off(&halt).await;
        } else {
            job.stop(&halt).await;
        }
    }
    assert_eq!(job.server.get(|state| state.finished), 0);
    job.run().await;
    job.has_all_once();
    assert_eq!(job.server.get(|state| state.finished), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_goes_and_comes_back_gets_every_item_once() {
    let job = Job::new();
    let faults = [
        Fault::Away,
        Fault::AnswerLost,
        Fault::Away,
        Fault::Away,
        Fault::AnswerLost,
    ];
    job.server.change(|state| state.faults = faults.into());
    // The first open is answered, or the crawl would not begin.
    job.server
        .change(|state| state.faults.push_front(Fault::AnswerLost));
    job.run().await;
    job.has_all_once();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_forgets_gets_the_last_batch_again_under_the_same_ids() {
    let job = Job::new();
    job.server.change(|state| {
        state.forgets = true;
        state.faults = [Fault::AnswerLost].into();
    });
    job.break_off(&Halt::after(20)).await;
    job.run().await;
    let rows = job.server.get(|state| state.rows.clone());
    let different: BTreeMap<_, _> = rows.iter().cloned().collect();
    assert_eq!(different.len() as u64, 2 * PAGES);
    assert!(rows.len() > different.len(), "no batch came again");
    assert!(rows.iter().all(|(id, item)| different[id] == *item));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_away_ends_the_crawl_which_can_go_on() {
    let job = Job::new();
    job.server.change(|state| {
        state.faults.push_back(Fault::AnswerLost);
        state.faults.extend([Fault::Away; 100]);
    });
    let started = tokio::time::Instant::now();
    let error = job.crawl(&Halt::never()).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{}", error.chain());
    assert!(error.chain().contains("server") && error.chain().contains("nobody answers"));
    assert!(started.elapsed() >= Duration::from_mins(10));
    job.server.change(|state| state.faults.clear());
    job.run().await;
    job.has_all_once();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_at_the_start_costs_no_page() {
    let job = Job::new();
    job.server
        .change(|state| state.faults = [Fault::Away].into());
    let fake = site();
    let crawler = job.crawl(&Halt::never()).downloader(fake.clone());
    let error = crawler.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(fake.urls().is_empty());
    job.run().await;
    job.has_all_once();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_go_on_ends_the_crawl() {
    let job = Job::new();
    job.server
        .change(|state| state.faults = [Fault::Broken].into());
    let error = job.crawl(&Halt::never()).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert_eq!(
        error.chain(),
        "cannot deliver items to server: the table is gone"
    );
    job.run().await;
    job.has_all_once();
}

#[tokio::test(start_paused = true)]
async fn refused_items_are_kept_and_counted() {
    let job = Job::new();
    job.server.change(|state| {
        state.refused = Some(1);
        state.faults = [Fault::AnswerLost].into();
    });
    job.break_off(&Halt::after(20)).await;
    let report = job.run().await;
    assert_eq!(report.refused["server"], PAGES);
    assert_eq!(report.items.kept, 2 * PAGES);
    assert_eq!(job.server.items().len() as u64, PAGES);
    let refused = job.refused();
    let mut paths: Vec<_> = refused
        .iter()
        .map(|line| line["item"]["path"].as_str().unwrap())
        .collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!((paths.len(), refused.len()), (60, 60));
    assert_eq!(refused[0]["reason"], "nth is too high");
    assert_eq!(refused[0]["url"], "http://a.example/0");
}

#[tokio::test(start_paused = true)]
async fn a_destination_is_part_of_the_job() {
    let job = Job::new();
    job.break_off(&Halt::after(20)).await;
    let spider = Probe::<Value>::new([get("http://a.example/0")], |_, _| Ok(()));
    let crawler = quick(spider, |_| {})
        .output(&job.files.path("items.jsonl"))
        .job(job.files.path("job"));
    let error = crawler.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(
        error
            .chain()
            .contains("items.jsonl:jsonl and server, not to"),
        "{}",
        error.chain()
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_knows_more_than_the_job_is_left_alone() {
    let job = Job::new();
    job.stop(&Halt::after(20)).await;
    job.server.change(|state| {
        for position in state.positions.values_mut() {
            *position = Position::new(1 << 40);
        }
    });
    let error = job.crawl(&Halt::never()).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.chain().contains("--fresh"), "{}", error.chain());
}

#[tokio::test(start_paused = true)]
async fn a_crawl_without_a_job_delivers_as_well() {
    let server = Server::default();
    let spider = Probe::<Value>::new([get("http://a.example/0")], |response, out| {
        out.item(json!({"path": response.url().path()}));
        out.follow_all(response.links());
        Ok(())
    });
    let crawler = quick(spider, |_| {}).downloader(site());
    let report = crawler
        .destination("server", server.client())
        .run()
        .await
        .unwrap();
    assert_eq!(report.items.kept, PAGES);
    assert_eq!(server.items().len() as u64, PAGES);
    assert_eq!(server.get(|state| state.finished), 1);
}

#[tokio::test]
async fn a_stop_gives_a_slow_server_its_grace_and_the_rest_to_the_next_process() {
    let job = Job::new();
    let halt = Halt::after(20);
    let (reached, server) = (Arc::clone(&halt.reached), job.server.clone());
    let stop = async move {
        reached.notified().await;
        server.change(|state| state.hangs = true);
    };
    let crawler = job
        .crawl(&halt)
        .configure(|settings| settings.end.grace = Duration::ZERO);
    let report = crawler.run_until(stop).await.unwrap();
    assert_eq!(report.finish, Finish::Stopped);
    assert!((job.server.items().len() as u64) < report.items.kept);
    job.server.change(|state| state.hangs = false);
    job.run().await;
    job.has_all_once();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_not_waited_for_for_ever() {
    let job = Job::new();
    job.server.change(|state| state.hangs = true);
    let error = job.crawl(&Halt::never()).run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{}", error.chain());
}

/// Writes down batches one item at a time, so a kill can leave half of one.
struct Careless(Server);

impl Destination for Careless {
    async fn open(&mut self, _: &Run) -> crawlworks::Result<Reached> {
        let had = self.0.get(|state| state.positions.get("").copied());
        Ok(Reached::Remembered(had.unwrap_or(Position::new(0))))
    }

    async fn deliver(&mut self, batch: &Batch, _: &mut Refusals) -> crawlworks::Result<()> {
        for delivery in &batch.items {
            let item: Value = serde_json::from_str(delivery.record.json()).unwrap();
            self.0
                .change(|state| state.rows.push((String::new(), item)));
            tokio::task::yield_now().await;
        }
        let end = batch.end;
        self.0.change(|state| {
            state.positions.insert(String::new(), end);
        });
        Ok(())
    }
}

fn numbers(servers: &Mutex<BTreeMap<u32, Server>>, run: u32) -> Vec<u64> {
    let server = servers.lock().unwrap()[&run].clone();
    server.get(|state| {
        state
            .rows
            .iter()
            .map(|(_, item)| item["n"].as_u64().unwrap())
            .collect()
    })
}

#[tokio::test]
async fn the_crash_test_passes_what_is_right() {
    for forgets in [false, true] {
        let servers = Mutex::new(BTreeMap::<u32, Server>::new());
        let make = |run| {
            let mut servers = servers.lock().unwrap();
            let server = servers.entry(run).or_default();
            server.change(|state| state.forgets = forgets);
            server.client()
        };
        destination_crash_test(make, |run| Ok(numbers(&servers, run)))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn the_crash_test_finds_half_a_batch() {
    let servers = Mutex::new(BTreeMap::<u32, Server>::new());
    let make = |run| Careless(servers.lock().unwrap().entry(run).or_default().clone());
    let error = destination_crash_test(make, |run| Ok(numbers(&servers, run)))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("it has items twice"), "{error}");
}
