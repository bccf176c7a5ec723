//! Common types of the scheduler and the frontier: a request in the queue, and its host.

use crate::page::request::Request;

/// A host name's number, for as long as the scheduler lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostId(pub(crate) u32);

/// A request in the queue, under the number that the frontier gave it. Numbers grow in the order of arrival; 0 stands
/// for a request that is the crawl's own and kept nowhere, such as one for a robots.txt.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// Number of the request in its crawl.
    pub number: u64,
    /// The request.
    pub request: Request,
}

impl From<Request> for Queued {
    fn from(request: Request) -> Self {
        Self { number: 0, request }
    }
}
