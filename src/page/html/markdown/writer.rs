//! Writer of blocks below each other, with the marks before each line of a list or a quote.

use super::Links;
use super::inline::Inlines;
use super::line::{Place, lines};
use super::list::List;
use super::sections::Sections;

/// Quotes and lists nested more deeply than this are written as if they were not: each level costs on every line.
const MAX_NESTING: usize = 16;

/// A quote or an item that is open.
#[derive(Debug)]
struct Container {
    /// Text before the first line of the container.
    first: String,
    /// Text before each other line.
    others: String,
    is_begun: bool,
}

/// Markdown in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) links: Links,
    /// The block that is being read.
    pub(super) line: Inlines,
    pub(super) lists: Vec<List>,
    /// The marker of the list that has just ended: another one of it would go on with that list.
    pub(super) last_list: Option<char>,
    out: String,
    /// Set if an empty line comes before the next block.
    gap: bool,
    containers: Vec<Container>,
    /// Place of the text if everything is written on one line.
    flat: Option<Place>,
    sections: Sections,
}

impl Writer {
    pub(super) fn new(links: Links) -> Self {
        Self {
            links,
            ..Self::default()
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.flush();
        self.sections.settle(&mut self.out, true);
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    pub(super) fn is_flat(&self) -> bool {
        self.flat.is_some()
    }

    /// Returns whether the next block is the first one of an item or a quote, beside its marker.
    pub(super) fn is_beside_marker(&self) -> bool {
        self.containers.last().is_some_and(|last| !last.is_begun)
    }

    /// Writes the words that are there as a paragraph.
    pub(super) fn flush(&mut self) {
        if self.is_flat() {
            return;
        }
        let content = self.line.take();
        if !content.pieces.is_empty() {
            let lines = lines(content, Place::Paragraph);
            self.block(lines.iter().map(String::as_str));
        }
    }

    /// Begins another block: on one line, it is only a word apart.
    pub(super) fn paragraph(&mut self) {
        if self.is_flat() {
            return self.line.text(" ");
        }
        self.flush();
        self.gap |= !self.is_beside_marker();
    }

    /// Begins a new line below, if that is possible.
    pub(super) fn next_line(&mut self) {
        self.flush();
        self.gap = false;
    }

    pub(super) fn hard_break(&mut self) {
        if self.is_flat() {
            self.line.text(" ");
        } else if self.line.is_broken() {
            self.paragraph();
        } else {
            self.line.line_break();
        }
    }

    pub(super) fn rule(&mut self) {
        self.paragraph();
        if !self.is_flat() {
            // Beside the marker of an item, `---` would be part of it.
            self.block(
                [if self.is_beside_marker() {
                    "___"
                } else {
                    "---"
                }]
                .into_iter(),
            );
            self.paragraph();
        }
    }

    pub(super) fn heading(&mut self, level: usize, content: &str) {
        if content.is_empty() {
            return;
        }
        let is_section = self.containers.is_empty();
        if is_section {
            self.sections.heading(level, self.out.len(), content);
        } else {
            self.sections.settle(&mut self.out, false);
        }
        self.write([format!("{} {content}", "#".repeat(level)).as_str()].into_iter());
    }

    /// Returns the text that `content` writes, on one line.
    pub(super) fn flat(&mut self, place: Place, content: impl FnOnce(&mut Self)) -> String {
        self.flush();
        let outer = self.flat.replace(place);
        content(self);
        self.flat = outer;
        lines(self.line.take(), place).concat()
    }

    /// The content of a cell, without the marks around the table.
    pub(super) fn cell(&mut self, content: impl FnOnce(&mut Self)) -> String {
        self.flush();
        let line = std::mem::take(&mut self.line);
        let lists = std::mem::take(&mut self.lists);
        let cell = self.flat(Place::Cell, content);
        self.line = line;
        self.lists = lists;
        cell
    }

    /// The next item of a list that is on one line.
    pub(super) fn divide(&mut self) {
        let is_open = self
            .line
            .last()
            .is_some_and(|last| last.is_alphanumeric() || ")]\"'`".contains(last));
        if self.flat == Some(Place::Cell) && is_open {
            self.line.divide("; ");
        } else {
            self.line.text(" ");
        }
    }

    /// Writes a block whose first line begins with `first` and whose others begin with `others`.
    pub(super) fn nested(&mut self, first: &str, others: &str, content: impl FnOnce(&mut Self)) {
        self.flush();
        if self.is_flat() || self.containers.len() >= MAX_NESTING {
            self.paragraph();
            return content(self);
        }
        self.containers.push(Container {
            first: first.to_owned(),
            others: others.to_owned(),
            is_begun: false,
        });
        content(self);
        self.flush();
        self.containers.pop();
    }

    /// Writes lines that are ready as a block.
    pub(super) fn block<'a>(&mut self, lines: impl Iterator<Item = &'a str>) {
        self.sections.settle(&mut self.out, false);
        self.write(lines);
    }

    fn write<'a>(&mut self, lines: impl Iterator<Item = &'a str>) {
        self.last_list = None;
        if std::mem::take(&mut self.gap) && !self.out.is_empty() {
            // What only now begins is not around the line before it.
            let begun = self
                .containers
                .iter()
                .take_while(|container| container.is_begun);
            let prefix: String = begun.map(|container| &*container.others).collect();
            self.out.push('\n');
            self.out.push_str(prefix.trim_end());
        }
        for line in lines {
            if !self.out.is_empty() {
                self.out.push('\n');
            }
            for container in &mut self.containers {
                let is_begun = std::mem::replace(&mut container.is_begun, true);
                self.out.push_str(if is_begun {
                    &container.others
                } else {
                    &container.first
                });
            }
            self.out.push_str(line);
            if line.is_empty() {
                self.out.truncate(self.out.trim_end_matches(' ').len());
            }
        }
    }
}
