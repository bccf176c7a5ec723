//! Splitting of a document into tokens, in a window of its text that moves on with them.

use std::io::BufRead;
use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::source::{self, Source};
use super::tag;
use crate::page::error::Result;

/// Length of the text that is dropped from the window at a time, once it was read, in bytes.
const STEP: usize = 64 * 1024;
/// Length of the text in which the end of a CDATA section is looked for before it is handed out in pieces, in bytes.
const AHEAD: usize = 1024 * 1024;
/// The longest name of an entity with its `&` and `;`, in bytes.
const LONGEST_REFERENCE: usize = 40;

const CDATA: &[u8] = b"<![CDATA[";

/// The text of a document from the token that is read on.
pub(super) struct Scan<'a> {
    source: Source<'a>,
    what: &'static str,
    window: String,
    /// Position of the next token in the window.
    at: usize,
    /// Set while a CDATA section is open that is handed out in pieces.
    is_in_cdata: bool,
    /// Set if no CDATA section can end any more.
    lacks_cdata_end: bool,
    /// Set for each kind of quote that does not come any more.
    lacks_quotes: [bool; 2],
}

/// A token, and which part of the window is its content.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece {
    Start(Part),
    End(Part),
    Text(Part),
    CData(Part),
    Reference(Part),
    DocType(Part),
    Other,
    /// End of the document, or of its last complete token.
    Over,
}

/// A part of the window, which holds until the next token is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    from: usize,
    to: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(source: Source<'a>, what: &'static str) -> Self {
        Self {
            source,
            what,
            window: String::new(),
            at: 0,
            is_in_cdata: false,
            lacks_cdata_end: false,
            lacks_quotes: [false; 2],
        }
    }

    pub(super) fn text(&self, part: Part) -> &str {
        self.window.get(part.from..part.to).unwrap_or_default()
    }

    /// The next token within an element of this name.
    pub(super) fn next(&mut self, parent: &str) -> Result<Piece> {
        // No more is moved than was taken before.
        if self.at > STEP.max(self.window.len() / 2) {
            self.window.drain(..self.at);
            self.at = 0;
        }
        if self.is_in_cdata {
            return self.piece_of_cdata();
        }
        Ok(match self.byte(0)? {
            None => Piece::Over,
            Some(b'<') => self.markup(parent)?,
            Some(b'&') => self.reference()?,
            Some(_) => self.plain(0),
        })
    }

    /// Takes this much from the token's beginning; `inner` is the content.
    fn take(&mut self, length: usize, inner: Range<usize>) -> Part {
        let part = Part {
            from: self.at + inner.start,
            to: self.at + inner.end,
        };
        self.at += length;
        part
    }

    /// Takes the text in the window up to the next markup or reference. The first `least` bytes are text in any case.
    fn plain(&mut self, least: usize) -> Piece {
        let rest = self.window.as_bytes().get(self.at + least..);
        let rest = rest.unwrap_or_default();
        let length = least + memchr2(b'<', b'&', rest).unwrap_or(rest.len());
        Piece::Text(self.take(length, 0..length))
    }

    /// `&name;` or `&#38;`; else the `&` is text.
    fn reference(&mut self) -> Result<Piece> {
        for end in 1..LONGEST_REFERENCE {
            match self.byte(end)? {
                Some(b';') if end > 1 => {
                    return Ok(Piece::Reference(self.take(end + 1, 1..end)));
                }
                Some(byte) if byte.is_ascii_alphanumeric() || byte == b'#' => {}
                _ => break,
            }
        }
        Ok(self.plain(1))
    }

    fn markup(&mut self, parent: &str) -> Result<Piece> {
        match self.byte(1)? {
            Some(b'!') if self.begins(b"<!--")? => self.skip_comment(),
            Some(b'!') if self.begins(CDATA)? => self.cdata(parent),
            Some(b'!') if self.begins(b"<!doctype")? => self.doc_type(),
            Some(b'!' | b'?') => self.declaration(),
            Some(b'/') if self.byte(2)?.is_some_and(is_name_start) => self.end_tag(),
            Some(byte) if is_name_start(byte) => self.start_tag(),
            Some(b'<') => Ok(self.several()),
            _ => Ok(self.plain(1)),
        }
    }

    /// All of several `<` but the last, which may begin something.
    fn several(&mut self) -> Piece {
        let rest = self.window.as_bytes().get(self.at..).unwrap_or_default();
        let other = rest.iter().position(|&byte| byte != b'<');
        let length = other.unwrap_or(rest.len()).saturating_sub(1).max(1);
        Piece::Text(self.take(length, 0..length))
    }

    fn start_tag(&mut self) -> Result<Piece> {
        let (mut at, mut before) = (1, b'<');
        loop {
            let Some(byte) = self.byte(at)? else {
                return Ok(self.rest());
            };
            match byte {
                b'>' => return Ok(Piece::Start(self.take(at + 1, 1..at))),
                // What another tag begins in was none.
                b'<' => return Ok(self.plain(1)),
                b'"' | b'\'' if before == b'=' => match self.value(at, byte)? {
                    Ok(end) => at = end,
                    Err(end) => return Ok(Piece::Start(self.take(end + 1, 1..end))),
                },
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                before = byte;
            }
            at += 1;
        }
    }

    /// Returns the end of the value that is quoted from here on; or, as an error, the end of the tag, if a quote is
    /// missing: a value has no `<` behind a `>`.
    fn value(&mut self, at: usize, quote: u8) -> Result<Result<usize, usize>> {
        let nth = usize::from(quote == b'"');
        let is_lacking = self.lacks_quotes.get(nth).copied().unwrap_or(false);
        let end = if is_lacking {
            None
        } else {
            self.find(at + 1, &[quote])?
        };
        if let (None, Some(lacks)) = (end, self.lacks_quotes.get_mut(nth)) {
            *lacks = true;
        }
        let rest = self.window.as_bytes().get(self.at + at + 1..);
        let rest = rest.unwrap_or_default();
        let value = end.and_then(|end| rest.get(..end - at - 1)).unwrap_or(rest);
        let close = memchr(b'>', value);
        let reopens = close.and_then(|close| memchr(b'<', value.get(close..)?));
        Ok(match (end, close) {
            (Some(end), _) if reopens.is_none() => Ok(end),
            (_, Some(close)) => Err(at + 1 + close),
            // There is no end at all.
            (_, None) => Ok(at),
        })
    }

    /// `</name>`, also one whose `>` is missing.
    fn end_tag(&mut self) -> Result<Piece> {
        let mut at = 2;
        loop {
            match self.byte(at)? {
                None => return Ok(self.rest()),
                Some(b'<') => return Ok(Piece::End(self.take(at, 2..at))),
                Some(b'>') => return Ok(Piece::End(self.take(at + 1, 2..at))),
                Some(_) => at += 1,
            }
        }
    }

    /// A processing instruction, or what else begins like one.
    fn declaration(&mut self) -> Result<Piece> {
        let Some(end) = self.find(2, b">")? else {
            return Ok(self.rest());
        };
        self.at += end + 1;
        Ok(Piece::Other)
    }

    fn doc_type(&mut self) -> Result<Piece> {
        let (start, mut at, mut is_inside) = ("<!doctype".len(), "<!doctype".len(), false);
        while let Some(byte) = self.byte(at)? {
            match byte {
                b'[' => is_inside = true,
                b']' => is_inside = false,
                b'>' if !is_inside => break,
                _ => {}
            }
            at += 1;
        }
        let end = self.window.len().min(self.at + at + 1) - self.at;
        Ok(Piece::DocType(self.take(end, start..at.min(end))))
    }

    /// Lets a comment go bit by bit.
    fn skip_comment(&mut self) -> Result<Piece> {
        self.at += b"<!--".len();
        loop {
            let rest = self.window.as_bytes().get(self.at..).unwrap_or_default();
            if let Some(end) = memmem::find(rest, b"-->") {
                self.at += end + b"-->".len();
                return Ok(Piece::Other);
            }
            let mut kept = self.window.len().saturating_sub(2).max(self.at);
            while !self.window.is_char_boundary(kept) {
                kept += 1;
            }
            self.window.drain(..kept);
            self.at = 0;
            if !self.load()? {
                return Ok(self.rest());
            }
        }
    }

    /// A CDATA section. One that does not end is none; and where another begins behind the end of the element, the first
    /// ended there.
    fn cdata(&mut self, parent: &str) -> Result<Piece> {
        let start = CDATA.len();
        let end = if self.lacks_cdata_end {
            None
        } else {
            self.find_within(start, b"]]>", AHEAD)?
        };
        let Some(end) = end else {
            if self.lacks_cdata_end || self.is_over()? {
                self.lacks_cdata_end = true;
                self.at += start;
                return Ok(Piece::Other);
            }
            self.at += start;
            self.is_in_cdata = true;
            return self.piece_of_cdata();
        };
        let content = self.window.get(self.at + start..self.at + end);
        let content = content.unwrap_or_default();
        if content.contains("<![CDATA[")
            && let Some(closed) = content.find(&format!("</{parent}>"))
            && content
                .get(closed..)
                .is_some_and(|rest| rest.contains("<![CDATA["))
        {
            let end = start + closed;
            return Ok(Piece::CData(self.take(end, start..end)));
        }
        Ok(Piece::CData(self.take(end + 3, start..end)))
    }

    fn piece_of_cdata(&mut self) -> Result<Piece> {
        if let Some(end) = self.find_within(0, b"]]>", STEP)? {
            self.is_in_cdata = false;
            return Ok(Piece::CData(self.take(end + 3, 0..end)));
        }
        let mut length = self.window.len() - self.at;
        if length > 2 {
            length -= 2;
            while !self.window.is_char_boundary(self.at + length) {
                length -= 1;
            }
        }
        if length == 0 {
            return Ok(Piece::Over);
        }
        Ok(Piece::CData(self.take(length, 0..length)))
    }

    /// Drops the rest of the document: a token that is cut off.
    fn rest(&mut self) -> Piece {
        self.at = self.window.len();
        Piece::Over
    }

    /// Returns whether the token begins with `start`, in any case.
    fn begins(&mut self, start: &[u8]) -> Result<bool> {
        self.byte(start.len() - 1)?;
        let found = self.window.as_bytes().get(self.at..self.at + start.len());
        Ok(found.is_some_and(|found| found.eq_ignore_ascii_case(start)))
    }

    fn byte(&mut self, offset: usize) -> Result<Option<u8>> {
        while self.window.len() <= self.at + offset {
            if !self.load()? {
                return Ok(None);
            }
        }
        Ok(self.window.as_bytes().get(self.at + offset).copied())
    }

    fn find(&mut self, from: usize, what: &[u8]) -> Result<Option<usize>> {
        self.find_within(from, what, usize::MAX)
    }

    /// Returns the next position of `what`, counted from the token's beginning, within `most` bytes or a little more.
    fn find_within(&mut self, mut from: usize, what: &[u8], most: usize) -> Result<Option<usize>> {
        loop {
            let rest = self.window.as_bytes().get(self.at + from..);
            let rest = rest.unwrap_or_default();
            if let Some(found) = memmem::find(rest, what) {
                return Ok(Some(from + found));
            }
            from += rest.len().saturating_sub(what.len() - 1);
            if from > most || !self.load()? {
                return Ok(None);
            }
        }
    }

    fn is_over(&mut self) -> Result<bool> {
        Ok(!self.load()?)
    }

    /// Takes more text into the window; false at the end of the document.
    fn load(&mut self) -> Result<bool> {
        let read = self.source.fill_buf();
        let text = read.map_err(|error| source::fault(self.what, &error))?;
        self.window
            .push_str(std::str::from_utf8(text).unwrap_or_default());
        let length = text.len();
        self.source.consume(length);
        Ok(length > 0)
    }
}

fn is_name_start(byte: u8) -> bool {
    tag::is_name_start(char::from(byte)) || !byte.is_ascii()
}
