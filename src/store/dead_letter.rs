//! `dead-letter.jsonl`: the requests that were given up, each with its reason, so that they can be tried again.

mod read;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::page::error::Error;
use crate::page::request::Request;
pub(crate) use read::{path, read};

/// Name of the file in the directory of its job.
pub(crate) const DEAD_LETTERS: &str = "dead-letter.jsonl";

/// A request that was given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeadLetter {
    /// URL that failed: the one that the request asked for, or one that it led to.
    pub(crate) url: Url,
    /// Kind of the failure, as in reports.
    pub(crate) kind: String,
    /// HTTP status, when that is the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// Message of the error, with its causes.
    pub(crate) message: String,
    /// URL of the page that the request was found on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) referrer: Option<Url>,
    /// Number of times that the request was tried.
    pub(crate) attempts: u32,
    /// Time at which the request was given up.
    pub(crate) at: Timestamp,
    /// Request to make again.
    pub(crate) request: Request,
}

impl DeadLetter {
    /// Returns the dead letter of a request that was given up just now for this error.
    pub(crate) fn new(request: &Request, error: &Error) -> Self {
        Self {
            url: request.url().clone(),
            kind: error.kind().to_string(),
            status: error.status().map(|status| status.as_u16()),
            message: error.chain(),
            referrer: request.referrer().cloned(),
            attempts: request.attempt() + 1,
            at: Timestamp::now(),
            request: request.clone(),
        }
    }
}
