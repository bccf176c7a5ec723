//! Common parts of connections of both versions of HTTP.

use std::error::Error as _;

use ::http::{Method, Request};
use bytes::Bytes;
use http_body_util::Full;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::fetch::downloader::failure;

/// A request as hyper takes it.
pub(super) type Outgoing = Request<Full<Bytes>>;

/// The task that drives a connection. Dropping this ends it and closes the socket at once, whatever the server does.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) handle: AbortHandle,
    /// Ends with the socket.
    pub(super) open: watch::Receiver<()>,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

/// An exchange that failed before there was a head.
#[derive(Debug)]
pub(in super::super) struct Lost {
    pub(in super::super) error: hyper::Error,
    pub(super) fate: Fate,
}

/// Fate of a request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The server has done nothing with it: it was not sent, or the server says so.
    Untouched,
    /// The connection ended without a byte of an answer.
    Unanswered,
    /// The server began to answer.
    Answered,
}

impl Lost {
    /// Returns whether the server refused the request only because it came over HTTP/2.
    pub(in super::super) fn is_for_http1(&self) -> bool {
        let source = self.error.source();
        source
            .and_then(|source| source.downcast_ref::<h2::Error>())
            .is_some_and(failure::refuses_http2)
    }

    /// Returns whether the request does no harm when it is sent again at once (RFC 9110, section 9.2.2).
    pub(in super::super) fn is_repeatable(&self, method: &Method) -> bool {
        match self.fate {
            Fate::Untouched => true,
            Fate::Unanswered => method.is_idempotent(),
            Fate::Answered => false,
        }
    }
}
