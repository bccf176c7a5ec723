//! State of the connections, behind the pool's lock: the idle ones, the shared ones and those being opened.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::http1::Http1;
use super::http2::Http2;
use super::shelf::Shelf;
use crate::fetch::downloader::connector::Endpoint;

/// Time for which an idle connection is kept for the next request to its host.
const IDLE: Duration = Duration::from_secs(15);
/// Number of https endpoints that are remembered as speaking HTTP/1 only, or as having to.
const MAX_KNOWN: usize = 10_000;

#[derive(Debug)]
pub(super) struct State {
    idle: Shelf<Endpoint, Idle>,
    /// The HTTP/2 connections in use.
    shared: HashMap<Arc<Endpoint>, Shared>,
    /// Connections that are being made and may turn out to be HTTP/2. The sender is gone when they are made or have
    /// failed.
    pub(super) flights: HashMap<Endpoint, watch::Receiver<()>>,
    http1_only: HashSet<Endpoint>,
    /// Endpoints that offer HTTP/2 and fail at it, without the proxy on the way.
    http1_required: HashSet<Endpoint>,
    /// The task that closes what is idle for too long; it ends when nothing is.
    pub(super) sweeper: Option<JoinHandle<()>>,
}

/// A connection in nobody's use.
#[derive(Debug)]
pub(super) enum Idle {
    Http1(Http1),
    Http2(Http2),
}

#[derive(Debug)]
struct Shared {
    connection: Http2,
    users: usize,
}

impl Idle {
    fn endpoint(&self) -> &Arc<Endpoint> {
        match self {
            Self::Http1(connection) => &connection.endpoint,
            Self::Http2(connection) => &connection.endpoint,
        }
    }

    /// Ends when the socket is closed.
    pub(super) fn open(&self) -> watch::Receiver<()> {
        match self {
            Self::Http1(connection) => connection.open(),
            Self::Http2(connection) => connection.open(),
        }
    }

    fn is_closed(&self) -> bool {
        match self {
            Self::Http1(connection) => connection.is_closed(),
            Self::Http2(connection) => connection.is_closed(),
        }
    }
}

impl State {
    /// Keeps at most `depth` idle connections for one endpoint.
    pub(super) fn new(depth: usize) -> Self {
        Self {
            idle: Shelf::new(depth, IDLE),
            shared: HashMap::new(),
            flights: HashMap::new(),
            http1_only: HashSet::new(),
            http1_required: HashSet::new(),
            sweeper: None,
        }
    }

    /// A connection that is there. An HTTP/2 connection counts one more user.
    pub(super) fn take(&mut self, endpoint: &Endpoint) -> Option<Idle> {
        if let Some(shared) = self.shared.get_mut(endpoint) {
            if !shared.connection.is_closed() {
                shared.users += 1;
                return Some(Idle::Http2(shared.connection.clone()));
            }
            self.shared.remove(endpoint);
        }
        loop {
            let connection = self.idle.take(endpoint)?;
            if connection.is_closed() {
                continue;
            }
            if let Idle::Http2(connection) = &connection {
                self.share(connection.clone());
            }
            return Some(connection);
        }
    }

    /// The HTTP/2 connection that is there, with one more user.
    pub(super) fn join(&mut self, endpoint: &Endpoint) -> Option<Idle> {
        let is_http2 = self.shared.contains_key(endpoint)
            || matches!(self.idle.last(endpoint), Some(Idle::Http2(_)));
        if is_http2 { self.take(endpoint) } else { None }
    }

    /// A new HTTP/2 connection with one user. Where there is one already, or should be none, it is for this user alone.
    pub(super) fn share(&mut self, connection: Http2) {
        if self.requires_http1(&connection.endpoint) {
            return;
        }
        let endpoint = Arc::clone(&connection.endpoint);
        self.shared.entry(endpoint).or_insert(Shared {
            connection,
            users: 1,
        });
    }

    /// Removes one user of a connection; returns the connection when it has no user left.
    pub(super) fn leave(&mut self, connection: &Http2) -> Option<Http2> {
        let shared = self.shared.get_mut(&*connection.endpoint)?;
        if !shared.connection.is_same(connection) {
            return None;
        }
        shared.users -= 1;
        if shared.users > 0 {
            return None;
        }
        let last = self.shared.remove(&*connection.endpoint)?;
        Some(last.connection)
    }

    /// Gives this HTTP/2 connection to nobody any more; its users may stay.
    pub(super) fn retire(&mut self, connection: &Http2) {
        let endpoint = &*connection.endpoint;
        if let Some(shared) = self.shared.get(endpoint)
            && shared.connection.is_same(connection)
        {
            self.shared.remove(endpoint);
        }
    }

    /// Keeps a connection for later; answers with what is to be dropped for it.
    pub(super) fn put(&mut self, connection: Idle) -> Option<Idle> {
        if connection.is_closed() {
            return Some(connection);
        }
        let endpoint = Arc::clone(connection.endpoint());
        self.idle.put(&endpoint, connection, Instant::now())
    }

    /// The open connection that has been idle for the longest time.
    pub(super) fn take_oldest(&mut self) -> Option<Idle> {
        loop {
            let connection = self.idle.take_oldest()?;
            if !connection.is_closed() {
                return Some(connection);
            }
        }
    }

    /// The connections that have been idle for too long, and when the next one will be.
    pub(super) fn sweep(&mut self) -> (Vec<Idle>, Option<Instant>) {
        let expired = self.idle.take_expired(Instant::now());
        let next = self.idle.next_expiry();
        if next.is_none() {
            self.sweeper = None;
        }
        (expired, next)
    }

    pub(super) fn is_http1_only(&self, endpoint: &Endpoint) -> bool {
        self.http1_only.contains(endpoint) || self.requires_http1(endpoint)
    }

    pub(super) fn requires_http1(&self, endpoint: &Endpoint) -> bool {
        !self.http1_required.is_empty() && self.http1_required.contains(&endpoint.directly())
    }

    /// Gives no HTTP/2 connection to this endpoint any more; answers with those that nobody uses.
    pub(super) fn require_http1(&mut self, endpoint: &Endpoint) -> Vec<Idle> {
        if self.http1_required.len() >= MAX_KNOWN {
            self.http1_required.clear();
        }
        self.http1_required.insert(endpoint.directly());
        // Its users stay until they are done.
        self.shared.remove(endpoint);
        std::iter::from_fn(|| match self.idle.last(endpoint) {
            Some(Idle::Http2(_)) => self.idle.take(endpoint),
            _ => None,
        })
        .collect()
    }

    /// Remembers what an endpoint speaks.
    pub(super) fn learn(&mut self, endpoint: &Endpoint, is_http2: bool) {
        if is_http2 {
            self.http1_only.remove(endpoint);
        } else if !self.http1_only.contains(endpoint) {
            if self.http1_only.len() >= MAX_KNOWN {
                self.http1_only.clear();
            }
            self.http1_only.insert(endpoint.clone());
        }
    }
}
