//! Cleaners of words.

use std::borrow::Cow;

use url::Url;

use super::amount::digit;
use super::quoted;
use crate::page::html::Html;

pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes each word with a capital letter: `the quiet RIVER's end` → `The Quiet River's End`.
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

/// Returns a text without invisible characters: soft hyphens, joiners, marks of direction, byte order marks.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_invisible) {
        text.replace(is_invisible, "").into()
    } else {
        text.into()
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

pub(super) fn digits(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter_map(digit).collect();
    if digits.is_empty() {
        return Err(format!("no digit in {}", quoted(text)));
    }
    Ok(digits)
}
