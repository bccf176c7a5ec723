//! An HTTP/2 connection, and what its server may do.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::http::Response;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http2};
use hyper_util::rt::TokioTimer;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::connection::{Fate, Lost, Outgoing, Task};
use super::socket::Socket;
use crate::fetch::downloader::connector::Endpoint;
use crate::fetch::downloader::failure;

/// The largest head in HTTP/2, in bytes.
const MAX_HEAD: u32 = 64 * 1024;
/// Number of bytes that a server may send of one body before they are read.
const STREAM_WINDOW: u32 = 1024 * 1024;
/// Number of bytes that a server may send of all bodies of a connection before they are read.
const WINDOW: u32 = 4 * 1024 * 1024;
/// Interval at which a server that owes an answer is asked whether it is still there, and (`PONG`) its time to reply.
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);
/// Number of abandoned streams that are remembered, and of streams that a server may have broken, before the connection
/// is given up too.
const RESETS: usize = 100;

/// An HTTP/2 connection: its clones are the same connection. Dropping the last one closes it.
#[derive(Debug, Clone)]
pub(super) struct Http2 {
    pub(super) endpoint: Arc<Endpoint>,
    sender: http2::SendRequest<Full<Bytes>>,
    task: Arc<Task>,
}

impl Http2 {
    pub(super) async fn start(endpoint: Arc<Endpoint>, socket: Socket) -> hyper::Result<Self> {
        let (tasks, open) = (Tasks::default(), socket.open());
        let (sender, connection) = builder(tasks.clone()).handshake(socket).await?;
        let requests = tokio::spawn(async { drop(connection.await) }).abort_handle();
        let handle = tasks.first.get().cloned().unwrap_or(requests);
        Ok(Self {
            endpoint,
            sender,
            task: Arc::new(Task { handle, open }),
        })
    }

    /// Ends when the socket is closed.
    pub(super) fn open(&self) -> watch::Receiver<()> {
        self.task.open.clone()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.task, &other.task)
    }

    pub(super) async fn send(&mut self, request: Outgoing) -> Result<Response<Incoming>, Lost> {
        let sent = self.sender.try_send_request(request).await;
        sent.map_err(|failure| Lost {
            fate: fate(&failure),
            error: failure.into_error(),
        })
    }
}

fn fate(failure: &TrySendError<Outgoing>) -> Fate {
    if failure.message().is_some() {
        return Fate::Untouched;
    }
    let source = std::error::Error::source(failure.error());
    let Some(error) = source.and_then(|source| source.downcast_ref::<h2::Error>()) else {
        return Fate::Unanswered;
    };
    // A server that goes away names the last request that it took; the others fail with its NO_ERROR.
    let is_untouched = match error.reason() {
        _ if failure::refuses_http2(error) => true,
        Some(h2::Reason::REFUSED_STREAM) => error.is_reset(),
        Some(h2::Reason::NO_ERROR) => error.is_go_away(),
        _ => false,
    };
    match error {
        _ if is_untouched && error.is_remote() => Fate::Untouched,
        _ if error.is_go_away() => Fate::Unanswered,
        _ => Fate::Answered,
    }
}

fn builder(tasks: Tasks) -> http2::Builder<Tasks> {
    let mut builder = http2::Builder::new(tasks);
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG)
        .max_header_list_size(MAX_HEAD)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_concurrent_reset_streams(RESETS)
        .max_local_error_reset_streams(RESETS);
    builder
}

/// Spawns what hyper needs for one HTTP/2 connection, and remembers the first task: it is the one that has the socket.
#[derive(Debug, Clone, Default)]
struct Tasks {
    first: Arc<OnceLock<AbortHandle>>,
}

impl<F> hyper::rt::Executor<F> for Tasks
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, future: F) {
        let task = tokio::spawn(future);
        self.first.get_or_init(|| task.abort_handle());
    }
}
