//! The four content codings, each advanced by one bounded step at a time.

mod brotli;
mod deflate;
mod gzip;
mod zstandard;

use std::borrow::Cow;

use self::brotli::Brotli;
use self::deflate::Deflate;
use self::gzip::Gzip;
use self::zstandard::Zstandard;
use crate::page::error::{Error, ErrorKind, Result};

/// A content coding in the middle of being undone.
#[derive(Debug)]
pub(super) enum Coding {
    Gzip(Gzip),
    Deflate(Deflate),
    Brotli(Brotli),
    Zstandard(Zstandard),
}

/// Progress of one step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Bytes taken from the input.
    pub(super) read: usize,
    /// Bytes put at the start of the output.
    pub(super) written: usize,
}

impl Coding {
    /// The coding of this name in IANA's registry, in any case; `None` for one that is not known. Servers that send
    /// `Content-Encoding: UTF-8` mean nothing by it, and browsers take it so.
    pub(super) fn named(name: &[u8]) -> Result<Option<Self>> {
        Ok(Some(match name.to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Self::Gzip(Gzip::new()),
            b"deflate" => Self::Deflate(Deflate::new()),
            b"br" => Self::Brotli(Brotli::new()),
            b"zstd" => Self::Zstandard(Zstandard::new()?),
            _ => {
                tracing::debug!(coding = %printable(name), "unknown content coding ignored");
                return Ok(None);
            }
        }))
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Gzip(_) => "gzip",
            Self::Deflate(_) => "deflate",
            Self::Brotli(_) => "br",
            Self::Zstandard(_) => "zstd",
        }
    }

    /// Decodes some of `input` into `output`, as far as either goes.
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step> {
        let step = match self {
            Self::Gzip(gzip) => gzip.step(input, output),
            Self::Deflate(deflate) => deflate.step(input, output),
            Self::Brotli(brotli) => brotli.step(input, output),
            Self::Zstandard(zstandard) => zstandard.step(input, output),
        };
        step.map_err(|error| self.damaged().with_source(error))
    }

    /// Returns whether the input may end here.
    pub(super) fn is_complete(&self) -> bool {
        match self {
            Self::Gzip(gzip) => gzip.is_complete(),
            Self::Deflate(deflate) => deflate.is_complete(),
            Self::Brotli(brotli) => brotli.is_complete(),
            Self::Zstandard(zstandard) => zstandard.is_complete(),
        }
    }

    /// The error for a stream that breaks its format.
    pub(super) fn damaged(&self) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("the body is not valid {}", self.name()),
        )
    }
}

/// A name from the network, short and without control characters.
fn printable(name: &[u8]) -> String {
    let text: Cow<'_, str> = String::from_utf8_lossy(name);
    text.chars()
        .filter(|character| !character.is_control())
        .take(40)
        .collect()
}
