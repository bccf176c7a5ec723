//! A crawl that is killed again and again loses nothing, writes nothing twice and fetches little twice: held against a
//! server that knows the truth.
//!
//! The site is a random graph with redirects, missing, slow and busy pages. Whatever happens to the runs of a crawl, its
//! files have to be valid after each of them, and in the end to hold every page once; the report and the dead letters
//! have to be those of a crawl that nothing interrupted. A kill may cost as many requests as can be in flight; a stop
//! costs none.
//!
//! The long trial, by hand:
//!
//! ```text
//! CRAWL_KILLS=3000 CRAWL_PAGES=20000 CRAWL_SEED=7 cargo test --release --test it kill::fifty -- --nocapture
//! ```
//!
//! It ends with a table. `CRAWL_SEED` chooses another graph and other moments.

mod checker;
mod crawl;
mod graph;
mod log;
mod outputs;
mod random;
mod summary;
mod trial;
mod truth;

use std::time::Duration;

use trial::{Moment, Trial};

/// A number that can be chosen from outside.
fn chosen(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |number| {
        number
            .parse()
            .expect("CRAWL_KILLS, CRAWL_PAGES and CRAWL_SEED are numbers")
    })
}

fn trial(pages: u64) -> Trial {
    Trial::new(chosen("CRAWL_SEED", 1), chosen("CRAWL_PAGES", pages))
}

#[test]
fn a_crawl_that_nothing_interrupts_is_what_the_graph_says() {
    let summary = trial(1_000).finish();
    println!("{summary}");
    summary.assert_flawless();
}

#[test]
fn fifty_kills_lose_nothing_and_double_nothing() {
    let (mut trial, kills) = (trial(3_000), chosen("CRAWL_KILLS", 50));
    for left in (1..=kills).rev() {
        let (mut crawl, moment) = (trial.start(), trial.moment(left));
        if trial.wait(&mut crawl, moment) && trial.random.below(10) == 0 {
            // It is killed while it stops.
            crawl.signal("TERM");
        }
        if !trial.kill(crawl) {
            break;
        }
    }
    let summary = trial.finish();
    println!("{summary}");
    summary.assert_flawless();
    let most = usize::try_from(kills).unwrap() * 9 / 10;
    assert!(
        summary.kills >= most,
        "the crawl was too fast for the kills"
    );
}

#[test]
fn a_kill_during_recovery_loses_nothing_and_doubles_nothing() {
    let mut trial = trial(1_000);
    for _ in 0..3 {
        let mut crawl = trial.start();
        trial.wait(&mut crawl, Moment::Answers(200));
        let mut is_left = trial.kill(crawl);
        for nth in 0..8 {
            if !is_left {
                break;
            }
            let moment = match nth % 4 {
                0 => Moment::After(Duration::ZERO),
                1 => Moment::After(Duration::from_micros(trial.random.below(60_000))),
                2 => Moment::Bytes(1),
                _ => Moment::Answers(1 + trial.random.below(4)),
            };
            let mut crawl = trial.start();
            trial.wait(&mut crawl, moment);
            is_left = trial.kill(crawl);
        }
    }
    let summary = trial.finish();
    summary.assert_flawless();
    assert!(summary.kills >= 20, "{summary}");
}

#[test]
fn sigterm_ten_times_costs_no_request_and_no_item() {
    let mut trial = trial(1_000);
    for left in (1..=10).rev() {
        // A run that has asked for something is prepared for signals.
        let most = 1 + 2 * trial.remaining() / (left + 2);
        let moment = Moment::Answers(1 + trial.random.below(most));
        let mut crawl = trial.start();
        if trial.wait(&mut crawl, moment) {
            crawl.signal("TERM");
        }
        if !trial.stop(crawl) {
            break;
        }
    }
    let summary = trial.finish();
    summary.assert_flawless();
    assert!(summary.stops >= 9, "{summary}");
}

#[test]
#[cfg(target_os = "linux")]
fn sigstop_and_sigcont_cost_nothing_and_the_lock_is_held_in_between() {
    let mut trial = trial(1_000);
    let mut crawl = trial.start();
    for _ in 0..3 {
        assert!(trial.wait(&mut crawl, Moment::Answers(100)));
        crawl.halt();
        assert_eq!(trial.start_beside(), Some(10));
        crawl.signal("CONT");
    }
    trial.end(crawl);
    trial.finish().assert_flawless();
}
