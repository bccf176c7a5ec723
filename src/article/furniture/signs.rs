//! The signs by which furniture is told: elements, roles, names and links.

use super::Length;
use crate::html::Element;

/// A block of which more than this part are links is a menu.
const LINKS: f64 = 0.5;

/// Words in classes and ids.
const WORDS: [&str; 27] = [
    "nav",
    "navbar",
    "navigation",
    "navbox",
    "navheader",
    "navfooter",
    "sidenav",
    "topnav",
    "subnav",
    "menu",
    "menubar",
    "sidebar",
    "sphinxsidebar",
    "breadcrumb",
    "breadcrumbs",
    "footer",
    "masthead",
    "banner",
    "cookie",
    "cookies",
    "share",
    "sharing",
    "social",
    "related",
    "comments",
    "newsletter",
    "pagination",
];
const ROLES: [&str; 9] = [
    "navigation",
    "banner",
    "contentinfo",
    "search",
    "complementary",
    "menu",
    "menubar",
    "dialog",
    "alert",
];

pub(super) fn is_heading(element: Element<'_>) -> bool {
    let names = ["h1", "h2", "h3", "h4", "h5", "h6", "th"];
    names.contains(&element.name())
}

pub(super) fn is_main(element: Element<'_>) -> bool {
    let has_role = || {
        element
            .attr("role")
            .is_some_and(|role| role.trim() == "main")
    };
    matches!(element.name(), "article" | "main") || has_role()
}

/// Whether an element says itself what it is.
pub(super) fn is_clear(element: Element<'_>, is_in_text: bool) -> bool {
    match element.name() {
        "nav" | "aside" | "dialog" | "form" | "button" | "select" => return true,
        "header" | "footer" if !is_in_text => return true,
        "html" | "body" | "article" | "main" => return false,
        _ => {}
    }
    let role = element
        .attr("role")
        .is_some_and(|role| ROLES.contains(&role.trim()));
    role || element.attr("hidden").is_some() || element.attr("aria-hidden") == Some("true")
}

/// Whether the class or the id of an element is that of a menu or the like. What only text has is none: a class of it may
/// say anything.
pub(super) fn is_named(element: Element<'_>, is_in_text: bool) -> bool {
    let is_text = matches!(
        element.name(),
        "html"
            | "body"
            | "article"
            | "main"
            | "section"
            | "p"
            | "pre"
            | "blockquote"
            | "figure"
            | "table"
            | "td"
            | "dd"
    );
    if is_text || is_heading(element) {
        return false;
    }
    // The ids of chapters are their titles: in an article they say nothing, and elsewhere only how they begin.
    let start = |id: &str| {
        let mut words = id.split(|c: char| !c.is_ascii_alphanumeric());
        !is_in_text && words.next().is_some_and(has_word)
    };
    element.attr("class").is_some_and(has_word) || element.attr("id").is_some_and(start)
}

fn has_word(names: &str) -> bool {
    let mut parts = names.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| WORDS.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

/// Whether a block is hardly anything but links. A paragraph may be, and a heading; in content all but a bare row of links.
pub(super) fn is_menu(element: Element<'_>, length: Length, is_content: bool) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a ratio of lengths")]
    let has_links = length.links as f64 > LINKS * length.text as f64;
    let may_be = match element.name() {
        "div" => !is_content || !length.has_blocks,
        "ul" | "ol" | "dl" | "table" | "section" => !is_content,
        _ => false,
    };
    has_links && may_be
}
