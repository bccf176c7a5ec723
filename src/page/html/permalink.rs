//! Links from a heading to itself, which readers see as a mark such as `¶`, if at all.

use super::Element;

/// Limits for the part of a link that is looked at: nodes, and bytes of text.
const NODES: usize = 100;
const LONGEST: usize = 100;
/// Marks that stand behind headings for a link to them, with what icons and invisible characters are made of.
const MARKS: [char; 10] = [
    '¶', '#', '§', '∞', '🔗', '⚓', '⌗', '\u{200b}', '\u{fe0e}', '\u{fe0f}',
];
/// Texts of such links, where they are words.
const PHRASES: [&str; 6] = [
    "permalink",
    "permanent link",
    "link to this",
    "direct link",
    "copy link",
    "anchor",
];
const ANCHORS: [&str; 8] = [
    "headerlink",
    "permalink",
    "header-anchor",
    "hash-link",
    "anchor-link",
    "anchor",
    "anchorjs-link",
    "heading-link",
];

impl Element<'_> {
    /// Returns whether the element is a link into its own page that is only a mark behind a heading, or whose text only
    /// calls it a permalink.
    pub(crate) fn is_permalink(self) -> bool {
        if self.name() != "a" || !self.attr("href").is_some_and(|href| self.is_in_page(href)) {
            return false;
        }
        let mut text = String::new();
        for node in self.node.descendants().take(NODES) {
            match node.value() {
                scraper::Node::Text(part) => text.push_str(part),
                scraper::Node::Element(element) if element.name() == "img" => return false,
                _ => {}
            }
            if text.len() > LONGEST {
                return false;
            }
        }
        let text = text.trim().to_lowercase();
        let is_mark = |c: char| MARKS.contains(&c) || ('\u{e000}'..='\u{f8ff}').contains(&c);
        let is_named = || {
            let mut names = self
                .attr("class")
                .unwrap_or_default()
                .split_ascii_whitespace();
            names.any(|name| ANCHORS.iter().any(|known| name.eq_ignore_ascii_case(known)))
        };
        text.chars().all(is_mark)
            || PHRASES.iter().any(|phrase| text.starts_with(phrase)) && is_named()
    }

    fn is_in_page(self, href: &str) -> bool {
        let href = href.trim_ascii();
        href.starts_with('#')
            || href.contains('#')
                && self.html.base().resolve(href).is_some_and(|mut url| {
                    url.set_fragment(None);
                    let mut page = self.html.url().clone();
                    page.set_fragment(None);
                    url == page
                })
    }
}
