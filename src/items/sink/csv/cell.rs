//! A value as the text of one cell, in which a spreadsheet must not find a formula.

use std::borrow::Cow;

use serde_json::Value;

/// The text of a field; `is_escaped` if spreadsheets must find no formula in it.
pub(super) fn cell(value: &Value, is_escaped: bool) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if is_escaped => defused(text).into_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The text, marked as a text if a spreadsheet would take it for a formula.
pub(super) fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !is_plain_number(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn is_plain_number(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && text.parse::<f64>().is_ok()
}
