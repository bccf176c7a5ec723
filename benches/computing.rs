//! What pages that hold their threads cost the others: a hundred pages over sockets, of which a few compute or sleep for
//! three seconds while they are parsed, with time limits that are shorter than that.
//!
//! ```sh
//! cargo bench --bench computing
//! ```
//!
//! A page that fails was told as a time-out although it had answered. Wall time above three seconds is that of others
//! that waited, or of a host that was taken for a slow one.

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use tokio::runtime::{Builder, Runtime};

const PAGES: usize = 100;
const HOLD: Duration = Duration::from_secs(3);

#[derive(Clone, Copy)]
enum How {
    Sleeps,
    Computes,
}

struct Holding {
    start: Vec<Request>,
    how: How,
    blockers: usize,
}

impl Spider for Holding {
    type Item = usize;

    fn name(&self) -> &'static str {
        "holding"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(self.start.clone())
    }

    async fn parse(&self, response: Response, out: &mut Output<usize>) -> Result<(), BoxError> {
        let page: usize = response.request().meta("page")?.unwrap_or_default();
        // One after the other among the first, so that others are on their way.
        if page % 5 == 4 && page / 5 < self.blockers {
            match self.how {
                How::Sleeps => std::thread::sleep(HOLD),
                How::Computes => compute(),
            }
        }
        out.item(page);
        Ok(())
    }
}

fn compute() {
    let (began, mut number) = (Instant::now(), 0_u64);
    while began.elapsed() < HOLD {
        for _ in 0..1_000 {
            number = black_box(
                number
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1),
            );
        }
    }
}

fn crawl(runtime: &Runtime, how: How, blockers: usize) -> Result<(), BoxError> {
    let site = PracticeSite::start()?;
    let start = (0..PAGES).map(|page| {
        let url = site.at(&format!("/web/{PAGES}/{page}"));
        Request::from(url).with_meta("page", page)
    });
    let spider = Holding {
        start: start.collect::<Result<_, _>>()?,
        how,
        blockers,
    };
    let mut crawler = Crawler::new(spider);
    let settings = crawler.settings_mut();
    settings.politeness.delay = Duration::from_millis(20);
    settings.politeness.concurrency_per_host = 8;
    settings.politeness.robots = false;
    settings.failures.retries = 0;
    settings.answers.idle_timeout = Duration::from_secs(1);
    settings.answers.timeout = Duration::from_secs(2);
    let began = Instant::now();
    let report = runtime.block_on(crawler.run())?;
    let errors: u64 = report.errors.values().sum();
    let seconds = began.elapsed().as_secs_f64();
    print!(" {:>3} {errors:>2} {seconds:>5.1} |", report.pages);
    Ok(())
}

fn main() -> Result<(), BoxError> {
    println!("pages, errors and seconds of {PAGES} pages by pages that hold their threads");
    println!("{:24}|{:^14}|{:^14}|{:^14}|{:^14}|", "", 0, 1, 2, 4);
    let workers = |workers| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(workers);
        builder
    };
    let runtimes = [
        ("2 workers", workers(2)),
        ("4 workers", workers(4)),
        ("current thread", Builder::new_current_thread()),
    ];
    for (name, mut builder) in runtimes {
        let runtime = builder.enable_all().build()?;
        for (what, how) in [("sleep", How::Sleeps), ("compute", How::Computes)] {
            print!("{:24}|", format!("{name}, {what}"));
            for blockers in [0, 1, 2, 4] {
                crawl(&runtime, how, blockers)?;
            }
            println!();
        }
    }
    Ok(())
}
