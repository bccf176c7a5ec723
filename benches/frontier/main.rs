//! What a durable crawl's frontier and its store can do without a network, and what a URL costs there in memory and on
//! the disk.
//!
//! Every page has 62 links, of which 10.4 % are new, as in the largest published crawl (`IRLbot`, 2008); four of five
//! others were new not long ago. One thread makes the requests and their fingerprints, as visits do; another decides,
//! as the dispatcher does, and waits for the store. The job is filled by one process, which then ends without closing it,
//! and opened by another.
//!
//! ```text
//! cargo bench --bench frontier -- [URLS [HOSTS [VISITS IN A COMMIT]]]
//! cargo bench --bench frontier -- 20000000
//! cargo bench --bench frontier -- 10000000 1
//! cargo bench --bench frontier -- 1000000 100000
//! ```

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]
#![expect(
    clippy::cast_precision_loss,
    reason = "no figure has more than three digits that count"
)]

mod job;
#[path = "../measure/mod.rs"]
mod measure;

use std::error::Error;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use crawlworks::__private::SeenSet;
use crawlworks::identity::FingerprintKey;
use crawlworks::{Request, Settings};
use job::{Job, Link};

type Failure = Box<dyn Error + Send + Sync>;

const LINKS: usize = 62;
/// Of a thousand links.
const NEW: u64 = 104;
/// How many URLs count as recent.
const RECENT: u64 = 10_000;
const DIRECTORY: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/frontier-bench");

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["--fill", urls, hosts, visits] => fill(urls.parse()?, hosts.parse()?, visits.parse()?),
        ["--reopen"] => reopen(),
        ["--seen", urls] => seen(urls.parse()?),
        _ => all(words.into_iter().filter(|word| *word != "--bench")),
    }
}

/// Runs every part in a process of its own.
fn all<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
    let urls = number(words.next(), 1_000_000)?.to_string();
    let hosts = number(words.next(), 1_000)?.to_string();
    let visits = match words.next() {
        Some(visits) => vec![visits.parse()?],
        None => vec![Settings::default().politeness.concurrency / 2, 250],
    };
    for visits in visits {
        println!("{urls} URLs of {hosts} hosts, a commit every {visits} visits:");
        run(&["--fill", &urls, &hosts, &visits.to_string()])?;
        run(&["--reopen"])?;
        println!();
    }
    run(&["--seen", &urls])?;
    fs::remove_dir_all(DIRECTORY)?;
    println!("{:.0} s of CPU", measure::usage()?.children_cpu);
    Ok(())
}

fn number<T: FromStr>(word: Option<&str>, default: T) -> Result<T, T::Err> {
    word.map_or(Ok(default), str::parse)
}

fn run(arguments: &[&str]) -> Result<(), Failure> {
    let status = Command::new(std::env::current_exe()?)
        .args(arguments)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{arguments:?}: {status}").into())
    }
}

/// The links of one page after the other.
struct Pages {
    key: FingerprintKey,
    hosts: u64,
    links: u64,
    found: u64,
    random: u64,
}

impl Pages {
    /// The links of the first pages are all new, until there is one to each host.
    fn new(key: FingerprintKey, hosts: u64) -> Self {
        Self {
            key,
            hosts,
            links: 0,
            found: 0,
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    fn page(&mut self) -> Result<Vec<Link>, Failure> {
        let mut page = Vec::with_capacity(LINKS);
        for _ in 0..LINKS {
            let number = if self.found < self.hosts {
                self.next_new()
            } else {
                self.next_link()
            };
            page.push(self.link(number)?);
        }
        Ok(page)
    }

    fn next_new(&mut self) -> u64 {
        self.found += 1;
        self.found - 1
    }

    fn next_link(&mut self) -> u64 {
        self.links += 1;
        if self.links * NEW / 1_000 > (self.links - 1) * NEW / 1_000 {
            return self.next_new();
        }
        let random = scattered(&mut self.random);
        if random.is_multiple_of(5) {
            random % self.found
        } else {
            self.found - 1 - random % self.found.min(RECENT)
        }
    }

    fn link(&self, number: u64) -> Result<Link, Failure> {
        let (host, mut name) = (number % self.hosts, number + 1);
        let name = scattered(&mut name) & 0xff_ffff;
        let url = format!("http://www.host{host}.example/articles/{name:06x}/page-{number}.html");
        let request = Request::get(url)?;
        let fingerprint = self.key.of(request.method(), request.url(), b"");
        Ok(Link {
            request,
            fingerprint,
        })
    }
}

/// A step of the generator `xorshift64`.
fn scattered(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Makes pages on a thread of its own, until so many URLs are found.
fn pages(key: FingerprintKey, hosts: u64, urls: u64) -> Receiver<Result<Vec<Link>, Failure>> {
    let (sender, receiver) = sync_channel(64);
    std::thread::spawn(move || {
        let mut pages = Pages::new(key, hosts);
        while pages.found < urls && sender.send(pages.page()).is_ok() {}
    });
    receiver
}

/// How far it has come by a time.
#[derive(Clone, Copy)]
struct Mark {
    time: Instant,
    urls: u64,
    checks: u64,
    cpu: f64,
}

impl Mark {
    /// Of CPU for each new URL.
    fn microseconds(self, since: Self) -> f64 {
        (self.cpu - since.cpu) * 1e6 / (self.urls - since.urls) as f64
    }

    fn per_second(self, since: Self, count: fn(Self) -> u64) -> f64 {
        (count(self) - count(since)) as f64 / (self.time - since.time).as_secs_f64()
    }
}

/// Crawls until so many URLs were found.
fn fill(urls: u64, hosts: u64, visits: usize) -> Result<(), Failure> {
    let _ = fs::remove_dir_all(DIRECTORY);
    let before = measure::status_mib("VmRSS")?;
    let mut queue = Job::open(Path::new(DIRECTORY), &Settings::default(), visits)?;
    let pages = pages(queue.key(), hosts, urls);
    println!(
        "{:>11} {:>9} {:>11} {:>11} {:>9} {:>9} {:>9}",
        "URLs", "new/s", "checks/s", "us of CPU", "reads", "RSS MiB", "disk MiB"
    );
    let (step, mut marks) = (
        if urls < 10_000_000 {
            urls / 10
        } else {
            1_000_000
        },
        Vec::new(),
    );
    let mut now = Mark {
        time: Instant::now(),
        urls: 0,
        checks: 0,
        cpu: measure::usage()?.cpu,
    };
    marks.push(now);
    for links in pages {
        let links = links?;
        now.checks += links.len() as u64;
        now.urls += if now.urls == 0 {
            queue.add(links)?
        } else {
            let started = queue.start()?.ok_or("the queue is empty")?;
            queue.finish(&started, links)?
        };
        if now.urls >= step * marks.len() as u64 {
            now.time = Instant::now();
            now.cpu = measure::usage()?.cpu;
            if let Some(last) = marks.last() {
                row(now, *last, &queue)?;
            }
            marks.push(now);
        }
    }
    queue.commit()?;
    now.time = Instant::now();
    sum_up(&marks, now, &queue, before)?;
    // As if it was killed.
    std::mem::forget(queue);
    Ok(())
}

fn row(now: Mark, last: Mark, queue: &Job) -> Result<(), Failure> {
    println!(
        "{:>11} {:>9.0} {:>11.0} {:>11.1} {:>9} {:>9.0} {:>9.0}",
        now.urls,
        now.per_second(last, |mark| mark.urls),
        now.per_second(last, |mark| mark.checks),
        now.microseconds(last),
        queue.reads,
        measure::status_mib("VmRSS")?,
        disk(Path::new(DIRECTORY))? as f64 / f64::from(1 << 20)
    );
    Ok(())
}

fn sum_up(marks: &[Mark], end: Mark, queue: &Job, before: f64) -> Result<(), Failure> {
    let tenth = (marks.len() - 1) / 10;
    let [begin, .., last] = marks else {
        return Err("too few URLs".into());
    };
    let rate = |from: &Mark, to: &Mark| to.per_second(*from, |mark| mark.urls);
    let mark = |at: usize| marks.get(at).unwrap_or(last);
    let first = rate(begin, mark(tenth));
    let final_tenth = rate(mark(marks.len() - 1 - tenth), last);
    println!(
        "in all: {:.0} new/s, {:.0} checks/s, {:.1} s of CPU in {:.1} s; last tenth / first tenth: {:.2}",
        rate(begin, &end),
        end.per_second(*begin, |mark| mark.checks),
        measure::usage()?.cpu,
        (end.time - begin.time).as_secs_f64(),
        final_tenth / first
    );
    let grown = (measure::status_mib("VmRSS")? - before) * f64::from(1 << 20);
    println!(
        "memory: {:.1} bytes a URL seen, peak {:.0} MiB; disk: {:.1} bytes a URL queued ({} wait)",
        grown / end.urls as f64,
        measure::usage()?.peak_mib,
        disk(Path::new(DIRECTORY))? as f64 / queue.waiting() as f64,
        queue.waiting()
    );
    Ok(())
}

/// Goes on with the job that the other process left.
fn reopen() -> Result<(), Failure> {
    let (begin, before) = (Instant::now(), measure::status_mib("VmRSS")?);
    let mut queue = Job::open(Path::new(DIRECTORY), &Settings::default(), 1)?;
    let (opened, grown) = (begin.elapsed(), measure::status_mib("VmRSS")? - before);
    let started = queue.start()?;
    let first = begin.elapsed();
    started.ok_or("the queue is empty")?;
    println!(
        "reopened in {:.2} s, the first request after {:.2} s; {} wait; {grown:.0} MiB more memory, peak {:.0} MiB",
        opened.as_secs_f64(),
        first.as_secs_f64(),
        queue.waiting() + 1,
        measure::usage()?.peak_mib
    );
    Ok(())
}

/// The set of what was seen, alone.
fn seen(urls: u64) -> Result<(), Failure> {
    let before = measure::status_mib("VmRSS")?;
    let (mut seen, mut random) = (SeenSet::default(), 1);
    let begin = Instant::now();
    for _ in 0..urls {
        seen.insert(scattered(&mut random));
    }
    let elapsed = begin.elapsed().as_secs_f64();
    let grown = (measure::status_mib("VmRSS")? - before) * f64::from(1 << 20);
    println!(
        "the set alone: {:.1} bytes a URL, {:.0} new/s",
        grown / urls as f64,
        urls as f64 / elapsed
    );
    Ok(())
}

/// What the files in it take on the disk, in bytes.
fn disk(directory: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        bytes += match entry.metadata() {
            Ok(found) if found.is_dir() => disk(&entry.path())?,
            Ok(found) => found.blocks() * 512,
            // Gone meanwhile.
            Err(_) => 0,
        };
    }
    Ok(bytes)
}
