//! Decoding of the bytes of a document into text, as a stream: gzip, character encodings, and a limit for its length.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use encoding_rs::{CoderResult, Decoder, Encoding};
use flate2::bufread::MultiGzDecoder;

use crate::page::charset;
use crate::page::error::{Error, ErrorKind};

/// Limit for the part of a sitemap or a feed that is read, in bytes once unpacked and again as UTF-8: the 50 MiB that
/// sitemaps.org allows.
pub const MAX_DECODED: usize = 50 * 1024 * 1024;

/// Length of the start of a packed document that its encoding is detected from, in bytes. For one that is not packed,
/// all of it is used.
const HEAD: usize = 256 * 1024;

/// Number of bytes that are decoded at a time.
const CHUNK: usize = 16 * 1024;

/// Limit for how often a document may be packed.
const MAX_LAYERS: usize = 3;

/// The text of a document as UTF-8, unpacked from any number of members of gzip (told by the first bytes), also where that is
/// packed again, and decoded as [`charset`] says. Bad sequences become U+FFFD.
///
/// It fails, after what could be read, where the gzip is broken and at [`MAX_DECODED`] bytes: so a bomb costs no memory,
/// and time for 50 MiB.
pub(crate) struct Source<'a> {
    raw: Box<dyn BufRead + Send + 'a>,
    decoder: Decoder,
    text: Box<[u8]>,
    /// Range of `text` that is filled and not taken yet.
    at: usize,
    end: usize,
    left: usize,
    ended: bool,
}

/// Knowledge of a document's encoding from outside of the document.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin<'a> {
    /// The value of the `Content-Type`. Of it, only the `charset` counts: servers label feeds and sitemaps at random.
    pub(crate) content_type: Option<&'a str>,
    /// The name of the host that it comes from.
    pub(crate) domain: Option<&'a str>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8], origin: Origin<'_>) -> io::Result<Self> {
        Self::within(bytes, MAX_DECODED, origin)
    }

    pub(crate) fn within(bytes: &'a [u8], limit: usize, origin: Origin<'_>) -> io::Result<Self> {
        let is_packed = bytes.starts_with(&GZIP);
        let mut raw = unpacked(bytes)?;
        let mut head = Vec::new();
        if is_packed {
            // What comes before damage is kept; the damage is met again later.
            let read = raw.by_ref().take(HEAD as u64).read_to_end(&mut head);
            if head.is_empty() {
                read?;
            }
        }
        let encoding = encoding_of(if is_packed { &head } else { bytes }, origin);
        if is_packed {
            raw = Box::new(Cursor::new(head).chain(raw));
        }
        Ok(Self {
            raw,
            decoder: encoding.new_decoder_with_bom_removal(),
            text: vec![0; CHUNK].into(),
            at: 0,
            end: 0,
            left: limit,
            ended: false,
        })
    }

    /// Returns whether a document of XML begins somewhere in the first bytes, as it does behind a message of the
    /// server: a declaration, or one of the tags `roots`.
    pub(crate) fn has_xml(&mut self, roots: &[&str]) -> bool {
        let Ok(text) = self.fill_buf() else {
            return false;
        };
        let text = String::from_utf8_lossy(text).to_ascii_lowercase();
        text.contains("<?xml ") || roots.iter().any(|root| text.contains(root))
    }

    /// The first character that is no white space, which tells a list from a document.
    pub(crate) fn first(&mut self) -> io::Result<Option<u8>> {
        loop {
            let text = self.fill_buf()?;
            let (length, space) = (text.len(), text.len() - text.trim_ascii_start().len());
            let first = text.get(space).copied();
            self.consume(space);
            if first.is_some() || length == 0 {
                return Ok(first);
            }
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        while !self.ended && self.at == self.end {
            let raw = self.raw.fill_buf()?;
            let is_last = raw.is_empty();
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(raw, &mut self.text, is_last);
            self.raw.consume(read);
            (self.at, self.end) = (0, written);
            self.ended = is_last && result == CoderResult::InputEmpty;
            let taken = read.max(written);
            self.left = self
                .left
                .checked_sub(taken)
                .ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "larger than 50 MiB"))?;
        }
        Ok(())
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(self.text.get(self.at..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.end);
    }
}

impl Read for Source<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

/// Returns the error that a failure to read means.
pub(crate) fn fault(what: &str, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::FileTooLarge {
        let message = format!("the {what} has more than {MAX_DECODED} bytes");
        return Error::new(ErrorKind::TooLarge, message);
    }
    let message = format!("the {what}'s gzip data is broken");
    Error::new(ErrorKind::Decode, message).with_source(error.to_string())
}

/// The first bytes of a member of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The document without its layers of gzip; an error where not even the beginning of one can be had.
fn unpacked<'a>(bytes: &'a [u8]) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let mut raw: Box<dyn BufRead + Send + 'a> = Box::new(bytes);
    for _ in 0..MAX_LAYERS {
        if !raw.fill_buf()?.starts_with(&GZIP) {
            break;
        }
        raw = Box::new(BufReader::with_capacity(CHUNK, MultiGzDecoder::new(raw)));
    }
    Ok(raw)
}

/// Detects the encoding of a document from its beginning.
fn encoding_of(start: &[u8], origin: Origin<'_>) -> &'static Encoding {
    let first = start.trim_ascii_start().first();
    let kind = if matches!(first, Some(b'{' | b'[')) {
        charset::Kind::Json
    } else {
        charset::Kind::Xml
    };
    charset::detect_as(kind, start, origin.content_type, origin.domain)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const LIMIT: usize = 64 * 1024;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// The text, and how reading it ended.
    fn read(bytes: &[u8]) -> (String, Option<io::ErrorKind>) {
        let mut text = Vec::new();
        let end = Source::within(bytes, LIMIT, Origin::default())
            .and_then(|mut source| source.read_to_end(&mut text));
        (
            String::from_utf8(text).unwrap(),
            end.err().map(|error| error.kind()),
        )
    }

    #[test]
    fn all_members_are_unpacked() {
        let packed = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(read(&packed), ("one two".to_owned(), None));
    }

    #[test]
    fn what_comes_before_damage_is_kept() {
        let mut packed = gzip("one two ".repeat(1000).as_bytes());
        packed.truncate(packed.len() - 4);
        let (text, end) = read(&packed);
        assert_eq!((text.len(), end.is_some()), (8000, true));
        let mut packed = gzip(b"short");
        packed.truncate(packed.len() - 4);
        let (text, end) = read(&packed);
        assert_eq!((text.as_str(), end.is_some()), ("short", true));
        let (text, end) = read(b"\x1f\x8bnothing");
        assert_eq!((text.as_str(), end.is_some()), ("", true));
    }

    #[test]
    fn bombs_are_given_up_at_the_limit() {
        let bomb = gzip(&vec![b' '; 100 * LIMIT]);
        assert!(bomb.len() < LIMIT);
        let (text, end) = read(&bomb);
        assert!(text.len() <= LIMIT);
        assert_eq!(end, Some(io::ErrorKind::FileTooLarge));
    }

    #[test]
    fn text_that_grows_beyond_the_limit_is_given_up() {
        let (text, end) = read(&vec![0xFF; LIMIT]);
        assert!(text.len() <= LIMIT);
        assert_eq!(end, Some(io::ErrorKind::FileTooLarge));
    }

    #[test]
    fn encodings_are_found() {
        let table: [(&[u8], &str); 7] = [
            (b"\xEF\xBB\xBFa", "a"),
            (b"\xFF\xFEa\0", "a"),
            (b"<\0a\0", "<a"),
            (b"\0<\0a", "<a"),
            (
                b"<?xml version='1.0' encoding = 'latin1'?>\xF6",
                "<?xml version='1.0' encoding = 'latin1'?>\u{f6}",
            ),
            (
                b"<?xml encoding=\"utf-16\"?>",
                "<?xml encoding=\"utf-16\"?>",
            ),
            (b"a\xFFb", "a\u{ff}b"),
        ];
        for (bytes, text) in table {
            assert_eq!(read(bytes), (text.to_owned(), None));
        }
    }

    #[test]
    fn characters_on_the_edge_of_a_chunk_are_whole() {
        let text = format!("a{}", "é€𝄞".repeat(3000));
        assert_eq!(read(text.as_bytes()), (text.clone(), None));
        assert_eq!(read(&gzip(text.as_bytes())), (text, None));
    }
}
