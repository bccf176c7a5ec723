//! The body of a page as Markdown ([CommonMark](https://spec.commonmark.org/), tables and `~~` as in GitHub's dialect): what a
//! reader of it sees is what a reader of the page sees.
//!
//! A block's words and marks are collected first and written when the block ends: what has to be escaped, and which marks
//! count, depends on what stands beside them in the line.

mod code;
mod emphasis;
mod escape;
mod image;
mod inline;
mod line;
mod list;
mod sections;
mod table;
mod writer;

use super::{Child, Element};
use inline::Mark;
use line::Place;
use writer::Writer;

/// Choice whether links are written as links, or only their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Links {
    /// Links are written with their URLs.
    #[default]
    Written,
    /// Links are written as if they were text.
    Left,
}

/// Returns the content of an element as Markdown; it ends with a line break unless it is empty.
pub(crate) fn of(root: Element<'_>, links: Links) -> String {
    let mut writer = Writer::new(links);
    walk(root, &mut writer);
    writer.finish()
}

// As deep as the tree, which has at most 512 levels.
fn walk(element: Element<'_>, out: &mut Writer) {
    for child in element.content() {
        match child {
            Child::Text(text) => out.line.text(text),
            Child::Element(element) if element.is_hidden() || element.is_permalink() => {}
            Child::Element(element) => node(element, out),
        }
    }
}

fn node(element: Element<'_>, out: &mut Writer) {
    match element.name() {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => heading(element, out),
        "b" | "strong" => marked(element, Mark::Strong, out),
        "i" | "em" | "cite" => marked(element, Mark::Emphasis, out),
        "del" | "s" | "strike" => marked(element, Mark::Deleted, out),
        "sup" => marked(element, Mark::Above, out),
        "sub" => marked(element, Mark::Below, out),
        "code" | "kbd" | "samp" | "tt" => code::span(element, out),
        "a" => link(element, out),
        "img" => image::write(element, out),
        "br" => out.hard_break(),
        "hr" => out.rule(),
        "pre" | "listing" | "xmp" => code::block(element, out),
        "blockquote" => {
            out.paragraph();
            out.nested("> ", "> ", |out| walk(element, out));
            out.paragraph();
        }
        "ul" | "ol" | "menu" | "dir" => list::write(element, out),
        "li" => list::item(element, out),
        "table" => table::write(element, out),
        "rp" => {}
        "rt" => marked(element, Mark::Reading, out),
        _ if element.is_block() => {
            out.paragraph();
            walk(element, out);
            out.paragraph();
        }
        _ => walk(element, out),
    }
}

fn heading(element: Element<'_>, out: &mut Writer) {
    let level = element.name().trim_start_matches('h').parse().unwrap_or(1);
    out.paragraph();
    if out.is_flat() {
        walk(element, out);
    } else {
        let content = out.flat(Place::Heading, |out| walk(element, out));
        out.heading(level, &content);
    }
    out.paragraph();
}

fn marked(element: Element<'_>, mark: Mark, out: &mut Writer) {
    if out.line.has_open(&mark) {
        return walk(element, out);
    }
    out.line.open(mark);
    walk(element, out);
    out.line.close();
}

fn link(element: Element<'_>, out: &mut Writer) {
    match target(element, out) {
        Some(mark) => marked(element, mark, out),
        None => walk(element, out),
    }
}

/// The mark of a link to somewhere, unless links are left.
fn target(element: Element<'_>, out: &Writer) -> Option<Mark> {
    let is_target = |url: &url::Url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel");
    let url = element.url("href").filter(is_target);
    Some(Mark::Link {
        target: escape::target(&url.filter(|_| out.links == Links::Written)?),
        title: escape::title(element.attr("title").unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests;
