//! The text of a heading, collected from the tags within it.

use super::entities::{self, Place};
use super::name::{self, Name};
use super::tags::Tag;
use super::text::Words;

/// A heading that is being read.
#[derive(Debug)]
pub(crate) struct Heading {
    words: Words,
    /// Up to where the page has been read; `None` once the heading has ended.
    read: Option<usize>,
    /// Number of elements open within the heading; of those, blocks; and of those, headings. Paragraphs, which end by
    /// themselves, are not counted.
    open: usize,
    blocks: usize,
    headings: usize,
    /// Number of open elements whose text is not shown.
    hidden: usize,
}

impl Heading {
    /// A heading whose start tag ends at `start`.
    pub(crate) fn new(start: usize) -> Self {
        Self {
            words: Words::default(),
            read: Some(start),
            open: 0,
            blocks: 0,
            headings: 0,
            hidden: 0,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.read.is_some()
    }

    /// Notes the next tag of the page.
    pub(crate) fn tag(&mut self, tag: &Tag<'_>, page: &str) {
        self.text_before(tag.span.start, page);
        self.read = (!self.is_ended_by(tag)).then_some(tag.span.end);
        if tag.name.is_block() {
            self.words.separate();
        }
        count(&mut self.open, tag, |name| {
            name != name::NONE && !name.is_void() && name != name::P
        });
        count(&mut self.blocks, tag, |name| {
            name.is_block() && !name.is_void() && name != name::P
        });
        count(&mut self.headings, tag, Name::is_heading);
        count(&mut self.hidden, tag, |name| {
            name.is_hidden() || !tag.is_html && name.is_hidden_in_foreign()
        });
        if let Some(raw) = tag.raw_text {
            if tag.name == name::TEXTAREA {
                self.words.push(&entities::decode(
                    std::str::from_utf8(raw).unwrap_or_default(),
                    Place::Text,
                ));
            }
            self.read = Some(tag.span.end + raw.len());
        }
    }

    pub(crate) fn finish(mut self, page: &str) -> String {
        self.text_before(page.len(), page);
        self.words.finish()
    }

    fn text_before(&mut self, end: usize, page: &str) {
        let text = self.read.and_then(|start| page.get(start..end));
        if let Some(text) = text.filter(|_| self.hidden == 0) {
            self.words.push(&entities::decode(text, Place::Text));
        }
    }

    /// Returns whether the tag ends the heading: the end tag of any heading does, the start tag of one directly within
    /// it, and the end tag of a block around it.
    fn is_ended_by(&self, tag: &Tag<'_>) -> bool {
        let name = tag.name;
        match (name.is_heading(), tag.is_end) {
            (true, true) => self.headings == 0,
            (true, false) => self.open == 0,
            (false, is_end) => {
                is_end && self.blocks == 0 && name.is_block() && !Self::is_passed_over(name)
            }
        }
    }

    /// Blocks whose end tags end nothing around them.
    fn is_passed_over(name: Name) -> bool {
        name.is_void() || [name::P, name::BODY, name::HTML].contains(&name)
    }
}

/// Counts the open elements of a kind.
fn count(open: &mut usize, tag: &Tag<'_>, is_of_kind: impl Fn(Name) -> bool) {
    if is_of_kind(tag.name) {
        *open = if tag.is_end {
            open.saturating_sub(1)
        } else {
            *open + 1
        };
    }
}
