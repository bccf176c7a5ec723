//! [`Failures`]: the requests of a crawl that were given up, in numbers.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

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
        take_one(&mut self.kinds, &kind);
        if let Some(status) = status.filter(|_| kind == ErrorKind::Status) {
            take_one(&mut self.statuses, &status);
        }
    }
}

/// Formats as `9 × 404, 2 × timeout`.
impl Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&listed(&self.kinds, &self.statuses, |number| {
            number.to_string()
        }))
    }
}

/// Lists failed requests by status and, where that is not what failed, by kind of error: `9 × 404, 2 × timeout`.
pub(crate) fn listed<K: Display>(
    kinds: &BTreeMap<K, u64>,
    statuses: &BTreeMap<u16, u64>,
    show: impl Fn(u64) -> String,
) -> String {
    let by_status: u64 = statuses.values().sum();
    let statuses = statuses.iter();
    let statuses = statuses.map(|(status, number)| (status.to_string(), *number));
    let kinds = kinds.iter().map(|(kind, number)| {
        let kind = kind.to_string();
        let is_told = kind == ErrorKind::Status.as_str();
        let told = if is_told { by_status } else { 0 };
        (kind, number.saturating_sub(told))
    });
    let mut counts: Vec<(String, u64)> = statuses.chain(kinds).collect();
    counts.retain(|(_, number)| *number > 0);
    counts.sort_by_key(|(_, number)| Reverse(*number));
    let shown = counts.iter();
    let shown = shown.map(|(name, number)| format!("{} × {name}", show(*number)));
    shown.collect::<Vec<_>>().join(", ")
}

fn take_one<K: Ord>(counts: &mut BTreeMap<K, u64>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_told_by_status_or_else_by_kind() {
        let kinds = BTreeMap::from([("banned", 1), ("status", 1_012), ("timeout", 2)]);
        let statuses = BTreeMap::from([(403, 1), (404, 1_009)]);
        let show = |number: u64| number.to_string();
        assert_eq!(
            listed(&kinds, &statuses, show),
            "1009 × 404, 2 × status, 2 × timeout, 1 × 403, 1 × banned"
        );
        let without = listed(&kinds, &BTreeMap::new(), show);
        assert_eq!(without, "1012 × status, 2 × timeout, 1 × banned");
    }

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
