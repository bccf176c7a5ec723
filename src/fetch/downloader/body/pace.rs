//! Watching of the speed of a body: it is given up if no byte comes for a while, or too few over a longer while.

use std::time::Duration;

use tokio::time::Instant;

use crate::fetch::clock;
use crate::page::error::{Error, ErrorKind, Result};

/// The time over which the rate is averaged.
const WINDOW: Duration = Duration::from_secs(30);

/// The pace of one body. It knows no clock: `now` is an argument.
///
/// One timer serves the whole body and is only moved when it fires: a new one per piece would cost more than the piece.
#[derive(Debug)]
pub(super) struct Pace {
    idle: Duration,
    /// Bytes that have to come within each window.
    floor: u64,
    last_byte: Instant,
    window_ends: Instant,
    window_bytes: u64,
    next_look: Instant,
}

impl Pace {
    /// The pace of a body that begins now, with at most `idle` between two bytes, and at least `rate` bytes per second.
    pub(super) fn new(idle: Duration, rate: u64, now: Instant) -> Self {
        Self {
            idle,
            floor: rate.saturating_mul(WINDOW.as_secs()),
            last_byte: now,
            window_ends: now + WINDOW,
            window_bytes: 0,
            next_look: now + idle.min(WINDOW),
        }
    }

    /// Returns the time to call [`look`](Self::look), if nothing comes until then.
    pub(super) fn next_look(&self) -> Instant {
        self.next_look
    }

    /// Counts bytes that have come.
    pub(super) fn count(&mut self, bytes: usize, now: Instant) -> Result<()> {
        if bytes > 0 {
            self.last_byte = now;
            self.window_bytes = self.window_bytes.saturating_add(bytes as u64);
        }
        if now < self.next_look {
            return Ok(());
        }
        self.look(now)
    }

    /// # Errors
    /// [`ErrorKind::Timeout`] or [`ErrorKind::Slow`] when it is time to give up.
    pub(super) fn look(&mut self, now: Instant) -> Result<()> {
        let idle_ends = self.last_byte + self.idle;
        if now >= idle_ends {
            let message = format!("no byte of the body for {} s", self.idle.as_secs_f64());
            return Err(Error::new(ErrorKind::Timeout, message));
        }
        if now >= self.window_ends {
            // Nobody had looked for a while: what did not come then is not the server's doing.
            let is_judged = !clock::is_late(now, self.next_look);
            if is_judged && self.window_bytes < self.floor {
                let message = format!(
                    "the body came slower than {} bytes per second",
                    self.floor / WINDOW.as_secs()
                );
                return Err(Error::new(ErrorKind::Slow, message));
            }
            self.window_bytes = 0;
            self.window_ends = now + WINDOW;
        }
        self.next_look = idle_ends.min(self.window_ends);
        Ok(())
    }
}
