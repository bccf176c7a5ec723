//! Tests of silences on their own, with a fake `now` and requests that only have numbers.

use super::*;
use crate::page::error::Error;
use crate::page::request::Request;

const ORIGIN: &str = "http://a.example";
const HOST: HostId = HostId(0);

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn queued(number: u64) -> Queued {
    let request = Request::get(format!("{ORIGIN}/{number}")).unwrap();
    Queued { number, request }
}

fn suspect(number: u64, started: u64, is_gateway: bool) -> Suspect {
    let kind = ErrorKind::Connect;
    Suspect {
        queued: queued(number),
        trip: Trip(None),
        outcome: Outcome::Failed(Error::new(kind, "no")),
        kind,
        started: secs(started),
        is_gateway,
        retry_after: None,
    }
}

/// Returns an origin that answered at first and is silent since request 1, which was started at 1 s.
fn silent(is_gateway: bool) -> Outages {
    let mut outages = Outages::new(secs(120), false);
    assert!(outages.answered(ORIGIN, 9, Duration::ZERO).is_none());
    let first = suspect(1, 1, is_gateway);
    assert!(outages.fell_silent(ORIGIN, HOST, first, secs(1)).is_ok());
    outages
}

fn kept(admission: &Admission) -> bool {
    matches!(admission, Admission::Kept { .. })
}

/// Returns the request that probes the origin at this time: a page's number, or 0 for robots.txt.
fn probe(outages: &mut Outages, now: u64) -> Option<u64> {
    let sent = outages.probes(secs(now), |_| false).pop()?;
    let queued = match sent {
        Sent::Waiting(_, queued) => queued,
        Sent::Again(_, suspect) => suspect.queued,
        Sent::Robots(..) => queued(0),
    };
    let number = queued.number;
    assert!(!kept(&outages.admit(ORIGIN, queued)), "{number}");
    Some(number)
}

#[test]
fn one_request_looks_for_an_origin_and_the_others_wait() {
    let mut outages = silent(false);
    for number in 2..5 {
        assert!(kept(&outages.admit(ORIGIN, queued(number))));
    }
    assert_eq!(probe(&mut outages, 1), Some(2));
    assert_eq!(probe(&mut outages, 99), None, "it is on its way");
    let again = suspect(2, 1, false);
    assert!(outages.fell_silent(ORIGIN, HOST, again, secs(2)).is_ok());
    assert_eq!(outages.next(), Some(secs(3)));
    assert_eq!(probe(&mut outages, 2), None);
    assert_eq!(probe(&mut outages, 3), Some(3));
    let silence = outages.answered(ORIGIN, 3, secs(3)).unwrap();
    assert_eq!(
        (
            silence.failed,
            silence.suspects.len(),
            silence.waiting.len()
        ),
        (1, 2, 1)
    );
    assert!(!kept(&outages.admit(ORIGIN, queued(9))));
}

#[test]
fn the_next_request_of_the_queue_goes_when_none_waits_here() {
    let mut outages = silent(false);
    assert!(outages.probes(secs(1), |_| true).is_empty());
    assert!(!kept(&outages.admit(ORIGIN, queued(2))));
    assert!(kept(&outages.admit(ORIGIN, queued(3))));
}

#[test]
fn robots_txt_is_asked_for_when_all_have_failed() {
    let mut outages = silent(false);
    assert_eq!(probe(&mut outages, 1), Some(0));
    assert!(outages.robots_in_vain(ORIGIN, secs(1)));
    assert!(!outages.robots_in_vain(ORIGIN, secs(1)), "it looked once");
    assert_eq!(outages.next(), Some(secs(2)));
}

#[test]
fn an_answer_to_an_earlier_request_ends_no_silence() {
    let mut outages = silent(false);
    assert!(outages.answered(ORIGIN, 9, Duration::ZERO).is_none());
    assert!(outages.answered(ORIGIN, 9, secs(2)).is_some());
}

#[test]
fn a_failure_is_the_requests_own_when_a_later_one_was_answered() {
    let mut outages = Outages::new(secs(120), false);
    outages.answered(ORIGIN, 9, secs(5));
    let slow = suspect(1, 4, false);
    assert!(outages.fell_silent(ORIGIN, HOST, slow, secs(9)).is_err());
    let stranger = suspect(2, 9, false);
    let other = outages.fell_silent("http://b.example", HOST, stranger, secs(9));
    assert!(other.is_err(), "it has never answered");
}

#[test]
fn a_copy_of_robots_txt_does_not_speak_for_many_pages_of_a_gateway() {
    let mut outages = silent(true);
    assert!(outages.believes_robots(ORIGIN, secs(2)));
    let second = suspect(2, 1, true);
    assert!(outages.fell_silent(ORIGIN, HOST, second, secs(1)).is_ok());
    assert!(!outages.believes_robots(ORIGIN, secs(2)));
    assert!(outages.believes_robots(ORIGIN, secs(121)));
}

#[test]
fn an_outage_costs_no_try_but_not_for_ever() {
    let mut outages = Outages::new(secs(120), false);
    assert!(outages.costs_a_try(1, 7));
    let costs: Vec<bool> = (0..4).map(|_| outages.costs_a_try(2, 7)).collect();
    assert_eq!(costs, [false, false, false, true]);
}

#[test]
fn who_is_away_for_too_long_is_looked_for_once_more_and_then_waited_for_no_longer() {
    let mut outages = silent(false);
    let mut now = 1;
    while let Some(due) = outages.next() {
        now = due.as_secs();
        assert_eq!(probe(&mut outages, now), Some(0));
        outages.robots_in_vain(ORIGIN, secs(now));
    }
    assert_eq!(now, 121);
    assert_eq!(
        probe(&mut outages, 152),
        Some(0),
        "it is looked for all the same"
    );
}
