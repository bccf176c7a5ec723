//! Options of a field, and the rules for combining them.

use proc_macro2::{Ident, Span};
use syn::{Expr, LitStr, Path};

use crate::errors::Errors;

/// The names of all options.
pub(crate) const NAMES: [&str; 16] = [
    "text",
    "own_text",
    "block_text",
    "html",
    "outer_html",
    "attr",
    "url",
    "re",
    "clean",
    "with",
    "format",
    "default",
    "present",
    "nested",
    "page_url",
    "skip",
];

/// An option with its value.
pub(crate) enum Setting {
    Text,
    OwnText,
    BlockText,
    Html,
    OuterHtml,
    Url,
    Present,
    Nested,
    PageUrl,
    Skip,
    /// Path of the crate `crawlworks`, given on a struct.
    Crate(Path),
    Attr(LitStr),
    Re(LitStr),
    Format(LitStr),
    Clean(Vec<Ident>),
    With(Expr),
    /// Default value; without one, the value of the trait `Default`.
    Default(Option<Expr>),
}

/// Options that exclude each other: at most one of each row may be given.
const EXCLUSIVE: [&[&str]; 4] = [
    &[
        "text",
        "own_text",
        "block_text",
        "html",
        "outer_html",
        "attr",
    ],
    &[
        "text",
        "own_text",
        "block_text",
        "html",
        "outer_html",
        "url",
    ],
    &["with", "present"],
    &["format", "present"],
];

/// Options that need a text to work on, which a nested item is not.
const OF_TEXTS: [&str; 12] = [
    "text",
    "own_text",
    "block_text",
    "html",
    "outer_html",
    "attr",
    "url",
    "re",
    "clean",
    "with",
    "format",
    "present",
];

/// Reports options that are given twice or do not go together.
pub(crate) fn check(options: &[(Ident, Setting)], selector: Option<&LitStr>, errors: &mut Errors) {
    let names: Vec<(String, Span)> = options
        .iter()
        .map(|(name, _)| (name.to_string(), name.span()))
        .collect();
    for (at, (name, span)) in names.iter().enumerate() {
        if names.iter().take(at).any(|(other, _)| other == name) {
            errors.say(*span, format!("`{name}` is given twice"));
        }
    }
    for row in EXCLUSIVE {
        let mut taken = names
            .iter()
            .filter(|(name, _)| row.contains(&name.as_str()));
        let Some((first, _)) = taken.next() else {
            continue;
        };
        for (name, span) in taken.filter(|(name, _)| name != first) {
            errors.say(
                *span,
                format!("`{name}` and `{first}` do not go together: leave one out"),
            );
        }
    }
    for (name, span) in &names {
        if name == "crate" {
            errors.say(
                *span,
                "`crate` is for the struct: `#[extract(crate = \"path\")]`",
            );
        }
        let is_alone = matches!(name.as_str(), "page_url" | "skip");
        let others = names.iter().filter(|(other, _)| {
            is_alone && other != name
                || name == "nested" && OF_TEXTS.contains(&other.as_str())
                || name == "present" && matches!(other.as_str(), "clean" | "default")
        });
        for (other, span) in others {
            errors.say(*span, format!("`{other}` means nothing with `{name}`"));
        }
        if let Some(selector) = selector.filter(|_| is_alone) {
            errors.say(
                selector.span(),
                format!("a selector means nothing with `{name}`"),
            );
        }
    }
}
