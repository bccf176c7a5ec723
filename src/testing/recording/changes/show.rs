//! Changes as a person reads them: one line each, and not too many.

use std::fmt;

use serde_json::Value;

use super::super::results::PageError;
use super::{Changes, ErrorChange, ItemChange};

/// Maximum number of changes that are printed one by one.
const TOLD: usize = 20;
/// Maximum number of fields that are printed of one item.
const FIELDS: usize = 5;
/// The longest value that is shown whole, in characters.
const SHOWN: usize = 80;

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = self.items.iter().map(ToString::to_string);
        let errors = self.errors.iter().map(ToString::to_string);
        let unrecorded = self
            .unrecorded
            .iter()
            .map(|request| format!("not recorded: {request}"));
        let unused = self
            .unused
            .iter()
            .map(|request| format!("no longer asked for: {request}"));
        let lines = items.chain(errors).chain(unrecorded).chain(unused);
        for (at, line) in lines.take(TOLD).enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}{line}")?;
        }
        match self.len().saturating_sub(TOLD) {
            0 => Ok(()),
            1 => f.write_str("\n1 more difference"),
            more => write!(f, "\n{more} more differences"),
        }
    }
}

impl fmt::Display for ItemChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { item, page, fields } => {
                write!(f, "item {item} ({page}): ")?;
                for (at, change) in fields.iter().take(FIELDS).enumerate() {
                    let (start, colon) = (
                        if at == 0 { "" } else { "; " },
                        if change.field.is_empty() { "" } else { ": " },
                    );
                    let (expected, found) = (
                        shown(change.expected.as_ref()),
                        shown(change.found.as_ref()),
                    );
                    write!(f, "{start}{}{colon}{expected} → {found}", change.field)?;
                }
                match fields.len().saturating_sub(FIELDS) {
                    0 => Ok(()),
                    1 => f.write_str("; 1 more field"),
                    more => write!(f, "; {more} more fields"),
                }
            }
            Self::Missing {
                item,
                page,
                expected,
            } => {
                write!(
                    f,
                    "item {item} ({page}): missing: {}",
                    shown(Some(expected))
                )
            }
            Self::New { page, found } => write!(f, "new item ({page}): {}", shown(Some(found))),
        }
    }
}

impl fmt::Display for ErrorChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, PageError { page, error }) = match self {
            Self::New(error) => ("new error", error),
            Self::Gone(error) => ("error gone", error),
        };
        write!(f, "{what} ({page}): {}: {}", error.kind, error.message)
    }
}

/// Returns a value as JSON, cut when it is long.
fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "missing".to_owned();
    };
    let json = value.to_string();
    match json.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", json.get(..end).unwrap_or_default()),
        None => json,
    }
}
