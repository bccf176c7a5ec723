//! Code: within a line, and blocks of it, whose lines are those that a browser shows.

use super::{Writer, escape, target};
use crate::page::html::{Child, Element};

/// Elements around a block of code that are asked for its language.
const AROUND: usize = 3;
/// Names of languages are not longer.
const LONGEST: usize = 40;
/// Prefixes of the name of a language in a class, the longest first.
const PREFIXES: [&str; 9] = [
    "highlight-source-",
    "highlight-text-html-",
    "highlight-text-",
    "mw-highlight-lang-",
    "highlight-",
    "language-",
    "lang-",
    "brush:",
    "src-",
];
/// Classes that stand before the language.
const BEFORE: [&str; 3] = ["brush:", "sourcecode", "hljs"];
/// Classes of code that name no language.
const OTHERS: [&str; 13] = [
    "default",
    "none",
    "notranslate",
    "nohighlight",
    "no-highlight",
    "wrapper",
    "content",
    "container",
    "numberlines",
    "linenums",
    "line-numbers",
    "highlight",
    "copy",
];
/// Classes of a line in a block of code, which style sheets make a block.
const LINES: [&str; 4] = ["line", "token-line", "code-line", "hljs-line"];

/// Code within a line; links in it stay links.
pub(super) fn span(element: Element<'_>, out: &mut Writer) {
    let mut code = String::new();
    inline(element, &mut code, out);
    out.line.code(&code);
}

fn inline(element: Element<'_>, code: &mut String, out: &mut Writer) {
    for child in element.content() {
        let child = match child {
            Child::Text(text) => {
                code.push_str(text);
                continue;
            }
            Child::Element(child) => child,
        };
        match child.name() {
            _ if child.is_hidden() || child.is_permalink() => {}
            "pre" | "listing" | "xmp" => {
                out.line.code(&std::mem::take(code));
                block(child, out);
            }
            "img" => {
                out.line.code(&std::mem::take(code));
                super::image::write(child, out);
            }
            "a" => match target(child, out).filter(|mark| !out.line.has_open(mark)) {
                Some(mark) => {
                    out.line.code(&std::mem::take(code));
                    out.line.open(mark);
                    span(child, out);
                    out.line.close();
                }
                None => inline(child, code, out),
            },
            _ if child.is_block() => {
                code.push(' ');
                inline(child, code, out);
                code.push(' ');
            }
            _ => inline(child, code, out),
        }
    }
}

/// A block of code.
pub(super) fn block(element: Element<'_>, out: &mut Writer) {
    let code = text(element);
    let code = code.trim_end();
    out.paragraph();
    if out.is_flat() {
        out.line.code(code);
    } else if !code.is_empty() {
        let fence = escape::fence(code);
        let first = format!("{fence}{}", language(element).unwrap_or_default());
        let lines = std::iter::once(&*first).chain(code.lines());
        out.block(lines.chain(std::iter::once(&*fence)));
    }
    out.paragraph();
}

/// The lines of code in an element: white space as it is, a line for each block.
fn text(element: Element<'_>) -> String {
    let mut code = Code::default();
    code.walk(element);
    code.out
}

#[derive(Default)]
struct Code {
    out: String,
    /// Character that keeps the next text apart, once a block or a cell has ended.
    gap: Option<char>,
}

impl Code {
    fn walk(&mut self, element: Element<'_>) {
        for child in element.content() {
            match child {
                Child::Text(text) => self.text(text),
                Child::Element(child) if child.is_hidden() || child.name() == "button" => {}
                Child::Element(child) => self.node(child),
            }
        }
    }

    fn node(&mut self, element: Element<'_>) {
        match element.name() {
            "br" => {
                if self.gap.take().is_some() && !self.out.ends_with('\n') {
                    self.out.push('\n');
                }
                self.out.push('\n');
            }
            "td" | "th" => {
                self.walk(element);
                self.gap = self.gap.or(Some(' '));
            }
            _ if element.is_block() || is_line(element) => {
                self.end_line();
                self.walk(element);
                self.end_line();
            }
            _ => self.walk(element),
        }
    }

    fn end_line(&mut self) {
        if !self.out.is_empty() {
            self.gap = Some('\n');
        }
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.gap.take() {
            Some('\n') if self.out.ends_with('\n') => {}
            Some(_) if text.starts_with('\n') => {}
            Some(gap) => self.out.push(gap),
            None => {}
        }
        if text.contains('\r') {
            self.out
                .push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            self.out.push_str(text);
        }
    }
}

fn is_line(element: Element<'_>) -> bool {
    let mut classes = element
        .attr("class")
        .unwrap_or_default()
        .split_ascii_whitespace();
    classes.any(|class| LINES.contains(&class))
        || element.attr("style").is_some_and(|style| {
            let style: String = style.split_ascii_whitespace().collect();
            style.to_ascii_lowercase().contains("display:block")
        })
}

/// The language of a block of code, as it says itself, the `code` in it, or what is around.
fn language(block: Element<'_>) -> Option<&str> {
    let code = block.children().find(|child| child.name() == "code");
    let around = std::iter::successors(block.parent(), |element| element.parent());
    let around = around.take(AROUND).take_while(|element| {
        matches!(
            element.name(),
            "div" | "figure" | "td" | "tr" | "tbody" | "code-block"
        )
    });
    code.into_iter()
        .chain([block])
        .chain(around)
        .find_map(named)
}

fn named(element: Element<'_>) -> Option<&str> {
    let attributes = ["data-lang", "data-language", "data-enlighter-language"];
    let own = attributes.into_iter().find_map(|name| element.attr(name));
    let own = own.or_else(|| element.attr("lang").filter(|_| element.name() == "pre"));
    if let Some(language) = own.and_then(language_name) {
        return Some(language);
    }
    let classes = element
        .attr("class")
        .unwrap_or_default()
        .split_ascii_whitespace();
    let mut before = None;
    let mut after = None;
    for class in classes {
        let prefixed = PREFIXES.iter().find_map(|prefix| strip(class, prefix));
        if let Some(language) = prefixed.and_then(language_name) {
            return Some(language);
        }
        if before.is_some_and(|before: &str| {
            BEFORE
                .iter()
                .any(|known| before.eq_ignore_ascii_case(known))
        }) {
            after = after.or_else(|| language_name(class));
        }
        before = Some(class);
    }
    after.filter(|_| matches!(element.name(), "pre" | "code"))
}

fn strip<'a>(class: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = class.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Returns the text as the name of a language; `None` if it cannot be one.
fn language_name(name: &str) -> Option<&str> {
    let name = name.trim_end_matches([';', ',']);
    let is_name = name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+#-._".contains(c))
        && !OTHERS.iter().any(|other| name.eq_ignore_ascii_case(other));
    is_name.then_some(name)
}
