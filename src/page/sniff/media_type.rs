//! Reading of a `Content-Type`, as browsers do it.

use std::borrow::Cow;

/// Parts of a media type that matter here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MediaType<'a> {
    /// Type and subtype in lower case; empty when there are none.
    pub(crate) essence: Cow<'a, str>,
    /// First `charset` parameter, without quotes. It counts even if the type is invalid: so many servers write it.
    pub(crate) charset: Option<Cow<'a, str>>,
}

impl<'a> MediaType<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let text = text.trim_matches(is_space);
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        Self {
            essence: essence_of(essence.trim_end_matches(is_space)),
            charset: Parameters(parameters)
                .find(|(name, value)| name.eq_ignore_ascii_case("charset") && !value.is_empty())
                .map(|(_, value)| value),
        }
    }

    pub(crate) fn is_html(&self) -> bool {
        self.essence == "text/html"
    }

    /// Returns whether the type is XML of any kind, XHTML included.
    pub(crate) fn is_xml(&self) -> bool {
        matches!(&*self.essence, "text/xml" | "application/xml") || self.essence.ends_with("+xml")
    }

    pub(crate) fn is_json(&self) -> bool {
        matches!(&*self.essence, "application/json" | "text/json")
            || self.essence.ends_with("+json")
    }
}

fn essence_of(text: &str) -> Cow<'_, str> {
    let is_good = text
        .split_once('/')
        .is_some_and(|(kind, sub)| is_token(kind) && is_token(sub));
    if !is_good {
        return Cow::Borrowed("");
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_token(text: &str) -> bool {
    let is_mark = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Name and value of each parameter, from behind the first semicolon on.
struct Parameters<'a>(&'a str);

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a str, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let end = self.0.find([';', '=']).unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at_checked(end)?;
        let name = name.trim_matches(is_space);
        let Some(value) = rest.strip_prefix('=') else {
            self.0 = rest.strip_prefix(';').unwrap_or_default();
            return Some((name, Cow::Borrowed("")));
        };
        let value = value.trim_start_matches(is_space);
        let (value, rest) = if let Some(quoted) = value.strip_prefix('"') {
            unquote(quoted)
        } else {
            let (value, rest) = value.split_once(';').unwrap_or((value, ""));
            let value = value.trim_end_matches(is_space).trim_matches('\'');
            (Cow::Borrowed(value), rest)
        };
        self.0 = rest;
        Some((name, value))
    }
}

/// Returns a quoted value, and the text behind its parameter. The quote at the end may be missing.
fn unquote(quoted: &str) -> (Cow<'_, str>, &str) {
    let (mut value, mut is_escaped) = (String::new(), false);
    for (at, c) in quoted.char_indices() {
        match c {
            _ if is_escaped => {
                value.push(c);
                is_escaped = false;
            }
            '\\' => is_escaped = true,
            '"' => {
                let rest = quoted.get(at + 1..).unwrap_or_default();
                let rest = rest.split_once(';').map_or("", |(_, rest)| rest);
                return (value.into(), rest);
            }
            c => value.push(c),
        }
    }
    (value.into(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_browsers_read_them() {
        for (text, essence, charset) in [
            ("text/html", "text/html", None),
            (" TEXT/Html ; charset=UTF-8 ", "text/html", Some("UTF-8")),
            (
                "text/html;charset=\"a;b\\\"c\" x;charset=d",
                "text/html",
                Some("a;b\"c"),
            ),
            (
                "text/html; x=\"; charset=no\"; charset=yes",
                "text/html",
                Some("yes"),
            ),
            (
                "text/html; charset; charset=; charset=a; charset=b",
                "text/html",
                Some("a"),
            ),
            ("text/html; charset='utf-8'", "text/html", Some("utf-8")),
            ("text/html; charset=\"utf-8", "text/html", Some("utf-8")),
            ("html; charset=utf-8", "", Some("utf-8")),
            ("text/", "", None),
            ("text/ht ml", "", None),
            ("text/html, text/plain", "", None),
            ("", "", None),
        ] {
            let parsed = MediaType::parse(text);
            assert_eq!(
                (&*parsed.essence, parsed.charset.as_deref()),
                (essence, charset),
                "{text}"
            );
        }
    }
}
