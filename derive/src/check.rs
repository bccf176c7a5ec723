//! Checks of a field: strings that make no sense, and options that contradict each other or the type of the field.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Field, Result, Type};

use crate::attribute::Written;
use crate::errors::Errors;
use crate::options::{self, Setting};
use crate::selector::{self, Ending, Query};
use crate::shape::{Shape, is_named};
use crate::{format, pattern};

/// Types that are read from a text and cannot be nested.
const TEXTS: [&str; 16] = [
    "String", "bool", "Url", "f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16",
    "i32", "i64", "i128",
];

/// Checks a field and returns its selector, if it has one.
///
/// # Errors
///
/// Returns everything that is wrong with the field.
pub(crate) fn check(
    field: &Field,
    attribute: &Attribute,
    written: &Written,
) -> Result<Option<Query>> {
    let mut errors = Errors::default();
    options::check(&written.options, written.selector.as_ref(), &mut errors);
    if !written.has("skip") {
        errors.keep(Shape::check(&field.ty));
    }
    check_type(written, &field.ty, &mut errors);
    let query = errors.keep(query(written, attribute.span())).flatten();
    for (_, setting) in &written.options {
        match setting {
            Setting::Re(literal) => drop(errors.keep(pattern::check(literal))),
            Setting::Format(literal) => drop(errors.keep(format::check(literal))),
            _ => {}
        }
    }
    if let Some(ending) = query.as_ref().and_then(|query| query.ending.as_ref())
        && let Some(selector) = &written.selector
    {
        check_ending(ending, written, selector.span(), &mut errors);
    }
    errors.finish().map(|()| query)
}

/// Reads the selector, which may only be left out where an option (`page_url`, `skip`, `nested`) says where the field is.
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

/// Checks the type of the field against its options.
fn check_type(written: &Written, ty: &Type, errors: &mut Errors) {
    let (shape, inner) = Shape::of(ty);
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

fn check_ending(ending: &Ending, written: &Written, span: Span, errors: &mut Errors) {
    let ending = match ending {
        Ending::Text => "::text",
        Ending::Attr(_) => "::attr(…)",
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
