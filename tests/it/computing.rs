//! Code of a program that holds its thread, because it computes or waits: nothing else waits for it.

use std::sync::{Arc, Condvar, Mutex};

use crawlworks::middleware::from_fn;
use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Event, Next, Report};

use crate::support::{Probe, get, html, page_of_links, quick, run, secs};

/// How many pages a site has.
const PAGES: usize = 60;

/// A place where some pages wait until all others were parsed: for ever, if they hold up the others.
#[derive(Clone)]
struct Gate(Arc<(Mutex<usize>, Condvar)>);

impl Gate {
    fn opens_after(pages: usize) -> Self {
        Self(Arc::new((Mutex::new(pages), Condvar::new())))
    }

    fn parsed(&self) {
        let (left, changed) = &*self.0;
        *left.lock().unwrap() -= 1;
        changed.notify_all();
    }

    fn wait(&self) {
        let (left, changed) = &*self.0;
        let left = left.lock().unwrap();
        drop(changed.wait_while(left, |left| *left > 0).unwrap());
    }
}

/// Which page of the site this is.
fn number(url: &Url) -> usize {
    let last = url.path().rsplit('/').next();
    last.and_then(|number| number.parse().ok()).unwrap()
}

/// A crawl of all pages at once, over sockets, whose spider is told of each page.
async fn crawl(
    parse: impl Fn(usize) + Send + Sync + 'static,
    change: impl FnOnce(Crawler<Probe<usize>>) -> Crawler<Probe<usize>>,
) -> Report {
    let site = PracticeSite::start().unwrap();
    let start = (0..PAGES).map(|page| site.at(&format!("/web/{PAGES}/{page}")));
    let probe = Probe::new(start, move |response, out| {
        parse(number(response.url()));
        out.item(number(response.url()));
        Ok(())
    });
    run(change(quick(probe, |s| {
        s.politeness.concurrency_per_host = 16;
    })))
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_hold_their_threads_hold_up_no_other_page() {
    for held in [1, 2, 4, 8] {
        let gate = Gate::opens_after(PAGES - held);
        let parse = move |page| {
            if page < held {
                gate.wait();
            } else {
                gate.parsed();
            }
        };
        let report = crawl(parse, |crawler| crawler).await;
        assert_eq!((report.pages, report.errors.len()), (PAGES as u64, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_worker_is_enough() {
    let gate = Gate::opens_after(PAGES - 3);
    let parse = move |page| if page < 3 { gate.wait() } else { gate.parsed() };
    let report = crawl(parse, |crawler| crawler).await;
    assert_eq!(report.pages, PAGES as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_middleware_that_holds_its_thread_holds_up_no_page() {
    let gate = Gate::opens_after(PAGES - 4);
    let slow = gate.clone();
    let middleware = from_fn(move |request: Request, next: Next| {
        if number(request.url()) < 4 {
            slow.wait();
        }
        next.run(request)
    });
    let parse = move |page| {
        if page >= 4 {
            gate.parsed();
        }
    };
    let report = crawl(parse, |crawler| crawler.middleware(middleware)).await;
    assert_eq!(report.pages, PAGES as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_page_wakes_while_it_holds_its_thread_goes_on() {
    let (wake, woken) = tokio::sync::oneshot::channel::<()>();
    let (gate, wake) = (Gate::opens_after(1), Mutex::new(Some(wake)));
    let opens = gate.clone();
    tokio::spawn(async move {
        woken.await.unwrap();
        opens.parsed();
    });
    let parse = move |page| {
        if page == 0 {
            wake.lock().unwrap().take().unwrap().send(()).unwrap();
            gate.wait();
        }
    };
    let report = crawl(parse, |crawler| crawler).await;
    assert_eq!(report.pages, PAGES as u64);
}

/// Each of its pages is parsed for half a minute, in which nothing else happens on its runtime.
struct Holding;

impl Spider for Holding {
    type Item = String;

    fn name(&self) -> &'static str {
        "holding"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![get("http://a.example/")])
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        tokio::time::advance(secs(30)).await;
        out.follow_all(response.links());
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_that_a_page_holds_the_only_thread_is_no_answer_time() {
    let fake = FakeDownloader::new(|request| {
        let links = (0..10).map(|page| format!("/{page}"));
        Ok(html(request, page_of_links(links)))
    });
    let mut crawler = quick(Holding, |s| {
        s.politeness.delay = secs(1);
        s.politeness.concurrency_per_host = 8;
    })
    .downloader(fake.latency(secs(2)));
    let mut events = crawler.events();
    let report = run(crawler).await;
    let mut times = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::Page { elapsed, .. } = event {
            times.push(elapsed);
        }
    }
    assert_eq!((report.pages, times.len()), (11, 11));
    assert!(times.iter().all(|time| *time < secs(5)), "{times:?}");
}
