//! What each field means: the options of its attribute together with its type.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Error, Expr, Field, LitStr, Result, Type};

use crate::attribute::{self, Written};
use crate::errors::Errors;
use crate::options::{self, Setting};
use crate::selector::{self, Query};
use crate::shape::{Shape, is_named};
use crate::take::Take;
use crate::{format, pattern};

/// A field, understood.
pub(crate) struct Plan<'a> {
    pub(crate) field: &'a Field,
    pub(crate) ident: &'a Ident,
    pub(crate) shape: Shape,
    /// The type of which there is one, perhaps one, or many.
    pub(crate) inner: &'a Type,
    pub(crate) source: Source,
    /// What is put where there is nothing.
    pub(crate) default: Option<Option<Expr>>,
}

/// Where a field is from.
pub(crate) enum Source {
    Skip,
    PageUrl,
    /// An item in the elements that match; empty for those that its type names.
    Nested(String),
    Text(Box<Reading>),
}

/// How a text is come by and read.
pub(crate) struct Reading {
    pub(crate) css: String,
    pub(crate) take: Take,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) cleaners: Vec<Ident>,
    pub(crate) read: Read,
}

/// What makes a value of a text.
pub(crate) enum Read {
    /// The type of the field.
    Type,
    With(Expr),
    Format(LitStr),
    /// Whether there is one.
    Present,
}

/// Types that are read from a text and cannot be nested.
const TEXTS: [&str; 16] = [
    "String", "bool", "Url", "f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16",
    "i32", "i64", "i128",
];

/// Understands a field.
///
/// # Errors
///
/// Everything that is wrong with its attribute.
pub(crate) fn plan<'a>(field: &'a Field, ident: &'a Ident) -> Result<Plan<'a>> {
    let Some((attribute, written)) = attribute::read(&field.attrs)? else {
        let message = format!(
            "where on the page is `{ident}`? Say `#[extract(\"css\")]`, or `#[extract(skip)]` if it is not there"
        );
        return Err(Error::new(ident.span(), message));
    };
    let mut errors = Errors::default();
    options::check(&written.options, written.selector.as_ref(), &mut errors);
    let is_skipped = written.has("skip");
    let (shape, inner) = if is_skipped {
        Shape::of(&field.ty)
    } else {
        errors
            .keep(Shape::of_field(&field.ty))
            .unwrap_or(Shape::of(&field.ty))
    };
    check_type(&written, shape, inner, &mut errors);
    let query = errors.keep(query(&written, attribute.span())).flatten();
    for (_, setting) in &written.options {
        match setting {
            Setting::Re(literal) => drop(errors.keep(pattern::check(literal))),
            Setting::Format(literal) => drop(errors.keep(format::check(literal))),
            _ => {}
        }
    }
    if let (Some(ending), Some(selector)) = (
        query.as_ref().and_then(|query| query.ending.as_ref()),
        &written.selector,
    ) {
        check_ending(ending, &written, selector.span(), &mut errors);
    }
    errors.finish()?;
    let default = written
        .options
        .iter()
        .find_map(|(_, setting)| match setting {
            Setting::Default(value) => Some(value.clone()),
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

impl Written {
    fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Ident> {
        self.options
            .iter()
            .map(|(option, _)| option)
            .find(|option| *option == name)
    }
}

/// The selector, which may only be left out where something else says where the field is.
fn query(written: &Written, span: Span) -> Result<Option<Query>> {
    match &written.selector {
        Some(selector) => selector::query(selector).map(Some),
        None if ["page_url", "skip", "nested"]
            .iter()
            .any(|name| written.has(name)) =>
        {
            Ok(None)
        }
        None => {
            let message =
                "a selector is missing: `#[extract(\"css\", …)]`; \":scope\" is the element itself";
            Err(Error::new(span, message))
        }
    }
}

/// What the type of the field and the options say against each other.
fn check_type(written: &Written, shape: Shape, inner: &Type, errors: &mut Errors) {
    if let Some(default) = written.find("default") {
        match shape {
            Shape::Option => errors.say(
                default.span(),
                "an `Option` has no other default than `None`",
            ),
            Shape::Vec => errors.say(
                default.span(),
                "a `Vec` has no other default than an empty one",
            ),
            Shape::One => {}
        }
    }
    if let Some(present) = written.find("present")
        && !(shape == Shape::One && is_named(inner, "bool"))
    {
        errors.say(present.span(), "`present` is for a field of type `bool`");
    }
    if let Some(page_url) = written.find("page_url")
        && shape != Shape::One
    {
        errors.say(
            page_url.span(),
            "every page has one URL: `Url` or `String` will do",
        );
    }
    if let Some(nested) = written.find("nested")
        && let Some(name) = TEXTS.iter().find(|name| is_named(inner, name))
    {
        errors.say(
            nested.span(),
            format!("a `{name}` is read from a text and cannot be `nested`"),
        );
    }
}

fn check_ending(ending: &selector::Ending, written: &Written, span: Span, errors: &mut Errors) {
    let ending = match ending {
        selector::Ending::Text => "::text",
        selector::Ending::Attr(_) => "::attr(…)",
    };
    let others = [
        "text",
        "own_text",
        "block_text",
        "html",
        "outer_html",
        "attr",
        "nested",
        "url",
    ];
    for other in others {
        let is_attribute_as_url = other == "url" && ending != "::text";
        if written.has(other) && !is_attribute_as_url {
            errors.say(
                span,
                format!("`{ending}` and `{other}` do not go together: leave one out"),
            );
        }
    }
}

fn source(written: Written, query: Option<Query>, inner: &Type) -> Source {
    if written.has("skip") {
        return Source::Skip;
    }
    if written.has("page_url") {
        return Source::PageUrl;
    }
    let (is_nested, is_url) = (written.has("nested"), written.has("url"));
    let Query { css, ending } = query.unwrap_or(Query {
        css: String::new(),
        ending: None,
    });
    if is_nested {
        return Source::Nested(css);
    }
    let mut reading = Reading {
        css,
        take: ending.map_or(Take::Text, Take::ending),
        pattern: None,
        cleaners: Vec::new(),
        read: Read::Type,
    };
    for (_, setting) in written.options {
        reading.set(setting);
    }
    if is_url {
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
            Setting::Attr(name) => self.take = Take::Attr(name.value().to_ascii_lowercase()),
            Setting::Re(pattern) => self.pattern = Some(pattern),
            Setting::Clean(cleaners) => self.cleaners = cleaners,
            Setting::With(function) => self.read = Read::With(function),
            Setting::Format(format) => self.read = Read::Format(format),
            Setting::Present => self.read = Read::Present,
            Setting::Text
            | Setting::Url
            | Setting::Nested
            | Setting::PageUrl
            | Setting::Skip
            | Setting::Default(_) => {}
        }
    }
}

/// With `url`: the attribute made absolute, unless the type does that itself.
fn absolute(take: Take, inner: &Type) -> Take {
    let makes_absolute = is_named(inner, "Url");
    match take {
        Take::Attr(name) if makes_absolute => Take::Attr(name),
        Take::Attr(name) => Take::Url(name),
        _ if makes_absolute => Take::Link,
        _ => Take::LinkUrl,
    }
}
