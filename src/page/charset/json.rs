//! Detection of the encoding of JSON: UTF-8 by its standard, and others that sites send nonetheless.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

/// The encoding of a text that begins with a character of ASCII, as JSON does, and has no byte order mark; `named` is
/// what the header says.
pub(super) fn encoding(
    body: &[u8],
    named: Option<&'static Encoding>,
    domain: Option<&str>,
) -> &'static Encoding {
    let body = without_cut(body);
    match body {
        [0, byte, ..] if *byte != 0 => return UTF_16BE,
        [byte, 0, ..] if *byte != 0 => return UTF_16LE,
        _ => {}
    }
    // All of its bytes are ASCII, and so are those of nothing else that is said of JSON.
    if named == Some(ISO_2022_JP) && body.contains(&0x1b) {
        return ISO_2022_JP;
    }
    if std::str::from_utf8(body).is_ok() {
        return UTF_8;
    }
    if let Some(named) = named {
        return named;
    }
    let (good, bad) = count(body);
    if good >= bad {
        UTF_8
    } else {
        super::guess(body, domain)
    }
}

/// The text without a character of UTF-8 that its end cuts off, if it is a beginning only.
fn without_cut(body: &[u8]) -> &[u8] {
    let last = body.utf8_chunks().last();
    let cut = last.map_or(&[][..], |chunk| chunk.invalid());
    let is_cut = std::str::from_utf8(cut).is_err_and(|error| error.error_len().is_none());
    match body.strip_suffix(cut) {
        Some(rest) if is_cut => rest,
        _ => body,
    }
}

/// Counts the characters beyond ASCII and the invalid sequences of a text read as UTF-8.
fn count(body: &[u8]) -> (usize, usize) {
    let chunks = body.utf8_chunks();
    chunks.fold((0, 0), |(good, bad), chunk| {
        let more = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (good + more, bad + usize::from(!chunk.invalid().is_empty()))
    })
}

/// The number that four bytes are.
type Read = fn([u8; 4]) -> u32;

/// The text, if it is UTF-32: by its byte order mark, or by the zeros around its first character.
pub(super) fn utf_32(body: &[u8]) -> Option<String> {
    let (rest, read): (&[u8], Read) = match body {
        [0xff, 0xfe, 0, 0, rest @ ..] => (rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => (rest, u32::from_be_bytes),
        [0, 0, 0, first, ..] if *first != 0 => (body, u32::from_be_bytes),
        [first, 0, 0, 0, ..] if *first != 0 => (body, u32::from_le_bytes),
        _ => return None,
    };
    let chars = rest.chunks(4).map(|four| {
        let code = four.try_into().ok().map(read);
        code.and_then(char::from_u32)
            .unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    Some(chars.collect())
}

#[cfg(test)]
mod tests {
    use crate::page::charset::json_text;

    fn text(body: &[u8], content_type: &str) -> String {
        json_text(body, Some(content_type), None).into_owned()
    }

    #[test]
    fn json_is_utf_8_where_it_can_be() {
        for content_type in [
            "application/json",
            "application/json; charset=windows-1251",
            "text/html",
        ] {
            let body = "[\"да <meta charset=koi8-r>\"]";
            assert_eq!(text(body.as_bytes(), content_type), body);
        }
    }

    #[test]
    fn what_is_no_utf_8_is_what_the_header_says() {
        let body = b"[\"\xe4\xe0\"]";
        assert_eq!(
            text(body, "application/json; charset=windows-1251"),
            "[\"да\"]"
        );
        assert_eq!(text(body, "application/json; charset=latin1"), "[\"äà\"]");
        assert_eq!(
            text(body, "application/json; charset=utf-8"),
            "[\"\u{fffd}\u{fffd}\"]"
        );
        let japanese = b"[\"\x1b$B$3$s\x1b(B\"]";
        assert_eq!(
            text(japanese, "application/json; charset=iso-2022-jp"),
            "[\"こん\"]"
        );
    }

    #[test]
    fn one_bad_byte_makes_no_other_encoding() {
        let body = [b"[\"a\xffb\", ", "\"да und nö\"]".as_bytes()].concat();
        assert_eq!(
            text(&body, "application/json"),
            "[\"a\u{fffd}b\", \"да und nö\"]"
        );
        assert_eq!(
            text(b"[\"na\xefve caf\xe9\"]", "application/json"),
            "[\"naïve café\"]"
        );
    }

    #[test]
    fn zeros_tell_utf_16_and_utf_32() {
        let json = "[\"дa😀\"]";
        for mark in ["", "\u{feff}"] {
            let marked = format!("{mark}{json}");
            let units: Vec<u16> = marked.encode_utf16().collect();
            let codes: Vec<u32> = marked.chars().map(u32::from).collect();
            for body in [
                units
                    .iter()
                    .flat_map(|unit| unit.to_le_bytes())
                    .collect::<Vec<u8>>(),
                units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
                codes.iter().flat_map(|code| code.to_le_bytes()).collect(),
                codes.iter().flat_map(|code| code.to_be_bytes()).collect(),
            ] {
                assert_eq!(text(&body, "application/json"), json, "{body:?}");
                assert_eq!(
                    text(&body, "application/json; charset=utf-8"),
                    json,
                    "{body:?}"
                );
            }
        }
        assert_eq!(
            text(b"[\0\0\0\x01\0\x11\0", "application/json"),
            "[\u{fffd}"
        );
    }
}
