//! Puts words, marks and line breaks together, with what stands before each line of a list or a quote.

use super::escape;

/// Quotes and lists nested more deeply than this are written as if they were not: each level costs on every line.
const MAX_NESTING: usize = 16;

/// What comes before the next word.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    HardBreak,
    Line,
    Paragraph,
}

/// `**` and the like around words: written with the first word, so that an empty one leaves no trace.
#[derive(Debug)]
struct Mark {
    open: &'static str,
    close: String,
    written: bool,
}

/// Markdown in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    gap: Gap,
    marks: Vec<Mark>,
    /// Before each line.
    prefix: String,
    /// Before the next line instead, when an item or a quote has just begun.
    first: Option<String>,
    nesting: usize,
    lists: usize,
    /// Everything on one line.
    flat: bool,
}

impl Writer {
    /// A writer whose blocks are words apart, not lines: for headings and cells.
    pub(super) fn flat() -> Self {
        Self {
            flat: true,
            ..Self::default()
        }
    }

    pub(super) fn is_flat(&self) -> bool {
        self.flat
    }

    pub(super) fn finish(mut self) -> String {
        self.close_marks();
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    /// Words of the page.
    pub(super) fn text(&mut self, text: &str) {
        if text.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.raise(Gap::Space);
        }
        for word in text.split_ascii_whitespace() {
            let starts_line = self.begin();
            escape::word(word, starts_line, &mut self.out);
            self.raise(Gap::Space);
        }
        if text.ends_with(|c: char| !c.is_ascii_whitespace()) {
            self.gap = Gap::None;
        }
    }

    /// Markdown that is ready, within a line.
    pub(super) fn raw(&mut self, text: &str) {
        if !text.is_empty() {
            self.begin();
            self.out.push_str(text);
        }
    }

    /// Markdown that is ready, as a line of its own.
    pub(super) fn line(&mut self, text: &str) {
        self.raise(Gap::Line);
        self.begin();
        self.out.push_str(text);
        if text.is_empty() {
            self.out.truncate(self.out.trim_end_matches(' ').len());
        }
        self.gap = Gap::Line;
    }

    pub(super) fn hard_break(&mut self) {
        self.raise(Gap::HardBreak);
    }

    /// What comes next is another block.
    pub(super) fn paragraph(&mut self) {
        // The first block of an item stands beside its marker.
        if self.first.is_none() {
            self.raise(Gap::Paragraph);
        }
    }

    /// A list begins or ends; within an item it needs no empty line around it.
    pub(super) fn list(&mut self) {
        if self.first.is_none() {
            self.raise(if self.lists > 0 {
                Gap::Line
            } else {
                Gap::Paragraph
            });
        }
    }

    /// An item of a list begins or ends.
    pub(super) fn next_item(&mut self) {
        if self.first.is_none() && !(self.gap == Gap::Paragraph && self.lists == 0) {
            self.gap = Gap::Line;
        }
    }

    /// Writes a block whose first line begins with `first` and whose others begin with `others`.
    pub(super) fn nested(&mut self, first: &str, others: &str, content: impl FnOnce(&mut Self)) {
        if self.flat || self.nesting >= MAX_NESTING {
            return content(self);
        }
        let outer = self.first.clone();
        let is_item = !first.starts_with('>');
        let length = self.prefix.len();
        self.first = Some(format!(
            "{}{first}",
            outer.as_deref().unwrap_or(&self.prefix)
        ));
        self.prefix.push_str(others);
        self.nesting += 1;
        self.lists += usize::from(is_item);
        content(self);
        self.close_marks();
        self.lists -= usize::from(is_item);
        self.nesting -= 1;
        self.prefix.truncate(length);
        if self.first.is_some() {
            self.first = outer; // it was empty
        } else if is_item {
            self.gap = Gap::Line;
        }
    }

    pub(super) fn has_open(&self, open: &str) -> bool {
        self.marks.iter().any(|mark| mark.open == open)
    }

    pub(super) fn open(&mut self, open: &'static str, close: String) {
        self.marks.push(Mark {
            open,
            close,
            written: false,
        });
    }

    pub(super) fn close(&mut self) {
        if let Some(mark) = self.marks.pop()
            && mark.written
        {
            self.out.push_str(&mark.close);
        }
    }

    fn raise(&mut self, gap: Gap) {
        self.gap = self
            .gap
            .max(if self.flat { gap.min(Gap::Space) } else { gap });
    }

    /// Writes what is due before the next word; answers whether that is the first of its line.
    fn begin(&mut self) -> bool {
        let gap = if self.first.is_some() {
            self.gap.max(Gap::Line)
        } else {
            self.gap
        };
        let starts_line = self.out.is_empty() || gap > Gap::Space;
        match gap {
            Gap::None => {}
            Gap::Space if self.out.is_empty() => {}
            Gap::Space => self.out.push(' '),
            Gap::HardBreak if !self.out.is_empty() => self.out.push('\\'),
            _ => self.close_marks(),
        }
        if starts_line {
            self.new_line(gap);
        }
        self.gap = Gap::None;
        for mark in &mut self.marks {
            if !mark.written {
                self.out.push_str(mark.open);
                mark.written = true;
            }
        }
        starts_line
    }

    fn new_line(&mut self, gap: Gap) {
        if !self.out.is_empty() {
            self.out.push('\n');
            if gap == Gap::Paragraph {
                let prefix = self.prefix_of_empty_line().to_owned();
                self.out.push_str(&prefix);
                self.out.push('\n');
            }
        }
        let first = self.first.take();
        self.out.push_str(first.as_deref().unwrap_or(&self.prefix));
    }

    fn prefix_of_empty_line(&self) -> &str {
        // A quote that only now begins is not around the line before it.
        if self.first.is_some() {
            ""
        } else {
            self.prefix.trim_end()
        }
    }

    /// A mark does not reach over the edge of a block: it ends before, and begins again behind.
    fn close_marks(&mut self) {
        for mark in self.marks.iter_mut().rev().filter(|mark| mark.written) {
            self.out.push_str(&mark.close);
            mark.written = false;
        }
    }
}
