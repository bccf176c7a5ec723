//! [JSON-LD](https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents) in scripts, as pages really write it.

use serde::Serialize;
use serde_json::Value;

use super::Skipped;
use super::room::Room;
use super::schema::is_same_type;
use crate::page::html::Element;
use crate::page::json;

/// Number of scripts of a page that are read at most.
const SCRIPTS: usize = 1_000;
/// Budget for the text of all scripts together, in bytes: a value takes up to fifty times as much memory.
const BYTES: usize = 2 << 20;

/// Values in the page's scripts, in the order of the page, as they are: nothing is expanded or looked up.
///
/// Scripts are also read with several objects, in comments or CDATA, with comments, commas too many, line breaks in
/// strings, or encoded once too often (`&quot;`), as by [`json::parse`]: a whole number that 64 bits cannot hold is the
/// text of its digits.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct JsonLd(Vec<Value>);

impl JsonLd {
    /// Returns the values of the scripts, nearly always objects; the values of an array one by one.
    #[must_use]
    pub fn objects(&self) -> &[Value] {
        &self.0
    }

    /// Returns the values of the scripts as [`objects`](Self::objects) does, with those in `@graph` one by one instead
    /// of the object around them.
    #[must_use]
    pub fn things(&self) -> Vec<&Value> {
        let mut found = Vec::new();
        self.0
            .iter()
            .for_each(|value| add_things(value, &mut found));
        found
    }

    /// Returns the objects of a type at any depth, outer ones before those within: `Product` also finds
    /// `https://schema.org/Product`, objects with several types, and the product that a page is about.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = r#"<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
    ///     {"@type": "WebPage", "mainEntity": {"@type": ["Product", "Book"], "name": "Ink"}}]}</script>"#;
    /// let data = Html::parse(page, url::Url::parse("https://example.com/")?).structured().json_ld;
    /// assert_eq!(data.things()[0]["@type"], "WebPage");
    /// assert_eq!(data.of_type("Product")[0]["name"], "Ink");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_type(&self, name: &str) -> Vec<&Value> {
        let mut found = Vec::new();
        self.0
            .iter()
            .for_each(|value| add_of_type(value, name, &mut found));
        found
    }

    pub(super) fn read<'a>(
        scripts: impl Iterator<Item = Element<'a>>,
        skipped: &mut Vec<Skipped>,
    ) -> Self {
        let mut objects = Vec::new();
        let mut room = Room::new(SCRIPTS, BYTES);
        for (at, script) in scripts.filter(|script| is_json_ld(*script)).enumerate() {
            let text = script.raw_text();
            if !room.take(text.len()) {
                continue;
            }
            let mut tell = |what: String| {
                skipped.push(Skipped::new(
                    "json_ld",
                    format!("script {}: {what}", at + 1),
                ));
            };
            let (values, error) = json::parse_all(&text);
            let mut others = 0;
            for value in values {
                match value {
                    Value::Object(_) => objects.push(value),
                    Value::Array(values) => objects.extend(values),
                    _ => others += 1,
                }
            }
            if others > 0 {
                tell(format!(
                    "{others} values that are neither an object nor a list"
                ));
            }
            if let Some(error) = error {
                tell(error.to_string());
            }
        }
        room.tell("json_ld", skipped);
        Self(objects)
    }
}

fn is_json_ld(script: Element<'_>) -> bool {
    let essence = script
        .attr("type")
        .and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/ld+json"))
}

// As deep as the parser lets a value be, here and below.
fn add_things<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| add_things(value, found)),
        Value::Object(object) => {
            let graph = object.get("@graph");
            if graph.is_none() || object.contains_key("@type") {
                found.push(value);
            }
            if let Some(graph) = graph {
                add_things(graph, found);
            }
        }
        _ => {}
    }
}

fn add_of_type<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(values) => values
            .iter()
            .for_each(|value| add_of_type(value, name, found)),
        Value::Object(object) => {
            if object.get("@type").is_some_and(|own| is_type(own, name)) {
                found.push(value);
            }
            object
                .values()
                .for_each(|value| add_of_type(value, name, found));
        }
        _ => {}
    }
}

fn is_type(own: &Value, name: &str) -> bool {
    match own {
        Value::String(own) => is_same_type(own, name),
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .any(|own| is_same_type(own, name)),
        _ => false,
    }
}
