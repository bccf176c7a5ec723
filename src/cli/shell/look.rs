//! The commands that only look at the page: functions from a page to an answer.

use std::fmt::Write as _;

use regex::{Regex, RegexBuilder};
use serde_json::Value;
use url::Url;

use super::page::Page;
use super::show::Body;
use crate::cli::terminal::table::{bytes, plural};
use crate::items::sink::Record;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::{self, Element};

/// Longest line that is shown whole; of a longer one only the part around a match is shown.
const LONG_LINE: usize = 240;
/// Length of what is shown before a match in a long line, and from the start of the match on.
const BEFORE: usize = 80;
/// Maximum size of a compiled pattern, in bytes.
const MAX_PATTERN: usize = 1 << 20;

/// `css QUERY`: the values of a query.
pub(super) fn css(page: &Page, query: &str) -> Result<Body> {
    Ok(Body::Values(page.html()?.get_all(query)?))
}

/// `html CSS`: the HTML of each match.
pub(super) fn markup(page: &Page, css: &str) -> Result<Body> {
    let elements = page.html()?.select(css)?;
    Ok(Body::Blocks(elements.map(Element::outer_html).collect()))
}

/// `table CSS`: the rows of each table that matches.
pub(super) fn table(page: &Page, css: &str) -> Result<Body> {
    let mut rows = Vec::new();
    for table in page.html()?.select(css)? {
        for row in table.records()? {
            rows.push(Record::new(&row)?.json().to_owned());
        }
    }
    Ok(Body::Values(rows))
}

/// `re PATTERN`: what a pattern finds in the text that a reader sees.
pub(super) fn re(page: &Page, pattern: &str) -> Result<Body> {
    let found = match page.html() {
        Ok(html) => html.re(pattern),
        Err(_) => html::re(&page.response().text(), pattern),
    };
    Ok(Body::Values(found?))
}

/// `json [JMESPATH]`: the answer as JSON, or what an expression finds in it, spread over lines.
pub(super) fn json(page: &Page, expression: &str) -> Result<Body> {
    let expression = if expression.is_empty() {
        "@"
    } else {
        expression
    };
    let found = page.response().jmespath(expression)?;
    Ok(match found {
        Value::Null => Body::Values(Vec::new()),
        found => Body::Text(pretty(&found)),
    })
}

/// `text`: what a reader sees.
pub(super) fn text(page: &Page) -> String {
    match page.html() {
        Ok(html) => html.root().block_text(),
        Err(_) => page.response().text().into_owned(),
    }
}

/// `view [PATTERN]`: the source or, with a pattern, its lines where that matches.
pub(super) fn view(page: &Page, pattern: &str) -> Result<Body> {
    let source = page.response().text();
    if pattern.is_empty() {
        return Ok(Body::Text(source.into_owned()));
    }
    let regex = compiled(pattern)?;
    let lines = source.lines().enumerate().filter_map(|(number, line)| {
        let found = regex.find(line)?;
        Some(format!(
            "line {}: {}",
            number + 1,
            around(line, found.start())
        ))
    });
    Ok(Body::Values(lines.collect()))
}

/// `headers`: the head of the answer.
pub(super) fn headers(page: &Page) -> String {
    let response = page.response();
    let mut text = response.status().to_string();
    for (name, value) in response.headers() {
        let value = match std::str::from_utf8(value.as_bytes()) {
            Ok(value) => value.into(),
            Err(_) => encoding_rs::mem::decode_latin1(value.as_bytes()),
        };
        let _ = write!(text, "\n{name}: {value}");
    }
    text
}

/// `status`: the facts about the page.
pub(super) fn status(page: &Page) -> String {
    let response = page.response();
    let mut facts = vec![
        response.status().to_string(),
        response.media_type(),
        response.encoding().to_ascii_lowercase(),
        bytes(response.body().len() as u64),
    ];
    let title = page.html().ok().and_then(html::Html::title);
    if page.html().is_ok() {
        facts.push(plural(response.links().len() as u64, "link"));
    }
    let mut text = format!("{}\n{}", response.url(), facts.join(", "));
    for from in response.request().redirects() {
        let _ = write!(text, "\nredirected from {from}");
    }
    if let Some(title) = title {
        let _ = write!(text, "\ntitle: {title}");
    }
    if let Some(label) = response.label() {
        let _ = write!(text, "\nlabel: {label}");
    }
    text
}

/// Returns the links of the page, those that match a pattern if one is given.
pub(super) fn links(page: &Page, pattern: &str) -> Result<Vec<Url>> {
    // Says why there are none.
    page.html()?;
    let regex = compiled(pattern)?;
    let links = page.response().links().into_iter();
    Ok(links.filter(|url| regex.is_match(url.as_str())).collect())
}

fn compiled(pattern: &str) -> Result<Regex> {
    RegexBuilder::new(pattern)
        .size_limit(MAX_PATTERN)
        .build()
        .map_err(|error| {
            let message = format!("bad pattern {pattern:?}");
            Error::new(ErrorKind::Selector, message).with_source(error)
        })
}

fn pretty(value: &Value) -> String {
    // What was JSON is JSON again.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Returns a line, or what is around a place in it when it is long.
fn around(line: &str, at: usize) -> String {
    if line.len() <= LONG_LINE {
        return line.trim().to_owned();
    }
    let start = line.floor_char_boundary(at.saturating_sub(BEFORE));
    let end = line.ceil_char_boundary((at + LONG_LINE - BEFORE).min(line.len()));
    let (before, behind) = (mark(start > 0), mark(end < line.len()));
    format!(
        "{before}{}{behind}",
        line.get(start..end).unwrap_or_default().trim()
    )
}

fn mark(is_cut: bool) -> &'static str {
    if is_cut { "…" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::super::page::tests::{of_type, page};
    use super::*;

    const PAGE: &str = "<title>Shop</title><h1>Books</h1>\n<p class=price>£1.50</p><p>x</p>\n<a href=1>1</a><a href=/2>2</a>";

    fn values(body: Body) -> Vec<String> {
        match body {
            Body::Values(values) | Body::Blocks(values) => values,
            body => panic!("{body:?}"),
        }
    }

    fn told(body: Body) -> String {
        match body {
            Body::Text(text) => text,
            body => panic!("{body:?}"),
        }
    }

    #[test]
    fn css_gives_text_or_attributes() {
        let page = page(PAGE);
        assert_eq!(values(css(&page, "h1").unwrap()), ["Books"]);
        assert_eq!(values(css(&page, "a::attr(href)").unwrap()), ["1", "/2"]);
        assert_eq!(css(&page, "h1[").unwrap_err().kind(), ErrorKind::Selector);
    }

    #[test]
    fn html_gives_the_markup() {
        assert_eq!(
            values(markup(&page(PAGE), "h1").unwrap()),
            ["<h1>Books</h1>"]
        );
    }

    #[test]
    fn a_pattern_gives_its_group_or_all_of_the_match() {
        let page = page(PAGE);
        assert_eq!(values(re(&page, r"\d\.\d+").unwrap()), ["1.50"]);
        assert_eq!(values(re(&page, r"£(\d)").unwrap()), ["1"]);
        assert!(
            re(&page, "(")
                .unwrap_err()
                .to_string()
                .contains("bad pattern")
        );
        assert!(re(&page, r"(\w{999}){999}").is_err());
    }

    #[test]
    fn rows_of_tables_are_records() {
        let page = page("<table><tr><th>City<th>People<tr><td>Oslo<td>709,000</table>");
        let rows = values(table(&page, "table").unwrap());
        assert_eq!(rows, [r#"{"City":"Oslo","People":"709,000"}"#]);
    }

    #[test]
    fn the_text_has_a_line_per_block() {
        assert_eq!(text(&page(PAGE)), "Books\n£1.50\nx\n12");
    }

    #[test]
    fn links_are_absolute_and_can_be_sorted_out() {
        let all = links(&page(PAGE), "").unwrap();
        assert_eq!(all[0].as_str(), "http://a.example/shop/1");
        assert_eq!(links(&page(PAGE), "2$").unwrap(), all[1..]);
    }

    #[test]
    fn the_source_can_be_searched() {
        assert_eq!(told(view(&page(PAGE), "").unwrap()), PAGE);
        let found = values(view(&page(PAGE), "class=").unwrap());
        assert_eq!(found, ["line 2: <p class=price>£1.50</p><p>x</p>"]);
    }

    #[test]
    fn of_a_long_line_only_the_match_is_shown() {
        let long = format!("{}needle{}", "ä".repeat(500), "ö".repeat(500));
        let shown = around(&long, 1000);
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains("äneedleö") && shown.len() < 300, "{shown}");
    }

    #[test]
    fn json_is_spread_over_lines() {
        let page = of_type("application/json", r#"{"b":1,"a":[]}"#);
        let spread = told(json(&page, "").unwrap());
        assert_eq!(spread, "{\n  \"b\": 1,\n  \"a\": []\n}");
        assert_eq!(told(json(&page, "b").unwrap()), "1");
        assert!(json(&page, "none").unwrap().is_empty());
        assert_eq!(json(&page, "[").unwrap_err().kind(), ErrorKind::Selector);
        assert_eq!(css(&page, "h1").unwrap_err().kind(), ErrorKind::NotHtml);
        assert_eq!(values(re(&page, r#""(\w)""#).unwrap()), ["b", "a"]);
    }

    #[test]
    fn the_status_tells_the_facts() {
        let told = status(&page(PAGE));
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "http://a.example/shop/");
        assert!(lines[1].starts_with("200 OK, text/html, "), "{told}");
        assert!(lines[1].ends_with(", 2 links"), "{told}");
        assert_eq!(lines[2], "title: Shop");
    }
}
