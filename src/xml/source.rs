//! From the bytes of a document to its text, as a stream: gzip, character encodings, and how much of it is read.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::bufread::MultiGzDecoder;

use crate::{Error, ErrorKind};

/// How much of a sitemap or a feed is read, in bytes once unpacked and again as UTF-8: the 50 MiB that sitemaps.org
/// allows.
pub const MAX_DECODED: usize = 50 * 1024 * 1024;

/// How far an encoding declaration is looked for, and enough to tell what the document is.
const HEAD: usize = 1024;

/// How much is decoded at a time.
const CHUNK: usize = 16 * 1024;

/// The text of a document as UTF-8, unpacked from any number of members of gzip (told by the first bytes), decoded by
/// byte order mark, else by the XML declaration, else as UTF-8. Bad sequences become U+FFFD.
///
/// It fails, after what could be read, where the gzip is broken and at [`MAX_DECODED`] bytes: so a bomb costs no memory,
/// and time for 50 MiB.
pub(crate) struct Source<'a> {
    raw: Box<dyn BufRead + Send + 'a>,
    decoder: Decoder,
    text: Box<[u8]>,
    /// What of `text` is filled and not taken yet.
    at: usize,
    end: usize,
    left: usize,
    ended: bool,
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> io::Result<Self> {
        Self::within(bytes, MAX_DECODED)
    }

    pub(crate) fn within(bytes: &'a [u8], limit: usize) -> io::Result<Self> {
        let mut raw = unpacked(bytes);
        let mut head = Vec::with_capacity(HEAD);
        // What comes before damage is kept; the damage is met again later.
        let read = raw.by_ref().take(HEAD as u64).read_to_end(&mut head);
        if head.is_empty() {
            read?;
        }
        let (encoding, mark) = Encoding::for_bom(&head).unwrap_or_else(|| (declared(&head), 0));
        head.drain(..mark);
        Ok(Self {
            raw: Box::new(Cursor::new(head).chain(raw)),
            decoder: encoding.new_decoder_without_bom_handling(),
            text: vec![0; CHUNK].into(),
            at: 0,
            end: 0,
            left: limit,
            ended: false,
        })
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

/// What a failure to read means.
pub(crate) fn fault(what: &str, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::FileTooLarge {
        let message = format!("the {what} has more than {MAX_DECODED} bytes");
        return Error::new(ErrorKind::TooLarge, message);
    }
    let message = format!("the {what}'s gzip data is broken");
    Error::new(ErrorKind::Decode, message).with_source(error.to_string())
}

fn unpacked<'a>(bytes: &'a [u8]) -> Box<dyn BufRead + Send + 'a> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        Box::new(BufReader::with_capacity(CHUNK, MultiGzDecoder::new(bytes)))
    } else {
        Box::new(bytes)
    }
}

fn declared(head: &[u8]) -> &'static Encoding {
    match head {
        [b'<', 0, ..] => return UTF_16LE,
        [0, b'<', ..] => return UTF_16BE,
        _ => {}
    }
    let start = String::from_utf8_lossy(head.trim_ascii_start());
    let named = label(&start).and_then(|label| Encoding::for_label(label.as_bytes()));
    // Whoever could read so far was not reading UTF-16.
    named
        .filter(|encoding| encoding.is_ascii_compatible())
        .unwrap_or(UTF_8)
}

/// The encoding in `<?xml version="1.0" encoding="…"?>`.
fn label(head: &str) -> Option<&str> {
    let (declaration, _) = head.strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    value.split(quote).nth(1)
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
        let end = Source::within(bytes, LIMIT).and_then(|mut source| source.read_to_end(&mut text));
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
            (b"a\xFFb", "a\u{fffd}b"),
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
