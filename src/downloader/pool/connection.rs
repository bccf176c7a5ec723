//! One open connection of either version of HTTP, and how hyper is set up to speak it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::http::{Method, Request, Response};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use hyper_util::rt::TokioTimer;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::socket::{Reads, Socket};
use crate::downloader::connector::Endpoint;
use crate::settings::Settings;

type Outgoing = Request<Full<Bytes>>;

/// The largest head in HTTP/1, and the most that is buffered of what comes in over one connection, in bytes.
const HTTP1_HEAD: usize = 256 * 1024;
/// The largest head in HTTP/2, in bytes.
const HTTP2_HEAD: u32 = 64 * 1024;
/// What a server may send of one body before it is read, in bytes.
const HTTP2_STREAM_WINDOW: u32 = 1024 * 1024;
/// The same for all bodies of a connection.
const HTTP2_WINDOW: u32 = 4 * 1024 * 1024;
/// How often a server that owes an answer is asked whether it is still there, and how long it has to say so.
const HTTP2_PING: Duration = Duration::from_secs(20);
const HTTP2_PONG: Duration = Duration::from_secs(10);
/// How many streams that were given up are remembered, and how many a server may have broken, before the connection is
/// given up too.
const HTTP2_RESETS: usize = 100;

/// An HTTP/1 connection: one exchange at a time. Dropping it closes it.
#[derive(Debug)]
pub(super) struct Http1 {
    pub(super) endpoint: Arc<Endpoint>,
    sender: http1::SendRequest<Full<Bytes>>,
    reads: Reads,
    task: Task,
}

/// An HTTP/2 connection: its clones are the same connection. Dropping the last one closes it.
#[derive(Debug, Clone)]
pub(super) struct Http2 {
    pub(super) endpoint: Arc<Endpoint>,
    sender: http2::SendRequest<Full<Bytes>>,
    task: Arc<Task>,
}

/// The task that drives a connection. Dropping this ends it and closes the socket at once, whatever the server does.
#[derive(Debug)]
struct Task {
    handle: AbortHandle,
    /// Ends with the socket.
    open: watch::Receiver<()>,
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
    fate: Fate,
}

/// What became of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The server has done nothing with it: it was not sent, or the server says so.
    Untouched,
    /// The connection ended without a byte of an answer.
    Unanswered,
    /// The server began to answer.
    Answered,
}

impl Lost {
    /// Whether the request does no harm when it is sent again at once (RFC 9110, section 9.2.2).
    pub(in super::super) fn is_repeatable(&self, method: &Method) -> bool {
        match self.fate {
            Fate::Untouched => true,
            Fate::Unanswered => method.is_idempotent(),
            Fate::Answered => false,
        }
    }
}

impl Http1 {
    pub(super) async fn start(
        builder: &http1::Builder,
        endpoint: Arc<Endpoint>,
        socket: Socket,
    ) -> hyper::Result<Self> {
        let (reads, open) = (socket.reads(), socket.open());
        let (sender, connection) = builder.handshake(socket).await?;
        // Whom an error of the connection concerns, hears of it through `sender`.
        let task = tokio::spawn(async { drop(connection.await) });
        Ok(Self {
            endpoint,
            sender,
            reads,
            task: Task {
                handle: task.abort_handle(),
                open,
            },
        })
    }

    /// Ends when the socket is closed.
    pub(super) fn open(&self) -> watch::Receiver<()> {
        self.task.open.clone()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Waits until the last exchange is over; `false` when the connection ended with it.
    pub(super) async fn is_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    pub(super) async fn send(&mut self, request: Outgoing) -> Result<Response<Incoming>, Lost> {
        self.reads.reset();
        let sent = self.sender.try_send_request(request).await;
        sent.map_err(|mut failure| {
            let is_untouched = failure.take_message().is_some();
            let error = failure.into_error();
            let end = u32::from(error.is_incomplete_message());
            let fate = match self.reads.count() {
                _ if is_untouched => Fate::Untouched,
                reads if reads <= end => Fate::Unanswered,
                _ => Fate::Answered,
            };
            Lost { error, fate }
        })
    }
}

impl Http2 {
    pub(super) async fn start(endpoint: Arc<Endpoint>, socket: Socket) -> hyper::Result<Self> {
        let (tasks, open) = (Tasks::default(), socket.open());
        let (sender, connection) = http2(tasks.clone()).handshake(socket).await?;
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
            fate: http2_fate(&failure),
            error: failure.into_error(),
        })
    }
}

fn http2_fate(failure: &TrySendError<Outgoing>) -> Fate {
    if failure.message().is_some() {
        return Fate::Untouched;
    }
    let source = std::error::Error::source(failure.error());
    let Some(error) = source.and_then(|source| source.downcast_ref::<h2::Error>()) else {
        return Fate::Unanswered;
    };
    // A server that goes away names the last request that it took; the others fail with its NO_ERROR.
    let is_untouched = match error.reason() {
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

/// How HTTP/1 is read: as tolerantly as browsers do.
pub(super) fn http1(settings: &Settings) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .max_headers(settings.max_headers)
        .max_header_size(HTTP1_HEAD)
        .max_buf_size(HTTP1_HEAD)
        .ignore_invalid_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true);
    builder
}

fn http2(tasks: Tasks) -> http2::Builder<Tasks> {
    let mut builder = http2::Builder::new(tasks);
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(HTTP2_PING)
        .keep_alive_timeout(HTTP2_PONG)
        .max_header_list_size(HTTP2_HEAD)
        .initial_stream_window_size(HTTP2_STREAM_WINDOW)
        .initial_connection_window_size(HTTP2_WINDOW)
        .max_concurrent_reset_streams(HTTP2_RESETS)
        .max_local_error_reset_streams(HTTP2_RESETS);
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
