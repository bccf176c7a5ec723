//! The tags of a page, one after the other and without a tree: what links, titles and charsets are read from.
//!
//! The tokenizer of the HTML standard (section 13.2.5), reduced to what tells tags from everything else: comments, raw
//! text such as scripts, and the foreign content of `svg` and `math`, in which raw text is none. It reads bytes in any
//! encoding that has ASCII for its lower half, copies nothing, and takes time linear in the input, whatever that is.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2_iter, memmem};

use super::attributes::{Attributes, ends_name};
use super::foreign::Foreign;
use super::name::{self, Name};

/// Reads the tags of a page in document order.
#[derive(Debug)]
pub(crate) struct Tags<'a> {
    html: &'a [u8],
    at: usize,
    foreign: Foreign,
}

/// A start or end tag, or markup that is none, such as a comment or a tag that the page ends within. That has no name and
/// is an end tag, so it starts nothing.
#[derive(Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) name: Name,
    pub(crate) is_end: bool,
    /// Set if the tag belongs to HTML, as opposed to being within `svg` or `math`.
    pub(crate) is_html: bool,
    pub(crate) attributes: Attributes<'a>,
    /// Position of the tag in the page.
    pub(crate) span: Range<usize>,
    /// Text between this start tag and its end tag, for elements whose content is not markup.
    pub(crate) raw_text: Option<&'a [u8]>,
}

impl Tag<'_> {
    /// Markup that is no tag, or none that matters.
    pub(crate) fn without_name(span: Range<usize>) -> Self {
        Self {
            name: name::NONE,
            is_end: true,
            is_html: true,
            attributes: Attributes::new(b""),
            span,
            raw_text: None,
        }
    }
}

impl<'a> Tags<'a> {
    pub(crate) fn new(html: &'a [u8]) -> Self {
        Self {
            html,
            at: 0,
            foreign: Foreign::default(),
        }
    }

    /// Returns the rest of the page from `from` on; nothing beyond its end.
    fn rest(&self, from: usize) -> &'a [u8] {
        self.html.get(from..).unwrap_or_default()
    }

    /// Reads what begins with the `<` at `start`. `None` when that is mere text; the position is behind it in any case.
    fn markup(&mut self, start: usize) -> Option<Tag<'a>> {
        let rest = self.rest(start + 1);
        match rest {
            [b'a'..=b'z' | b'A'..=b'Z', ..] => self.tag(start, start + 1, false),
            [b'/', b'a'..=b'z' | b'A'..=b'Z', ..] => self.tag(start, start + 2, true),
            [b'!', b'-', b'-', text @ ..] => Some(self.comment(start, 4, comment_end(text))),
            [b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', text @ ..] if self.in_foreign() => {
                Some(self.comment(start, 9, memmem::find(text, b"]]>").map(|end| end + 3)))
            }
            // What the standard calls bogus comments, and doctypes.
            [b'!' | b'?' | b'/', text @ ..] if rest != b"/" => {
                Some(self.comment(start, 2, memchr(b'>', text).map(|end| end + 1)))
            }
            _ => {
                self.at = start + 1;
                None
            }
        }
    }

    /// Markup without a name, `length` bytes behind its opening; to the end of the page if it does not end.
    fn comment(&mut self, start: usize, opening: usize, length: Option<usize>) -> Tag<'a> {
        self.at = length.map_or(self.html.len(), |length| start + opening + length);
        Tag::without_name(start..self.at)
    }

    fn in_foreign(&self) -> bool {
        !self.foreign.is_html()
    }

    fn tag(&mut self, start: usize, name_start: usize, is_end: bool) -> Option<Tag<'a>> {
        let (name, length) = Name::read(self.rest(name_start));
        let (spelled, rest) = self.rest(name_start).split_at_checked(length)?;
        let attributes = Attributes::new(rest);
        let Some(end) = attributes.end() else {
            return Some(self.comment(start, 1, None));
        };
        self.at = self.html.len() - end.behind;
        let span = start..self.at;
        let mut tag = Tag {
            name,
            is_end,
            is_html: true,
            attributes,
            span,
            raw_text: None,
        };
        if is_end {
            tag.is_html = self.foreign.is_html();
            self.foreign.end(name);
        } else {
            tag.is_html = self.foreign.start(name, end.is_self_closing);
            tag.raw_text = tag.is_html.then(|| self.raw_text(name, spelled)).flatten();
        }
        Some(tag)
    }

    /// The content of an element that holds no markup; the position moves to its end tag.
    fn raw_text(&mut self, name: Name, spelled: &[u8]) -> Option<&'a [u8]> {
        if !name.has_no_markup() {
            return None;
        }
        let rest = self.rest(self.at);
        let length = match name {
            name::SCRIPT => script_end(rest),
            name::PLAINTEXT => rest.len(),
            _ => raw_text_end(rest, spelled),
        };
        self.at += length;
        rest.get(..length)
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        while let Some(distance) = memchr(b'<', self.rest(self.at)) {
            if let Some(tag) = self.markup(self.at + distance) {
                return Some(tag);
            }
        }
        self.at = self.html.len();
        None
    }
}

/// Returns the length of a comment's text and its end, from behind `<!--` on.
fn comment_end(text: &[u8]) -> Option<usize> {
    if text.starts_with(b">") {
        return Some(1);
    }
    if text.starts_with(b"->") {
        return Some(2);
    }
    memchr_iter(b'>', text)
        .find(|&at| {
            text.get(..at)
                .is_some_and(|before| before.ends_with(b"--") || before.ends_with(b"--!"))
        })
        .map(|at| at + 1)
}

/// Returns whether `text` begins with `opening` and `name`, in any case, and a tag name ends there.
fn begins_tag(text: &[u8], opening: &[u8], name: &[u8]) -> bool {
    text.strip_prefix(opening)
        .and_then(|text| text.split_at_checked(name.len()))
        .is_some_and(|(spelled, rest)| {
            spelled.eq_ignore_ascii_case(name) && rest.first().is_some_and(|&b| ends_name(b))
        })
}

fn raw_text_end(text: &[u8], name: &[u8]) -> usize {
    memchr_iter(b'<', text)
        .find(|&at| {
            text.get(at..)
                .is_some_and(|rest| begins_tag(rest, b"</", name))
        })
        .unwrap_or(text.len())
}

/// Returns the position of the end of a script. Within `<!--` a nested `<script>` has to be closed first: sections
/// 13.2.5.15 and after.
fn script_end(text: &[u8]) -> usize {
    let (mut is_escaped, mut is_nested) = (false, false);
    for at in memchr2_iter(b'<', b'-', text) {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with(b"-->") {
            (is_escaped, is_nested) = (false, false);
        } else if rest.starts_with(b"<!--") {
            is_escaped = true;
        } else if begins_tag(rest, b"</", b"script") {
            if !is_nested {
                return at;
            }
            is_nested = false;
        } else if is_escaped && begins_tag(rest, b"<", b"script") {
            is_nested = true;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tags as text: `a[href=x] /a`.
    fn read(html: &str) -> String {
        let tags = Tags::new(html.as_bytes())
            .filter(|tag| tag.name != name::NONE)
            .map(|tag| {
                let spelled = html[tag.span.clone()].trim_start_matches(['<', '/']);
                let end = spelled
                    .find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')
                    .unwrap();
                let attributes = tag.attributes.map(|(name, value)| {
                    format!(
                        "[{}={}]",
                        String::from_utf8_lossy(name),
                        String::from_utf8_lossy(value)
                    )
                });
                format!(
                    "{}{}{}",
                    if tag.is_end { "/" } else { "" },
                    &spelled[..end],
                    attributes.collect::<String>()
                )
            });
        tags.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn attributes_are_read_as_the_standard_says() {
        for (html, expected) in [
            ("<a href=x>", "a[href=x]"),
            ("<a href = 'x y' id>", "a[href=x y][id=]"),
            ("<a href=x/>", "a[href=x/]"),
            ("<a/href=x / b>", "a[href=x][b=]"),
            ("<a =b=\">\">", "a[=b=>]"),
            ("<a b==c>", "a[b==c]"),
            ("<a b=>x", "a[b=]"),
            ("<a b=\"x\"c='y'>", "a[b=x][c=y]"),
            ("<a \"b>", "a[\"b=]"),
            ("<a href=\"<b>\">", "a[href=<b>]"),
            ("<a <b>", "a[<b=]"),
        ] {
            assert_eq!(read(html), expected, "{html}");
        }
    }

    #[test]
    fn only_tags_are_tags() {
        for (html, expected) in [
            ("", ""),
            ("< a><1><>", ""),
            ("<!-- <a> --><b>", "b"),
            ("<!--><b>--><!---><i>", "b i"),
            ("<!-- <a> --!><b>", "b"),
            ("<!-- <a> -- ><b>", ""),
            ("<!a><b><?a <i>><u></ a><s></><p>", "b u s p"),
            ("<a", ""),
            ("<a href='", ""),
            ("<a href", ""),
            ("<![CDATA[<a>]]><b>", "b"),
            ("<svg><![CDATA[<a>]]><b>", "svg b"),
        ] {
            assert_eq!(read(html), expected, "{html}");
        }
    }

    #[test]
    fn raw_text_holds_no_tags() {
        for (html, expected) in [
            ("<title><a></title><b>", "title /title b"),
            ("<TITLE><a></TiTle ><b>", "TITLE /TiTle b"),
            ("<style><a></styles></style>", "style /style"),
            ("<textarea><a>", "textarea"),
            ("<plaintext><a></plaintext>", "plaintext"),
            ("<noscript><a></noscript>", "noscript a /noscript"),
            ("<script>'<a>'</script><b>", "script /script b"),
            (
                "<script><!-- <script> </script> <a> --></script><b>",
                "script /script b",
            ),
            ("<script><!--> <script> </script><b>", "script /script b"),
            ("<script><!-- </script><b>", "script /script b"),
            (
                "<svg><style><a></style></svg><style><a></style>",
                "svg style a /style /svg style /style",
            ),
            (
                "<svg><title><style><a></style></title>",
                "svg title style /style /title",
            ),
            ("<svg><p><style><a></style>", "svg p style /style"),
            ("<svg/><style><a></style>", "svg style /style"),
        ] {
            assert_eq!(read(html), expected, "{html}");
        }
    }
}
