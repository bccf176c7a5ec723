//! The scheduler on its own: a fake `now`, the memory frontier below, no runtime.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::*;
use crate::model::settings::Order;
use crate::page::identity::Fingerprint;
use crate::page::request::Request;
use crate::queue::frontier::Candidate;
use crate::queue::{Queue, Turn};

const MS: Duration = Duration::from_millis(1);

fn queue(change: impl Fn(&mut Settings)) -> Queue {
    let mut settings = Settings::default();
    change(&mut settings);
    Queue::in_memory(&settings)
}

fn push(queue: &mut Queue, url: &str, priority: i32) {
    let request = Request::get(url).unwrap().with_priority(priority);
    add(queue, request);
}

/// Queues a request, which counts as new.
fn add(queue: &mut Queue, request: Request) {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    let candidate = Candidate {
        host: queue.host(request.url()),
        fingerprint: Fingerprint::from(number),
        request,
        force: false,
    };
    queue.add(vec![candidate]).unwrap();
}

/// Starts the next request and finishes it at once.
fn pop(queue: &mut Queue, now: Duration) -> Option<Request> {
    let Turn::Start(host, queued) = queue.next(now) else {
        return None;
    };
    queue.scheduler.finish(host, Feedback::None, now);
    Some(queued.request)
}

fn next(queue: &mut Queue, now: Duration) -> Turn {
    queue.next(now)
}

/// The path of the request that starts now.
fn start(queue: &mut Queue, now: Duration) -> Option<String> {
    match next(queue, now) {
        Turn::Start(_, queued) => Some(queued.request.url().path().to_owned()),
        _ => None,
    }
}

/// Starts and finishes one request after the other, at full speed.
fn drain(queue: &mut Queue) -> Vec<String> {
    std::iter::from_fn(|| pop(queue, Duration::ZERO))
        .map(|request| request.url().to_string())
        .collect()
}

fn at_full_speed(settings: &mut Settings) {
    settings.politeness.delay = Duration::ZERO;
    settings.politeness.concurrency_per_host = 1;
}

#[test]
fn starts_at_one_host_are_a_delay_apart() {
    let mut queue = queue(|_| {});
    for n in 0..3 {
        push(&mut queue, &format!("http://a.example/{n}"), 0);
    }
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/0".into()));
    assert_eq!(next(&mut queue, MS), Turn::Wait(500 * MS));
    assert_eq!(next(&mut queue, 499 * MS), Turn::Wait(500 * MS));
    assert_eq!(start(&mut queue, 500 * MS), Some("/1".into()));
}

#[test]
fn a_host_that_waits_does_not_keep_others_waiting() {
    let mut queue = queue(|_| {});
    for url in [
        "http://a.example/1",
        "http://a.example/2",
        "http://b.example/3",
    ] {
        push(&mut queue, url, 0);
    }
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/1".into()));
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/3".into()));
    assert_eq!(next(&mut queue, Duration::ZERO), Turn::Wait(500 * MS));
}

#[test]
fn hosts_take_turns() {
    let mut queue = queue(at_full_speed);
    for n in 0..3 {
        for host in ["a", "b", "c"] {
            push(&mut queue, &format!("http://{host}.example/{n}"), 0);
        }
    }
    let hosts: String = drain(&mut queue).iter().map(|url| &url[7..8]).collect();
    assert_eq!(hosts, "abcabcabc");
}

#[test]
fn a_host_has_no_more_visits_in_flight_than_allowed() {
    let mut queue = queue(|settings| settings.politeness.delay = Duration::ZERO);
    for n in 0..4 {
        push(&mut queue, &format!("http://a.example/{n}"), 0);
    }
    assert!(start(&mut queue, Duration::ZERO).is_some());
    assert!(start(&mut queue, Duration::ZERO).is_some());
    assert_eq!(next(&mut queue, Duration::ZERO), Turn::Idle);
    queue
        .scheduler
        .finish(HostId(0), Feedback::None, Duration::ZERO);
    assert!(start(&mut queue, Duration::ZERO).is_some());
    assert_eq!(next(&mut queue, Duration::ZERO), Turn::Idle);
}

#[test]
fn priority_goes_first_also_before_what_is_in_the_window() {
    let mut queue = queue(at_full_speed);
    for n in 0..6 {
        push(&mut queue, &format!("http://a.example/{n}"), 0);
    }
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/0".into()));
    queue
        .scheduler
        .finish(HostId(0), Feedback::None, Duration::ZERO);
    push(&mut queue, "http://a.example/high", 9);
    push(&mut queue, "http://a.example/low", -1);
    let paths: Vec<String> = drain(&mut queue)
        .iter()
        .map(|url| url["http://a.example".len()..].to_owned())
        .collect();
    assert_eq!(paths, ["/high", "/1", "/2", "/3", "/4", "/5", "/low"]);
}

#[test]
fn depth_first_takes_the_newest() {
    let mut queue = queue(|settings| {
        at_full_speed(settings);
        settings.links.order = Order::Depth;
    });
    for n in 0..6 {
        push(&mut queue, &format!("http://a.example/{n}"), 0);
    }
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/5".into()));
    queue
        .scheduler
        .finish(HostId(0), Feedback::None, Duration::ZERO);
    push(&mut queue, "http://a.example/new", 0);
    let paths: Vec<String> = drain(&mut queue)
        .iter()
        .map(|url| url["http://a.example".len()..].to_owned())
        .collect();
    assert_eq!(paths, ["/new", "/4", "/3", "/2", "/1", "/0"]);
}

#[test]
fn a_retry_waits_for_its_time_and_holds_nothing() {
    let mut queue = queue(at_full_speed);
    push(&mut queue, "http://a.example/1", 0);
    let Turn::Start(host, queued) = next(&mut queue, Duration::ZERO) else {
        panic!("nothing started")
    };
    queue.scheduler.finish(host, Feedback::None, Duration::ZERO);
    let again = queued.request.tried_again();
    queue.scheduler.push_later(host, again.into(), 700 * MS);
    push(&mut queue, "http://a.example/2", 0);
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/2".into()));
    queue.scheduler.finish(host, Feedback::None, Duration::ZERO);
    assert_eq!(next(&mut queue, MS), Turn::Wait(700 * MS));
    assert_eq!(start(&mut queue, 700 * MS), Some("/1".into()));
}

#[test]
fn a_held_host_starts_only_what_is_urgent() {
    let mut queue = queue(at_full_speed);
    push(&mut queue, "http://a.example/1", 0);
    let (host, _) = queue.scheduler.host("a.example");
    queue.scheduler.hold(host);
    assert_eq!(next(&mut queue, Duration::ZERO), Turn::Idle);
    let robots = Request::get("http://a.example/robots.txt").unwrap();
    queue.scheduler.push_urgent(host, robots.into());
    assert_eq!(
        start(&mut queue, Duration::ZERO),
        Some("/robots.txt".into())
    );
    queue.scheduler.finish(host, Feedback::None, Duration::ZERO);
    assert_eq!(next(&mut queue, Duration::ZERO), Turn::Idle);
    queue.scheduler.release(host);
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/1".into()));
}

#[test]
fn a_request_that_is_put_back_keeps_its_turn() {
    let mut queue = queue(|_| {});
    push(&mut queue, "http://a.example/1", 0);
    let Turn::Start(host, request) = next(&mut queue, Duration::ZERO) else {
        panic!("nothing started")
    };
    queue.scheduler.set_apart(host);
    queue.scheduler.put_back(host, vec![request]);
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/1".into()));
}

#[test]
fn a_permit_that_was_not_used_does_not_let_two_start_at_once() {
    let mut queue = queue(|_| {});
    push(&mut queue, "http://a.example/slow", 0);
    push(&mut queue, "http://a.example/forbidden", 0);
    let slow = next(&mut queue, Duration::ZERO);
    assert!(matches!(slow, Turn::Start(..)));
    let Turn::Start(host, _) = next(&mut queue, 500 * MS) else {
        panic!("nothing started")
    };
    queue.scheduler.refund(host);
    queue
        .scheduler
        .finish(host, Feedback::Answered(100 * MS), 5_000 * MS);
    push(&mut queue, "http://a.example/1", 0);
    push(&mut queue, "http://a.example/2", 0);
    assert_eq!(start(&mut queue, 5_000 * MS), Some("/1".into()));
    assert_eq!(next(&mut queue, 5_000 * MS), Turn::Wait(5_500 * MS));
}

#[test]
fn retry_after_closes_the_host_also_for_a_start_that_was_allowed_before() {
    let mut queue = queue(|settings| settings.politeness.delay = Duration::ZERO);
    for n in 0..3 {
        push(&mut queue, &format!("http://a.example/{n}"), 0);
    }
    assert!(start(&mut queue, Duration::ZERO).is_some());
    let Turn::Start(host, request) = next(&mut queue, Duration::ZERO) else {
        panic!("nothing started")
    };
    queue.scheduler.set_apart(host);
    queue.scheduler.put_back(host, vec![request]);
    let feedback = Feedback::SlowDown(Some(Duration::from_mins(1)));
    queue.scheduler.finish(host, feedback, Duration::ZERO);
    assert_eq!(
        next(&mut queue, Duration::ZERO),
        Turn::Wait(Duration::from_mins(1))
    );
}

#[test]
fn the_global_rate_is_over_all_hosts() {
    let mut queue = queue(|settings| {
        at_full_speed(settings);
        settings.politeness.max_rate = Some(10.0);
    });
    for n in 0..3 {
        push(&mut queue, &format!("http://{n}.example/{n}"), 0);
    }
    assert_eq!(start(&mut queue, Duration::ZERO), Some("/0".into()));
    assert_eq!(next(&mut queue, Duration::ZERO), Turn::Wait(100 * MS));
    assert_eq!(start(&mut queue, 100 * MS), Some("/1".into()));
    assert_eq!(start(&mut queue, 200 * MS), Some("/2".into()));
}

#[test]
fn a_crawl_delay_raises_the_delay_up_to_a_minute() {
    for (asked, gap) in [(2_000, 2_000), (100, 500), (90_000, 60_000)] {
        let mut queue = queue(|_| {});
        for n in 0..2 {
            push(&mut queue, &format!("http://a.example/{n}"), 0);
        }
        assert!(start(&mut queue, Duration::ZERO).is_some());
        queue.scheduler.raise_delay(HostId(0), asked * MS, 10 * MS);
        assert_eq!(next(&mut queue, 10 * MS), Turn::Wait(gap * MS), "{asked}");
    }
}

#[test]
fn retry_after_closes_the_host_for_an_hour_at_most() {
    for (asked, closed) in [(120, 120), (99_999_999, 3600)] {
        let mut queue = queue(at_full_speed);
        push(&mut queue, "http://a.example/1", 0);
        push(&mut queue, "http://a.example/2", 0);
        assert!(start(&mut queue, Duration::ZERO).is_some());
        let feedback = Feedback::SlowDown(Some(Duration::from_secs(asked)));
        queue.scheduler.finish(HostId(0), feedback, Duration::ZERO);
        assert_eq!(
            next(&mut queue, Duration::ZERO),
            Turn::Wait(Duration::from_secs(closed))
        );
    }
}

#[test]
fn a_host_that_answers_slowly_is_visited_less_and_recovers() {
    let mut queue = queue(|settings| settings.politeness.concurrency_per_host = 1);
    let mut now = Duration::ZERO;
    let mut gap_after = |queue: &mut Queue, took: u32| {
        push(queue, &format!("http://a.example/{}", now.as_nanos()), 0);
        loop {
            match next(queue, now) {
                Turn::Start(host, _) => {
                    let started = now;
                    queue
                        .scheduler
                        .finish(host, Feedback::Answered(took * MS), now);
                    push(queue, &format!("http://a.example/{}", now.as_nanos()), 0);
                    if let Turn::Wait(until) = next(queue, now) {
                        now = until;
                    }
                    return now.checked_sub(started).unwrap();
                }
                Turn::Wait(until) => now = until,
                Turn::Idle => panic!("nothing waits"),
            }
        }
    };
    assert_eq!(gap_after(&mut queue, 100), 500 * MS);
    let slow = (0..8).map(|_| gap_after(&mut queue, 4_000)).last().unwrap();
    assert!(slow > 3_000 * MS, "{slow:?}");
    let quick = (0..40).map(|_| gap_after(&mut queue, 100)).last().unwrap();
    assert_eq!(quick, 500 * MS);
}

#[test]
fn a_parked_host_costs_at_most_a_kilobyte() {
    // The queue of one request and the name are on top; `benches/scheduler.rs` measures all of it.
    assert!(size_of::<Host>() <= 512, "{} bytes", size_of::<Host>());
}

proptest! {
    /// Whatever is pushed, and not started after all: every request comes exactly once, no two starts of a host are
    /// closer than the delay, and no host has more in flight than allowed.
    #[test]
    fn nothing_is_lost_and_politeness_holds(
        pushes in prop::collection::vec((0_u8..5, -1_i32..2), 1..60),
        delay in 0_u64..50,
        depth_first: bool,
        unstarted in prop::collection::vec(any::<bool>(), 60),
    ) {
        let mut queue = queue(|settings| {
            settings.politeness.delay = Duration::from_millis(delay);
            settings.links.order = if depth_first { Order::Depth } else { Order::Breadth };
        });
        for (n, (host, priority)) in pushes.iter().enumerate() {
            push(&mut queue, &format!("http://h{host}.example/{n}"), *priority);
        }
        let mut now = Duration::ZERO;
        let mut last_start: HashMap<HostId, Duration> = HashMap::new();
        let mut in_flight: Vec<HostId> = Vec::new();
        let mut started = 0;
        loop {
            match next(&mut queue, now) {
                Turn::Start(host, _) if unstarted.get(started).copied().unwrap_or(false) => {
                    queue.scheduler.refund(host);
                    started += 1;
                }
                Turn::Start(host, _) => {
                    if let Some(last) = last_start.insert(host, now) {
                        prop_assert!(now.checked_sub(last).unwrap() >= Duration::from_millis(delay));
                    }
                    in_flight.push(host);
                    prop_assert!(in_flight.iter().filter(|other| **other == host).count() <= 2);
                    started += 1;
                }
                turn => {
                    if let Some(host) = in_flight.pop() {
                        queue.scheduler.finish(host, Feedback::None, now);
                    } else if let Turn::Wait(until) = turn {
                        prop_assert!(until > now);
                        now = until;
                    } else {
                        break;
                    }
                }
            }
        }
        prop_assert_eq!(started, pushes.len());
        prop_assert_eq!(queue.scheduler.waiting(), 0);
    }
}

#[test]
fn hosts_that_let_a_crawl_wait_get_half_of_the_slots_while_there_are_others() {
    let mut queue = queue(|settings| {
        settings.politeness.concurrency = 8;
        settings.politeness.concurrency_per_host = 4;
        settings.politeness.delay = Duration::ZERO;
    });
    for host in ["a", "b", "c", "d", "quick"] {
        for page in 0..10 {
            push(&mut queue, &format!("http://{host}.example/{page}"), 0);
        }
    }
    let now = Duration::ZERO;
    // One page each, to see how they are.
    for _ in 0..5 {
        let Turn::Start(host, queued) = queue.next(now) else {
            panic!("nothing to start");
        };
        let is_quick = queued.request.url().host_str() == Some("quick.example");
        let feedback = if is_quick {
            Feedback::Answered(Duration::from_millis(1))
        } else {
            Feedback::Late
        };
        queue.scheduler.finish(host, feedback, now);
    }
    let mut started = Vec::new();
    while let Turn::Start(host, queued) = queue.next(now) {
        started.push((
            host,
            queued.request.url().host_str() == Some("quick.example"),
        ));
    }
    let quick = started.iter().filter(|(_, is_quick)| *is_quick).count();
    assert_eq!((started.len() - quick, quick), (4, 4));

    // One of them has finished: one may start in its place.
    let (slow, _) = started
        .iter()
        .find(|(_, is_quick)| !is_quick)
        .copied()
        .unwrap();
    queue.scheduler.finish(slow, Feedback::Late, now);
    assert!(matches!(queue.next(now), Turn::Start(..)));
    assert_eq!(queue.next(now), Turn::Idle);
}

#[test]
fn a_crawl_of_slow_hosts_alone_has_all_slots() {
    let mut queue = queue(|settings| {
        settings.politeness.concurrency = 8;
        settings.politeness.concurrency_per_host = 8;
        settings.politeness.delay = Duration::ZERO;
        settings.politeness.adaptive_delay = false;
    });
    for page in 0..20 {
        push(&mut queue, &format!("http://a.example/{page}"), 0);
    }
    let Turn::Start(host, _) = queue.next(Duration::ZERO) else {
        panic!("nothing to start");
    };
    queue.scheduler.finish(
        host,
        Feedback::Answered(Duration::from_secs(6)),
        Duration::ZERO,
    );
    let mut started = 0;
    while let Turn::Start(..) = queue.next(Duration::ZERO) {
        started += 1;
    }
    assert_eq!(started, 8);
}

/// Starts the next request; answers with its host, to finish it.
fn begin(queue: &mut Queue, now: Duration) -> HostId {
    match next(queue, now) {
        Turn::Start(host, _) => host,
        turn => panic!("nothing starts: {turn:?}"),
    }
}

/// Two visits at a time at `a.example`, with the usual delay of 500 ms.
fn three_pages() -> Queue {
    let mut queue = queue(|_| {});
    for n in 0..3 {
        push(&mut queue, &format!("http://a.example/{n}"), 0);
    }
    queue
}

#[test]
fn a_start_that_asked_nothing_of_the_host_is_given_back() {
    let mut queue = three_pages();
    let started = Duration::ZERO;
    let host = begin(&mut queue, started);
    assert_eq!(next(&mut queue, MS), Turn::Wait(500 * MS));
    queue
        .scheduler
        .finish(host, Feedback::Unasked { started }, MS);
    let started = MS;
    let host = begin(&mut queue, started);
    queue.scheduler.finish(host, Feedback::Answered(MS), 2 * MS);
    // That one was real.
    assert_eq!(next(&mut queue, 500 * MS), Turn::Wait(501 * MS));
    assert_eq!(start(&mut queue, 501 * MS), Some("/2".into()));
}

#[test]
fn what_is_given_back_late_does_not_bring_a_later_start_closer() {
    let mut queue = three_pages();
    let started = Duration::ZERO;
    let host = begin(&mut queue, started);
    begin(&mut queue, 500 * MS);
    queue
        .scheduler
        .finish(host, Feedback::Unasked { started }, 600 * MS);
    assert_eq!(next(&mut queue, 600 * MS), Turn::Wait(1_000 * MS));
}

#[test]
fn what_is_given_back_does_not_open_a_host_that_has_closed() {
    let mut queue = three_pages();
    let first = begin(&mut queue, Duration::ZERO);
    let started = 500 * MS;
    let host = begin(&mut queue, started);
    let wait = Feedback::SlowDown(Some(60_000 * MS));
    queue.scheduler.finish(first, wait, 510 * MS);
    queue
        .scheduler
        .finish(host, Feedback::Unasked { started }, 520 * MS);
    assert_eq!(next(&mut queue, 520 * MS), Turn::Wait(60_510 * MS));
}

#[test]
fn many_starts_that_asked_nothing_take_no_time() {
    let mut queue = queue(|_| {});
    for n in 0..100 {
        push(&mut queue, &format!("http://a.example/{n}"), 0);
    }
    for nth in 0..100 {
        let started = nth * MS;
        let host = begin(&mut queue, started);
        queue
            .scheduler
            .finish(host, Feedback::Unasked { started }, started);
    }
    assert_eq!(next(&mut queue, 600 * MS), Turn::Idle);
}
