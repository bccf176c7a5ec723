//! The text of robots.txt: as much of it as counts, in an encoding in which ASCII is ASCII.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::file::MAX_BYTES;

/// The text of a file, without what is beyond the limit and without a byte order mark.
pub(super) fn of(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(encoding) = utf_16(bytes) else {
        return Cow::Borrowed(without_bom(within_limit(bytes)));
    };
    let head = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    let (text, _) = encoding.decode_with_bom_removal(head);
    let mut text = text.into_owned().into_bytes();
    if head.len() < bytes.len() {
        // The last line may have been cut off.
        let whole = text
            .iter()
            .rposition(|byte| is_end(*byte))
            .unwrap_or_default();
        text.truncate(whole);
    }
    Cow::Owned(text)
}

/// Returns the variant of UTF-16 that the bytes are in, by the byte order mark, or by an ASCII character in two bytes,
/// which occurs in no other encoding. `None` if they are not UTF-16.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        [first, 0, ..] if first.is_ascii() && *first != 0 => Some(UTF_16LE),
        [0, second, ..] if second.is_ascii() && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn within_limit(bytes: &[u8]) -> &[u8] {
    let Some((head, rest)) = bytes.split_at_checked(MAX_BYTES) else {
        return bytes;
    };
    if rest.first().is_none_or(|byte| is_end(*byte)) {
        return head;
    }
    let whole = head
        .iter()
        .rposition(|byte| is_end(*byte))
        .unwrap_or_default();
    head.get(..whole).unwrap_or_default()
}

/// Takes off a byte order mark in UTF-8, or as much of one as there is.
fn without_bom(bytes: &[u8]) -> &[u8] {
    let marked = bytes
        .iter()
        .zip(b"\xEF\xBB\xBF")
        .take_while(|(byte, mark)| byte == mark)
        .count();
    bytes.get(marked..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns this text in UTF-16, its units in the byte order that `bytes` gives them.
    fn in_utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf_16_is_read_in_either_order_with_a_mark_or_without() {
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let plain = in_utf_16("Allow: /\u{fc}\n", order);
            let marked = in_utf_16("\u{feff}Allow: /\u{fc}\n", order);
            assert_eq!(*of(&plain), *"Allow: /\u{fc}\n".as_bytes());
            assert_eq!(*of(&marked), *"Allow: /\u{fc}\n".as_bytes());
        }
    }

    #[test]
    fn a_mark_in_utf_8_may_be_cut() {
        for mark in [&b""[..], b"\xEF", b"\xEF\xBB", b"\xEF\xBB\xBF"] {
            assert_eq!(*of(&[mark, b"ab"].concat()), *b"ab");
        }
    }

    #[test]
    fn a_line_of_utf_16_that_the_limit_cuts_is_dropped() {
        let text = format!("\u{feff}{}\nlast", "#".repeat(MAX_BYTES / 2 - 4));
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes = in_utf_16(&text, order);
            assert!(bytes.len() > MAX_BYTES);
            assert!(of(&bytes).ends_with(b"#"), "{}", of(&bytes).len());
        }
    }
}
