//! The body of an answer: a whole page, or a script that says when to send what and where to break.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Sleep;

use super::served::InFlight;

/// Step of a body that is made while it is sent.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Send these bytes.
    Send(Bytes),
    /// Send nothing for a while.
    Wait(Duration),
    /// Send nothing ever again; the connection stays open until the client closes it.
    Stall,
    /// Close the connection in the middle of the body.
    Break,
}

/// The body of an answer. The request counts as in flight until this is dropped.
pub(super) struct Body {
    content: Content,
    in_flight: Option<InFlight>,
}

enum Content {
    Whole(Bytes),
    Script {
        steps: Box<dyn Iterator<Item = Step> + Send>,
        length: Option<u64>,
        pause: Option<Pin<Box<Sleep>>>,
    },
}

impl Body {
    /// Returns a body that is sent at once, with a `Content-Length`.
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self {
            content: Content::Whole(bytes.into()),
            in_flight: None,
        }
    }

    /// Returns a body that is sent step by step: with the `Content-Length` given, be it true or not, or else chunked.
    pub(super) fn script(
        length: Option<u64>,
        steps: impl IntoIterator<Item = Step, IntoIter: Send + 'static>,
    ) -> Self {
        Self {
            content: Content::Script {
                steps: Box::new(steps.into_iter()),
                length,
                pause: None,
            },
            in_flight: None,
        }
    }

    /// Ties the end of the request to the end of this body.
    pub(super) fn hold(&mut self, in_flight: InFlight) {
        self.in_flight = Some(in_flight);
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.content {
            Content::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Content::Script { steps, pause, .. } => poll_script(steps, pause, cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Content::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Script { length, .. } => length.map(SizeHint::with_exact).unwrap_or_default(),
        }
    }
}

fn poll_script(
    steps: &mut dyn Iterator<Item = Step>,
    pause: &mut Option<Pin<Box<Sleep>>>,
    cx: &mut Context<'_>,
) -> Poll<Option<io::Result<Frame<Bytes>>>> {
    loop {
        if let Some(sleep) = pause {
            std::task::ready!(sleep.as_mut().poll(cx));
            *pause = None;
        }
        match steps.next() {
            None => return Poll::Ready(None),
            Some(Step::Send(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Step::Wait(time)) => *pause = Some(Box::pin(tokio::time::sleep(time))),
            // Nothing wakes this body; hyper notices by itself when the client goes away. The far end of the pause
            // only keeps a second poll from going on to the next step.
            Some(Step::Stall) => {
                *pause = Some(Box::pin(tokio::time::sleep(Duration::from_hours(24 * 365))));
            }
            Some(Step::Break) => {
                return Poll::Ready(Some(Err(io::Error::other("broken off on purpose"))));
            }
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Whole(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Content::Script { .. } => f.write_str("Body(script)"),
        }
    }
}
