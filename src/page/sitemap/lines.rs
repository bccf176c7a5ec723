//! Parser of the plain text format of a sitemap: one URL per line.

use std::io::{self, BufRead};

use memchr::memchr2;

use super::entries::{Draft, MAX_LOC};
use crate::page::error::Result;
use crate::page::xml::source::{self, Source};

/// Reader of the lines of a plain text sitemap.
pub(super) struct Lines<'a>(Source<'a>);

impl<'a> Lines<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Self(source)
    }

    /// Returns the next line that is not empty. A line that is cut off would be another URL, so it is an error.
    pub(super) fn next(&mut self) -> Result<Option<Draft>> {
        loop {
            let line = self.line().map_err(|e| source::fault("sitemap", &e))?;
            match line {
                Some(loc) if loc.trim().is_empty() => {}
                line => {
                    return Ok(line.map(|loc| Draft {
                        loc,
                        ..Draft::default()
                    }));
                }
            }
        }
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        loop {
            let text = self.0.fill_buf()?;
            if text.is_empty() {
                return Ok((!line.is_empty()).then(|| kept(line)));
            }
            let end = memchr2(b'\n', b'\r', text);
            let piece = end.and_then(|end| text.get(..end)).unwrap_or(text);
            if line.len() <= MAX_LOC {
                line.extend_from_slice(piece);
            }
            let length = piece.len();
            self.0.consume(length + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(Some(kept(line)));
            }
        }
    }
}

/// Returns the line as text. Of a line that is too long only the beginning is there, which would be another URL: it
/// becomes `-`, which is no URL.
fn kept(line: Vec<u8>) -> String {
    if line.len() > MAX_LOC {
        return "-".to_owned();
    }
    String::from_utf8(line).unwrap_or_default()
}
