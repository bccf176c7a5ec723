//! Plan of each field: the options of its attribute together with its type.

use proc_macro2::Ident;
use syn::{Error, Expr, ExprLit, Field, Lit, LitStr, Result, Type};

use crate::attribute::{self, Written};
use crate::check::check;
use crate::options::Setting;
use crate::selector::Query;
use crate::shape::{Shape, is_named};
use crate::take::Take;

/// Meaning of a field: its options together with its type.
pub(crate) struct Plan<'a> {
    pub(crate) field: &'a Field,
    pub(crate) ident: &'a Ident,
    pub(crate) shape: Shape,
    /// Type of the value, without the `Option` or `Vec` around it.
    pub(crate) inner: &'a Type,
    pub(crate) source: Source,
    /// Value that is put where nothing is found.
    pub(crate) default: Option<Fallback>,
}

/// Value that is put where nothing is found.
pub(crate) enum Fallback {
    /// Value of the trait `Default`.
    OfType,
    /// Text in quotation marks, which becomes a `String` if that is asked for.
    Text(LitStr),
    Value(Box<Expr>),
}

impl Fallback {
    fn of(value: Option<&Expr>) -> Self {
        match value {
            None => Self::OfType,
            Some(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => Self::Text(text.clone()),
            Some(value) => Self::Value(Box::new(value.clone())),
        }
    }
}

/// Source of a field's value.
pub(crate) enum Source {
    Skip,
    PageUrl,
    /// Item in the elements that match this selector; if it is empty, in those that the item's type names.
    Nested(String),
    Text(Box<Reading>),
}

/// Way to find a text and to read it.
pub(crate) struct Reading {
    pub(crate) css: String,
    pub(crate) take: Take,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) cleaners: Vec<Ident>,
    /// Format of the date that the text is.
    pub(crate) format: Option<LitStr>,
    pub(crate) read: Read,
}

/// Way to make a value of a text.
pub(crate) enum Read {
    /// Reads the text as the type of the field does.
    Type,
    With(Box<Expr>),
    /// Returns whether there is a text.
    Present,
}

/// Makes the plan of a field from its attribute and its type.
///
/// # Errors
///
/// Returns everything that is wrong with the attribute of the field.
pub(crate) fn plan<'a>(field: &'a Field, ident: &'a Ident) -> Result<Plan<'a>> {
    let Some((attribute, written)) = attribute::read(&field.attrs)? else {
        let message = format!(
            "where on the page is `{ident}`? Say `#[extract(\"css\")]`, or `#[extract(skip)]` if it is not there"
        );
        return Err(Error::new(ident.span(), message));
    };
    let query = check(field, attribute, &written)?;
    let (shape, inner) = Shape::of(&field.ty);
    let default = written
        .options
        .iter()
        .find_map(|(_, setting)| match setting {
            Setting::Default(value) => Some(Fallback::of(value.as_ref())),
            _ => None,
        });
    Ok(Plan {
        field,
        ident,
        shape,
        inner,
        source: source(written, query, inner),
        default,
    })
}

fn source(written: Written, query: Option<Query>, inner: &Type) -> Source {
    if written.has("skip") {
        return Source::Skip;
    }
    if written.has("page_url") {
        return Source::PageUrl;
    }
    let (is_nested, is_url) = (written.has("nested"), written.has("url"));
    let is_text = written.has("text");
    let Query { css, ending } = query.unwrap_or(Query {
        css: String::new(),
        ending: None,
    });
    if is_nested {
        return Source::Nested(css);
    }
    let has_ending = ending.is_some();
    let mut reading = Reading {
        css,
        take: ending.map_or(Take::Text, Take::ending),
        pattern: None,
        cleaners: Vec::new(),
        format: None,
        read: Read::Type,
    };
    for (_, setting) in written.options {
        reading.set(setting);
    }
    // What a URL is read from is a link, unless something else is said.
    let is_link = !has_ending && reading.take == Take::Text && !is_text && is_named(inner, "Url");
    if is_url || is_link {
        reading.take = absolute(reading.take, inner);
    }
    Source::Text(Box::new(reading))
}

impl Reading {
    fn set(&mut self, setting: Setting) {
        match setting {
            Setting::OwnText => self.take = Take::OwnText,
            Setting::BlockText => self.take = Take::BlockText,
            Setting::Html => self.take = Take::Html,
            Setting::OuterHtml => self.take = Take::OuterHtml,
            Setting::Attr(name) => self.take = Take::Attr(name.value()),
            Setting::Re(pattern) => self.pattern = Some(pattern),
            Setting::Clean(cleaners) => self.cleaners = cleaners,
            Setting::With(function) => self.read = Read::With(Box::new(function)),
            Setting::Format(format) => self.format = Some(format),
            Setting::Present => self.read = Read::Present,
            Setting::Text
            | Setting::Url
            | Setting::Nested
            | Setting::PageUrl
            | Setting::Skip
            | Setting::Crate(_)
            | Setting::Default(_) => {}
        }
    }
}

/// Makes the attribute an absolute URL, for `url`, unless the type of the field does that itself.
fn absolute(take: Take, inner: &Type) -> Take {
    let makes_absolute = is_named(inner, "Url");
    match take {
        Take::Attr(name) if makes_absolute => Take::Attr(name),
        Take::Attr(name) => Take::Url(name),
        _ if makes_absolute => Take::Link,
        _ => Take::LinkUrl,
    }
}
