//! `[items.KIND]`: the items of a recipe, kind by kind.

use std::ops::Range;
use std::sync::Arc;

use regex::Regex;
use serde_json::Value as Json;
use toml::Spanned;
use toml::de::DeValue;

use super::extract::{Extract, Fault};
use super::field::{Fields, From};
use super::item::{RecipeItem, Record};
use super::keys;
use super::labels::On;
use super::page::Page;
use super::reader::Reader;
use super::section::{Placed, Section, suggestion};
use super::selection::Place;
use crate::model::output::Listed;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::Spellings;
use crate::page::json;

/// A kind of item.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: Arc<str>,
    pub(super) on: On,
    pub(super) at: Range<usize>,
    /// Pattern of the URLs of the pages. `None` for all pages.
    pattern: Option<Regex>,
    each: Each,
    pub(super) fields: Fields,
    unique: Arc<[usize]>,
}

/// Part of a page that becomes one item.
#[derive(Debug)]
enum Each {
    Page,
    Elements(Arc<str>),
    /// The values of an expression in a page of JSON, or in the script of one of HTML.
    Json {
        script: Option<Arc<str>>,
        expression: Arc<str>,
    },
}

impl Kind {
    pub(super) fn read(
        name: &Placed<&str>,
        value: &Spanned<DeValue<'_>>,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        let what = format!("[items.{}]", name.value);
        let section = Section::of(value, &what, keys::ITEMS, &mut reader.problems)?;
        let pattern = section.text("match", &mut reader.problems);
        let on = if pattern.is_some() && section.get("on").is_none() {
            On::All
        } else {
            On::read(&section, reader)
        };
        let pattern = pattern.and_then(|text| reader.pattern(&text));
        let each = Each::read(&section, reader);
        let from = match each {
            Some(Each::Json { script: None, .. }) => From::Json,
            Some(Each::Json { .. }) => From::Script,
            _ => From::Html,
        };
        if section.get("fields").is_none() {
            reader.add(
                &name.at,
                format!("{what} has no fields: write [items.{}.fields]", name.value),
            );
        }
        let fields = Fields::read(&section, from, reader);
        let unique = unique(&section, reader);
        Some(Self {
            name: name.value.into(),
            on,
            at: name.at.clone(),
            pattern,
            each: each?,
            fields: fields?,
            unique,
        })
    }

    /// Returns whether the items of this kind have a key.
    pub(super) fn is_unique(&self) -> bool {
        !self.unique.is_empty()
    }

    pub(super) fn takes(&self, page: &Page<'_>) -> bool {
        self.on.takes(page.label())
            && self.pattern.as_ref().is_none_or(|pattern| {
                Spellings::of(page.response().url()).any(|url| pattern.is_match(url))
            })
    }

    /// Returns what a page was searched for, if the items of this kind are a list.
    pub(super) fn listed(&self, has_matched: bool) -> Option<Listed> {
        let (key, selector, script) = match &self.each {
            Each::Page => return None,
            Each::Elements(css) => ("each", css, None),
            Each::Json { script, expression } => ("json", expression, script.clone()),
        };
        Some(Listed {
            kind: Arc::clone(&self.name),
            key,
            selector: Arc::clone(selector),
            script,
            has_matched,
        })
    }

    /// Hands over each item of a page, or why it is none.
    ///
    /// # Errors
    /// When the page has no items because it is of another sort.
    pub(super) fn items(
        &self,
        extract: Extract<'_>,
        mut found: impl FnMut(Result<RecipeItem>),
    ) -> Result<()> {
        let page = extract.page;
        let mut record = |record: Result<Record, Fault>| {
            found(match record {
                Ok(record) => {
                    let (kind, unique) = (Arc::clone(&self.name), Arc::clone(&self.unique));
                    Ok(RecipeItem::new(kind, record, unique))
                }
                Err(fault) => Err(fault.of_item(&self.name, page)),
            });
        };
        match &self.each {
            Each::Page => record(extract.record(&self.fields, Place::Page(page))),
            Each::Elements(css) => {
                for element in page.html()?.select(css)? {
                    record(extract.record(&self.fields, Place::Element(element)));
                }
            }
            Each::Json { script, expression } => {
                let script = match script {
                    None => None,
                    Some(css) => match page.html()?.first(css)? {
                        None => return Ok(()),
                        Some(element) => Some(script_of(&element.raw_text(), css)?),
                    },
                };
                let document = match &script {
                    None => page.json()?,
                    Some(script) => script,
                };
                let extract = Extract {
                    page,
                    arguments: extract.arguments,
                    document: Some(document),
                };
                let values = match json::search(document, expression)? {
                    Json::Array(values) => values,
                    Json::Null => Vec::new(),
                    value => vec![value],
                };
                for value in &values {
                    record(extract.record_of_json(&self.fields, value));
                }
            }
        }
        Ok(())
    }
}

impl Each {
    fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let problems = &mut reader.problems;
        let (each, json) = (
            section.text("each", problems),
            section.text("json", problems),
        );
        let script = section.text("script", problems);
        match (each, json) {
            (Some(each), None) => {
                if let Some(script) = script {
                    reader.add(&script.at, "`script` needs `json` beside it, not `each`");
                }
                reader.selector(&each).map(|css| Self::Elements(css.into()))
            }
            (None, Some(json)) => {
                let script = script.map(|text| reader.selector(&text).map(Arc::from));
                Some(Self::Json {
                    script: script.flatten(),
                    expression: reader.jmespath(&json)?.into(),
                })
            }
            (Some(_), Some(json)) => {
                reader.add(
                    &json.at,
                    "an item is an element (`each`) or a value of JSON (`json`), not both",
                );
                None
            }
            (None, None) => {
                if let Some(script) = script {
                    reader.add(
                        &script.at,
                        "`script` needs `json` beside it: what is taken of its JSON",
                    );
                }
                Some(Self::Page)
            }
        }
    }
}

fn script_of(text: &str, css: &str) -> Result<Json> {
    json::parse(text).map_err(|error| {
        Error::new(ErrorKind::Json, format!("no JSON in {css:?}")).with_source(error)
    })
}

/// The places of the unique fields among the fields.
fn unique(section: &Section<'_>, reader: &mut Reader<'_>) -> Arc<[usize]> {
    let names = section.texts("unique", &mut reader.problems);
    // Also those of fields that could not be read: one mistake is told once.
    let known: Vec<&str> = section
        .get("fields")
        .and_then(|value| value.get_ref().as_table())
        .into_iter()
        .flat_map(|table| table.keys())
        .map(|name| name.get_ref().as_ref())
        .collect();
    names
        .into_iter()
        .filter_map(|name| {
            let at = known.iter().position(|field| *field == name.value);
            if at.is_none() {
                let meant = suggestion(name.value, known.iter().copied());
                reader.add(
                    &name.at,
                    format!("no field {:?} to be unique{meant}", name.value),
                );
            }
            at
        })
        .collect()
}
