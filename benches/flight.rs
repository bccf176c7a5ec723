//! Ten thousand responses that take a second each, all in flight at once: how long, and how much memory.
//!
//! The server is a process of its own. Both need a file descriptor per connection: `ulimit -n 20000`.
//!
//! ```text
//! cargo bench --bench flight
//! ```

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]

#[path = "measure/mod.rs"]
mod measure;

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::Instant;

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;

type Failure = Box<dyn Error + Send + Sync>;

const RESPONSES: usize = 10_000;

/// Asks for pages that take a second each.
struct Waiting(Url);

impl Spider for Waiting {
    type Item = u16;

    fn name(&self) -> &'static str {
        "waiting"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        (0..RESPONSES)
            .map(|n| Ok(self.0.join(&format!("/delay/{n}?ms=1000"))?.into()))
            .collect()
    }

    async fn parse(&self, response: Response, out: &mut Output<u16>) -> Result<(), BoxError> {
        out.item(response.status().as_u16());
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|word| word == "--serve") {
        serve()
    } else {
        crawl()
    }
}

/// Serves until standard input is closed.
fn serve() -> Result<(), Failure> {
    let site = PracticeSite::builder().log(false).start()?;
    println!("{}", site.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn crawl() -> Result<(), Failure> {
    let mut server = Command::new(std::env::current_exe()?)
        .arg("--serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    BufReader::new(server.stdout.take().ok_or("no output of the server")?).read_line(&mut url)?;
    let spider = Waiting(Url::parse(url.trim())?);
    let crawler = Crawler::new(spider)
        .concurrency(RESPONSES)
        .concurrency_per_host(RESPONSES)
        .delay(Duration::ZERO);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let begin = Instant::now();
    let report = runtime.block_on(crawler.run())?;
    let wall = begin.elapsed().as_secs_f64();
    server.kill()?;
    server.wait()?;
    let (pages, retried, failed) = (report.pages, report.requests.retried, report.ledger.failed);
    println!(
        "{pages} of {RESPONSES} responses of 1 s each, all at once: {wall:.2} s, {retried} retries, {failed} failed"
    );
    let usage = measure::usage()?;
    println!(
        "CPU {:.2} s (the server's {:.2} s), peak {:.0} MiB",
        usage.cpu, usage.children_cpu, usage.peak_mib
    );
    Ok(())
}
