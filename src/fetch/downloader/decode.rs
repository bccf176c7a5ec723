//! Takes the `Content-Encoding` off a body while it arrives, and stops a body that grows too large.
//!
//! A few kilobytes on the wire can decode to gigabytes, so nothing here decodes "everything": each coding fills a small
//! buffer, the buffer is counted, and only then the next one is filled. The first limit is on sizes; the one on the
//! ratio of sizes is for what is large already, because a page may well be a hundred times the same table row.
//!
//! ```text
//! let mut decoder = Decoder::new(&headers, max_body)?.with_capacity_hint(content_length);
//! while let Some(chunk) = body.chunk().await? {
//!     decoder.push(chunk)?;
//! }
//! decoder.check_end()?;
//! let body: Bytes = decoder.into_bytes();
//! ```

mod body;
mod coding;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use self::body::Body;
use self::coding::Coding;
use crate::page::error::{Error, ErrorKind, Result};

/// The most codings that are undone for one body; real servers stack two at worst.
const MAX_CODINGS: usize = 3;

/// Limit of the output of one step of a coding before it is counted, in bytes.
const STEP: usize = 32 * 1024;

/// A body up to this many bytes may be any number of times larger than its encoded form.
const SMALL: u64 = 1024 * 1024;

/// Decodes one body, chunk by chunk (RFC 9110, section 8.4).
///
/// Bytes after the end of a compressed stream are ignored, as browsers do, except that several gzip or zstd streams may
/// follow each other. A body without a single byte is fine whatever its coding: answers to HEAD look like that.
#[derive(Debug)]
pub struct Decoder {
    /// Codings in the order of decoding, so the reverse of the header's; empty for a body without a coding.
    layers: Vec<Layer>,
    body: Body,
    received: Allowance,
    /// Limit of the size of the body as a multiple of its encoded size; 0: any.
    max_ratio: u64,
}

/// One coding to undo, with the room for one step of its output.
#[derive(Debug)]
struct Layer {
    coding: Coding,
    buffer: Box<[u8]>,
    decoded: Allowance,
}

impl Decoder {
    /// A decoder for a body with these headers, of at most `max_body` decoded bytes.
    ///
    /// `gzip` (and `x-gzip`), `deflate` (with or without the zlib wrapper), `br` and `zstd` are known; `identity` is
    /// nothing to do.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] for a coding that is not known, and for more than three of them.
    pub fn new(headers: &HeaderMap, max_body: u64) -> Result<Self> {
        let mut layers = Vec::new();
        for coding in codings(headers)? {
            layers.insert(0, Layer::new(coding, max_body));
        }
        Ok(Self {
            layers,
            body: Body::new(max_body),
            received: Allowance::encoded(max_body),
            max_ratio: 0,
        })
    }

    /// Refuses a body of more than 1 MiB that is more than so many times larger than its encoded form; 0: never.
    #[must_use]
    pub(crate) fn with_max_ratio(mut self, max_ratio: u64) -> Self {
        self.max_ratio = max_ratio;
        self
    }

    /// Says how many bytes are expected on the wire, so that room for them is reserved once. It may lie.
    #[must_use]
    pub(crate) fn with_capacity_hint(mut self, bytes: u64) -> Self {
        self.body.expect(if self.layers.is_empty() {
            bytes
        } else {
            bytes.saturating_mul(4)
        });
        self
    }

    /// Decodes the next bytes off the wire.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] as soon as the body outgrows the limit, [`ErrorKind::Decode`] when it is damaged. After an
    /// error the decoder is of no further use.
    pub fn push(&mut self, chunk: Bytes) -> Result<()> {
        if self.layers.is_empty() {
            return self.body.push(chunk);
        }
        self.received.take(chunk.len())?;
        if self.max_ratio > 0 {
            self.body.expand_to(
                self.received.taken().saturating_mul(self.max_ratio),
                self.max_ratio,
            );
        }
        feed(&mut self.layers, &chunk, &mut self.body)
    }

    /// The whole decoded body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Incomplete`] when a compressed stream has not reached its end.
    #[cfg(test)]
    pub(crate) fn finish(self) -> Result<Bytes> {
        self.check_end()?;
        Ok(self.body.finish())
    }

    /// Checks that the body may end here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Incomplete`] when a compressed stream has not reached its end.
    pub fn check_end(&self) -> Result<()> {
        match self.layers.iter().find(|layer| !layer.coding.is_complete()) {
            Some(layer) => Err(Error::new(
                ErrorKind::Incomplete,
                format!("the {} body ends too early", layer.coding.name()),
            )),
            None => Ok(()),
        }
    }

    /// Returns the bytes that were decoded so far.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.body.finish()
    }
}

impl Layer {
    fn new(coding: Coding, max_body: u64) -> Self {
        Self {
            coding,
            buffer: vec![0; STEP].into_boxed_slice(),
            decoded: Allowance::encoded(max_body),
        }
    }
}

/// Sends `input` through the first of `layers`, what comes out through the next, and so on into `body`.
fn feed(layers: &mut [Layer], mut input: &[u8], body: &mut Body) -> Result<()> {
    let Some((layer, rest)) = layers.split_first_mut() else {
        return body.extend(input);
    };
    // A step that fills the buffer may hold more back, even when all the input is read.
    let mut full = false;
    while !input.is_empty() || full {
        let step = layer.coding.step(input, &mut layer.buffer)?;
        if step.read == 0 && step.written == 0 {
            return if input.is_empty() {
                Ok(())
            } else {
                Err(layer.coding.damaged())
            };
        }
        layer.decoded.take(step.written)?;
        feed(
            rest,
            layer.buffer.get(..step.written).unwrap_or_default(),
            body,
        )?;
        full = step.written == layer.buffer.len();
        input = input.get(step.read..).unwrap_or_default();
    }
    Ok(())
}

/// The codings that were applied, in that order.
fn codings(headers: &HeaderMap) -> Result<Vec<Coding>> {
    let mut found = Vec::new();
    for line in headers.get_all(CONTENT_ENCODING) {
        for name in line
            .as_bytes()
            .split(|&byte| byte == b',')
            .map(<[u8]>::trim_ascii)
        {
            if name.is_empty() || name.eq_ignore_ascii_case(b"identity") {
                continue;
            }
            if found.len() == MAX_CODINGS {
                return Err(Error::new(
                    ErrorKind::Decode,
                    format!("more than {MAX_CODINGS} content codings"),
                ));
            }
            found.extend(Coding::named(name)?);
        }
    }
    Ok(found)
}

/// Number of bytes that may still pass a point.
#[derive(Debug)]
struct Allowance {
    left: u64,
    taken: u64,
    limit: u64,
}

impl Allowance {
    fn new(limit: u64) -> Self {
        Self {
            left: limit,
            taken: 0,
            limit,
        }
    }

    /// Returns the allowance for bytes that are still encoded: encoding what cannot be compressed adds a little, a few
    /// bytes per block. Without this limit, an inner stream that decodes to nothing could go on for ever.
    fn encoded(max_body: u64) -> Self {
        Self {
            left: max_body
                .saturating_add(max_body / 16)
                .saturating_add(64 * 1024),
            taken: 0,
            limit: max_body,
        }
    }

    fn taken(&self) -> u64 {
        self.taken
    }

    fn take(&mut self, bytes: usize) -> Result<()> {
        match self.left.checked_sub(bytes as u64) {
            Some(left) => {
                self.left = left;
                self.taken += bytes as u64;
            }
            None => {
                return Err(Error::new(
                    ErrorKind::TooLarge,
                    format!("body larger than {} bytes", self.limit),
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
