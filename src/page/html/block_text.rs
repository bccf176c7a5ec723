//! The visible text of an element, a line per block.

use super::script::Script;
use super::text::{Words, collapse};
use super::{Child, Element};

/// Number of nodes above or below the line that are looked at.
const NODES: usize = 16;

impl Element<'_> {
    /// The text that a reader sees, with a line per block: paragraphs, headings, list items and rows of tables are lines,
    /// cells are divided by a space, `br` ends a line. White space is collapsed, no line is empty.
    ///
    /// Left out are scripts, styles, templates and the head of the page, and what is not shown: what carries `hidden`,
    /// `aria-hidden=true`, or `display:none` or `visibility:hidden` in its `style`, a closed `dialog`, a `datalist`, and marks
    /// such as `¶` that link to their own heading. A `noscript` is text, unless it only asks to enable scripts. The reading of
    /// a word (`ruby`) is in brackets, and what stands above or below the line is told apart: 10⁶, H₂O, `x^n`.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = "<h1>Fruit</h1><ul><li>Apple <b>red</b><li>Pear</ul><p hidden>Sold out";
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// assert_eq!(html.root().block_text(), "Fruit\nApple red\nPear");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn block_text(self) -> String {
        let mut words = Words::default();
        walk(self, &mut words);
        words.finish()
    }

    /// The text that a reader sees, on one line.
    pub(crate) fn line_text(self) -> String {
        self.block_text().replace('\n', " ")
    }

    /// The text of an element that has hardly anything in it.
    fn short_text(self) -> Option<String> {
        let mut text = String::new();
        for (at, node) in self.node.descendants().enumerate() {
            match node.value().as_text() {
                _ if at > NODES => return None,
                Some(part) => text.push_str(part),
                None => {}
            }
        }
        Some(text)
    }
}

// As deep as the tree, which has at most 512 levels.
fn walk(element: Element<'_>, words: &mut Words) {
    for child in element.content() {
        match child {
            Child::Text(text) => words.push(text),
            Child::Element(element) if element.is_hidden() || element.is_permalink() => {}
            Child::Element(element) => node(element, words),
        }
    }
}

fn node(element: Element<'_>, words: &mut Words) {
    match element.name() {
        "td" | "th" => {
            words.separate();
            walk(element, words);
            words.separate();
        }
        "rp" => {}
        "rt" => {
            words.open();
            walk(element, words);
            words.close();
        }
        name @ ("sup" | "sub") => {
            let script = Script::of(name).zip(element.short_text());
            match script.and_then(|(script, text)| script.plain(words.joins(), &collapse(&text))) {
                Some(text) => words.push(&text),
                None => walk(element, words),
            }
        }
        _ if element.is_block() => {
            words.line();
            walk(element, words);
            words.line();
        }
        _ => walk(element, words),
    }
}

#[cfg(test)]
mod tests {
    use crate::page::html::Html;

    fn text(page: &str) -> String {
        let url = url::Url::parse("http://example.com/").unwrap();
        Html::parse(page, url).root().block_text()
    }

    #[test]
    fn readings_are_in_brackets_whoever_writes_them() {
        let table = [
            ("<ruby>墨<rt>sumi</rt></ruby>絵", "墨(sumi)絵"),
            (
                "<ruby>墨<rp>(</rp><rt>sumi</rt><rp>)</rp></ruby>絵",
                "墨(sumi)絵",
            ),
            ("<ruby> 墨 <rt> sumi </rt> </ruby> 絵", "墨(sumi) 絵"),
            ("<ruby>墨<rt></rt></ruby>", "墨"),
        ];
        for (page, expected) in table {
            assert_eq!(text(page), expected, "{page}");
        }
    }

    #[test]
    fn what_stands_above_or_below_the_line_is_told_apart() {
        let table = [
            ("5 &times; 10<sup>3</sup> l", "5 × 10³ l"),
            ("CO<sub> 2 </sub>, e<sup>-x</sup>", "CO₂, e^(-x)"),
            ("the 2<sup>nd</sup> <sup>4</sup>He", "the 2nd 4He"),
            ("Ink<sup><a href=/n>[1]</a></sup>", "Ink[1]"),
        ];
        for (page, expected) in table {
            assert_eq!(text(page), expected, "{page}");
        }
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
