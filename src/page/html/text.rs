//! The words of a page as a browser shows them: white space collapsed, nothing run together, nothing unseen.

/// Collects text piece by piece. White space, also between pieces, becomes one space, and none at the ends.
///
/// White space is ASCII white space, as in a browser: a no-break space is kept.
#[derive(Debug, Default)]
pub(crate) struct Words {
    out: String,
    gap: Gap,
    /// Number of brackets that have to come before the next word.
    brackets: usize,
}

/// Space that has to come before the next word.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
}

impl Words {
    pub(crate) fn push(&mut self, text: &str) {
        if text.starts_with(is_space) {
            self.separate();
        }
        for word in text.split_ascii_whitespace() {
            self.begin();
            self.out.push_str(word);
            self.gap = Gap::Space;
        }
        if text.ends_with(|c| !is_space(c)) {
            self.gap = Gap::None;
        }
    }

    /// Keeps the next text apart from the text before it.
    pub(crate) fn separate(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// Puts the next word on another line.
    pub(crate) fn line(&mut self) {
        self.gap = Gap::Line;
    }

    /// Puts the words up to [`close`](Self::close) in brackets, directly behind the word before; nothing for none.
    pub(crate) fn open(&mut self) {
        self.brackets += 1;
    }

    pub(crate) fn close(&mut self) {
        if self.brackets > 0 {
            self.brackets -= 1;
        } else {
            self.out.push(')');
            self.gap = Gap::None;
        }
    }

    /// The last character, if what comes next stands directly behind it.
    pub(crate) fn joins(&self) -> Option<char> {
        let last = self.out.chars().next_back();
        last.filter(|_| self.gap == Gap::None)
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    fn begin(&mut self) {
        if self.brackets > 0 {
            self.out.extend(std::iter::repeat_n('(', self.brackets));
            self.brackets = 0;
        } else if !self.out.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Space => self.out.push(' '),
                Gap::Line => self.out.push('\n'),
            }
        }
    }
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}

/// `text` with its white space collapsed.
pub(crate) fn collapse(text: &str) -> String {
    let mut words = Words::default();
    words.push(text);
    words.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_collapsed_across_pieces() {
        for (pieces, expected) in [
            (&["  a \n b\t"][..], "a b"),
            (&["a", "b"], "ab"),
            (&["a ", " b"], "a b"),
            (&["a", " ", "b"], "a b"),
            (&["a ", "", "b"], "a b"),
            (&["", " ", ""], ""),
            (&["a\u{a0}", " b"], "a\u{a0} b"),
        ] {
            let mut words = Words::default();
            for piece in pieces {
                words.push(piece);
            }
            assert_eq!(words.finish(), expected, "{pieces:?}");
        }
    }

    #[test]
    fn brackets_stand_behind_the_word_before_and_are_not_empty() {
        let mut words = Words::default();
        words.push("ink ");
        words.open();
        words.push(" sumi ");
        words.close();
        words.open();
        words.push(" ");
        words.close();
        words.push("stick");
        assert_eq!(words.finish(), "ink(sumi) stick");
    }
}
