//! What of a page is not its text, told by names and links: menus, headers, footers and the like.

use std::collections::{HashMap, HashSet};

use crate::html::{Child, Element, Html, NodeId};

/// A block of which more than this part are links is a menu.
const LINKS: f64 = 0.5;

/// Words in classes and ids, whole or, ending in `-`, the beginnings of one.
const WORDS: [&str; 19] = [
    "nav-",
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

/// What of a page is not its text.
pub(super) struct Furniture {
    /// The outermost elements, and the heading that repeats the title.
    pub(super) elements: HashSet<NodeId>,
    /// How much text the page has, in bytes without white space, and how much remains, links not counted.
    pub(super) whole: usize,
    pub(super) prose: usize,
}

impl Furniture {
    pub(super) fn of(html: &Html, title: &str) -> Self {
        let mut lengths = HashMap::new();
        let whole = measure(html.root(), &mut lengths);
        let mut search = Search {
            title,
            whole,
            lengths,
            found: HashSet::new(),
        };
        let rest = search.walk(html.root(), false);
        Self {
            elements: search.found,
            whole,
            prose: rest.text - rest.links,
        }
    }
}

struct Search<'a> {
    /// Empty once the heading was found.
    title: &'a str,
    /// How much text the page has.
    whole: usize,
    /// And how much each element.
    lengths: HashMap<NodeId, usize>,
    found: HashSet<NodeId>,
}

#[derive(Default, Clone, Copy)]
struct Length {
    text: usize,
    links: usize,
}

impl Search<'_> {
    /// Returns how much text is left of an element. As deep as the tree, as all of these.
    fn walk(&mut self, element: Element<'_>, is_in_text: bool) -> Length {
        let is_in_text = is_in_text || matches!(element.name(), "article" | "main" | "section");
        if element.is_hidden() || is_named(element, is_in_text) && self.is_small(element) {
            self.found.insert(element.id());
            return Length::default();
        }
        if self.is_title(element) {
            self.title = "";
            self.found.insert(element.id());
            return Length::default();
        }
        let mut sum = Length::default();
        for child in element.content() {
            sum.add(match child {
                Child::Text(text) => Length::of(text),
                Child::Element(child) => self.walk(child, is_in_text),
            });
        }
        if element.name() == "a" && element.attr("href").is_some() {
            sum.links = sum.text;
        }
        if is_menu(element, sum) {
            self.found.insert(element.id());
            return Length::default();
        }
        sum
    }

    /// Whether most of the text is elsewhere: some pages have a `body` of the class `has-sidebar`.
    fn is_small(&self, element: Element<'_>) -> bool {
        self.lengths
            .get(&element.id())
            .is_none_or(|length| *length < self.whole / 3)
    }

    fn is_title(&self, element: Element<'_>) -> bool {
        let is_heading = matches!(element.name(), "h1" | "h2" | "h3");
        is_heading && !self.title.is_empty() && element.text() == self.title
    }
}

impl Length {
    fn of(text: &str) -> Self {
        Self {
            text: text.split_ascii_whitespace().map(str::len).sum(),
            links: 0,
        }
    }

    fn add(&mut self, other: Self) {
        self.text += other.text;
        self.links += other.links;
    }
}

fn measure(element: Element<'_>, lengths: &mut HashMap<NodeId, usize>) -> usize {
    let mut sum = 0;
    for child in element.content() {
        sum += match child {
            Child::Text(text) => Length::of(text).text,
            Child::Element(child) if child.is_hidden() => 0,
            Child::Element(child) => measure(child, lengths),
        };
    }
    lengths.insert(element.id(), sum);
    sum
}

fn is_named(element: Element<'_>, is_in_text: bool) -> bool {
    match element.name() {
        "nav" | "aside" | "dialog" | "form" | "button" | "select" => return true,
        "header" | "footer" if !is_in_text => return true,
        "html" | "body" | "article" | "main" => return false,
        _ => {}
    }
    let role = element
        .attr("role")
        .is_some_and(|role| ROLES.contains(&role.trim()));
    let hidden = element.attr("hidden").is_some() || element.attr("aria-hidden") == Some("true");
    role || hidden
        || ["class", "id"]
            .iter()
            .any(|name| has_word(element.attr(name).unwrap_or_default()))
}

fn has_word(names: &str) -> bool {
    names
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|name| {
            WORDS.iter().any(|word| match word.strip_suffix('-') {
                Some(start) => name
                    .get(..start.len())
                    .is_some_and(|own| own.eq_ignore_ascii_case(start)),
                None => name.eq_ignore_ascii_case(word),
            })
        })
}

/// Whether a block is hardly anything but links. A paragraph may be, and a heading.
fn is_menu(element: Element<'_>, length: Length) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a ratio of lengths")]
    let has_links = length.links as f64 > LINKS * length.text as f64;
    has_links
        && matches!(
            element.name(),
            "div" | "ul" | "ol" | "dl" | "table" | "section" | "td"
        )
}
