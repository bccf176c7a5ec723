//! HTML and XML as the site writes them: a frame around a page, and texts made safe.

use std::fmt::Write as _;

/// Returns a whole HTML page in UTF-8. `title` is escaped here; `body` is markup.
pub(super) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n</head>\n\
         <body>\n{body}</body>\n</html>\n"
    )
}

/// Returns the text with `&`, `<`, `>` and `"` as entities, for HTML and XML, elements and attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Appends formatted text. Writing to a `String` cannot fail, so there is no result to look at.
pub(super) fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markup_would_misread_becomes_entities() {
        assert_eq!(escape("\"a\" < b & c"), "&quot;a&quot; &lt; b &amp; c");
    }
}
