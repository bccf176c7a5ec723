//! Documents that are something else than they are taken for.

use super::malformed;
use crate::page::error::Error;

/// Names of elements that tell HTML, beside those of its text.
const HTML: [&str; 14] = [
    "html", "head", "body", "title", "meta", "script", "style", "link", "base", "noscript", "main",
    "header", "iframe", "form",
];

/// Names of elements in the messages that servers write before a document.
const TEXT: [&str; 23] = [
    "br", "b", "p", "hr", "i", "font", "div", "span", "table", "tbody", "tr", "td", "th", "a",
    "pre", "strong", "em", "code", "center", "h1", "h2", "h3", "small",
];

/// Returns the error for an element that is no root of a document that `what` names; `None` if the element may be part
/// of a message that a server wrote before the document.
pub(crate) fn no_root(what: &str, name: &str) -> Option<Error> {
    let lower = name.to_ascii_lowercase();
    if TEXT.contains(&&*lower) {
        return None;
    }
    if HTML.contains(&&*lower) {
        return Some(html(what));
    }
    let name: String = name.chars().take(40).collect();
    Some(malformed(format!(
        "<{name}> is no root element of a {what}"
    )))
}

/// The error that there is an HTML page in the place of such a document.
pub(crate) fn html(what: &str) -> Error {
    malformed(format!(
        "this is an HTML page, not a {what}: ask for the address of the {what} itself"
    ))
}

/// Returns whether a document type declaration, without its `<!DOCTYPE`, is that of HTML.
pub(crate) fn is_html(doc_type: &str) -> bool {
    let name = doc_type.trim_start().get(..4);
    name.is_some_and(|name| name.eq_ignore_ascii_case("html"))
}
