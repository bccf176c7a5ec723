//! Character references such as `&amp;` and `&#233;`, decoded as the HTML standard says (section 13.2.5.72 and after).

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::memchr2;

/// Place of a text: in an attribute, `&copy=` and `&copyx` are no references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Attribute,
    Text,
}

/// The longest name of a reference, `&CounterClockwiseContourIntegral;`, without the ampersand.
const LONGEST: usize = 32;

/// Decodes the references in `raw`; NUL characters, which HTML does not allow, become U+FFFD.
pub(crate) fn decode(raw: &str, place: Place) -> Cow<'_, str> {
    let mut rest = raw;
    let mut out = String::new();
    while let Some((before, found)) =
        memchr2(b'&', 0, rest.as_bytes()).and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(before);
        let length = if found.starts_with('\0') {
            out.push(char::REPLACEMENT_CHARACTER);
            1
        } else {
            reference(found, place, &mut out).unwrap_or_else(|| {
                out.push('&');
                1
            })
        };
        rest = found.get(length..).unwrap_or_default();
    }
    if out.is_empty() && rest.len() == raw.len() {
        return Cow::Borrowed(raw);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes the reference that `text`, which begins with `&`, begins with. Returns its length.
fn reference(text: &str, place: Place, out: &mut String) -> Option<usize> {
    match text.as_bytes() {
        [_, b'#', b'x' | b'X', digits @ ..] => numeric(digits, 16, out).map(|length| length + 3),
        [_, b'#', digits @ ..] => numeric(digits, 10, out).map(|length| length + 2),
        [_, first, ..] if first.is_ascii_alphanumeric() => {
            named(text.get(1..)?, place, out).map(|length| length + 1)
        }
        _ => None,
    }
}

fn numeric(text: &[u8], radix: u32, out: &mut String) -> Option<usize> {
    let digits = text
        .iter()
        .map_while(|&byte| char::from(byte).to_digit(radix));
    let (length, number) = digits.fold((0, 0_u32), |(length, number), digit| {
        (
            length + 1,
            number.saturating_mul(radix).saturating_add(digit),
        )
    });
    if length == 0 {
        return None;
    }
    let windows_1252 = number
        .checked_sub(0x80)
        .and_then(|index| *C1_REPLACEMENTS.get(usize::try_from(index).ok()?)?);
    let decoded = windows_1252
        .or_else(|| char::from_u32(number))
        .filter(|&c| c != '\0');
    out.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(length + usize::from(text.get(length) == Some(&b';')))
}

/// The longest name that `text` begins with counts.
fn named(text: &str, place: Place, out: &mut String) -> Option<usize> {
    let word = text
        .bytes()
        .take(LONGEST)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let longest = word + usize::from(text.as_bytes().get(word) == Some(&b';'));
    let (length, (first, second)) = (1..=longest).rev().find_map(|length| {
        let code_points = NAMED_ENTITIES.get(text.get(..length)?)?;
        // The table also lists what names begin with, as zero.
        (code_points.0 != 0).then_some((length, *code_points))
    })?;
    let is_closed = text.get(..length)?.ends_with(';');
    let follows = text.as_bytes().get(length);
    if place == Place::Attribute
        && !is_closed
        && follows.is_some_and(|&b| b == b'=' || b.is_ascii_alphanumeric())
    {
        return None;
    }
    out.extend(char::from_u32(first));
    out.extend(char::from_u32(second).filter(|&c| c != '\0'));
    Some(length)
}

/// Returns the text as markup that shows it.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&']) {
        return Cow::Borrowed(text);
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    Cow::Owned(escaped.replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_as_the_standard_says() {
        for (raw, attribute, text) in [
            ("plain", "plain", "plain"),
            ("a&amp;b&lt;&GT;", "a&b<>", "a&b<>"),
            ("&copy=1&copyx&copy", "&copy=1&copyx©", "©=1©x©"),
            ("&notit;&notin;", "&notit;∉", "¬it;∉"),
            ("&#65;&#x42;&#X43&#68", "ABCD", "ABCD"),
            (
                "&#128;&#0;&#xD800;&#99999999999;",
                "€\u{fffd}\u{fffd}\u{fffd}",
                "€\u{fffd}\u{fffd}\u{fffd}",
            ),
            (
                "&#;&#x;&;& &unknown;&",
                "&#;&#x;&;& &unknown;&",
                "&#;&#x;&;& &unknown;&",
            ),
            ("&NotEqualTilde;", "≂̸", "≂̸"),
            ("&CounterClockwiseContourIntegral;", "∳", "∳"),
            ("a\0b", "a\u{fffd}b", "a\u{fffd}b"),
            ("&é", "&é", "&é"),
        ] {
            assert_eq!(decode(raw, Place::Attribute), attribute, "{raw}");
            assert_eq!(decode(raw, Place::Text), text, "{raw}");
        }
    }

    #[test]
    fn text_without_references_is_not_copied() {
        assert!(matches!(
            decode("plain", Place::Text),
            Cow::Borrowed("plain")
        ));
    }
}
