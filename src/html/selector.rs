//! CSS selectors, compiled once per thread: spiders give the same few for every page.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use scraper::Selector;

use crate::{Error, ErrorKind, Result};

/// How many selectors a thread remembers. A spider has dozens; one that writes its selectors page by page has no end.
const REMEMBERED: usize = 1024;
/// How many children an element may have for `~` to be searched: each is compared with all before it.
const SIBLINGS: usize = 10_000;
/// How long a selector may be for its error to say where it went wrong: finding that out is quadratic.
const EXPLAINED: usize = 1000;

thread_local! {
    static COMPILED: RefCell<HashMap<Box<str>, Rc<Selector>>> = RefCell::default();
}

/// The compiled form of a selector.
///
/// # Errors
///
/// [`ErrorKind::Selector`], which shows the selector and where it stops making sense.
pub(crate) fn compile(css: &str) -> Result<Rc<Selector>> {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(selector) = compiled.get(css) {
            return Ok(Rc::clone(selector));
        }
        let selector = Rc::new(Selector::parse(css).map_err(|_| bad(css))?);
        if compiled.len() == REMEMBERED {
            compiled.clear();
        }
        compiled.insert(css.into(), Rc::clone(&selector));
        Ok(selector)
    })
}

/// Whether a selector looks at all siblings before an element: the one kind whose cost is not linear in the page.
fn looks_back(css: &str) -> bool {
    css.split('~').skip(1).any(|rest| !rest.starts_with('='))
}

/// Refuses a selector that would take very long on a page with so many children of one element.
///
/// # Errors
///
/// [`ErrorKind::TooLarge`].
pub(crate) fn check_cost(css: &str, children: impl Fn() -> usize) -> Result<()> {
    if !looks_back(css) || children() <= SIBLINGS {
        return Ok(());
    }
    let message =
        format!("{css:?} looks at too many siblings: an element has more than {SIBLINGS} children");
    Err(Error::new(ErrorKind::TooLarge, message))
}

fn bad(css: &str) -> Error {
    let what = match css.get(understood(css)..) {
        _ if css.trim().is_empty() => "it is empty".to_owned(),
        _ if css.len() > EXPLAINED => "it cannot be understood".to_owned(),
        None | Some("") => "it ends too early".to_owned(),
        Some(rest) => {
            let rest = rest.trim_start();
            let column = css.chars().count() - rest.chars().count() + 1;
            format!("unexpected {:?} at column {column}", first_token(rest))
        }
    };
    Error::new(ErrorKind::Selector, format!("bad selector {css:?}: {what}"))
}

/// How much of a selector is the beginning of a good one. The parser does not tell, so it is asked about each beginning,
/// completed in the ways in which one can be.
fn understood(css: &str) -> usize {
    let completions = ["", "a", "a)", ")", "a]", "]", "=a]", "\"]", "']", "a=a]"];
    let is_good = |start: &str| {
        completions
            .iter()
            .any(|rest| Selector::parse(&format!("{start}{rest}")).is_ok())
    };
    let ends = css
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|&end| end <= EXPLAINED);
    ends.filter(|&end| css.get(..end).is_some_and(is_good))
        .last()
        .unwrap_or_default()
}

/// What a person takes for one thing: a word with the marks before it, or a single mark.
fn first_token(rest: &str) -> &str {
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
        for (css, expected) in [
            (
                "div >> a",
                r#"bad selector "div >> a": unexpected ">" at column 6"#,
            ),
            (
                "p:frist-child b",
                r#"bad selector "p:frist-child b": unexpected ":frist-child" at column 2"#,
            ),
            (
                "a::text",
                r#"bad selector "a::text": unexpected "::text" at column 2"#,
            ),
            ("div >", r#"bad selector "div >": it ends too early"#),
            (
                "a[href=x]]",
                r#"bad selector "a[href=x]]": unexpected "]" at column 10"#,
            ),
            (
                "é, ö!",
                r#"bad selector "é, ö!": unexpected "!" at column 5"#,
            ),
            ("", r#"bad selector "": it is empty"#),
        ] {
            let error = compile(css).unwrap_err();
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (ErrorKind::Selector, expected)
            );
        }
    }

    #[test]
    fn only_earlier_siblings_can_be_too_many() {
        for (css, is_refused) in [
            ("a ~ b", true),
            ("a:has(~b)", true),
            ("[class~=a]", false),
            ("li:nth-last-child(2)", false),
            ("a:last-child:first-of-type + b > c", false),
        ] {
            assert_eq!(
                check_cost(css, || SIBLINGS + 1).is_err(),
                is_refused,
                "{css}"
            );
            assert!(check_cost(css, || SIBLINGS).is_ok(), "{css}");
        }
    }

    #[test]
    fn a_selector_is_compiled_once() {
        assert!(Rc::ptr_eq(
            &compile("a.once").unwrap(),
            &compile("a.once").unwrap()
        ));
    }

    #[test]
    fn the_memory_for_selectors_is_bounded() {
        (0..2 * REMEMBERED + 2).for_each(|n| drop(compile(&format!("a{n}"))));
        assert!(COMPILED.with_borrow(HashMap::len) <= REMEMBERED);
    }
}
