//! Reads of the store that the queue waits for.

use std::collections::VecDeque;

use super::frontier::Range;

/// Maximum number of reads that the store is asked for at a time: commits queue behind them.
const MAX_ASKED: usize = 32;

/// Ranges of requests to read back from the store: those that it was asked for, and those to ask for after them.
#[derive(Debug, Default)]
pub(super) struct Reads {
    asked: usize,
    later: VecDeque<Range>,
}

impl Reads {
    pub(super) fn push(&mut self, range: Range) {
        self.later.push_back(range);
    }

    /// Returns the next range to ask the store for; `None` when there is none, or when enough are under way.
    pub(super) fn next(&mut self) -> Option<Range> {
        if self.asked == MAX_ASKED {
            return None;
        }
        let range = self.later.pop_front()?;
        self.asked += 1;
        Some(range)
    }

    /// Notes that one of the reads has arrived.
    pub(super) fn arrived(&mut self) {
        self.asked = self.asked.saturating_sub(1);
    }

    /// Returns whether a read is under way or still to be asked for.
    pub(super) fn is_reading(&self) -> bool {
        self.asked > 0 || !self.later.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::queued::HostId;

    fn range(host: u32) -> Range {
        Range {
            host: HostId(host),
            priority: 0,
            first: 0,
            last: u64::MAX,
            newest_first: false,
            max: 1,
        }
    }

    #[test]
    fn no_more_reads_are_asked_for_at_a_time_than_allowed_and_none_is_forgotten() {
        let mut reads = Reads::default();
        assert!(!reads.is_reading());
        for host in 0..40 {
            reads.push(range(host));
        }
        let asked = std::iter::from_fn(|| reads.next()).count();
        assert_eq!(asked, MAX_ASKED);
        for host in 32..40 {
            reads.arrived();
            assert_eq!(reads.next().map(|range| range.host), Some(HostId(host)));
        }
        for _ in 0..MAX_ASKED {
            assert!(reads.is_reading());
            reads.arrived();
        }
        assert!(!reads.is_reading());
    }
}
