//! Reading of text files that people write, with whatever editor.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};

/// Reads a text file as UTF-8, or in the encoding of its byte order mark, which is no part of the text.
///
/// # Errors
/// An I/O error when the file cannot be read, or is no text in that encoding.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let bytes = std::fs::read(path)?;
    match text(&bytes) {
        Some(text) => Ok(text.into_owned()),
        None => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is not UTF-8",
        )),
    }
}

/// Decodes the bytes of a text file; `None` when they are no text in its encoding.
pub(crate) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    encoding.decode_without_bom_handling_and_without_replacement(bytes.get(mark..)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let table: [(&[u8], Option<&str>); 6] = [
            (b"a\n", Some("a\n")),
            (b"\xEF\xBB\xBFa\n", Some("a\n")),
            (b"\xFF\xFEa\0\n\0", Some("a\n")),
            (b"\xFE\xFF\0a\0\n", Some("a\n")),
            (b"\xEF\xBB\xBF\xE9", None),
            (b"", Some("")),
        ];
        for (bytes, expected) in table {
            assert_eq!(text(bytes).as_deref(), expected, "{}", bytes.escape_ascii());
        }
    }
}
