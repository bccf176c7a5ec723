//! What of a page is not its text, told by names and links: menus, headers, footers and the like.

mod page;
mod signs;

use std::collections::HashSet;

use crate::html::{Child, Element, Html, NodeId};
use page::Page;
use signs::{is_clear, is_heading, is_main, is_menu, is_named};

/// What divides a title from the name of the site.
const BESIDE: [char; 7] = ['-', '|', '–', '—', '·', '•', '»'];

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
        let page = Page::of(html);
        let clear = Self::search(&page, html, title, false);
        let named = Self::search(&page, html, title, true);
        // Names are guesses, and one that is wrong may take whole chapters away.
        if named.prose < clear.prose / 2 {
            clear
        } else {
            named
        }
    }

    fn search(page: &Page, html: &Html, title: &str, has_names: bool) -> Self {
        let mut search = Search {
            page,
            title,
            has_names,
            found: HashSet::new(),
        };
        let rest = search.walk(html.root(), Around::default());
        Self {
            elements: search.found,
            whole: page.whole,
            prose: rest.text - rest.links,
        }
    }
}

struct Search<'a> {
    page: &'a Page,
    /// Empty once the heading was found.
    title: &'a str,
    /// Whether classes and ids count.
    has_names: bool,
    found: HashSet<NodeId>,
}

/// What an element is in.
#[derive(Default, Clone, Copy)]
struct Around {
    /// An article or a part of one: its header is not the page's.
    is_text: bool,
    is_content: bool,
}

#[derive(Default, Clone, Copy)]
struct Length {
    text: usize,
    links: usize,
    /// Whether there are headings, paragraphs, lists or tables.
    has_blocks: bool,
}

impl Search<'_> {
    /// Returns how much text is left of an element. As deep as the tree, as all of these.
    fn walk(&mut self, element: Element<'_>, around: Around) -> Length {
        let around = Around {
            is_text: around.is_text || is_main(element) || element.name() == "section",
            is_content: around.is_content || self.page.is_content(element),
        };
        let is_furniture = is_clear(element, around.is_text)
            || self.has_names && is_named(element, around.is_text);
        if element.is_hidden() || is_furniture && self.page.is_small(element) {
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
                Child::Element(child) => self.walk(child, around),
            });
        }
        if element.name() == "a" && element.attr("href").is_some() {
            sum.links = sum.text;
        }
        if is_menu(element, sum, around.is_content) {
            self.found.insert(element.id());
            return Length::default();
        }
        let block = matches!(element.name(), "p" | "ul" | "ol" | "dl" | "table");
        sum.has_blocks |= block || is_heading(element);
        sum
    }

    /// A heading of the page may stand in its title beside the name of the site.
    fn is_title(&self, element: Element<'_>) -> bool {
        let name = element.name();
        if self.title.is_empty() || !matches!(name, "h1" | "h2" | "h3") {
            return false;
        }
        let text = element.text();
        let before = self.title.strip_prefix(&*text).map(str::trim_start);
        let after = self.title.strip_suffix(&*text).map(str::trim_end);
        let is_beside = before.is_some_and(|rest| rest.starts_with(BESIDE))
            || after.is_some_and(|rest| rest.ends_with(BESIDE));
        text == self.title || name == "h1" && !text.is_empty() && is_beside
    }
}

impl Length {
    fn of(text: &str) -> Self {
        Self {
            text: text.split_ascii_whitespace().map(str::len).sum(),
            ..Self::default()
        }
    }

    fn add(&mut self, other: Self) {
        self.text += other.text;
        self.links += other.links;
        self.has_blocks |= other.has_blocks;
    }
}
