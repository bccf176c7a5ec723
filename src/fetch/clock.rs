//! The clock that time limits and answer times go by: it stands still while a spider's own code holds the thread.
//!
//! On a current-thread runtime a page that is parsed for three seconds keeps everything else waiting for as long: sockets
//! are not read and timers do not fire. None of that is the servers' doing, so none of it counts against them. On a
//! multi-thread runtime spiders have [threads of their own](crate::engine), and this clock goes like any other.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// A timer that fires so much too late shows that nobody had looked at the sockets either.
const LATE: Duration = Duration::from_millis(50);
/// Longest time the sockets are looked at after such a late timer.
const MAX_LOOK: Duration = Duration::from_secs(10);

thread_local! {
    /// Time for which the clock was held. Everything on a current-thread runtime runs on its one thread.
    static HELD: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The time by this clock.
pub(crate) fn now() -> Instant {
    let now = Instant::now();
    now.checked_sub(HELD.get()).unwrap_or(now)
}

/// The time that has passed by this clock.
pub(crate) fn since(then: Instant) -> Duration {
    now().saturating_duration_since(then)
}

/// Does work that holds the thread of a current-thread runtime; meanwhile the clock stands still.
pub(crate) fn hold<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = work();
    HELD.set(HELD.get() + began.elapsed());
    result
}

/// Returns whether the timer fired so late that the timeout proves nothing about the party that was waited for.
pub(crate) fn is_late(now: Instant, due: Instant) -> bool {
    now.saturating_duration_since(due) >= LATE
}

/// Returns the output of a future, or `None` if it takes longer than `limit` by this clock.
pub(crate) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    until(now() + limit, future).await
}

/// Returns the output of a future, or `None` if it is not ready at `deadline` by this clock. A large future must come
/// pinned, or there would be room for it twice. When even the timer came late, as it does after a process was halted or
/// had no processor, the future gets as long again before it is given up.
pub(crate) async fn until<F: Future>(deadline: Instant, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut timer = pin!(sleep_until(deadline + HELD.get()));
    let mut has_looked = false;
    loop {
        tokio::select! {
            biased;
            output = &mut future => return Some(output),
            () = &mut timer => {}
        }
        let (now, fired) = (Instant::now(), timer.deadline());
        let due = deadline + HELD.get();
        let next = if now < due {
            due
        } else if is_late(now, fired) && !has_looked {
            has_looked = true;
            now + now.saturating_duration_since(fired).min(MAX_LOOK)
        } else {
            return None;
        };
        timer.as_mut().reset(next);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::sync::oneshot;
    use tokio::time::{advance, sleep};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Holds the thread for so long: the clock of the test moves on in one poll.
    fn held_for(time: Duration) {
        hold(|| advance(time).now_or_never());
    }

    /// The process has no processor for so long.
    fn nothing_runs_for(time: Duration) {
        let _ = advance(time).now_or_never();
    }

    #[tokio::test(start_paused = true)]
    async fn it_stands_still_while_the_thread_is_held() {
        let began = now();
        held_for(5 * SECOND);
        assert_eq!(since(began), Duration::ZERO);
        sleep(SECOND).await;
        assert_eq!(since(began), SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_come_is_given_up_in_time() {
        let began = Instant::now();
        assert_eq!(within(SECOND, std::future::pending::<()>()).await, None);
        assert_eq!(began.elapsed(), SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn what_needs_its_time_gets_it_however_long_the_thread_was_held() {
        let slow = async {
            held_for(10 * SECOND);
            sleep(SECOND / 2).await;
            held_for(10 * SECOND);
            sleep(SECOND / 4).await;
        };
        assert_eq!(within(SECOND, slow).await, Some(()));
        let slow = async {
            held_for(10 * SECOND);
            sleep(2 * SECOND).await;
        };
        assert_eq!(within(SECOND, slow).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_there_when_the_timer_came_late_is_taken() {
        let (answer, answered) = oneshot::channel();
        // A connection's own task, which runs after the one that waits.
        let connection = async move {
            tokio::task::yield_now().await;
            nothing_runs_for(60 * SECOND);
            tokio::task::yield_now().await;
            let _ = answer.send("page");
        };
        tokio::spawn(connection);
        let page = within(SECOND, answered).await;
        assert_eq!(page.map(Result::ok), Some(Some("page")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_timer_that_came_late_is_believed_in_the_end() {
        let halted = async {
            nothing_runs_for(3 * SECOND);
            std::future::pending::<()>().await;
        };
        let began = Instant::now();
        assert_eq!(within(SECOND, halted).await, None);
        assert_eq!(began.elapsed(), 5 * SECOND);
    }
}
