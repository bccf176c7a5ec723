//! [`Failures`]: the requests of a crawl that were given up, in numbers.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::page::error::ErrorKind;

/// Numbers of requests that were given up. A request counts once, however often it was tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failures {
    /// Numbers of requests by kind of error; together they are [`Ledger::failed`](super::Ledger::failed).
    pub kinds: BTreeMap<ErrorKind, u64>,
    /// Numbers of requests that failed by their HTTP status, by status. In `kinds` they are of the kind
    /// [`Status`](ErrorKind::Status).
    pub statuses: BTreeMap<u16, u64>,
}

impl Failures {
    /// Counts a request.
    pub(super) fn count(&mut self, kind: ErrorKind, status: Option<StatusCode>) {
        *self.kinds.entry(kind).or_default() += 1;
        if let Some(status) = status.filter(|_| kind == ErrorKind::Status) {
            *self.statuses.entry(status.as_u16()).or_default() += 1;
        }
    }

    /// Counts a request no more, because it is tried again.
    pub(crate) fn forget(&mut self, kind: &str, status: Option<u16>) {
        let Some(kind) = ErrorKind::named(kind) else {
            return;
        };
        take_one(&mut self.kinds, kind);
        if let Some(status) = status.filter(|_| kind == ErrorKind::Status) {
            take_one(&mut self.statuses, status);
        }
    }
}

fn take_one<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    if let Some(count) = counts.get_mut(&key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_is_tried_again_counts_no_more() {
        let mut failures = Failures::default();
        failures.count(ErrorKind::Status, Some(StatusCode::NOT_FOUND));
        failures.count(ErrorKind::Status, Some(StatusCode::GONE));
        failures.count(ErrorKind::Dns, None);
        failures.forget("status", Some(404));
        failures.forget("dns", None);
        failures.forget("nobody knows", Some(500));
        assert_eq!(failures.kinds, BTreeMap::from([(ErrorKind::Status, 1)]));
        assert_eq!(failures.statuses, BTreeMap::from([(410, 1)]));
    }
}
