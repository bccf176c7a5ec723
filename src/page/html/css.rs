//! The text of a selector: which of its characters mean something, and where its list is divided.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;

/// A character outside of strings, escapes and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Position of the character, in bytes.
    pub(super) at: usize,
    pub(super) is: char,
    /// Number of open brackets around the character.
    pub(super) depth: usize,
}

/// The characters of a selector outside of strings, escapes and comments.
pub(super) fn marks(css: &str) -> impl Iterator<Item = Mark> {
    let mut chars = css.char_indices().peekable();
    let mut depth = 0_usize;
    std::iter::from_fn(move || {
        loop {
            let (at, is) = chars.next()?;
            match is {
                '\\' => drop(chars.next()),
                '"' | '\'' => skip_string(&mut chars, is),
                '/' if chars.next_if(|&(_, next)| next == '*').is_some() => {
                    skip_comment(&mut chars);
                }
                '(' | '[' => {
                    depth += 1;
                    return Some(Mark {
                        at,
                        is,
                        depth: depth - 1,
                    });
                }
                ')' | ']' => {
                    depth = depth.saturating_sub(1);
                    return Some(Mark { at, is, depth });
                }
                _ => return Some(Mark { at, is, depth }),
            }
        }
    })
}

fn skip_string(chars: &mut Peekable<CharIndices<'_>>, quote: char) {
    while let Some((_, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            // A string cannot go over the end of a line: section 4.3.5 of CSS Syntax.
            '\n' => return,
            c if c == quote => return,
            _ => {}
        }
    }
}

fn skip_comment(chars: &mut Peekable<CharIndices<'_>>) {
    let mut last = ' ';
    for (_, c) in chars {
        if (last, c) == ('*', '/') {
            return;
        }
        last = c;
    }
}

/// The parts of a comma-separated list, each with the place in bytes where it begins. There is always one.
pub(super) fn list(css: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut start = 0;
    for comma in marks(css).filter(|mark| mark.is == ',' && mark.depth == 0) {
        parts.push((start, css.get(start..comma.at).unwrap_or_default()));
        start = comma.at + 1;
    }
    parts.push((start, css.get(start..).unwrap_or_default()));
    parts
}

/// Pseudo-class that is put before a leading `>`.
pub(super) const SCOPE: &str = ":scope ";

/// The selector with `:scope` before each leading `>`, and where that was put in: `> a` is a child of the element asked.
pub(super) fn scoped(css: &str) -> (Cow<'_, str>, Vec<usize>) {
    let starts: Vec<_> = list(css)
        .into_iter()
        .filter(|(_, part)| part.trim_start().starts_with('>'))
        .map(|(start, part)| start + part.len() - part.trim_start().len())
        .collect();
    if starts.is_empty() {
        return (Cow::Borrowed(css), starts);
    }
    let mut whole = css.to_owned();
    for &start in starts.iter().rev() {
        whole.insert_str(start, SCOPE);
    }
    let shifted = |(number, start)| start + number * SCOPE.len();
    (
        Cow::Owned(whole),
        starts.into_iter().enumerate().map(shifted).collect(),
    )
}

/// The selector with names with a prefix as trees have them: `dc|title` is the element that is written `dc:title`.
pub(super) fn prefixed(css: &str) -> Cow<'_, str> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
    let is_prefix = |at: usize| {
        let before = css.get(..at).and_then(|before| before.chars().next_back());
        let behind = css.get(at + 1..).and_then(|behind| behind.chars().next());
        before.is_some_and(is_name) && behind.is_some_and(|c| is_name(c) || c == '\\')
    };
    let bars: Vec<_> = marks(css)
        .filter(|mark| mark.is == '|' && is_prefix(mark.at))
        .map(|mark| mark.at)
        .collect();
    if bars.is_empty() {
        return Cow::Borrowed(css);
    }
    let mut whole = css.to_owned();
    for &at in bars.iter().rev() {
        whole.replace_range(at..=at, "\\:");
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_divided_where_css_divides_them() {
        for (css, expected) in [
            ("a, b", &["a", " b"][..]),
            (":is(a, b), [x=','] ", &[":is(a, b)", " [x=','] "]),
            (r#"a[x="\",b"],c\,d"#, &[r#"a[x="\",b"]"#, r"c\,d"]),
            ("a/*,*/b,", &["a/*,*/b", ""]),
            ("", &[""]),
        ] {
            let parts: Vec<_> = list(css).into_iter().map(|(_, part)| part).collect();
            assert_eq!(parts, expected, "{css}");
        }
    }

    #[test]
    fn a_bar_in_a_name_is_the_colon_of_a_prefix() {
        for (css, expected) in [
            ("dc|title", r"dc\:title"),
            (
                "a > x-y|b.c, [xml|lang='a|b']",
                r"a > x-y\:b.c, [xml\:lang='a|b']",
            ),
            ("[lang|=en], *|a, |b", "[lang|=en], *|a, |b"),
            (":not(é|ü)", r":not(é\:ü)"),
        ] {
            assert_eq!(prefixed(css), expected);
        }
    }

    #[test]
    fn a_leading_child_combinator_is_that_of_the_scope() {
        for (css, expected, places) in [
            ("> a", ":scope > a", &[0][..]),
            ("b, > a, >c", "b, :scope > a, :scope >c", &[3, 15]),
            ("a > b", "a > b", &[]),
            (":has(> a)", ":has(> a)", &[]),
        ] {
            assert_eq!(scoped(css), (expected.into(), places.to_vec()), "{css}");
        }
    }
}
