//! Completion with Tab: of commands and, in selectors, of the tags, classes, ids and attributes of the page.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::commands::COMMANDS;
use super::page::Page;
use crate::cli::terminal::printable_line;

/// Maximum number of names of one kind that are kept of a page.
const MOST: usize = 5_000;
/// Maximum length of a name, in bytes; a longer one was not made to be typed.
const LONGEST: usize = 80;
/// Endings of a selector that follow a `::`.
const ENDINGS: [&str; 2] = ["text", "attr("];

/// The names on a page, as a selector writes them, and where it leads.
#[derive(Debug, Default)]
pub(super) struct Names {
    tags: BTreeSet<String>,
    classes: BTreeSet<String>,
    ids: BTreeSet<String>,
    attributes: BTreeSet<String>,
    links: BTreeSet<String>,
    spiders: BTreeSet<String>,
}

impl Names {
    /// Collects the names of a page; none for a page that is not HTML.
    pub(super) fn of(page: &Page) -> Self {
        let mut names = Self::default();
        let elements = page.html().and_then(|html| html.select("*"));
        for element in elements.into_iter().flatten() {
            add(&mut names.tags, element.name());
            for attribute in element.attribute_names() {
                add(&mut names.attributes, attribute);
            }
            for class in element
                .attr("class")
                .unwrap_or_default()
                .split_ascii_whitespace()
            {
                add(&mut names.classes, class);
            }
            add(&mut names.ids, element.attr("id").unwrap_or_default());
        }
        for link in page.response().links().into_iter().take(MOST) {
            names.links.insert(link.into());
        }
        names
    }

    /// Adds the names of the spiders.
    pub(super) fn and_spiders(mut self, spiders: Vec<String>) -> Self {
        self.spiders = spiders.into_iter().collect();
        self
    }

    /// Returns the start of the word that ends at `at`, and its completions.
    pub(super) fn complete(&self, line: &str, at: usize) -> (usize, Vec<String>) {
        let typed = line.get(..at).unwrap_or(line);
        let indent = typed.len() - typed.trim_start().len();
        let Some((word, rest)) = typed.trim_start().split_once(char::is_whitespace) else {
            return (indent, to_be_given(of_commands(typed.trim_start())));
        };
        let start = typed.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        match word.trim_end_matches('!') {
            "css" | "html" | "table" => self.in_selector(typed, start),
            "fetch" => (start, beginning(rest, self.links.iter())),
            "items" | "requests" => (start, beginning(rest, self.spiders.iter())),
            "help" => (start, of_commands(rest)),
            _ => (typed.len(), Vec::new()),
        }
    }

    /// Completes a word in a selector, by what stands before the word.
    fn in_selector(&self, typed: &str, start: usize) -> (usize, Vec<String>) {
        let selector = typed.get(start..).unwrap_or_default();
        let begin = begin_of_name(selector);
        let (before, word) = selector.split_at_checked(begin).unwrap_or((selector, ""));
        let at = start + begin;
        let is_attribute = before.ends_with('[') || before.ends_with("::attr(");
        let names = match before.chars().next_back() {
            _ if is_attribute => &self.attributes,
            Some('.') => &self.classes,
            Some('#') => &self.ids,
            Some(':') if before.ends_with("::") => {
                let endings = ENDINGS
                    .into_iter()
                    .filter(|ending| ending.starts_with(word));
                return (at, endings.map(str::to_owned).collect());
            }
            // Of CSS itself, or within a string.
            Some(':' | '=' | '"' | '\'') => return (at, Vec::new()),
            _ => &self.tags,
        };
        (at, beginning(word, names.iter()))
    }
}

/// Adds a space to the commands that take an argument.
fn to_be_given(mut commands: Vec<String>) -> Vec<String> {
    let takes_nothing = |name: &str| {
        COMMANDS
            .iter()
            .any(|command| command.name == name && command.takes.is_empty())
    };
    for name in &mut commands {
        if !takes_nothing(name) {
            name.push(' ');
        }
    }
    commands
}

fn of_commands(word: &str) -> Vec<String> {
    let names = COMMANDS.iter().map(|command| command.name);
    names
        .filter(|name| name.starts_with(word))
        .map(str::to_owned)
        .collect()
}

fn beginning<'a>(word: &str, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    names
        .filter(|name| name.starts_with(word))
        .cloned()
        .collect()
}

/// Keeps a name, written as a selector has to, if a person could type it.
fn add(names: &mut BTreeSet<String>, name: &str) {
    let is_plain = printable_line(name) == name && !name.contains(char::is_whitespace);
    if !name.is_empty() && name.len() <= LONGEST && is_plain && names.len() < MOST {
        names.insert(escaped(name));
    }
}

/// Returns a name as CSS writes it (CSS Syntax Module Level 3, section 4.3.11): `md:flex` is `md\:flex`.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let first = name.trim_start_matches('-').chars().next();
    let mut is_first = first.is_some_and(|c| c.is_ascii_digit());
    for c in name.chars() {
        if is_first && c.is_ascii_digit() {
            let _ = write!(out, "\\{:x} ", u32::from(c));
            is_first = false;
        } else {
            if !is_name(c) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii()
}

/// Returns the offset at which the name at the end of a selector begins; escaped characters are part of the name.
fn begin_of_name(selector: &str) -> usize {
    let mut begin = selector.len();
    let mut characters = selector.char_indices().rev().peekable();
    while let Some((at, c)) = characters.next() {
        let is_escaped = characters.peek().is_some_and(|(_, before)| *before == '\\');
        if is_escaped {
            begin = characters.next().map_or(at, |(backslash, _)| backslash);
        } else if is_name(c) || c == '\\' {
            begin = at;
        } else {
            break;
        }
    }
    begin
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::page::tests::page;
    use super::*;

    const PAGE: &str =
        r#"<div id=main class="price pretty md:flex"><p data-id=1><a href="/next">x</a></div>"#;

    fn completed(line: &str) -> (usize, Vec<String>) {
        let names =
            Names::of(&page(PAGE)).and_spiders(vec!["quotes".to_owned(), "books".to_owned()]);
        names.complete(line, line.len())
    }

    fn choices(line: &str) -> Vec<String> {
        completed(line).1
    }

    #[test]
    fn the_first_word_is_a_command() {
        assert_eq!(
            completed("he"),
            (0, vec!["headers".to_owned(), "help ".to_owned()])
        );
        assert_eq!(completed("  cs").0, 2);
        assert_eq!(choices("help li"), ["links"]);
    }

    #[test]
    fn in_a_selector_it_is_what_the_page_has() {
        assert_eq!(
            completed("css div.pr"),
            (8, vec!["pretty".to_owned(), "price".to_owned()])
        );
        assert_eq!(choices("html! #m"), ["main"]);
        assert_eq!(choices("css p[d"), ["data-id"]);
        assert_eq!(choices("css a::attr(hr"), ["href"]);
        assert_eq!(
            choices("css p > "),
            ["a", "body", "div", "head", "html", "p"]
        );
        assert_eq!(choices("css a::t"), ["text"]);
        assert!(choices("css p:fir").is_empty());
        assert!(choices("re di").is_empty());
    }

    #[test]
    fn what_css_would_misread_is_escaped() {
        assert_eq!(completed("css .md"), (5, vec![r"md\:flex".to_owned()]));
        assert_eq!(completed(r"css .md\:f"), (5, vec![r"md\:flex".to_owned()]));
        assert_eq!(escaped("1st"), r"\31 st");
        assert_eq!(escaped("ä-b_2"), "ä-b_2");
        let page = page("<p class='1st w-1/2'>x");
        for class in ["1st", "w-1/2"] {
            let css = format!(".{}", escaped(class));
            assert_eq!(page.html().unwrap().get_all(&css).unwrap(), ["x"], "{css}");
        }
    }

    #[test]
    fn links_and_spiders_are_completed_where_they_belong() {
        assert_eq!(choices("fetch http://a"), ["http://a.example/next"]);
        assert_eq!(choices("items "), ["books", "quotes"]);
    }

    #[test]
    fn a_name_that_could_steer_the_terminal_is_never_offered() {
        let page = page("<p class='\u{1b}[2J \u{202e}x ok'>");
        assert_eq!(Names::of(&page).complete("css .", 5).1, ["ok"]);
    }

    proptest! {
        #[test]
        fn any_line_can_be_completed(line in any::<String>(), css in r#"[\\.#:\[( a-cä"]{0,12}"#) {
            let names = Names::of(&page(PAGE));
            for line in [line, format!("css {css}")] {
                let (start, _) = names.complete(&line, line.len());
                prop_assert!(line.is_char_boundary(start), "{line:?} {start}");
            }
        }
    }
}
