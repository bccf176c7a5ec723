//! What can be taken of an element.

use std::borrow::Cow;

use url::Url;

use super::{Text, is_blank};
use crate::page::html::Element;

/// [`Element::text`].
#[must_use]
pub fn text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.text()))
}

/// [`Element::own_text`].
#[must_use]
pub fn own_text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.own_text()))
}

/// A line per block.
#[must_use]
pub fn block_text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.block_text()))
}

/// [`Element::inner_html`].
#[must_use]
pub fn html(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.inner_html()))
}

/// [`Element::outer_html`].
#[must_use]
pub fn outer_html(element: Element<'_>) -> Text<'_> {
    Some(Cow::Owned(element.outer_html()))
}

/// Each piece of text directly in the element.
#[must_use]
pub fn pieces(element: Element<'_>) -> Vec<Cow<'_, str>> {
    element.pieces().map(Cow::Owned).collect()
}

/// The first piece of text directly in the element.
#[must_use]
pub fn piece(element: Element<'_>) -> Text<'_> {
    first(pieces(element))
}

/// The first of several texts that is not only white space, or else the first.
#[must_use]
pub fn first(mut texts: Vec<Cow<'_, str>>) -> Text<'_> {
    let filled = texts.iter().position(|text| !is_blank(text));
    (!texts.is_empty()).then(|| texts.swap_remove(filled.unwrap_or_default()))
}

/// [`Element::attr`].
#[must_use]
pub fn attr<'a>(element: Element<'a>, name: &str) -> Text<'a> {
    element.attr(name).map(Cow::Borrowed)
}

/// [`Element::url`].
#[must_use]
pub fn url<'a>(element: Element<'a>, name: &str) -> Text<'a> {
    element.url(name).map(|url| Cow::Owned(url.into()))
}

/// What the element links to, as the page has it.
#[must_use]
pub fn link(element: Element<'_>) -> Text<'_> {
    let reference = element.attr("href").or_else(|| element.attr("src"));
    reference.map(Cow::Borrowed)
}

/// What the element links to, as an absolute URL.
#[must_use]
pub fn link_url(element: Element<'_>) -> Text<'_> {
    let url = element.resolve(&link(element)?)?;
    Some(Cow::Owned(url.into()))
}

/// The URL of the page.
#[must_use]
pub fn page_url(element: Element<'_>) -> &Url {
    element.page_url()
}

/// The same as a text.
#[must_use]
pub fn page_url_text(element: Element<'_>) -> Text<'_> {
    Some(Cow::Borrowed(element.page_url().as_str()))
}
