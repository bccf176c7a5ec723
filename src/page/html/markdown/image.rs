//! Pictures, also those that scripts load later.

use url::Url;

use super::{Writer, escape};
use crate::page::html::Element;

/// Attributes with the URL of a picture that is loaded when it comes into view.
const LATER: [&str; 6] = [
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-original-src",
    "data-hi-res-src",
];
const SETS: [&str; 3] = ["srcset", "data-srcset", "data-lazy-srcset"];

pub(super) fn write(element: Element<'_>, out: &mut Writer) {
    if is_counter(element) {
        return;
    }
    let alt = element.attr("alt").unwrap_or_default();
    match source(element) {
        Some(url) => out.line.image(format!(
            "![{}]({}{})",
            escape::plain(alt),
            escape::target(&url),
            escape::title(element.attr("title").unwrap_or_default())
        )),
        // What it shows is not known, only what it says.
        None => out.line.text(alt),
    }
}

/// A picture of one point counts who loads it.
fn is_counter(element: Element<'_>) -> bool {
    let is_point = |name| {
        matches!(
            element.attr(name).map(str::trim),
            Some("0" | "1" | "0px" | "1px")
        )
    };
    is_point("width") && is_point("height")
}

/// Returns the URL of a picture. One that is loaded later comes first; the one that is there at first may be a
/// stand-in.
fn source(element: Element<'_>) -> Option<Url> {
    let later = LATER.into_iter().filter(|name| {
        let reference = element.attr(name).unwrap_or_default();
        reference.contains(['/', '.'])
    });
    let own = later.chain(["src"]).find_map(|name| {
        element.attr(name).filter(|url| !url.trim().is_empty())?;
        element.url(name).filter(is_picture)
    });
    own.or_else(|| listed(element)).or_else(|| {
        let around = element
            .parent()
            .filter(|parent| parent.name() == "picture")?;
        let mut sources = around.children().filter(|child| child.name() == "source");
        sources.find_map(listed)
    })
}

/// The last of the pictures in a `srcset`, mostly the largest.
fn listed(element: Element<'_>) -> Option<Url> {
    SETS.into_iter().find_map(|name| {
        let mut urls = element.srcset(name).ok()?.into_iter().rev();
        urls.find(is_picture)
    })
}

fn is_picture(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
