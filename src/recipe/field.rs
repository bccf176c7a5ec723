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

/// How one value is made.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) source: Source,
    /// All that the source gives, and not only the first.
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

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Css(Selection),
    /// What a table or a list of terms says under a name.
    Pair(Selection, String),
    /// JSON in a script or an attribute, and what is taken of it.
    Embedded(Selection, String),
    Json(String),
    /// The whole of the JSON that the item is taken out of.
    Document(String),
    JsonLd {
        expression: String,
        /// Only of objects of this type.
        of: Option<String>,
    },
    Page(Fact),
    /// What the page that led here said of this one.
    Carried(String),
    Constant(Value),
    Template(Template),
}

/// What is known of a page beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Url,
    Title,
    Label,
    Status,
    /// The URL that the page gives as its own, else the one that it was fetched from.
    Canonical,
}

/// Of which type a value is.
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
    /// Whether there is one.
    Exists,
}

/// What a field has when nothing was found.
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
