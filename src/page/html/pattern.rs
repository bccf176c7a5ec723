//! Regular expressions on text: [`re`] and [`re_first`].

use std::cell::RefCell;
use std::rc::Rc;

use regex::{Captures, Regex, RegexBuilder};

use super::{Element, Html};
use crate::page::compiled::{Compiled, remembered};
use crate::page::error::{Error, ErrorKind, Result};

/// Limit for the size of a compiled pattern, in bytes: `\w{50}` takes one of these.
const SIZE: usize = 4 << 20;
/// Limit for the number of texts found in one text.
const FOUND: usize = 1_000_000;

thread_local! {
    static COMPILED: RefCell<Compiled<Regex>> = RefCell::default();
}

/// Returns the texts that a [regular expression](https://docs.rs/regex/#syntax) finds in a text, in order.
///
/// Of a pattern without groups, each whole match. Of one with groups, named or not, the text of every group of every match,
/// one after the other, with an empty text for a group that took no part, as parsel has it: two groups make two texts per
/// match. `(?:…)` is no group.
///
/// Time is in proportion to text and pattern, whatever they hold. A pattern is compiled once per thread.
///
/// ```
/// use crawlworks::html::re;
/// assert_eq!(re("3 of 12", r"\d+")?, ["3", "12"]);
/// assert_eq!(re("a=1; b=2", r"(\w)=(\d)")?, ["a", "1", "b", "2"]);
/// let error = re("x", r"(\d+").unwrap_err();
/// assert_eq!(error.to_string(), r#"bad pattern "(\\d+": unclosed group at column 1"#);
/// # Ok::<(), crawlworks::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Selector`] when the pattern is none, or takes more than 4 MiB when compiled; the error shows where.
/// [`ErrorKind::TooLarge`] when it finds more than a million texts.
pub fn re(text: &str, pattern: &str) -> Result<Vec<String>> {
    let regex = compile(pattern)?;
    let mut found = Vec::new();
    for captures in regex.captures_iter(text) {
        let first = usize::from(captures.len() > 1);
        for group in captures.iter().skip(first) {
            if found.len() == FOUND {
                let message = format!("pattern {pattern:?} finds more than {FOUND} texts");
                return Err(Error::new(ErrorKind::TooLarge, message));
            }
            found.push(group.map_or_else(String::new, |group| group.as_str().to_owned()));
        }
    }
    Ok(found)
}

/// Returns the first text that a regular expression finds in a text: the first group that took part in the first match,
/// or the whole match if there are no groups. `None` when nothing matches.
///
/// ```
/// use crawlworks::html::re_first;
/// assert_eq!(re_first("Price: £12.50", r"£([\d.]+)")?.as_deref(), Some("12.50"));
/// assert_eq!(re_first("sold out", r"£([\d.]+)")?, None);
/// # Ok::<(), crawlworks::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Selector`] as in [`re`].
pub fn re_first(text: &str, pattern: &str) -> Result<Option<String>> {
    let regex = compile(pattern)?;
    Ok(regex.captures(text).map(|captures| first(&captures)))
}

fn first(captures: &Captures<'_>) -> String {
    let groups = usize::from(captures.len() > 1);
    let group = captures.iter().skip(groups).flatten().next();
    group.map_or_else(String::new, |group| group.as_str().to_owned())
}

impl Html {
    /// Returns the texts that a regular expression finds in the text of the page: see [`re`].
    ///
    /// # Errors
    /// Those of [`re`], with the URL of the page.
    pub fn re(&self, pattern: &str) -> Result<Vec<String>> {
        self.root().re(pattern)
    }

    /// Returns the first text that a regular expression finds in the text of the page: see [`re_first`].
    ///
    /// # Errors
    /// Those of [`re_first`], with the URL of the page.
    pub fn re_first(&self, pattern: &str) -> Result<Option<String>> {
        self.root().re_first(pattern)
    }
}

impl Element<'_> {
    /// Returns the texts that a regular expression finds in the [text](Element::text) of the element: see [`re`]. (In
    /// Scrapy it looks at the HTML, for which there is `html::re(&element.outer_html(), pattern)`.)
    ///
    /// # Errors
    /// Those of [`re`], with the URL of the page.
    pub fn re(self, pattern: &str) -> Result<Vec<String>> {
        re(&self.text(), pattern).map_err(|error| error.with_url(self.html.url()))
    }

    /// Returns the first text that a regular expression finds in the [text](Element::text) of the element: see
    /// [`re_first`].
    ///
    /// # Errors
    /// Those of [`re_first`], with the URL of the page.
    pub fn re_first(self, pattern: &str) -> Result<Option<String>> {
        re_first(&self.text(), pattern).map_err(|error| error.with_url(self.html.url()))
    }
}

fn compile(pattern: &str) -> Result<Rc<Regex>> {
    remembered(&COMPILED, pattern, |pattern| {
        let regex = RegexBuilder::new(pattern).size_limit(SIZE).build();
        regex.map_err(|error| bad(pattern, &error))
    })
}

fn bad(pattern: &str, error: &regex::Error) -> Error {
    let what = match error {
        regex::Error::Syntax(report) => explain(pattern, report),
        regex::Error::CompiledTooBig(_) => {
            format!(
                "it is too large: more than {} MiB when compiled",
                SIZE >> 20
            )
        }
        other => other.to_string(),
    };
    Error::new(
        ErrorKind::Selector,
        format!("bad pattern {pattern:?}: {what}"),
    )
}

/// The report has several lines: the pattern, indented, marks under the place where it goes wrong, and why.
fn explain(pattern: &str, report: &str) -> String {
    const INDENT: usize = 4;
    let why = report
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("error: "));
    let why = why.unwrap_or("it cannot be understood");
    let is_marks = |line: &&str| line.contains('^') && line.chars().all(|c| matches!(c, ' ' | '^'));
    // The report on a pattern of several lines is different.
    let place = report
        .lines()
        .filter(|_| !pattern.contains('\n'))
        .find(is_marks);
    match place.and_then(|marks| marks.find('^')) {
        Some(at) if at >= INDENT => format!("{why} at column {}", at - INDENT + 1),
        _ => why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn groups_are_handed_out_in_order() {
        for (text, pattern, all, one) in [
            ("a1 b2", r"\w\d", &["a1", "b2"][..], Some("a1")),
            ("a1 b2", r"\w(\d)", &["1", "2"], Some("1")),
            ("a1 b2", r"(\w)(?P<n>\d)", &["a", "1", "b", "2"], Some("a")),
            ("b", r"(a)|(b)", &["", "b"], Some("b")),
            ("ab", r"(?:a)(x)?b", &[""], Some("")),
            ("é", r"(?i)É", &["é"], Some("é")),
            ("x", r"\d", &[], None),
        ] {
            assert_eq!(re(text, pattern).unwrap(), all, "{pattern}");
            assert_eq!(
                re_first(text, pattern).unwrap().as_deref(),
                one,
                "{pattern}"
            );
        }
    }

    #[test]
    fn a_bad_pattern_says_where() {
        for (pattern, what) in [
            ("a(b", "unclosed group at column 2"),
            (
                "é[z-a]",
                "invalid character class range, the start must be <= the end at column 3",
            ),
            ("a**(", "unclosed group at column 4"),
            ("x\n(", "unclosed group"),
            (
                r"\w{1000}",
                "it is too large: more than 4 MiB when compiled",
            ),
            (
                r"(?<!a)b",
                "look-around, including look-ahead and look-behind, is not supported at column 1",
            ),
        ] {
            let error = re("", pattern).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Selector);
            assert_eq!(
                error.to_string(),
                format!("bad pattern {pattern:?}: {what}")
            );
        }
    }

    #[test]
    fn what_is_found_is_bounded() {
        let text = "x".repeat(FOUND + 1);
        assert_eq!(re(&text, ".").unwrap_err().kind(), ErrorKind::TooLarge);
        assert_eq!(re(&text, ".+").unwrap().len(), 1);
    }

    #[test]
    fn an_element_is_asked_for_its_text() {
        let url = url::Url::parse("http://a.example/p").unwrap();
        let html = Html::parse("<p>Price: <b>12</b>\n 50</p><p>x", url);
        assert_eq!(html.one("p").unwrap().re(r"\d+").unwrap(), ["12", "50"]);
        assert_eq!(html.re_first("[a-z]$").unwrap().as_deref(), Some("x"));
        let error = html.re_first("(").unwrap_err();
        assert!(
            error.to_string().ends_with("(http://a.example/p)"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn no_pattern_is_too_odd(text in ".{0,20}", pattern in "([a-z^$.|?*+(){}\\[\\]\\\\]|\\d|é|\n|,){0,12}") {
            let all = re(&text, &pattern);
            let one = re_first(&text, &pattern);
            prop_assert_eq!(all.is_ok(), one.is_ok());
            if let (Ok(all), Ok(one)) = (all, one) {
                prop_assert_eq!(all.is_empty(), one.is_none());
            }
        }
    }
}
