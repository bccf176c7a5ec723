//! Reading a body: decoded while it streams in, and given up when it is too large, too slow or cut short.

use std::time::Duration;

use ::http::{Method, response};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::time::{Instant, sleep_until};

use super::decode::Decoder;
use super::failure;
use crate::error::{Error, ErrorKind, Result};
use crate::policy::robots;
use crate::request::Request;

/// Decoded bytes of a robots.txt that are read, whatever `max_body` is: more than count, because a line that is cut
/// off must be known as such.
const MAX_ROBOTS: u64 = 2 * robots::MAX_BYTES as u64;

/// What a server may do with a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    /// Bytes after decoding.
    pub(super) size: u64,
    /// Time without a byte.
    pub(super) idle: Duration,
}

/// Reads a body to its end; answers with its decoded bytes and how many came over the wire.
pub(super) async fn read(
    request: &Request,
    head: &response::Parts,
    mut body: Incoming,
    limits: BodyLimits,
) -> Result<(Bytes, u64)> {
    if request.method() == Method::HEAD || body.is_end_stream() {
        return Ok((Bytes::new(), 0));
    }
    let is_robots = request.robots_for().is_some();
    let size = if is_robots { MAX_ROBOTS } else { limits.size };
    let expected = body.size_hint().exact().unwrap_or(0);
    let mut decoder = Decoder::new(&head.headers, size)?.with_capacity_hint(expected);
    let mut idle = IdleTimer::new(limits.idle);
    let mut wire_bytes = 0;
    while let Some(data) = idle.next_piece(&mut body).await? {
        wire_bytes += data.len() as u64;
        match decoder.push(data) {
            // What is over the limit of a robots.txt is cut off, not refused.
            Err(error) if is_robots && error.kind() == ErrorKind::TooLarge => {
                return Ok((decoder.into_partial(), wire_bytes));
            }
            result => result?,
        }
        if is_robots && wire_bytes > robots::MAX_BYTES as u64 {
            return Ok((decoder.into_partial(), wire_bytes));
        }
    }
    Ok((decoder.finish()?, wire_bytes))
}

/// Notices when no byte comes for too long. One timer serves the whole body and is only moved when it fires: a new one
/// per piece would cost more than the piece.
struct IdleTimer {
    limit: Duration,
    last_byte: Instant,
    fires: Instant,
}

impl IdleTimer {
    fn new(limit: Duration) -> Self {
        let last_byte = Instant::now();
        Self {
            limit,
            last_byte,
            fires: last_byte + limit,
        }
    }

    /// The next piece of data; `None` at the end of the body.
    async fn next_piece(&mut self, body: &mut Incoming) -> Result<Option<Bytes>> {
        loop {
            let frame = tokio::select! {
                biased;
                frame = body.frame() => frame,
                () = sleep_until(self.fires) => {
                    if self.last_byte.elapsed() >= self.limit {
                        let message = format!("no byte of the body for {} s", self.limit.as_secs_f64());
                        return Err(Error::new(ErrorKind::Timeout, message));
                    }
                    self.fires = self.last_byte + self.limit;
                    continue;
                }
            };
            let Some(frame) = frame else { return Ok(None) };
            self.last_byte = Instant::now();
            let frame = frame.map_err(|error| failure::within_body(&error))?;
            // Trailers say nothing that a crawler needs.
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
    }
}
