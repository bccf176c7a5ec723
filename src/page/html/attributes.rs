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

    /// Takes what comes before the first byte that `ends`. When none does, the page ended: takes all and says `None`.
    fn take_until(&mut self, ends: impl Fn(u8) -> bool) -> Option<&'a [u8]> {
        let length = self.rest.iter().position(|&byte| ends(byte));
        let (taken, rest) = self
            .rest
            .split_at_checked(length.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        length.map(|_| taken)
    }

    fn take_quoted(&mut self, quote: u8, text: &'a [u8]) -> Option<&'a [u8]> {
        self.rest = b"";
        let length = memchr(quote, text)?;
        self.rest = text.get(length + 1..).unwrap_or_default();
        text.get(..length)
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let skipped = self.take_until(|byte| !byte.is_ascii_whitespace() && byte != b'/')?;
        let (first, others) = self.rest.split_first()?;
        if *first == b'>' {
            self.is_self_closing = skipped.last() == Some(&b'/');
            return None;
        }
        // An equals sign that stands first is part of the name.
        let length = 1 + others
            .iter()
            .position(|&byte| ends_name(byte) || byte == b'=')
            .unwrap_or(others.len());
        let (name, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        self.take_until(|byte| !byte.is_ascii_whitespace())?;
        let Some(rest) = self.rest.strip_prefix(b"=") else {
            return Some((name, b""));
        };
        self.rest = rest;
        self.take_until(|byte| !byte.is_ascii_whitespace())?;
        let value = match self.rest {
            [quote @ (b'"' | b'\''), text @ ..] => self.take_quoted(*quote, text)?,
            _ => self.take_until(|byte| byte.is_ascii_whitespace() || byte == b'>')?,
        };
        Some((name, value))
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
    byte.is_ascii_whitespace() || byte == b'/' || byte == b'>'
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
