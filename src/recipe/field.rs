//! A [`Field`] of an item: where its value comes from and what is made of it, as data.

mod read;

pub(super) use read::From;

use std::sync::Arc;

use regex::Regex;

use super::convert::DateFormat;
use super::item::Value;
use super::selection::Selection;
use super::template::Template;
use crate::page::clean::Cleaner;

/// The fields of an item or of a record in it, in the order of the recipe.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) names: Arc<[Box<str>]>,
    pub(super) fields: Vec<Field>,
}

/// Definition of one value of an item.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) source: Source,
    /// `true` if the field takes all values of the source, and not only the first.
    pub(super) is_list: bool,
    pub(super) pattern: Option<Regex>,
    pub(super) cleaners: Vec<Cleaner>,
    pub(super) map: Option<Vec<(String, Value)>>,
    pub(super) join: Option<String>,
    pub(super) kind: Kind,
    pub(super) otherwise: Otherwise,
    /// The fields of the record, or records, that the value is.
    pub(super) fields: Option<Fields>,
}

/// Source of a value.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Css(Selection),
    /// Text that a table or a list of terms has under a name.
    Pair(Selection, String),
    /// JSON in a script or an attribute, and what is taken of it.
    Embedded(Selection, String),
    Json(String),
    /// The whole of the JSON that the item is taken out of.
    Document(String),
    JsonLd {
        expression: String,
        /// Type of the objects to look in. `None` for objects of any type.
        of: Option<String>,
    },
    Page(Fact),
    /// Value carried from the page that led to this one.
    Carried(String),
    Constant(Value),
    Template(Template),
}

/// Fact about a page beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Url,
    Title,
    Label,
    Status,
    /// The URL that the page gives as its own, else the one that it was fetched from.
    Canonical,
}

/// Type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text from HTML; from JSON whatever it is there.
    Any,
    Text,
    Integer,
    Number,
    Boolean,
    Url,
    Date(Option<DateFormat>),
    /// Boolean: `true` if a value was found.
    Exists,
}

/// Value of a field for which nothing was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Otherwise {
    Error,
    Null,
    Default(Value),
}

impl Kind {
    /// The names of the types, with what they are.
    pub(super) const NAMES: [(&str, &str); 7] = [
        ("text", "text as it is"),
        ("integer", "a whole number"),
        (
            "number",
            "a number with a decimal point; `clean = [\"number\"]` reads other notations",
        ),
        ("boolean", "true, yes, on or 1; false, no, off or 0"),
        (
            "url",
            "an absolute URL, relative to the page; of elements without an ending, their `href`, else `src`",
        ),
        (
            "date",
            "a date or a time in ISO 8601, read as `format` says",
        ),
        ("exists", "whether there is such an element; never missing"),
    ];

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "url" => Self::Url,
            "date" => Self::Date(None),
            "exists" => Self::Exists,
            _ => return None,
        })
    }
}

impl Fact {
    /// The names after `page =`.
    pub(super) const NAMES: [(&str, Self); 5] = [
        ("url", Self::Url),
        ("title", Self::Title),
        ("label", Self::Label),
        ("status", Self::Status),
        ("canonical", Self::Canonical),
    ];
}
