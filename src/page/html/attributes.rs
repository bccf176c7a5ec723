//! The attributes of a tag, read where they stand.

use std::borrow::Cow;

use memchr::memchr;

use super::tags::Tags;

/// The attributes of a tag as name and value, both as they are spelled, in order, duplicates included.
#[derive(Debug, Clone)]
pub(crate) struct Attributes<'a> {
    /// Rest of the tag; at the end, it begins with the `>` of the tag, or is empty if the page ended before it.
    rest: &'a [u8],
    is_self_closing: bool,
}

/// The end of a tag.
#[derive(Debug)]
pub(crate) struct End {
    /// Length of the page behind the tag, in bytes.
    pub(crate) behind: usize,
    pub(crate) is_self_closing: bool,
}

impl<'a> Attributes<'a> {
    /// The attributes of a tag whose name ends where `rest` begins.
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self {
            rest,
            is_self_closing: false,
        }
    }

    /// Returns the end of the tag, or `None` if the tag does not end.
    pub(crate) fn end(&self) -> Option<End> {
        if let [b'>', behind @ ..] = self.rest {
            return Some(End {
                behind: behind.len(),
                is_self_closing: false,
            });
        }
        let mut walk = self.clone();
        walk.by_ref().for_each(drop);
        Some(End {
            behind: walk.rest.len().checked_sub(1)?,
            is_self_closing: walk.is_self_closing,
        })
    }

    /// The value of an attribute, whose name is given in lower case. The first of several counts.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.clone()
            .find(|(spelled, _)| spelled.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Ends with the page: the tag does not end.
    fn end_with_page(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        self.rest = b"";
        None
    }

    fn skip_to(&mut self, at: usize) {
        self.rest = self.rest.get(at..).unwrap_or_default();
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest;
        let start = skip(rest, 0, SPACE | SLASH);
        match rest.get(start) {
            None => return self.end_with_page(),
            Some(b'>') => {
                let before = start.checked_sub(1).and_then(|before| rest.get(before));
                self.is_self_closing = before == Some(&b'/');
                self.skip_to(start);
                return None;
            }
            Some(_) => {}
        }
        // An equals sign that stands first is part of the name.
        let name_end = find(rest, start + 1, SPACE | SLASH | GREATER | EQUALS);
        let name = rest.get(start..name_end).unwrap_or_default();
        let equals = skip(rest, name_end, SPACE);
        match rest.get(equals) {
            None => return self.end_with_page(),
            Some(b'=') => {}
            Some(_) => {
                self.skip_to(equals);
                return Some((name, b""));
            }
        }
        let begin = skip(rest, equals + 1, SPACE);
        let (value, behind) = match rest.get(begin..).unwrap_or_default() {
            [quote @ (b'"' | b'\''), text @ ..] => {
                let Some(length) = memchr(*quote, text) else {
                    return self.end_with_page();
                };
                (text.get(..length), begin + length + 2)
            }
            text => {
                let length = find(text, 0, SPACE | GREATER);
                if length == text.len() {
                    return self.end_with_page();
                }
                (text.get(..length), begin + length)
            }
        };
        self.skip_to(behind);
        Some((name, value.unwrap_or_default()))
    }
}

/// The page with the tags that have more than `max` attributes cut short; the page itself if there are none.
pub(crate) fn cap_attributes(page: &str, max: usize) -> Cow<'_, str> {
    let mut capped = String::new();
    let mut copied = 0;
    for tag in Tags::new(page.as_bytes()) {
        let mut attributes = tag.attributes;
        if attributes.by_ref().take(max).count() == max {
            let kept = page.len() - attributes.rest.len();
            capped.push_str(page.get(copied..kept).unwrap_or_default());
            copied = tag.span.end - 1;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(page);
    }
    capped.push_str(page.get(copied..).unwrap_or_default());
    Cow::Owned(capped)
}

/// Returns whether a tag or attribute name ends before this byte.
pub(crate) fn ends_name(byte: u8) -> bool {
    is_of(byte, SPACE | SLASH | GREATER)
}

/// Classes of bytes within a tag.
const SPACE: u8 = 1;
const SLASH: u8 = 2;
const GREATER: u8 = 4;
const EQUALS: u8 = 8;

/// The class of each byte: one look is quicker than a comparison with each of six bytes, for all bytes of all tags.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte: u8 = 0;
    let mut rest: &mut [u8] = &mut classes;
    while let Some((class, others)) = rest.split_first_mut() {
        *class = match byte {
            b'/' => SLASH,
            b'>' => GREATER,
            b'=' => EQUALS,
            _ if byte.is_ascii_whitespace() => SPACE,
            _ => 0,
        };
        byte = byte.wrapping_add(1);
        rest = others;
    }
    classes
};

#[expect(clippy::indexing_slicing, reason = "there is a class for each byte")]
fn is_of(byte: u8, classes: u8) -> bool {
    CLASSES[usize::from(byte)] & classes != 0
}

/// Returns the position, from `from` on, of the first byte of one of these classes, or the end.
fn find(bytes: &[u8], from: usize, classes: u8) -> usize {
    position(bytes, from, |byte| is_of(byte, classes))
}

/// Returns the position, from `from` on, of the first byte of none of these classes, or the end.
fn skip(bytes: &[u8], from: usize, classes: u8) -> usize {
    position(bytes, from, |byte| !is_of(byte, classes))
}

#[inline]
fn position(bytes: &[u8], from: usize, is_it: impl Fn(u8) -> bool) -> usize {
    let mut at = from;
    while bytes.get(at).is_some_and(|&byte| !is_it(byte)) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_attributes_are_cut_off() {
        let many: Vec<_> = (0..=100).map(|n| format!(" a{n}='>'")).collect();
        let (all, kept) = (many.concat(), many[..100].concat());
        assert_eq!(
            cap_attributes(&format!("<a b><p{all} /><i>"), 100),
            format!("<a b><p{kept}><i>")
        );
    }

    #[test]
    fn a_page_within_the_limit_is_not_copied() {
        assert!(matches!(cap_attributes("<a b><p c>", 2), Cow::Borrowed(_)));
    }
}
