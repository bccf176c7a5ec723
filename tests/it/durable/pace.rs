//! A site is asked no more often because the crawl has started anew.
//!
//! The clock jumps whenever tokio has nothing to do, also while the store's thread is at work; so runs are ended by what
//! the site is asked, not after a time.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;

use super::{Halt, Job, stop};
use crate::support::{Probe, get, html, run, secs};

fn ten_pages() -> Probe {
    Probe::only((0..10).map(|nth| get(format!("http://a.example/{nth}"))))
}

/// A site that takes down when it is asked, and answers 429 to some.
struct Asked {
    fake: FakeDownloader,
    halt: Halt,
}

impl Asked {
    /// `retry_after` is for the first `busy` requests.
    fn new(busy: usize, retry_after: Option<&'static str>) -> Self {
        let halt = Halt::never();
        let (asked, count) = (halt.clone(), std::sync::atomic::AtomicUsize::new(0));
        let fake = FakeDownloader::new(move |request| {
            asked.page();
            if count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= busy {
                return Ok(html(request, ""));
            }
            let response = Response::new(request, 429);
            match retry_after {
                Some(time) => response.with_header("retry-after", time),
                None => Ok(response),
            }
        });
        Self { fake, halt }
    }

    /// What to wait for: so many requests more.
    fn after(&self, requests: u64) -> &Halt {
        self.halt.again_after(requests);
        &self.halt
    }

    /// The times between two requests.
    fn gaps(&self) -> Vec<Duration> {
        let times = self.fake.times();
        times
            .windows(2)
            .map(|pair| pair[1].checked_sub(pair[0]).unwrap())
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn the_delay_is_kept_over_a_stop() {
    let (job, asked) = (Job::new(), Asked::new(0, None));
    let crawler = || {
        let crawler = job.of(ten_pages(), |s| s.politeness.delay = secs(60));
        crawler.downloader(asked.fake.clone())
    };
    for _ in 0..3 {
        stop(crawler(), asked.after(2)).await;
    }
    run(crawler()).await;
    let gaps = asked.gaps();
    assert!(
        gaps.len() == 9 && gaps.iter().all(|gap| *gap >= secs(60)),
        "{gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_delay_is_kept_over_a_dropped_future() {
    let (job, asked) = (Job::new(), Asked::new(0, None));
    let crawler = || {
        let crawler = job.of(ten_pages(), |s| s.politeness.delay = secs(60));
        crawler.downloader(asked.fake.clone())
    };
    for _ in 0..3 {
        job.break_off(crawler(), asked.after(2)).await;
    }
    run(crawler()).await;
    let gaps = asked.gaps();
    assert!(
        gaps.len() >= 9 && gaps.iter().all(|gap| *gap >= secs(60)),
        "{gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_host_that_said_when_to_come_back_is_left_alone_until_then() {
    let (job, asked) = (Job::new(), Asked::new(1, Some("3600")));
    let crawler = || job.of(ten_pages(), |_| {}).downloader(asked.fake.clone());
    assert_eq!(stop(crawler(), asked.after(1)).await.ledger.pending, 9);
    run(crawler()).await;
    let gap = asked.gaps()[0];
    // To the next process it is a date, so the clock that jumps is not all that counts.
    assert!(gap > secs(3_000) && gap < secs(4_000), "{gap:?}");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answered_429_stays_slow() {
    let (job, asked) = (Job::new(), Asked::new(3, None));
    let crawler = || {
        let crawler = job.of(ten_pages(), |s| s.politeness.delay = secs(1));
        crawler.downloader(asked.fake.clone())
    };
    // Each of them doubles the delay: from one second to eight.
    stop(crawler(), asked.after(3)).await;
    run(crawler()).await;
    let gaps = asked.gaps();
    assert!(gaps[2] >= secs(7) && gaps[3] >= secs(6), "{gaps:?}");
}
