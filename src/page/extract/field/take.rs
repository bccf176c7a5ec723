//! Functions that take a text of an element, for derived code.

use std::borrow::Cow;

use url::Url;

use super::{Text, is_blank};
use crate::page::html::Element;

/// Returns [`Element::text`].
#[must_use]
pub fn text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.text()))
}

/// Returns [`Element::own_text`].
#[must_use]
pub fn own_text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.own_text()))
}

/// Returns the text with a line per block.
#[must_use]
pub fn block_text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.block_text()))
}

/// Returns [`Element::inner_html`].
#[must_use]
pub fn html(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.inner_html()))
}

/// Returns [`Element::outer_html`].
#[must_use]
pub fn outer_html(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.outer_html()))
}

/// Returns each piece of text directly in the element.
#[must_use]
pub fn pieces(element: Element<'_>) -> Vec<Cow<'_, str>> {
    element.pieces().map(Cow::Owned).collect()
}

/// Returns the first piece of text directly in the element.
#[must_use]
pub fn piece(element: Element<'_>) -> Text<'_> {
    first(pieces(element))
}

/// Returns the first of several texts that is not only white space, or else the first.
#[must_use]
pub fn first(mut texts: Vec<Cow<'_, str>>) -> Text<'_> {
    let filled = texts.iter().position(|text| !is_blank(text));
    (!texts.is_empty()).then(|| texts.swap_remove(filled.unwrap_or_default()))
}

/// Returns [`Element::attr`].
#[must_use]
pub fn attr<'a>(element: Element<'a>, name: &str) -> Text<'a> {
    element.attr(name).map(Cow::Borrowed)
}

/// Returns [`Element::url`].
#[must_use]
pub fn url<'a>(element: Element<'a>, name: &str) -> Text<'a> {
    element.url(name).map(|url| Cow::Owned(url.into()))
}

/// Returns the `href` or `src` of the element, as the page has it.
#[must_use]
pub fn link(element: Element<'_>) -> Text<'_> {
    let reference = element.attr("href").or_else(|| element.attr("src"));
    reference.map(Cow::Borrowed)
}

/// Returns the `href` or `src` of the element as an absolute URL.
#[must_use]
pub fn link_url(element: Element<'_>) -> Text<'_> {
    let url = element.resolve(&link(element)?)?;
    Some(Cow::Owned(url.into()))
}

/// Returns the URL of the page.
#[must_use]
pub fn page_url(element: Element<'_>) -> &Url {
    element.page_url()
}

/// Returns the URL of the page as a text.
#[must_use]
pub fn page_url_text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Borrowed(element.page_url().as_str()))
}
