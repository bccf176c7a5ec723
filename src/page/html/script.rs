//! Detection of text above and below the line (`sup`, `sub`), which is kept apart from the text beside it: 10⁶ is not
//! 106.

/// Digits and signs above and below the line; all of them have such forms.
const SIGNS: [(char, char, char); 16] = [
    ('0', '⁰', '₀'),
    ('1', '¹', '₁'),
    ('2', '²', '₂'),
    ('3', '³', '₃'),
    ('4', '⁴', '₄'),
    ('5', '⁵', '₅'),
    ('6', '⁶', '₆'),
    ('7', '⁷', '₇'),
    ('8', '⁸', '₈'),
    ('9', '⁹', '₉'),
    ('+', '⁺', '₊'),
    ('-', '⁻', '₋'),
    ('−', '⁻', '₋'),
    ('=', '⁼', '₌'),
    ('(', '⁽', '₍'),
    (')', '⁾', '₎'),
];
/// Longer texts are no exponents.
const LONGEST: usize = 24;

/// Position of a text above or below the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Above,
    Below,
}

impl Script {
    /// Returns the position of the text in an element of this name; `None` if it stands on the line.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "sup" => Some(Self::Above),
            "sub" => Some(Self::Below),
            _ => None,
        }
    }

    /// Returns whether text that begins with `first` would be taken for a part of the word that ends with `last`.
    pub(super) fn joins(last: Option<char>, first: char) -> bool {
        last.is_some_and(|last| !last.is_whitespace())
            && (first.is_alphanumeric() || "+-−±".contains(first))
    }

    /// `text` in characters that stand above or below, where all of it has such; `^` or `_` before it else. An ordinal, as in
    /// 1st, stays as it is.
    pub(super) fn plain(self, last: Option<char>, text: &str) -> Option<String> {
        let text = text.trim();
        let first = text.chars().next()?;
        if text.len() > LONGEST || !Self::joins(last, first) {
            return None;
        }
        if let Some(raised) = text.chars().map(|c| self.sign(c)).collect() {
            return Some(raised);
        }
        let is_ordinal =
            text.chars().all(char::is_alphabetic) && last.is_some_and(char::is_numeric);
        if is_ordinal && self == Self::Above {
            return None;
        }
        let mark = if self == Self::Above { '^' } else { '_' };
        let is_word = text.chars().all(char::is_alphanumeric);
        Some(if is_word {
            format!("{mark}{text}")
        } else {
            format!("{mark}({text})")
        })
    }

    fn sign(self, c: char) -> Option<char> {
        let (_, above, below) = SIGNS.into_iter().find(|(sign, _, _)| *sign == c)?;
        Some(if self == Self::Above { above } else { below })
    }
}

#[cfg(test)]
mod tests {
    use super::Script::{Above, Below};

    #[test]
    fn what_would_run_into_a_word_is_told_apart() {
        let table = [
            (Above, Some('0'), "12", Some("¹²")),
            (Above, Some('0'), "−3", Some("⁻³")),
            (Below, Some('H'), "2", Some("₂")),
            (Above, Some('x'), "n", Some("^n")),
            (Above, Some('x'), "n+1", Some("^(n+1)")),
            (Below, Some('k'), "m", Some("_m")),
            (Above, Some('3'), "rd", None),
            (Above, Some('d'), "[4]", None),
            (Above, None, "5", None),
        ];
        for (script, last, text, expected) in table {
            assert_eq!(script.plain(last, text).as_deref(), expected, "{text}");
        }
    }
}
