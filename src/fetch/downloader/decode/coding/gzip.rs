//! gzip (RFC 1952): one or more members, each with its checksum and its length.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};

use super::Step;

/// The largest window that gzip knows, as a power of two.
const WINDOW_BITS: u8 = 15;

/// Limit of the members of a gzip body, more than any real file has. Each one costs a fresh state, so a body of nothing
/// but members is refused.
const MAX_MEMBERS: u32 = 10_000;

/// A gzip stream up to the end of its last member.
#[derive(Debug)]
pub(in super::super) struct Gzip {
    state: State,
    members: u32,
}

#[derive(Debug)]
enum State {
    /// The stream is before a member; the input may end here.
    Between,
    Within(Decompress),
    /// The stream is behind the last member, in bytes that do not matter.
    Behind,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            state: State::Between,
            members: 0,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        !matches!(self.state, State::Within(_))
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        if let State::Between = self.state {
            self.state = self.next_member(input)?;
        }
        let State::Within(member) = &mut self.state else {
            return Ok(Step {
                read: input.len(),
                written: 0,
            });
        };
        let (step, ended) = inflate(member, input, output)?;
        if ended {
            self.state = State::Between;
        }
        Ok(step)
    }

    /// Returns the state that `input` begins: the data must begin with a gzip member; anything may follow the first
    /// one.
    fn next_member(&mut self, input: &[u8]) -> io::Result<State> {
        match input.first() {
            None => Ok(State::Between),
            Some(&first) if first != 0x1f && self.members > 0 => Ok(State::Behind),
            Some(_) if self.members == MAX_MEMBERS => {
                Err(io::Error::other("too many gzip members"))
            }
            Some(_) => {
                self.members += 1;
                Ok(State::Within(Decompress::new_gzip(WINDOW_BITS)))
            }
        }
    }
}

/// Makes one step of zlib, and returns whether the stream has ended with it.
pub(super) fn inflate(
    stream: &mut Decompress,
    input: &[u8],
    output: &mut [u8],
) -> io::Result<(Step, bool)> {
    let before = (stream.total_in(), stream.total_out());
    let status = stream.decompress(input, output, FlushDecompress::None)?;
    // Neither difference exceeds the length of a slice.
    let read = usize::try_from(stream.total_in() - before.0).unwrap_or(input.len());
    let written = usize::try_from(stream.total_out() - before.1).unwrap_or(output.len());
    Ok((Step { read, written }, status == Status::StreamEnd))
}
