//! The visible text of an element, a line per block.

use super::{Child, Element};

impl Element<'_> {
    /// The text that a reader sees, with a line per block: paragraphs, headings, list items and rows of tables are lines,
    /// cells are divided by a space, `br` ends a line. White space is collapsed, no line is empty; scripts, styles,
    /// templates, `noscript` and the head of the page are left out.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = "<h1>Fruit</h1><ul><li>Apple <b>red</b><li>Pear</ul>";
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// assert_eq!(html.root().block_text(), "Fruit\nApple red\nPear");
    /// assert_eq!(html.root().text(), "Fruit Apple red Pear");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn block_text(self) -> String {
        let mut lines = Lines::default();
        lines.walk(self);
        lines.out
    }
}

#[derive(Default)]
struct Lines {
    out: String,
    /// What has to come before the next word: nothing, a space or a line break.
    gap: Gap,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
}

impl Lines {
    // As deep as the tree, which has at most 512 levels.
    fn walk(&mut self, element: Element<'_>) {
        for child in element.content() {
            match child {
                Child::Text(text) => self.text(text),
                Child::Element(element) if element.is_hidden() || element.name() == "noscript" => {}
                Child::Element(element) if matches!(element.name(), "td" | "th") => {
                    self.gap = self.gap.max(Gap::Space);
                    self.walk(element);
                    self.gap = self.gap.max(Gap::Space);
                }
                Child::Element(element) if element.is_block() => {
                    self.gap = Gap::Line;
                    self.walk(element);
                    self.gap = Gap::Line;
                }
                Child::Element(element) => self.walk(element),
            }
        }
    }

    fn text(&mut self, text: &str) {
        if text.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.gap = self.gap.max(Gap::Space);
        }
        for word in text.split_ascii_whitespace() {
            match self.gap {
                _ if self.out.is_empty() => {}
                Gap::None => {}
                Gap::Space => self.out.push(' '),
                Gap::Line => self.out.push('\n'),
            }
            self.out.push_str(word);
            self.gap = Gap::Space;
        }
        if text.ends_with(|c: char| !c.is_ascii_whitespace()) {
            self.gap = Gap::None;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::html::Html;

    fn text(page: &str) -> String {
        let url = url::Url::parse("http://example.com/").unwrap();
        Html::parse(page, url).root().block_text()
    }

    #[test]
    fn blocks_are_lines() {
        let table = [
            ("<h1>A  b</h1>\n<p>c<b>d</b> e<p>f", "A b\ncd e\nf"),
            ("a<br>b<hr>c", "a\nb\nc"),
            ("<ul><li>a<li>b</ul>", "a\nb"),
            ("<table><tr><td>a<td>b<tr><td>c", "a b\nc"),
            (
                "<title>t</title>a<script>x</script><style>y</style> b",
                "a b",
            ),
            ("<div><div><p> a </p></div></div> <div>b</div>", "a\nb"),
        ];
        for (page, expected) in table {
            assert_eq!(text(page), expected, "{page}");
        }
    }
}
