//! Fields at work: the plan of a recipe's fields, carried out on a page.

mod fault;
mod json_ld;

use serde_json::Value as Json;

use super::arguments::Arguments;
use super::carry;
use super::convert::convert;
use super::field::{Fact, Field, Fields, Kind, Source};
use super::item::{Record, Value};
use super::page::Page;
use super::selection::{Place, Selection};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::Element;
use crate::page::json;
pub(super) use fault::Fault;
use fault::{Missing, Shaped, bad, finish, list, missing, shown};

/// A page with what its fields may refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extract<'a> {
    pub(super) page: &'a Page<'a>,
    pub(super) arguments: &'a Arguments,
    /// The JSON of a script that the item is taken out of.
    pub(super) document: Option<&'a Json>,
}

impl<'a> Extract<'a> {
    pub(super) fn record(self, fields: &Fields, place: Place<'a>) -> Result<Record, Fault> {
        let mut values = Vec::with_capacity(fields.fields.len());
        for (name, field) in fields.names.iter().zip(&fields.fields) {
            let value = self
                .value(field, place)
                .map_err(|fault| fault.within(name))?;
            values.push(value);
        }
        Ok(Record {
            names: fields.names.clone(),
            values,
        })
    }

    /// The value of one field.
    pub(super) fn value(self, field: &Field, place: Place<'a>) -> Result<Value, Fault> {
        let element = match place {
            Place::Element(element) => Some(element),
            Place::Page(_) | Place::Json(_) => None,
        };
        match &field.source {
            Source::Css(selection) => self.of_elements(field, selection, element),
            Source::Embedded(selection, expression) => {
                let Some(text) = selection.raw(element, self.page)? else {
                    return missing(field, Missing::Source);
                };
                let value = json::parse(&text).map_err(|error| {
                    let message = format!("no JSON in {:?}", selection.query().to_string());
                    Error::new(ErrorKind::Json, message).with_source(error)
                })?;
                self.of_json(field, json::search(&value, expression)?)
            }
            Source::Json(expression) => {
                let value = match place {
                    Place::Json(value) => value,
                    Place::Page(page) => page.json()?,
                    Place::Element(_) => &Json::Null,
                };
                self.of_json(field, json::search(value, expression)?)
            }
            Source::Document(expression) => {
                let document = match self.document {
                    Some(document) => document,
                    None => self.page.json()?,
                };
                self.of_json(field, json::search(document, expression)?)
            }
            Source::JsonLd { expression, of } => {
                let found = json_ld::find(self.page.json_ld()?, expression, of.as_deref())?;
                self.of_json(field, found)
            }
            Source::Pair(selection, name) => self.of_pairs(field, selection, name, element),
            Source::Carried(name) => match carry::carried(self.page.response().request(), name)? {
                Some(value) => self.of_json(field, value),
                None => missing(field, Missing::Source),
            },
            Source::Page(fact) => self.of_page(field, *fact),
            Source::Constant(value) => Ok(value.clone()),
            Source::Template(template) => {
                let text = template.fill(|name| self.arguments.get(name));
                if field.is_as_found() {
                    return Ok(Value::Text(text));
                }
                self.of_text(field, Some(text))
            }
        }
    }

    /// The value of elements. Whether they exist, records and links look at the elements themselves; all other types look at
    /// the text of these.
    fn of_elements(
        self,
        field: &Field,
        selection: &Selection,
        element: Option<Element<'a>>,
    ) -> Result<Value, Fault> {
        if field.kind == Kind::Exists {
            let found = selection.text(element, self.page)?;
            return Ok(Value::Boolean(found.is_some()));
        }
        if let Some(fields) = &field.fields {
            let record = |element| {
                let record = self.record(fields, Place::Element(element))?;
                Ok::<_, Fault>(Value::Record(record))
            };
            if field.is_list {
                let elements = selection.all(element, self.page)?;
                return elements
                    .into_iter()
                    .map(record)
                    .collect::<Result<_, _>>()
                    .map(Value::List);
            }
            return match selection.first(element, self.page)? {
                Some(element) => record(element),
                None => missing(field, Missing::Source),
            };
        }
        if field.kind == Kind::Url && selection.is_elements() {
            let mut links = selection.links(element, self.page)?;
            return if field.is_list {
                self.of_texts(field, links.collect())
            } else {
                self.of_text(field, links.next())
            };
        }
        if field.is_list {
            let texts = selection.texts(element, self.page)?;
            return self.of_texts(field, texts);
        }
        self.of_text(field, selection.text(element, self.page)?)
    }

    /// The values that tables and lists of terms have under a name, whatever its case, its white space and a colon behind it.
    fn of_pairs(
        self,
        field: &Field,
        selection: &Selection,
        name: &str,
        element: Option<Element<'a>>,
    ) -> Result<Value, Fault> {
        let mut found = Vec::new();
        for list in selection.all(element, self.page)? {
            found.extend(list.pairs_named(name)?);
        }
        if field.kind == Kind::Exists {
            return Ok(Value::Boolean(!found.is_empty()));
        }
        if field.is_list {
            return self.of_texts(field, found);
        }
        self.of_text(field, found.into_iter().next())
    }

    fn of_json(self, field: &Field, value: Json) -> Result<Value, Fault> {
        if field.kind == Kind::Exists {
            return Ok(Value::Boolean(!value.is_null()));
        }
        if field.is_list {
            let values = match value {
                Json::Array(values) => values,
                Json::Null => Vec::new(),
                value => vec![value],
            };
            let mut made = Vec::with_capacity(values.len());
            for value in values.into_iter().filter(|value| !value.is_null()) {
                if let Shaped::Value(value) = self.of_one_json(field, value)? {
                    made.push(value);
                }
            }
            return list(field, made);
        }
        match value {
            Json::Null => missing(field, Missing::Source),
            value => finish(field, self.of_one_json(field, value)?),
        }
    }

    fn of_one_json(self, field: &Field, value: Json) -> Result<Shaped, Fault> {
        if let Some(fields) = &field.fields {
            let record = self.record_of_json(fields, &value)?;
            return Ok(Shaped::Value(Value::Record(record)));
        }
        let text = match value {
            Json::String(text) if field.is_as_found() => {
                return Ok(Shaped::Value(Value::Text(text)));
            }
            Json::String(text) => text,
            value if field.is_as_found() => return Ok(Shaped::Value(Value::Json(value))),
            value @ (Json::Array(_) | Json::Object(_)) => {
                return Err(bad(&value.to_string(), "not a text or a number").into());
            }
            value => value.to_string(),
        };
        Ok(self.shaped(field, text)?)
    }

    /// The record of a value that lives no longer than this call.
    pub(super) fn record_of_json(self, fields: &Fields, value: &Json) -> Result<Record, Fault> {
        Extract {
            page: self.page,
            arguments: self.arguments,
            document: self.document,
        }
        .record(fields, Place::Json(value))
    }

    fn of_page(self, field: &Field, fact: Fact) -> Result<Value, Fault> {
        let response = self.page.response();
        let text = match fact {
            Fact::Url => Some(response.url().to_string()),
            Fact::Title => self.page.html()?.title(),
            Fact::Label => response.label().map(str::to_owned),
            Fact::Status if field.is_as_found() => {
                return Ok(Value::Integer(response.status().as_u16().into()));
            }
            Fact::Status => Some(response.status().as_str().to_owned()),
            Fact::Canonical => Some(self.page.canonical().to_string()),
        };
        self.of_text(field, text)
    }

    fn of_texts(self, field: &Field, texts: Vec<String>) -> Result<Value, Fault> {
        let mut made = Vec::with_capacity(texts.len());
        for text in texts {
            if let Shaped::Value(value) = self.shaped(field, text)? {
                made.push(value);
            }
        }
        list(field, made)
    }

    fn of_text(self, field: &Field, text: Option<String>) -> Result<Value, Fault> {
        match text {
            Some(text) => finish(field, self.shaped(field, text)?),
            None => missing(field, Missing::Source),
        }
    }

    /// Applies `re`, `clean`, `map` and `type` to a text, in this order. What does not match, is not in the map or is empty is
    /// missing, for which a field may have a default; what cannot be cleaned or converted is wrong, and never replaced.
    fn shaped(self, field: &Field, mut text: String) -> Result<Shaped> {
        if let Some(pattern) = &field.pattern {
            let found = pattern.captures(&text).and_then(|found| {
                let group = found.get(1).or_else(|| found.get(0))?;
                Some(group.as_str().to_owned())
            });
            match found {
                Some(found) => text = found,
                None => return Ok(Shaped::Missing(Missing::Pattern(text))),
            }
        }
        for cleaner in &field.cleaners {
            text = cleaner.clean(&text).map_err(|why| bad(&text, &why))?;
        }
        if let Some(map) = &field.map {
            let value = map.iter().find(|(word, _)| *word == text);
            return Ok(match value {
                Some((_, value)) => Shaped::Value(value.clone()),
                None => Shaped::Missing(Missing::Map(text)),
            });
        }
        if text.trim().is_empty() {
            return Ok(Shaped::Missing(Missing::Empty));
        }
        if matches!(field.kind, Kind::Any | Kind::Text) {
            return Ok(Shaped::Value(Value::Text(text)));
        }
        let value =
            convert(&text, &field.kind, self.page).map_err(|why| bad(&shown(&text), &why))?;
        Ok(value.map_or(Shaped::Missing(Missing::Empty), Shaped::Value))
    }
}

impl Field {
    /// Returns whether a JSON value is kept as it is.
    pub(super) fn is_as_found(&self) -> bool {
        self.kind == Kind::Any
            && self.pattern.is_none()
            && self.cleaners.is_empty()
            && self.map.is_none()
    }
}
