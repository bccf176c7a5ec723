//! deflate (RFC 1950), and the raw deflate (RFC 1951) that some servers send under its name.

use std::io;

use flate2::Decompress;

use super::Step;
use super::gzip::inflate;

/// A deflate stream, with or without the zlib wrapper.
#[derive(Debug)]
pub(in super::super) enum Deflate {
    Start,
    Within(Decompress),
    Ended,
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self::Start
    }

    pub(super) fn is_complete(&self) -> bool {
        !matches!(self, Self::Within(_))
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        if let (Self::Start, Some(&first)) = (&*self, input.first()) {
            *self = Self::Within(Decompress::new(is_zlib(first)));
        }
        let Self::Within(stream) = self else {
            return Ok(Step {
                read: input.len(),
                written: 0,
            });
        };
        let (step, ended) = inflate(stream, input, output)?;
        if ended {
            *self = Self::Ended;
        }
        Ok(step)
    }
}

/// Returns whether a stream with this first byte has the zlib wrapper: its low half is 8, the compression method. In
/// raw deflate that would be a stored block with a bit set in its padding, which no encoder writes.
fn is_zlib(first: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7
}
