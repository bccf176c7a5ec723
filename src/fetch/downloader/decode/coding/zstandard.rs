//! zstd (RFC 8878), one or more frames with windows of at most 8 MiB (RFC 9659).

use std::{fmt, io};

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::Step;
use crate::page::error::{Error, ErrorKind, Result};

/// The largest window that a server may ask for on the web, as a power of two.
const WINDOW_LOG_MAX: u32 = 23;

/// A zstd stream.
pub(in super::super) struct Zstandard {
    stream: Decoder<'static>,
    /// Between two frames the input may end.
    between_frames: bool,
}

impl Zstandard {
    pub(super) fn new() -> Result<Self> {
        let stream = Decoder::new().and_then(|mut stream| {
            stream.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
            Ok(stream)
        });
        let stream = stream.map_err(|error| {
            Error::new(ErrorKind::Decode, "cannot set up a zstd decoder").with_source(error)
        })?;
        Ok(Self {
            stream,
            between_frames: true,
        })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.between_frames
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        let mut input = InBuffer::around(input);
        let mut output = OutBuffer::around(output);
        let expected = self.stream.run(&mut input, &mut output)?;
        let step = Step {
            read: input.pos(),
            written: output.pos(),
        };
        if step.read > 0 || step.written > 0 {
            self.between_frames = expected == 0;
        }
        Ok(step)
    }
}

impl fmt::Debug for Zstandard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zstandard")
            .field("between_frames", &self.between_frames)
            .finish_non_exhaustive()
    }
}
