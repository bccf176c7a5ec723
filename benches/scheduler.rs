//! What a step of the scheduler costs with ten hosts and with ten thousand, and what a parked host costs in memory.
//!
//! ```text
//! cargo bench --bench scheduler
//! ```

#![expect(clippy::print_stdout, reason = "a program whose output is its result")]

use std::error::Error;
use std::time::{Duration, Instant};

use crawlworks::__private::{Candidate, Feedback, Queue, Turn};
use crawlworks::identity::Fingerprint;
use crawlworks::{Request, Settings};

type Failure = Box<dyn Error + Send + Sync>;

const REQUESTS: usize = 1_000_000;
const PARKED: usize = 100_000;

fn main() -> Result<(), Failure> {
    println!(
        "{:>8} {:>8} {:>16} {:>12}",
        "hosts", "delay", "push + pop / s", "ratio"
    );
    let mut first = 0.0;
    for (hosts, delay) in [(10, 0), (100, 0), (1_000, 0), (10_000, 0), (10_000, 1)] {
        let rate = steps_per_second(hosts, Duration::from_millis(delay))?;
        if first == 0.0 {
            first = rate;
        }
        println!(
            "{hosts:>8} {delay:>5} ms {rate:>16.0} {:>12.2}",
            rate / first
        );
    }
    println!(
        "a parked host with one request waiting: {} bytes",
        parked_host()?
    );
    Ok(())
}

fn request(number: usize, hosts: usize) -> Result<Request, Failure> {
    Ok(Request::get(format!(
        "http://host{}.example/page/{number}",
        number % hosts
    ))?)
}

/// Queues a request, which counts as new.
fn push(queue: &mut Queue, number: usize, request: Request) -> Result<(), Failure> {
    let candidate = Candidate {
        host: queue.host(request.url()),
        fingerprint: Fingerprint::from(number as u64),
        request,
        force: false,
    };
    queue.add(vec![candidate])?;
    Ok(())
}

/// Starts the next request and finishes it at once; `None` when nothing may start now.
fn pop(queue: &mut Queue, now: Duration) -> Option<Request> {
    let Turn::Start(host, queued) = queue.next(now) else {
        return None;
    };
    queue.finish(host, queued.request.url(), Feedback::None, now);
    queue.settle(host, &queued);
    Some(queued.request)
}

/// Pushes a million requests and pops them again; one is popped for every two pushed, then the rest.
#[expect(clippy::cast_precision_loss, reason = "a million is exact in a float")]
fn steps_per_second(hosts: usize, delay: Duration) -> Result<f64, Failure> {
    let mut settings = Settings::default();
    settings.politeness.delay = delay;
    let mut queue = Queue::in_memory(&settings);
    let requests: Vec<Request> = (0..REQUESTS)
        .map(|n| request(n, hosts))
        .collect::<Result<_, _>>()?;
    let (mut now, mut popped) = (Duration::ZERO, Vec::with_capacity(REQUESTS));
    let begin = Instant::now();
    for (number, request) in requests.into_iter().enumerate() {
        push(&mut queue, number, request)?;
        if number % 2 == 1 {
            popped.extend(pop(&mut queue, now));
        }
    }
    while popped.len() < REQUESTS {
        match pop(&mut queue, now) {
            Some(request) => popped.push(request),
            None => now += Duration::from_millis(1),
        }
    }
    Ok(REQUESTS as f64 / begin.elapsed().as_secs_f64())
}

/// The memory that one more host takes while it waits for its next start: name, queue, limiter, one request.
fn parked_host() -> Result<usize, Failure> {
    let mut queue = Queue::in_memory(&Settings::default());
    let before = resident()?;
    for n in 0..2 * PARKED {
        push(&mut queue, n, request(n, PARKED)?)?;
    }
    // The first request of each host is started and gone; the second waits for the delay.
    while pop(&mut queue, Duration::ZERO).is_some() {}
    let after = resident()?;
    drop(queue);
    Ok(after.saturating_sub(before) / PARKED)
}

/// Resident memory of this process, in bytes.
fn resident() -> Result<usize, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? * 1024)
}
