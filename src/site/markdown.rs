//! The body of a page as Markdown ([CommonMark](https://spec.commonmark.org/), tables as in GitHub's dialect).

mod escape;
mod table;
mod writer;

use crate::html::{Child, Element};
use escape::{code_span, fence, plain, target};
use writer::Writer;

/// What is below this element as Markdown; ends with a line break unless it is empty.
pub(crate) fn of(root: Element<'_>) -> String {
    let mut writer = Writer::default();
    walk(root, &mut writer);
    writer.finish()
}

// As deep as the tree, which has at most 512 levels.
fn walk(element: Element<'_>, out: &mut Writer) {
    for child in element.content() {
        match child {
            Child::Text(text) => out.text(text),
            Child::Element(element) if element.is_hidden() || element.name() == "noscript" => {}
            Child::Element(element) => node(element, out),
        }
    }
}

fn node(element: Element<'_>, out: &mut Writer) {
    match element.name() {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => heading(element, out),
        "b" | "strong" => marked(element, "**", "**", out),
        "i" | "em" | "cite" => marked(element, "*", "*", out),
        "del" | "s" | "strike" => marked(element, "~~", "~~", out),
        "code" | "kbd" | "samp" | "tt" => out.raw(&code_span(&element.raw_text())),
        "a" => link(element, out),
        "img" => image(element, out),
        "br" => out.hard_break(),
        "hr" => {
            out.paragraph();
            out.raw("---");
            out.paragraph();
        }
        "pre" => preformatted(element, out),
        "blockquote" => {
            out.paragraph();
            out.nested("> ", "> ", |out| walk(element, out));
            out.paragraph();
        }
        "ul" | "ol" | "menu" | "dir" => list(element, out),
        "li" => item(element, "- ", out),
        "table" => table::write(element, out),
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
    let content = flat(element);
    if !content.is_empty() {
        out.raw(&format!("{} {content}", "#".repeat(level)));
    }
    out.paragraph();
}

/// The content on one line.
fn flat(element: Element<'_>) -> String {
    let mut line = Writer::flat();
    walk(element, &mut line);
    line.finish().trim_end().to_owned()
}

fn marked(element: Element<'_>, open: &'static str, close: &str, out: &mut Writer) {
    if out.has_open(open) {
        return walk(element, out);
    }
    out.open(open, close.to_owned());
    walk(element, out);
    out.close();
}

fn link(element: Element<'_>, out: &mut Writer) {
    match element
        .url("href")
        .filter(|url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel"))
    {
        Some(url) => marked(element, "[", &format!("]({})", target(&url)), out),
        None => walk(element, out),
    }
}

fn image(element: Element<'_>, out: &mut Writer) {
    if let Some(url) = element
        .url("src")
        .filter(|url| matches!(url.scheme(), "http" | "https"))
    {
        let alt: Vec<&str> = element
            .attr("alt")
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        out.raw(&format!("![{}]({})", plain(&alt.join(" ")), target(&url)));
    }
}

fn preformatted(element: Element<'_>, out: &mut Writer) {
    let code = element.raw_text();
    let code = code.trim_end_matches(['\n', ' ', '\t']);
    out.paragraph();
    if out.is_flat() {
        out.raw(&code_span(code));
    } else if !code.is_empty() {
        let fence = fence(code);
        let of = element
            .children()
            .find(|child| child.name() == "code")
            .unwrap_or(element);
        let classes = of
            .attr("class")
            .unwrap_or_default()
            .split_ascii_whitespace();
        let language = classes
            .filter_map(|class| class.strip_prefix("language-"))
            .find(|name| !name.contains('`'));
        out.line(&format!("{fence}{}", language.unwrap_or_default()));
        code.lines().for_each(|line| out.line(line));
        out.line(&fence);
    }
    out.paragraph();
}

fn list(element: Element<'_>, out: &mut Writer) {
    let mut number = element
        .attr("start")
        .and_then(|start| start.parse::<u32>().ok())
        .unwrap_or(1);
    out.list();
    for child in element.content() {
        match child {
            Child::Text(text) => out.text(text),
            Child::Element(child) if child.name() == "li" && element.name() == "ol" => {
                item(child, &format!("{number}. "), out);
                number = number.saturating_add(1);
            }
            Child::Element(child) if child.is_hidden() => {}
            Child::Element(child) => node(child, out),
        }
    }
    out.list();
}

fn item(element: Element<'_>, marker: &str, out: &mut Writer) {
    out.next_item();
    out.nested(marker, &" ".repeat(marker.len()), |out| walk(element, out));
    out.next_item();
}

#[cfg(test)]
mod tests;
