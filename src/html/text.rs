//! The words of a page as a browser shows them: white space collapsed, nothing run together, nothing unseen.

/// Collects text piece by piece. White space, also between pieces, becomes one space, and none at the ends.
///
/// White space is ASCII white space, as in a browser: a no-break space is kept.
#[derive(Debug, Default)]
pub(crate) struct Words {
    out: String,
    /// White space was seen since the last word.
    gap: bool,
}

impl Words {
    pub(crate) fn push(&mut self, text: &str) {
        self.gap |= text.starts_with(is_space);
        for word in text.split_ascii_whitespace() {
            if self.gap && !self.out.is_empty() {
                self.out.push(' ');
            }
            self.out.push_str(word);
            self.gap = true;
        }
        if !text.is_empty() {
            self.gap = text.ends_with(is_space);
        }
    }

    /// Keeps what comes next apart from what came before.
    pub(crate) fn separate(&mut self) {
        self.gap = true;
    }

    pub(crate) fn finish(self) -> String {
        self.out
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
}
