//! An HTTP/1 connection, and how tolerantly it is read.

use std::sync::Arc;

use ::http::Response;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use tokio::sync::watch;

use super::connection::{Fate, Lost, Outgoing, Task};
use super::socket::{Reads, Socket};
use crate::fetch::downloader::connector::Endpoint;
use crate::model::settings::Settings;

/// The largest head in HTTP/1, and the most that is buffered of what comes in over one connection, in bytes.
const MAX_HEAD: usize = 256 * 1024;
/// An HTTP/1 connection: one exchange at a time. Dropping it closes it.
#[derive(Debug)]
pub(super) struct Http1 {
    pub(super) endpoint: Arc<Endpoint>,
    sender: http1::SendRequest<Full<Bytes>>,
    reads: Reads,
    task: Task,
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
        self.reads.begin();
        let sent = self.sender.try_send_request(request).await;
        self.reads.has_head();
        sent.map_err(|mut failure| {
            let is_untouched = failure.take_message().is_some();
            let error = failure.into_error();
            // What was never written can be sent again, whatever it is. What was written can be, if no byte came back: the
            // server had closed the connection meanwhile. The end of the stream counts as a read, and is no part of an answer.
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

/// Returns a builder of HTTP/1 connections that are read as tolerantly as browsers do.
pub(super) fn builder(settings: &Settings) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .max_headers(settings.answers.max_headers)
        .max_header_size(MAX_HEAD)
        .max_buf_size(MAX_HEAD)
        .ignore_invalid_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true);
    builder
}
