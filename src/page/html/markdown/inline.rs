//! The words, marks and line breaks of one block, in the order of the page.

use crate::page::html::script::Script;

/// Meaning that an element gives to the text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Deleted,
    /// `sup` and `sub`: Markdown has nothing for them but these elements.
    Above,
    Below,
    /// Pronunciation of a word, in brackets.
    Reading,
    Link {
        /// URL, ready to be written, as is the title with its quotes.
        target: String,
        title: String,
    },
}

/// A piece of a block. Marks are told by their number in [`Inlines::marks`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// Code, without its backticks.
    Code(String),
    /// A picture, ready to be written.
    Image(String),
    Space(String),
    Break,
    Open(usize),
    Close(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Written with the next word, so that an empty mark leaves no trace.
    Waiting,
    Written(usize),
    /// Left out, since there is no need of the mark.
    Left,
}

/// The content of a block in the making. White space goes out of marks, and neighbours with the same mark become one.
#[derive(Debug, Default)]
pub(super) struct Inlines {
    pieces: Vec<Piece>,
    marks: Vec<Mark>,
    /// The elements that are open, outermost first. They reach over the blocks within them.
    open: Vec<(Mark, State)>,
    /// White space before the next word.
    gap: String,
    /// Set if a line ends before the next word.
    breaks: bool,
}

/// The content of a block, and its marks by number.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) pieces: Vec<Piece>,
    pub(super) marks: Vec<Mark>,
}

impl Inlines {
    /// Adds text of the page.
    pub(super) fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_space = first.is_whitespace();
            let end = rest.find(|c: char| c.is_whitespace() != is_space);
            let (part, others) = rest.split_at(end.unwrap_or(rest.len()));
            rest = others;
            if is_space {
                self.space(part);
                continue;
            }
            self.begin(first);
            match self.pieces.last_mut() {
                Some(Piece::Text(text)) => text.push_str(part),
                _ => self.pieces.push(Piece::Text(part.to_owned())),
            }
        }
    }

    /// White space as browsers show it: ASCII's collapses, a no-break space and its like stay.
    fn space(&mut self, space: &str) {
        for c in space.chars() {
            if !c.is_ascii_whitespace() {
                self.gap.push(c);
            } else if !self.gap.ends_with(' ') {
                self.gap.push(' ');
            }
        }
    }

    /// Code within the line.
    pub(super) fn code(&mut self, code: &str) {
        if code.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.space(" ");
        }
        let words = code.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return;
        }
        self.begin('`');
        match self.pieces.last_mut() {
            Some(Piece::Code(code)) => code.push_str(&words),
            _ => self.pieces.push(Piece::Code(words)),
        }
        if code.ends_with(|c: char| c.is_ascii_whitespace()) {
            self.space(" ");
        }
    }

    /// Puts a mark between what is there and what comes next, directly behind the former.
    pub(super) fn divide(&mut self, mark: &str) {
        self.gap.clear();
        self.text(mark);
    }

    pub(super) fn image(&mut self, markdown: String) {
        self.begin('!');
        self.pieces.push(Piece::Image(markdown));
    }

    pub(super) fn line_break(&mut self) {
        self.breaks = !self.pieces.is_empty();
        self.gap.clear();
    }

    /// Returns whether a line break is the last that was seen.
    pub(super) fn is_broken(&self) -> bool {
        self.breaks && self.gap.trim_ascii().is_empty()
    }

    pub(super) fn has_open(&self, mark: &Mark) -> bool {
        let kind = std::mem::discriminant(mark);
        self.open
            .iter()
            .any(|(open, _)| std::mem::discriminant(open) == kind)
    }

    pub(super) fn open(&mut self, mark: Mark) {
        self.open.push((mark, State::Waiting));
    }

    pub(super) fn close(&mut self) {
        if let Some((_, State::Written(number))) = self.open.pop() {
            self.pieces.push(Piece::Close(number));
        }
    }

    /// The last character of what is there, if what comes next stands directly behind it.
    fn joins(&self) -> Option<char> {
        self.last().filter(|_| !self.breaks && self.gap.is_empty())
    }

    /// The last character of what is there.
    pub(super) fn last(&self) -> Option<char> {
        self.pieces.last().map(|piece| match piece {
            Piece::Text(text) | Piece::Code(text) => text.chars().next_back().unwrap_or(' '),
            Piece::Space(_) | Piece::Break => ' ',
            _ => ')',
        })
    }

    /// The block ends: takes what is there. Marks that are open end with it, and begin again in the next one.
    pub(super) fn take(&mut self) -> Content {
        for (_, state) in self.open.iter_mut().rev() {
            if let State::Written(number) = *state {
                self.pieces.push(Piece::Close(number));
            }
            *state = State::Waiting;
        }
        self.gap.clear();
        self.breaks = false;
        Content {
            pieces: std::mem::take(&mut self.pieces),
            marks: std::mem::take(&mut self.marks),
        }
    }

    /// Writes what is due before a word that begins with `first`.
    fn begin(&mut self, first: char) {
        let last = self.joins();
        let gap = std::mem::take(&mut self.gap);
        if std::mem::take(&mut self.breaks) {
            self.pieces.push(Piece::Break);
        } else if !gap.is_empty() && !self.pieces.is_empty() {
            self.pieces.push(Piece::Space(gap));
        }
        for (mark, state) in &mut self.open {
            if *state != State::Waiting {
                continue;
            }
            if let Some(Piece::Close(number)) = self.pieces.last()
                && let number = *number
                && self.marks.get(number) == Some(mark)
                && !matches!(mark, Mark::Link { .. } | Mark::Reading)
            {
                self.pieces.pop();
                *state = State::Written(number);
                continue;
            }
            let is_needed =
                !matches!(mark, Mark::Above | Mark::Below) || Script::joins(last, first);
            *state = if is_needed {
                self.marks.push(mark.clone());
                self.pieces.push(Piece::Open(self.marks.len() - 1));
                State::Written(self.marks.len() - 1)
            } else {
                State::Left
            };
        }
    }
}
