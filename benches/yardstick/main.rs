//! What the framework costs over bare hyper, as ratios in one run.
//!
//! Each mode crawls the same site, follows every link once and writes `{"url","title","h1","links"}` per HTML page; each
//! run is a process of its own, so that CPU and memory are its own. `dom-job` and `site-job` are the same as durable
//! jobs. Without `--mode`, all are run in turn, again and again, and compared; start the sites with `benches/sites.sh`.
//!
//! ```text
//! cargo bench --bench yardstick -- --url http://127.0.0.1:8081/index.html --runs 10
//! cargo bench --bench yardstick -- --url http://127.0.0.1:8081/index.html --mode site --out pages.jsonl
//! ```

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]

mod bare;
#[path = "../measure/mod.rs"]
mod measure;
mod ours;

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use url::Url;

type Failure = Box<dyn Error + Send + Sync>;

/// Each mode of ours stands behind the yardstick that it is measured against.
const MODES: [&str; 6] = [
    "bare-dom",
    "dom",
    "dom-job",
    "bare-links",
    "site",
    "site-job",
];

/// What is asked for on the command line.
struct Arguments {
    mode: Option<String>,
    url: Url,
    concurrency: usize,
    out: String,
    runs: usize,
}

/// What a crawl did.
#[derive(Debug, Default)]
struct Done {
    pages: u64,
    bytes: u64,
    failed: u64,
}

/// What the runs of one mode cost.
#[derive(Debug, Default, Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
    peak: f64,
}

fn main() -> Result<(), Failure> {
    let arguments = arguments()?;
    match &arguments.mode {
        Some(mode) => run(mode, &arguments),
        None => compare(&arguments),
    }
}

fn arguments() -> Result<Arguments, Failure> {
    let mut given = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench" && word != "--");
    let mut arguments = Arguments {
        mode: None,
        url: Url::parse("http://127.0.0.1:8081/index.html")?,
        concurrency: 32,
        out: "/dev/null".into(),
        runs: 5,
    };
    while let Some(flag) = given.next() {
        let value = given
            .next()
            .ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--mode" => arguments.mode = Some(value),
            "--url" => arguments.url = Url::parse(&value)?,
            "--concurrency" => arguments.concurrency = value.parse()?,
            "--out" => arguments.out = value,
            "--runs" => arguments.runs = value.parse()?,
            _ => return Err(format!("unknown argument {flag} {value}").into()),
        }
    }
    Ok(arguments)
}

/// Crawls once; prints what was done, and last the peak memory in MiB.
fn run(mode: &str, arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        match mode {
            "bare-dom" => bare::crawl(arguments, bare::Mode::Dom).await,
            "bare-links" => bare::crawl(arguments, bare::Mode::Links).await,
            "dom" => ours::dom(arguments, None).await,
            "dom-job" => ours::dom(arguments, Some(job())).await,
            "site" => ours::site(arguments, None).await,
            "site-job" => ours::site(arguments, Some(job())).await,
            _ => Err(format!("unknown mode {mode}; known: {}", MODES.join(", ")).into()),
        }
    })?;
    let usage = measure::usage()?;
    println!(
        "{} pages, {} bytes, {} failed",
        done.pages, done.bytes, done.failed
    );
    println!("{:.2} s CPU, peak MiB: {:.1}", usage.cpu, usage.peak_mib);
    Ok(())
}

/// The directory of this process's job, which is removed when the crawl is over.
fn job() -> PathBuf {
    std::env::temp_dir().join(format!("crawlworks-yardstick-{}", std::process::id()))
}

/// Runs every mode in turn, as often as asked, and prints each one's cost beside its yardstick's.
fn compare(arguments: &Arguments) -> Result<(), Failure> {
    let mut costs = [Cost::default(); MODES.len()];
    for _ in 0..arguments.runs {
        for (mode, cost) in MODES.iter().zip(&mut costs) {
            measured(mode, arguments, cost)?;
        }
    }
    println!(
        "{} runs of each mode, {} in flight: {}",
        arguments.runs, arguments.concurrency, arguments.url
    );
    println!(
        "{:<12} {:>9} {:>9} {:>9} {:>7}",
        "mode", "CPU s", "wall s", "peak MiB", "ratio"
    );
    let mut yardstick = 0.0;
    for (mode, cost) in MODES.iter().zip(costs) {
        #[expect(clippy::cast_precision_loss, reason = "a handful of runs")]
        let runs = arguments.runs as f64;
        if mode.starts_with("bare") {
            yardstick = cost.cpu;
        }
        let (cpu, wall, ratio) = (cost.cpu / runs, cost.wall / runs, cost.cpu / yardstick);
        println!(
            "{mode:<12} {cpu:>9.3} {wall:>9.3} {:>9.1} {ratio:>7.2}",
            cost.peak
        );
    }
    Ok(())
}

/// Runs this program again in one mode, and adds what that cost.
fn measured(mode: &str, arguments: &Arguments, cost: &mut Cost) -> Result<(), Failure> {
    let concurrency = arguments.concurrency.to_string();
    let (before, begin) = (measure::usage()?, Instant::now());
    let output = Command::new(std::env::current_exe()?)
        .args([
            "--mode",
            mode,
            "--url",
            arguments.url.as_str(),
            "--concurrency",
            &concurrency,
            "--out",
            &arguments.out,
        ])
        .output()?;
    cost.wall += begin.elapsed().as_secs_f64();
    cost.cpu += measure::usage()?.children_cpu - before.children_cpu;
    let said = String::from_utf8(output.stdout)?;
    let peak = said
        .rsplit_once("peak MiB: ")
        .ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())?
        .1;
    cost.peak = cost.peak.max(peak.trim().parse()?);
    Ok(())
}
