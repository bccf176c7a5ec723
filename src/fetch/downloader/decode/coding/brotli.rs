//! br, Brotli (RFC 7932), without the large windows that the web does not allow.
//!
//! The decoder's window grows with what it has decoded, to at most 16 MiB, and nothing is handed out before it is full or
//! the input is used up. So one body takes up to 16 MiB besides what it decodes to, but a small one takes little.

use std::{fmt, io};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::Step;

type Stream = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// A Brotli stream.
pub(in super::super) enum Brotli {
    Start,
    Within(Box<Stream>),
    Ended,
}

impl Brotli {
    pub(super) fn new() -> Self {
        Self::Start
    }

    pub(super) fn is_complete(&self) -> bool {
        !matches!(self, Self::Within(_))
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        if let (Self::Start, false) = (&*self, input.is_empty()) {
            *self = Self::Within(Box::new(Stream::new_strict(
                StandardAlloc::default(),
                StandardAlloc::default(),
                StandardAlloc::default(),
            )));
        }
        let Self::Within(stream) = self else {
            return Ok(Step {
                read: input.len(),
                written: 0,
            });
        };
        let (mut unread, mut read, mut room, mut written, mut total) =
            (input.len(), 0, output.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut unread,
            &mut read,
            input,
            &mut room,
            &mut written,
            output,
            &mut total,
            stream,
        );
        match result {
            BrotliResult::ResultFailure => {
                return Err(io::Error::other(format!("{:?}", stream.error_code)));
            }
            BrotliResult::ResultSuccess => *self = Self::Ended,
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
        }
        Ok(Step { read, written })
    }
}

impl fmt::Debug for Brotli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "Start",
            Self::Within(_) => "Within",
            Self::Ended => "Ended",
        })
    }
}
