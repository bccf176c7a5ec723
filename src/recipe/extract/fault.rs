//! Fields without a value: they become null, their default, or an error with the place and the reason.

use crate::page::error::{Error, ErrorKind, Result};
use crate::recipe::field::{Field, Otherwise, Source};
use crate::recipe::item::Value;
use crate::recipe::page::Page;

/// Limit on the part of a text that an error shows, in characters.
const SHOWN: usize = 80;

/// A field that has no value, and where it is.
#[derive(Debug)]
pub(in crate::recipe) struct Fault {
    /// The names of the field and of those around it, the innermost first.
    path: Vec<String>,
    error: Error,
}

/// Result of shaping one text into a value.
pub(super) enum Shaped {
    Value(Value),
    /// No value; the reason has the text for the message.
    Missing(Missing),
}

/// Reason why a field has no value.
pub(super) enum Missing {
    /// The source of the field finds nothing.
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
    /// Returns this fault with the name of the field around it added to its path.
    pub(super) fn within(mut self, field: &str) -> Self {
        self.path.push(field.to_owned());
        self
    }

    /// Returns whether the only fault is that nothing was found.
    pub(in crate::recipe) fn is_missing(&self) -> bool {
        self.error.kind() == ErrorKind::Missing
    }

    /// The error without its place.
    pub(in crate::recipe) fn message(&self) -> String {
        self.error.chain()
    }

    /// The error of an item of this kind.
    pub(in crate::recipe) fn of_item(self, kind: &str, page: &Page<'_>) -> Error {
        let path: Vec<String> = self.path.into_iter().rev().collect();
        let message = format!(
            "items.{kind}: field {:?}: {}",
            path.join("."),
            self.error.chain()
        );
        Error::new(self.error.kind(), message).with_url(page.response().url())
    }
}

pub(super) fn finish(field: &Field, shaped: Shaped) -> Result<Value, Fault> {
    match shaped {
        Shaped::Value(value) => Ok(value),
        Shaped::Missing(why) => missing(field, why),
    }
}

/// A list, or the text of its texts.
pub(super) fn list(field: &Field, values: Vec<Value>) -> Result<Value, Fault> {
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

pub(super) fn missing(field: &Field, why: Missing) -> Result<Value, Fault> {
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

pub(super) fn bad(text: &str, why: &str) -> Error {
    Error::new(ErrorKind::Value, format!("{why}: {:?}", shown(text)))
}

pub(super) fn shown(text: &str) -> String {
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
            Self::Document(expression) => write!(f, "{expression:?} in the whole JSON"),
            Self::JsonLd { expression, of } => {
                write!(f, "{expression:?} in the page's JSON-LD")?;
                of.iter().try_for_each(|of| write!(f, " of type {of:?}"))
            }
            Self::Pair(selection, name) => {
                write!(f, "{name:?} in {:?}", selection.query().to_string())
            }
            Self::Page(_) => f.write_str("the page"),
            Self::Carried(name) => write!(f, "{name:?}, which was not carried here"),
            Self::Constant(_) | Self::Template(_) => f.write_str("the constant"),
        }
    }
}
