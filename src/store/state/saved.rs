//! State of the crawl as a whole that one commit saves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::items::sink::Position;
use crate::model::report::{Finish, Items, Tally};

/// Counters of a crawl and the rest of the state that it goes on with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Saved {
    pub(crate) tally: Tally,
    /// Duration of the crawl, in seconds, in all processes together.
    pub(crate) seconds: f64,
    /// Number of processes that went on where an earlier one had ended.
    pub(crate) resumes: u32,
    /// Number of times in a row that the process ended while a page was being parsed, by the page's fingerprint.
    pub(crate) suspects: BTreeMap<u64, u32>,
    /// Reason why the crawl ended; `None` while it goes on, and when its process was killed.
    pub(crate) finish: Option<Finish>,
}

/// Progress of the item writer at a commit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Delivered {
    pub(crate) items: Items,
    /// End of each output.
    pub(crate) positions: Vec<Option<Position>>,
    /// Number of commits so far, this one included.
    #[serde(default)]
    pub(crate) commits: u64,
    /// `true` when the reader of a stream has gone before it had all items: then this can be committed no more.
    #[serde(skip)]
    pub(crate) is_refused: bool,
    /// Keys of the items since the commit before; the store keeps them in a place of their own.
    #[serde(skip)]
    pub(crate) new_keys: Vec<u64>,
}

/// Known state of a host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HostRecord {
    pub(crate) name: String,
    /// Time until which the host is closed, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed_until: Option<u64>,
    /// Delay that the host's answers asked for, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backoff: Option<u64>,
}

impl HostRecord {
    /// Returns the record of a host that nothing is known of.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            closed_until: None,
            backoff: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_before_fields_were_counted_is_still_read() {
        let old = r#"{"items":{"kept":7,"dropped":{"old":1},"failed":{}},"positions":[null]}"#;
        let delivered: Delivered = serde_json::from_str(old).unwrap();
        assert_eq!(delivered.items.kept, 7);
        assert!(delivered.items.fields.is_empty() && delivered.new_keys.is_empty());
        // Only from here on are fields counted, and only these items are in the rates.
        assert_eq!(delivered.items.counted, 0);
    }
}
