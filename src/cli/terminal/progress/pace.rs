//! Speed of a crawl, and the time that it will take at that speed.

use std::collections::VecDeque;
use std::time::Duration;

use crate::cli::terminal::table::count;
use crate::model::event::Progress;

/// Time over which the rate is taken.
const RATE_OVER: Duration = Duration::from_secs(3);
/// Time over which is seen whether the queue shrinks.
const QUEUE_OVER: Duration = Duration::from_mins(1);
/// Shortest such time from which anything can be told.
const SHORTEST: Duration = Duration::from_secs(10);
/// Time between two of the numbers that are kept for that.
const APART: Duration = Duration::from_secs(1);

/// The newest numbers of a crawl, and those before them that they are compared with.
#[derive(Debug, Default)]
pub(super) struct Pace {
    now: Progress,
    recent: VecDeque<Progress>,
    minute: VecDeque<Progress>,
}

impl Pace {
    /// Takes the newest numbers.
    pub(super) fn add(&mut self, now: &Progress) {
        // A crawl that is resumed begins with the time and the pages of the runs before.
        if self.recent.is_empty() && now.elapsed <= RATE_OVER {
            self.recent.push_back(Progress::default());
        }
        forget(&mut self.recent, now.elapsed, RATE_OVER);
        forget(&mut self.minute, now.elapsed, QUEUE_OVER);
        self.recent.push_back(*now);
        let last = self.minute.back();
        if last.is_none_or(|last| now.elapsed.saturating_sub(last.elapsed) >= APART) {
            self.minute.push_back(*now);
        }
        self.now = *now;
    }

    /// Formats the rate of the last seconds: `12/s` or, when that is slow, `20/min`.
    pub(super) fn rate(&self) -> String {
        let since = self.recent.front().copied().unwrap_or_default();
        let millis = self.now.elapsed.saturating_sub(since.elapsed).as_millis();
        let pages = u128::from(self.now.pages.saturating_sub(since.pages));
        let per_minute = pages * 60_000 / millis.max(1);
        let per_minute = u64::try_from(per_minute).unwrap_or(u64::MAX);
        match per_minute {
            1..60 => format!("{per_minute}/min"),
            _ => format!("{}/s", count(per_minute / 60)),
        }
    }

    /// Returns how long the crawl will take if it goes on as in the last minute: until `max_pages`, or until the queue
    /// is empty, if it shrinks.
    pub(super) fn left(&self, max_pages: Option<u64>) -> Option<Duration> {
        let since = self.minute.front()?;
        let time = self.now.elapsed.saturating_sub(since.elapsed);
        if time < SHORTEST {
            return None;
        }
        let until = |left: u64, done: u64| {
            let millis = time.as_millis() * u128::from(left) / u128::from(done).max(1);
            let left = Duration::from_millis(u64::try_from(millis).ok()?);
            (done > 0).then_some(left)
        };
        let pages = max_pages.and_then(|max| {
            let done = self.now.pages.saturating_sub(since.pages);
            until(max.saturating_sub(self.now.pages), done)
        });
        let queue = until(
            self.now.queued,
            since.queued.saturating_sub(self.now.queued),
        );
        pages.into_iter().chain(queue).min()
    }
}

/// Forgets what is older than this, but for one.
fn forget(numbers: &mut VecDeque<Progress>, now: Duration, over: Duration) {
    let is_old = |first: &Progress| now.saturating_sub(first.elapsed) > over;
    while numbers.len() > 1 && numbers.front().is_some_and(is_old) {
        numbers.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(numbers: &[(u64, u64, u64)]) -> Pace {
        let mut pace = Pace::default();
        for (seconds, pages, queued) in numbers {
            let mut now = Progress::default();
            (now.elapsed, now.pages, now.queued) = (Duration::from_secs(*seconds), *pages, *queued);
            pace.add(&now);
        }
        pace
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        assert_eq!(after(&[(1, 100, 0)]).rate(), "100/s");
        assert_eq!(after(&[(1, 100, 0), (2, 200, 0)]).rate(), "100/s");
        let stands: Vec<_> = (2..11).map(|second| (second, 200, 0)).collect();
        assert_eq!(after(&stands).rate(), "0/s");
    }

    #[test]
    fn a_slow_rate_is_told_by_the_minute() {
        assert_eq!(after(&[(60, 10, 0), (120, 16, 0)]).rate(), "6/min");
        assert_eq!(after(&[(60, 10, 0), (120, 130, 0)]).rate(), "2/s");
    }

    #[test]
    fn a_resumed_crawl_is_not_as_fast_as_all_its_runs() {
        assert_eq!(after(&[(600, 50_000, 9), (601, 50_002, 9)]).rate(), "2/s");
    }

    #[test]
    fn what_is_left_is_known_only_while_the_queue_shrinks() {
        let left = |numbers: &[_]| after(numbers).left(None);
        let shrinks = [(0, 0, 300), (30, 60, 200)];
        assert_eq!(left(&shrinks), Some(Duration::from_mins(1)));
        assert_eq!(left(&[(0, 0, 300), (30, 60, 300)]), None);
        assert_eq!(left(&[(0, 0, 300), (30, 60, 400)]), None);
        // Too early to tell.
        assert_eq!(left(&[(0, 0, 300), (5, 10, 290)]), None);
    }

    #[test]
    fn with_a_limit_what_is_left_ends_there() {
        let grows = after(&[(0, 0, 10), (30, 60, 200)]);
        assert_eq!(grows.left(Some(100)), Some(Duration::from_secs(20)));
        assert_eq!(after(&[(0, 5, 10), (30, 5, 10)]).left(Some(100)), None);
    }
}
