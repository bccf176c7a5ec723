//! Markdown that is read by another implementation says what the page says.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Html, Links, of, parse};

/// Returns what a reader of CommonMark sees, without white space.
fn seen(markdown: &str) -> String {
    let mut seen = String::new();
    let mut depth = 0;
    for event in Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    ) {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => depth -= 1,
            Event::Text(text) | Event::Code(text) if depth == 0 => seen.push_str(&text),
            Event::InlineHtml(tag) if matches!(&*tag, "<sup>" | "</sup>" | "<sub>" | "</sub>") => {}
            Event::Html(html) | Event::InlineHtml(html) => seen.push_str(&html),
            _ => {}
        }
    }
    seen.retain(|c| !c.is_whitespace());
    seen
}

fn shown(page: &Html) -> String {
    let mut text = page.root().raw_text();
    text.retain(|c| !c.is_whitespace());
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Text of what means something somewhere in Markdown.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[-a1é *_~`#>+=.)(!|:&;\\\\\\[\\]<\u{a0}—「]{1,8}",
        Just("__init__".to_owned()),
        Just("~~~".to_owned()),
        Just("&amp;".to_owned()),
        Just("<b>".to_owned()),
        Just("http://a.example/_b_".to_owned()),
        "[0-9]{1,3}[.)] ",
        "[ab]{1,3}",
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// Elements of a line, some of them within others.
fn inline() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => text().prop_map(|text| escaped(&text)),
        1 => text().prop_map(|text| format!("<code>{}</code>", escaped(&text))),
        1 => Just("<br>".to_owned()),
        1 => Just(" ".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = prop::sample::select(vec![
            "b",
            "i",
            "s",
            "em",
            "strong",
            "span",
            "sup",
            "sub",
            "a href='/x_(y)'",
        ]);
        (name, prop::collection::vec(inner, 1..4)).prop_map(|(name, content)| {
            let end = name.split(' ').next().unwrap_or_default();
            format!("<{name}>{}</{end}>", content.concat())
        })
    })
}

fn block() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "p",
        "div",
        "h1",
        "blockquote",
        "ul><li",
        "ol><li",
        "td",
    ]);
    (name, prop::collection::vec(inline(), 1..4)).prop_map(|(name, content)| match name {
        "td" => format!("<table><tr><td>x<td>{}</table>", content.concat()),
        _ => format!(
            "<{name}>{}</{}>",
            content.concat(),
            name.split('>').next().unwrap_or_default()
        ),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_read_back_as_it_was(text in text()) {
        let page = parse(&format!("<p>{}</p>", escaped(&text)));
        prop_assert_eq!(seen(&of(page.root(), Links::Written)), shown(&page));
    }

    #[test]
    fn any_page_is_read_back_as_it_was(blocks in prop::collection::vec(block(), 1..4)) {
        let page = parse(&blocks.concat());
        let markdown = of(page.root(), Links::Written);
        prop_assert_eq!(seen(&markdown), shown(&page), "{}", markdown);
    }
}
