//! Estimate of how far a selector looks for each element, where selectors within selectors multiply it.

use crate::page::html::css::{list, marks};

/// Numbers of times that the search for one element is multiplied: by the siblings before it, by the elements around it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) siblings: u32,
    pub(super) around: u32,
    /// Number of nested selectors that look further than one step.
    pub(super) layers: u32,
}

impl Reach {
    /// Returns the reach of a list of selectors: that of the selector which looks furthest.
    // As deep as its brackets, which the parser has gone through before.
    pub(super) fn of(css: &str) -> Self {
        let all = list(css).into_iter().map(|(_, part)| Self::of_one(part));
        all.max_by_key(Self::size).unwrap_or_default()
    }

    /// Goes from right to left, as matching does: what is in brackets is asked about all that the combinators to the right
    /// of it lead to.
    fn of_one(css: &str) -> Self {
        let css = css.trim();
        let (mut most, mut own) = (Self::default(), Self::default());
        let mut combinator = None;
        let mut end = css.len();
        let marks: Vec<_> = marks(css).filter(|mark| mark.depth == 0).collect();
        for mark in marks.into_iter().rev() {
            match mark.is {
                c if c.is_whitespace() => combinator = combinator.or(Some(' ')),
                '>' | '+' | '~' => combinator = Some(mark.is),
                c => {
                    match combinator.take() {
                        Some('~') => own.siblings = 1,
                        Some(' ') => own.around = 1,
                        _ => {}
                    }
                    own.layers = own.siblings.max(own.around);
                    let mut whole = own;
                    if c == ')' {
                        end = mark.at;
                    } else if c == '(' {
                        let before = css.get(..mark.at).unwrap_or_default();
                        let within = css.get(mark.at + 1..end).unwrap_or_default();
                        whole = own.with(before, within);
                    }
                    most = [most, whole]
                        .into_iter()
                        .max_by_key(Self::size)
                        .unwrap_or_default();
                }
            }
        }
        most
    }

    /// Returns this reach together with that of the selectors in the brackets of a pseudo-class.
    fn with(self, before: &str, within: &str) -> Self {
        let name = before.rsplit(':').next().unwrap_or_default();
        let is = |names: &[&str]| names.iter().any(|own| name.eq_ignore_ascii_case(own));
        if is(&["is", "not", "where"]) {
            return self.times(Self::of(within));
        }
        // What an element has is remembered, so that it is not asked again; but all in it is asked.
        match Self::of(within) {
            inner if is(&["has"]) && inner.layers > 1 => inner.times(Self {
                around: 1,
                ..Self::default()
            }),
            _ => self,
        }
    }

    fn times(self, other: Self) -> Self {
        Self {
            siblings: self.siblings + other.siblings,
            around: self.around + other.around,
            layers: self.layers + other.layers,
        }
    }

    fn size(&self) -> (u32, u32) {
        (self.layers, self.siblings + self.around)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_within_and_left_of_another_multiplies() {
        for (css, expected) in [
            ("p", (0, 0, 0)),
            ("a > b + c", (0, 0, 0)),
            ("a b", (0, 1, 1)),
            ("a ~ b ~ c", (1, 0, 1)),
            ("a ~ b c, x", (1, 1, 1)),
            ("p:is(a b, c)", (0, 1, 1)),
            ("p a:not(nav a)", (0, 1, 1)),
            ("p:not(nav p) a", (0, 2, 2)),
            (":is(:is(b ~ p) ~ p) ~ p", (3, 0, 3)),
            (":WHERE(:not(:is(q div) div)) > x div", (0, 3, 3)),
            ("li:nth-child(2n + 1) a", (0, 1, 1)),
            ("p:has(a b) a", (0, 1, 1)),
            ("p:has(:is(a ~ b) ~ b)", (2, 1, 2)),
            ("[title=':is(a b) c'] a", (0, 1, 1)),
        ] {
            let found = Reach::of(css);
            assert_eq!(
                (found.siblings, found.around, found.layers),
                expected,
                "{css}"
            );
        }
    }
}
