//! From the bytes of a sitemap to its text: gzip and character encodings.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::bufread::MultiGzDecoder;

use crate::{Error, ErrorKind, Result};

/// How large a sitemap may be once unpacked, and again as UTF-8, in bytes: the 50 MiB that sitemaps.org allows.
pub const MAX_DECODED: usize = 50 * 1024 * 1024;

/// Bytes out of their gzip, if they are in one.
#[derive(Debug)]
pub(super) struct Unpacked<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Whether the gzip data ends early or goes bad.
    pub(super) cut: bool,
}

/// Unpacks at most `limit` bytes of gzip, told by its first bytes, of any number of members. What comes before damage is kept.
pub(super) fn unpack(bytes: &[u8], limit: usize) -> Result<Unpacked<'_>> {
    if bytes.len() > limit {
        return Err(too_large(limit));
    }
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Unpacked {
            bytes: Cow::Borrowed(bytes),
            cut: false,
        });
    }
    let mut unpacked = Vec::new();
    match read_up_to(limit + 1, MultiGzDecoder::new(bytes), &mut unpacked) {
        _ if unpacked.len() > limit => Err(too_large(limit)),
        Err(error) if unpacked.is_empty() => Err(Error::new(
            ErrorKind::Decode,
            "the sitemap's gzip data is broken",
        )
        .with_source(error)),
        end => Ok(Unpacked {
            bytes: Cow::Owned(unpacked),
            cut: end.is_err(),
        }),
    }
}

/// Reads to the end, or to the limit. The buffer never has room for more than that, as one that doubles would.
fn read_up_to(limit: usize, mut reader: impl Read, into: &mut Vec<u8>) -> std::io::Result<()> {
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = reader.read(&mut chunk)?.min(limit - into.len());
        if read == 0 {
            return Ok(());
        }
        if into.capacity() - into.len() < read {
            into.reserve_exact(into.len().clamp(read, limit - into.len()));
        }
        into.extend_from_slice(chunk.get(..read).unwrap_or_default());
    }
}

/// Decodes to at most `limit` bytes of UTF-8, by byte order mark, else by the XML declaration, else as UTF-8. Bad sequences become U+FFFD.
pub(super) fn decode(bytes: &[u8], limit: usize) -> Result<Cow<'_, str>> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (declared(bytes), 0));
    let bytes = bytes.get(mark..).unwrap_or_default();
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(limit);
    let mut text = String::with_capacity(room.min(limit));
    let (result, ..) = decoder.decode_to_string(bytes, &mut text, true);
    match result {
        CoderResult::InputEmpty => Ok(Cow::Owned(text)),
        CoderResult::OutputFull => Err(too_large(limit)),
    }
}

fn declared(bytes: &[u8]) -> &'static Encoding {
    match bytes {
        [b'<', 0, ..] => return UTF_16LE,
        [0, b'<', ..] => return UTF_16BE,
        _ => {}
    }
    let start = bytes.trim_ascii_start();
    let head = String::from_utf8_lossy(start.get(..256).unwrap_or(start));
    let named = label(&head).and_then(|label| Encoding::for_label(label.as_bytes()));
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

fn too_large(limit: usize) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        format!("the sitemap has more than {limit} bytes"),
    )
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

    #[test]
    fn all_members_are_unpacked() {
        let unpacked = [gzip(b"one "), gzip(b"two")].concat();
        let unpacked = unpack(&unpacked, LIMIT).unwrap();
        assert_eq!((&*unpacked.bytes, unpacked.cut), (&b"one two"[..], false));
    }

    #[test]
    fn what_comes_before_damage_is_kept() {
        let mut packed = gzip(b"one two");
        packed.truncate(packed.len() - 4);
        let unpacked = unpack(&packed, LIMIT).unwrap();
        assert_eq!((&*unpacked.bytes, unpacked.cut), (&b"one two"[..], true));
        assert_eq!(
            unpack(b"\x1f\x8bnothing", LIMIT).unwrap_err().kind(),
            ErrorKind::Decode
        );
    }

    #[test]
    fn bombs_are_refused() {
        let bomb = gzip(&vec![b' '; LIMIT + 1]);
        assert!(bomb.len() < 1_000);
        assert_eq!(
            unpack(&bomb, LIMIT).unwrap_err().kind(),
            ErrorKind::TooLarge
        );
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
            assert_eq!(decode(bytes, LIMIT).unwrap(), text);
        }
    }

    #[test]
    fn text_that_grows_beyond_the_limit_is_refused() {
        assert_eq!(
            decode(&vec![0xFF; LIMIT], LIMIT).unwrap_err().kind(),
            ErrorKind::TooLarge
        );
    }
}
