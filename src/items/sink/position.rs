//! Committed position of an output, as a number.

use serde::{Deserialize, Serialize};

/// End of an output as a number that only its sink can read, such as the length of a file or an offset in a topic.
///
/// [`Sink::commit`](super::Sink::commit) answers it, a durable job stores it, and the next process hands it to
/// [`Sink::resume`](super::Sink::resume).
///
/// ```
/// use crawlworks::sink::Position;
/// assert_eq!(Position::new(1_024).get(), 1_024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(u64);

impl Position {
    /// A position with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}
