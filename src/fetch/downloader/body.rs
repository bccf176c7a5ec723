//! Reading a body: decoded while it streams in, and given up when it is too large, too slow or cut short.

mod pace;

use std::error::Error as StdError;
use std::time::Duration;

use ::http::{Method, Version, response};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;

use self::pace::Pace;
use super::decode::Decoder;
use super::failure;
use crate::fetch::clock;
use crate::page::error::{ErrorKind, Result};
use crate::page::request::Request;
use crate::policy::robots;

/// Decoded bytes of a robots.txt that are read, whatever `max_body` is: more than count, because a line that is cut
/// off must be known as such.
const MAX_ROBOTS: u64 = 2 * robots::MAX_BYTES as u64;

/// Limits of a response body.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    /// Bytes after decoding.
    pub(super) size: u64,
    /// Limit of the decoded size as a multiple of the size on the wire; 0: any.
    pub(super) ratio: u64,
    /// Time without a byte.
    pub(super) idle: Duration,
    /// Bytes per second on the wire; 0: any.
    pub(super) rate: u64,
    /// `true` if a page that ends early is accepted.
    pub(super) may_be_cut: bool,
}

/// Result of reading a body.
#[derive(Debug)]
pub(super) struct Received {
    /// Decoded bytes of the body.
    pub(super) bytes: Bytes,
    pub(super) wire_bytes: u64,
    /// `true` if the body was read to its end, so that nothing of it is left on the connection.
    pub(super) is_whole: bool,
    /// `true` if the server ended the body early.
    pub(super) is_cut: bool,
}

/// Reads a body to its end, or a robots.txt as far as it counts.
pub(super) async fn read<B>(
    request: &Request,
    head: &response::Parts,
    body: &mut B,
    limits: BodyLimits,
) -> Result<Received>
where
    B: Body<Data = Bytes, Error: StdError + 'static> + Unpin,
{
    if request.method() == Method::HEAD || body.is_end_stream() {
        return Ok(Received {
            bytes: Bytes::new(),
            wire_bytes: 0,
            is_whole: true,
            is_cut: false,
        });
    }
    let is_robots = request.robots_for().is_some();
    let size = if is_robots { MAX_ROBOTS } else { limits.size };
    let expected = body.size_hint().exact().unwrap_or(0);
    let mut decoder = Decoder::new(&head.headers, size)?
        .with_max_ratio(limits.ratio)
        .with_capacity_hint(expected);
    let mut pace = Pace::new(limits.idle, limits.rate, clock::now());
    let mut wire_bytes = 0;
    let partial = |decoder: Decoder, wire_bytes, is_cut| Received {
        bytes: decoder.into_bytes(),
        wire_bytes,
        is_whole: false,
        is_cut,
    };
    let end = loop {
        let data = match next_piece(body, &mut pace).await {
            Ok(Some(data)) => data,
            // To hyper, a stream that is reset without an error is at its end. It is only behind END_STREAM (RFC 9113,
            // 8.1).
            Ok(None) if head.version == Version::HTTP_2 && !body.is_end_stream() => {
                break Err(failure::cut_off());
            }
            Ok(None) => break decoder.check_end(),
            Err(error) => break Err(error),
        };
        wire_bytes += data.len() as u64;
        match decoder.push(data) {
            // What is over the limit of a robots.txt is cut off, not refused.
            Err(error) if is_robots && error.kind() == ErrorKind::TooLarge => {
                return Ok(partial(decoder, wire_bytes, false));
            }
            result => result?,
        }
        if is_robots && wire_bytes > robots::MAX_BYTES as u64 {
            return Ok(partial(decoder, wire_bytes, false));
        }
    };
    let may_be_cut = limits.may_be_cut && !request.is_own();
    match end {
        Ok(()) => Ok(Received {
            bytes: decoder.into_bytes(),
            wire_bytes,
            is_whole: true,
            is_cut: false,
        }),
        Err(error) if may_be_cut && error.kind() == ErrorKind::Incomplete => {
            Ok(partial(decoder, wire_bytes, true))
        }
        Err(error) => Err(error),
    }
}

/// The next piece of data; `None` at the end of the body.
async fn next_piece<B>(body: &mut B, pace: &mut Pace) -> Result<Option<Bytes>>
where
    B: Body<Data = Bytes, Error: StdError + 'static> + Unpin,
{
    loop {
        let Some(frame) = clock::until(pace.next_look(), body.frame()).await else {
            pace.look(clock::now())?;
            continue;
        };
        let Some(frame) = frame else { return Ok(None) };
        let frame = frame.map_err(|error| failure::within_body(&error))?;
        // Trailers say nothing that a crawler needs.
        let data = frame.into_data().unwrap_or_default();
        pace.count(data.len(), clock::now())?;
        if !data.is_empty() {
            return Ok(Some(data));
        }
    }
}

#[cfg(test)]
mod tests;
