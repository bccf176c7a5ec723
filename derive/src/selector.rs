//! Selectors, checked when the program is compiled.

use scraper::Selector;
use syn::{Error, LitStr, Result};

use crate::list::{list, split_ending};

/// Longest selector for which the error shows where it went wrong, in bytes: finding that out is quadratic.
const EXPLAINED: usize = 1000;

/// Selector and its ending.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// CSS selector; empty for the element itself.
    pub(crate) css: String,
    pub(crate) ending: Option<Ending>,
}

/// Part that is taken of a matching element, if the selector names one.
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
/// Returns an error that shows where the selector stops making sense, or that a query of the same text would mean something
/// that a field does not take.
pub(crate) fn query(literal: &LitStr) -> Result<Query> {
    let text = literal.value();
    let bad = |what: &str| {
        let message = format!("bad selector {text:?}: {what}");
        Error::new(literal.span(), message)
    };
    let parts: Vec<_> = list(&text).into_iter().map(split_ending).collect();
    let endings = parts
        .iter()
        .map(|(_, written)| written.map(read_ending).transpose())
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(|what| bad(&what))?;
    let is_itself = |css: &str, ending: Option<&Ending>| {
        css.trim() == ":scope" || css.is_empty() && ending.is_some()
    };
    let mut each = parts.iter().map(|(css, _)| *css).zip(&endings);
    if each
        .clone()
        .any(|(css, ending)| ending.is_some() && is_deep(css))
    {
        return Err(bad(
            "an ending that is about the element and all in it is for `get` and `get_all`; the text at all depths is what a \
             field takes without ::text",
        ));
    }
    if let [(css, _)] = &parts[..]
        && is_itself(css, endings.first().and_then(Option::as_ref))
    {
        let ending = endings.into_iter().next().flatten();
        return Ok(Query {
            css: String::new(),
            ending,
        });
    }
    if each.any(|(css, ending)| is_itself(css, ending.as_ref())) {
        return Err(bad("the element itself cannot be one of a list"));
    }
    if endings.windows(2).any(|pair| pair.first() != pair.last()) {
        return Err(bad(
            "each selector of a list has its own ending, and a field takes one: write the same after each, or make two fields",
        ));
    }
    let ending = endings.into_iter().next().flatten();
    let css = match &ending {
        Some(_) => parts
            .iter()
            .map(|(css, _)| css.trim())
            .collect::<Vec<_>>()
            .join(", "),
        None => text,
    };
    check(&css, literal)?;
    Ok(Query { css, ending })
}

/// Reads an ending, given from its `::` on.
fn read_ending(written: &str) -> std::result::Result<Ending, String> {
    let ending = written.trim().trim_start_matches("::");
    if ending.eq_ignore_ascii_case("text") {
        return Ok(Ending::Text);
    }
    let name = ending
        .strip_prefix("attr(")
        .and_then(|rest| rest.strip_suffix(')'))
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.contains(['(', ')']) && !name.contains("::"));
    match name {
        Some(name) => Ok(Ending::Attr(name.to_owned())),
        None => Err(format!(
            "unexpected \"::{ending}\"; there are ::text and ::attr(name)"
        )),
    }
}

/// Returns whether an ending behind this selector is about everything in the element, too: `p ::text`, `p *::text`.
fn is_deep(css: &str) -> bool {
    let Some(outer) = css.trim().strip_suffix('*') else {
        return css.ends_with(|c: char| c.is_ascii_whitespace());
    };
    let around = outer.trim_end();
    around.is_empty() || around.len() < outer.len() && !around.ends_with(['>', '+', '~', '|'])
}

/// Reads the selector of a struct, which selects elements and so takes no ending.
///
/// # Errors
///
/// Returns an error that shows where the selector stops making sense.
pub(crate) fn css(literal: &LitStr) -> Result<String> {
    let text = literal.value();
    if list(&text)
        .into_iter()
        .any(|part| split_ending(part).1.is_some())
    {
        let message = "an item stands in an element: this selector takes no ending such as ::text";
        return Err(Error::new(literal.span(), message));
    }
    check(&text, literal).map(|()| text)
}

fn check(css: &str, literal: &LitStr) -> Result<()> {
    // A leading `>` stands behind the element that is asked; the parser does not know that.
    let scoped = list(css).into_iter().map(|part| {
        let is_child = part.trim_start().starts_with('>');
        format!("{}{part}", if is_child { ":scope " } else { "" })
    });
    if Selector::parse(&scoped.collect::<Vec<_>>().join(",")).is_ok() {
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

/// Returns the length of the longest beginning of a selector that can be completed to a valid one. The parser does not
/// report it, so each beginning is tried, completed in the ways in which one can be. The library has the same function, but
/// depends on this crate and cannot lend it.
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
