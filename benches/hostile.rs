//! What hostile hosts cost the good ones: 1,000 good hosts of 20 pages each are crawled alone, and then among fifty hosts
//! that do all that a server can do to a crawler.
//!
//! ```sh
//! cargo bench --bench hostile
//! ```
//!
//! Both crawls run in one process, by turns, at the default pace: two requests a second at each host. The time of a crawl is the time until the last page of a
//! good host is served: how long hostile hosts are waited for is a matter of time limits, not of speed.

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]

#[path = "measure/mod.rs"]
mod measure;

#[path = "../tests/it/hostile/behaviours.rs"]
mod behaviours;
#[path = "../tests/it/hostile/server.rs"]
mod server;

use std::time::{Duration, Instant};

use crawlworks::prelude::*;
use measure::{Usage, status_mib, usage};
use server::{GOOD_PAGES, Server};

const GOOD_HOSTS: usize = 1_000;
const ROUNDS: usize = 3;

struct Everything(Vec<Request>);

impl Spider for Everything {
    type Item = ();

    fn name(&self) -> &'static str {
        "everything"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(self.0.clone())
    }

    async fn parse(&self, response: Response, out: &mut Output<()>) -> Result<(), BoxError> {
        out.follow_all(response.links());
        Ok(())
    }
}

/// Crawls; answers how long the good hosts took.
async fn crawl(with_hostile: bool) -> Duration {
    let server = Server::start().await.expect("a port");
    let good = (0..GOOD_HOSTS).map(|n| format!("good{n}"));
    let bad = behaviours::ALL.iter().map(|(name, _)| (*name).to_owned());
    let hosts: Vec<String> = if with_hostile {
        bad.chain(good).collect()
    } else {
        good.collect()
    };
    let start: Vec<Request> = hosts
        .iter()
        .map(|host| Request::get(server.url(host)).expect("a URL"))
        .collect();
    let mut crawler = Crawler::new(Everything(start));
    let settings = crawler.settings_mut();
    settings.network.resolve = hosts.iter().map(|host| server.resolve(host)).collect();
    settings.end.max_time = Some(Duration::from_mins(1));
    let (began, all) = (Instant::now(), (GOOD_HOSTS * GOOD_PAGES) as u64);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let crawl = tokio::spawn(crawler.run_until(async {
        let _ = stopped.await;
    }));
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    while server.good_pages() < all && !crawl.is_finished() {
        tick.tick().await;
    }
    let took = began.elapsed();
    drop(stop);
    let report = crawl.await.expect("a crawl").expect("a report");
    assert!(report.ledger.balances());
    assert!(server.good_pages() >= all, "{} pages", server.good_pages());
    took
}

fn main() -> Result<(), BoxError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let hostile = behaviours::ALL.len();
    println!(
        "{GOOD_HOSTS} good hosts of {GOOD_PAGES} pages, alone and with {hostile} hostile ones"
    );
    let (mut alone, mut among) = (Duration::ZERO, Duration::ZERO);
    for round in 1..=ROUNDS {
        let first = runtime.block_on(crawl(false));
        let quiet = status_mib("VmRSS")?;
        let second = runtime.block_on(crawl(true));
        let Usage {
            peak_mib,
            cpu,
            children_cpu,
        } = usage()?;
        println!(
            "round {round}: alone {:.2} s, {quiet:.0} MiB; with hostile hosts {:.2} s, at most {peak_mib:.0} MiB; {:.0} s of CPU so far",
            first.as_secs_f64(),
            second.as_secs_f64(),
            cpu + children_cpu,
        );
        (alone, among) = (alone + first, among + second);
    }
    let kept = 100.0 * alone.as_secs_f64() / among.as_secs_f64();
    println!("good hosts keep {kept:.1} % of their throughput");
    Ok(())
}
