//! Compilation of CSS selectors, and errors for those that cannot be compiled.

use std::cell::RefCell;
use std::rc::Rc;

use scraper::Selector;

use super::cost::Needs;
use super::css::{SCOPE, prefixed, scoped};
use super::name::Name;
use super::query::Query;
use crate::page::compiled::{Compiled, remembered};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;

/// Longest selector whose error names the place of the mistake: finding that place is quadratic.
const EXPLAINED: usize = 1000;
/// The pseudo-classes that there are.
const PSEUDO_CLASSES: [&str; 17] = [
    ":empty",
    ":first-child",
    ":first-of-type",
    ":has",
    ":is",
    ":last-child",
    ":last-of-type",
    ":not",
    ":nth-child",
    ":nth-last-child",
    ":nth-last-of-type",
    ":nth-of-type",
    ":only-child",
    ":only-of-type",
    ":root",
    ":scope",
    ":where",
];

thread_local! {
    static COMPILED: RefCell<Compiled<Css>> = RefCell::default();
}

/// A compiled selector.
#[derive(Debug)]
pub(crate) struct Css {
    pub(super) selector: Selector,
    pub(super) needs: Needs,
}

/// The compiled form of a selector. A leading `>` stands behind the element that is asked.
///
/// # Errors
///
/// [`ErrorKind::Selector`], which shows the selector and where it stops making sense.
pub(crate) fn compile(css: &str) -> Result<Rc<Css>> {
    remembered(&COMPILED, css, |css| match read(css) {
        Some(compiled) => Ok(compiled),
        None => Err(bad(css)),
    })
}

fn read(css: &str) -> Option<Css> {
    Some(Css {
        selector: Selector::parse(&prefixed(&scoped(css).0)).ok()?,
        needs: Needs::of(css),
    })
}

/// The error of a selector for elements.
fn bad(css: &str) -> Error {
    let problem = Problem::of(css);
    let is_query = Query::read(css).is_ok_and(|query| query.has_ending());
    let hint = if is_query {
        "; this is for elements, and `get` and `get_all` take ::text and ::attr(name)"
    } else {
        ""
    };
    error(css, &format!("{}{hint}", problem.at(0)))
}

/// An error about a selector or query.
pub(super) fn error(css: &str, what: &str) -> Error {
    Error::new(ErrorKind::Selector, format!("bad selector {css:?}: {what}"))
}

/// Reason why a text is no selector.
pub(super) struct Problem {
    what: String,
    /// Number of characters before the mistake, if that is known.
    before: Option<usize>,
    hint: String,
}

impl Problem {
    /// Returns the mistake in a selector; `None` if there is none.
    pub(super) fn in_selector(css: &str) -> Option<Self> {
        read(css).is_none().then(|| Self::of(css))
    }

    fn of(css: &str) -> Self {
        let (whole, inserted) = scoped(css);
        let only = |what: &str| Self {
            what: what.to_owned(),
            before: None,
            hint: String::new(),
        };
        match whole.get(understood(&whole)..) {
            _ if css.trim().is_empty() => only("it is empty"),
            _ if css.len() > EXPLAINED => only("it cannot be understood"),
            None | Some("") => only("it ends too early"),
            Some(rest) => {
                let rest = rest.trim_start();
                let at = whole.len() - rest.len();
                let scopes = inserted.iter().filter(|&&place| place < at).count();
                let token = first_token(rest);
                // One that there is may still be in the wrong place, such as `:has` in `:has`.
                let is_known = PSEUDO_CLASSES.contains(&token);
                let hint = if token.starts_with(':') && !token.starts_with("::") && !is_known {
                    Some(did_you_mean(token, PSEUDO_CLASSES))
                        .filter(|hint| !hint.is_empty())
                        .or_else(|| prefix_hint(whole.get(..at)?, token))
                        .unwrap_or_default()
                } else {
                    String::new()
                };
                Self {
                    what: format!("unexpected {token:?}"),
                    before: Some(
                        whole.chars().count() - rest.chars().count() - scopes * SCOPE.len(),
                    ),
                    hint,
                }
            }
        }
    }

    /// The problem in words, of a selector that begins behind so many characters.
    pub(super) fn at(&self, characters: usize) -> String {
        let Self { what, before, hint } = self;
        match before {
            Some(before) => format!("{what} at column {}{hint}", characters + before + 1),
            None => format!("{what}{hint}"),
        }
    }
}

/// Elements of HTML within a line that selectors often name.
const INLINE: [&str; 12] = [
    "a", "b", "button", "code", "em", "i", "label", "small", "span", "strong", "sub", "sup",
];

/// Returns the hint what to write instead of `dc:title`; `before` is the text before the colon.
fn prefix_hint(before: &str, token: &str) -> Option<String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let start = before.rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
    let prefix = before.get(start..).filter(|prefix| !prefix.is_empty())?;
    let name = Some(token.trim_start_matches(':')).filter(|name| !name.is_empty())?;
    // `p:frist` is a slip in a pseudo-class.
    let element = Name::of(prefix.as_bytes());
    if element.is_block() || element.is_void() || INLINE.contains(&prefix) {
        return None;
    }
    Some(format!("; an element of that name is {prefix}|{name}"))
}

/// Returns the length of the beginning of a selector that is correct. The parser does not report it, so it is asked
/// about each beginning, completed in the ways in which one can be.
fn understood(css: &str) -> usize {
    let completions = ["", "a", "a)", ")", "a]", "]", "=a]", "\"]", "']", "a=a]"];
    let is_good = |start: &str| {
        completions
            .iter()
            .any(|rest| Selector::parse(&prefixed(&format!("{start}{rest}"))).is_ok())
    };
    let ends = css
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|&end| end <= EXPLAINED);
    ends.filter(|&end| css.get(..end).is_some_and(is_good))
        .last()
        .unwrap_or_default()
}

/// Returns the first token as a person sees it: a word with the marks before it, or a single mark.
pub(super) fn first_token(rest: &str) -> &str {
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let marks = rest.find(|c| c != ':').unwrap_or(rest.len());
    let word = rest.get(marks..).unwrap_or_default();
    let length = marks + word.find(|c| !is_word(c)).unwrap_or(word.len());
    let length = if length == 0 {
        rest.chars().next().map_or(0, char::len_utf8)
    } else {
        length
    };
    rest.get(..length).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_selector_says_where() {
        for (css, what) in [
            ("div >> a", r#"unexpected ">" at column 6"#),
            (
                "p:frist-child b",
                r#"unexpected ":frist-child" at column 2; did you mean ":first-child"?"#,
            ),
            (
                "a::text",
                "unexpected \"::text\" at column 2; this is for elements, and `get` and `get_all` take ::text and \
                 ::attr(name)",
            ),
            ("div >", "it ends too early"),
            ("a[href=x]]", r#"unexpected "]" at column 10"#),
            ("a:has(b:has(c))", r#"unexpected ":has" at column 8"#),
            ("é, ö!", r#"unexpected "!" at column 5"#),
            ("> a, > b >> c", r#"unexpected ">" at column 11"#),
            ("+ a", r#"unexpected "+" at column 1"#),
            ("", "it is empty"),
        ] {
            let error = compile(css).unwrap_err();
            assert_eq!(
                (error.kind(), error.to_string()),
                (ErrorKind::Selector, format!("bad selector {css:?}: {what}"))
            );
        }
    }
}
