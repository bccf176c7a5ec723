//! Cleaners of words.

use url::Url;

use super::amount::digit;
use super::quoted;
use crate::html::Html;

pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `the quiet RIVER's end` → `The Quiet River's End`.
pub(super) fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_in_word = false;
    for c in text.chars() {
        if is_in_word {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        is_in_word = c.is_alphanumeric() || is_in_word && matches!(c, '\'' | '’');
    }
    out
}

pub(super) fn strip_tags(text: &str) -> Result<String, String> {
    let nowhere = Url::parse("about:blank").map_err(|error| error.to_string())?;
    Ok(Html::parse(text, nowhere).root().text())
}

pub(super) fn digits(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter_map(digit).collect();
    if digits.is_empty() {
        return Err(format!("no digit in {}", quoted(text)));
    }
    Ok(digits)
}
