//! Selectors, checked when the program is compiled.

use scraper::Selector;
use syn::{Error, LitStr, Result};

/// How long a selector may be for its error to say where it went wrong: finding that out is quadratic.
const EXPLAINED: usize = 1000;

/// A selector and what it ends in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// Empty for the element itself.
    pub(crate) css: String,
    pub(crate) ending: Option<Ending>,
}

/// What is taken of a match, if the selector says so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// `::text`.
    Text,
    /// `::attr(name)`.
    Attr(String),
}

/// Reads the selector of a field.
///
/// # Errors
///
/// Where it stops making sense.
pub(crate) fn query(literal: &LitStr) -> Result<Query> {
    let text = literal.value();
    let (css, ending) = match text.rsplit_once("::") {
        Some((css, "text")) => (css, Some(Ending::Text)),
        Some((css, ending)) => {
            let name = ending
                .strip_prefix("attr(")
                .and_then(|rest| rest.strip_suffix(')'))
                .map(str::trim)
                .filter(|name| !name.is_empty());
            let Some(name) = name else {
                let message = format!(
                    "bad selector {text:?}: unexpected \"::{ending}\"; there are ::text and ::attr(name)"
                );
                return Err(Error::new(literal.span(), message));
            };
            (css, Some(Ending::Attr(name.to_ascii_lowercase())))
        }
        None => (text.as_str(), None),
    };
    let is_itself = css.trim() == ":scope" || css.is_empty() && ending.is_some();
    if !is_itself {
        check(css, literal)?;
    }
    Ok(Query {
        css: if is_itself { "" } else { css }.to_owned(),
        ending,
    })
}

/// Reads the selector of a struct, which stands for elements and nothing in them.
///
/// # Errors
///
/// Where it stops making sense.
pub(crate) fn css(literal: &LitStr) -> Result<String> {
    let text = literal.value();
    if text.contains("::") {
        let message = "an item stands in an element: this selector takes no ending such as ::text";
        return Err(Error::new(literal.span(), message));
    }
    check(&text, literal).map(|()| text)
}

fn check(css: &str, literal: &LitStr) -> Result<()> {
    if Selector::parse(css).is_ok() {
        return Ok(());
    }
    let what = match css.get(understood(css)..) {
        _ if css.trim().is_empty() => "it is empty".to_owned(),
        _ if css.len() > EXPLAINED => "it cannot be understood".to_owned(),
        None | Some("") => "it ends too early".to_owned(),
        Some(rest) => format!("it cannot be understood from {:?} on", rest.trim_start()),
    };
    let message = format!("bad selector {css:?}: {what}");
    Err(Error::new(literal.span(), message))
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
