//! Fields at work: the plan of a recipe's fields, carried out on a page.

use serde_json::Value as Json;

use super::arguments::Arguments;
use super::convert::convert;
use super::field::{Fact, Field, Fields, Kind, Otherwise, Source};
use super::item::{Record, Value};
use super::page::Page;
use super::selection::{Place, Selection};
use crate::error::{Error, ErrorKind, Result};
use crate::html::Element;
use crate::json;

/// How much of a text an error shows, in characters.
const SHOWN: usize = 80;

/// A page with what its fields may refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extract<'a> {
    pub(super) page: &'a Page<'a>,
    pub(super) arguments: &'a Arguments,
}

/// A field that has no value, and where it is.
#[derive(Debug)]
pub(super) struct Fault {
    /// The names of the field and of those around it, the innermost first.
    path: Vec<String>,
    error: Error,
}

/// What becomes of one text.
enum Shaped {
    Value(Value),
    /// Nothing fits; the text is for the message.
    Missing(Missing),
}

/// Why there is no value.
enum Missing {
    /// Nothing is where the field looks.
    Source,
    Pattern(String),
    Map(String),
    Empty,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self {
            path: Vec::new(),
            error,
        }
    }
}

impl Fault {
    /// The error of an item of this kind.
    pub(super) fn of_item(self, kind: &str, page: &Page<'_>) -> Error {
        let path: Vec<String> = self.path.into_iter().rev().collect();
        let message = format!(
            "items.{kind}: field {:?}: {}",
            path.join("."),
            self.error.chain()
        );
        Error::new(self.error.kind(), message).with_url(page.response().url())
    }
}

impl<'a> Extract<'a> {
    pub(super) fn record(self, fields: &Fields, place: Place<'a>) -> Result<Record, Fault> {
        let mut values = Vec::with_capacity(fields.fields.len());
        for (name, field) in fields.names.iter().zip(&fields.fields) {
            let value = self.value(field, place).map_err(|mut fault| {
                fault.path.push(name.to_string());
                fault
            })?;
            values.push(value);
        }
        Ok(Record {
            names: fields.names.clone(),
            values,
        })
    }

    fn value(self, field: &Field, place: Place<'a>) -> Result<Value, Fault> {
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
                let value: Json = serde_json::from_str(&text).map_err(|error| {
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
            Source::JsonLd(expression) => {
                for object in self.page.json_ld()? {
                    let value = json::search(object, expression)?;
                    if !value.is_null() {
                        return self.of_json(field, value);
                    }
                }
                self.of_json(field, Json::Null)
            }
            Source::Page(fact) => self.of_page(field, *fact),
            Source::Constant(value) => Ok(value.clone()),
            Source::Template(template) => {
                let text = template.fill(|name| self.arguments.get(name));
                self.of_text(field, Some(text))
            }
        }
    }

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
        if field.is_list {
            let texts = selection.texts(element, self.page)?;
            return self.of_texts(field, texts);
        }
        self.of_text(field, selection.text(element, self.page)?)
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

    /// What `re`, `clean`, `map` and `type` make of a text.
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
        if matches!(field.kind, Kind::Any | Kind::Text) {
            return Ok(Shaped::Value(Value::Text(text)));
        }
        let shown = shown(&text);
        let value = convert(text, &field.kind, self.page).map_err(|why| bad(&shown, &why))?;
        Ok(value.map_or(Shaped::Missing(Missing::Empty), Shaped::Value))
    }
}

impl Field {
    /// Whether a value stays what it is in JSON.
    pub(super) fn is_as_found(&self) -> bool {
        self.kind == Kind::Any
            && self.pattern.is_none()
            && self.cleaners.is_empty()
            && self.map.is_none()
    }
}

fn finish(field: &Field, shaped: Shaped) -> Result<Value, Fault> {
    match shaped {
        Shaped::Value(value) => Ok(value),
        Shaped::Missing(why) => missing(field, why),
    }
}

/// A list, or the text of its texts.
fn list(field: &Field, values: Vec<Value>) -> Result<Value, Fault> {
    let Some(join) = &field.join else {
        return if values.is_empty() && field.otherwise != Otherwise::Error {
            missing(field, Missing::Source)
        } else {
            Ok(Value::List(values))
        };
    };
    if values.is_empty() {
        return missing(field, Missing::Source);
    }
    let mut joined = String::new();
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            joined.push_str(join);
        }
        match value {
            Value::Text(text) => joined.push_str(&text),
            value => joined.push_str(&serde_json::to_string(&value).unwrap_or_default()),
        }
    }
    Ok(Value::Text(joined))
}

fn missing(field: &Field, why: Missing) -> Result<Value, Fault> {
    match &field.otherwise {
        Otherwise::Null => Ok(Value::Null),
        Otherwise::Default(value) => Ok(value.clone()),
        Otherwise::Error => {
            let message = match why {
                Missing::Source => format!("nothing at {}", field.source),
                Missing::Pattern(text) => format!("`re` does not match {:?}", shown(&text)),
                Missing::Map(text) => format!("the map has no {:?}", shown(&text)),
                Missing::Empty => format!("nothing usable at {}", field.source),
            };
            Err(Error::new(ErrorKind::Missing, message).into())
        }
    }
}

fn bad(text: &str, why: &str) -> Error {
    Error::new(ErrorKind::Value, format!("{why}: {:?}", shown(text)))
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
        None => text.to_owned(),
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Css(selection) => write!(f, "{:?}", selection.query().to_string()),
            Self::Embedded(selection, expression) => {
                write!(f, "{expression:?} in {:?}", selection.query().to_string())
            }
            Self::Json(expression) => write!(f, "{expression:?}"),
            Self::JsonLd(expression) => write!(f, "{expression:?} in the page's JSON-LD"),
            Self::Page(_) => f.write_str("the page"),
            Self::Constant(_) | Self::Template(_) => f.write_str("the constant"),
        }
    }
}
