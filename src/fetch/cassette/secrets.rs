//! [`Secrets`]: values that are known to be secret, masked wherever they are.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};
use serde_json::Value;
use url::{Position, Url, form_urlencoded};

use super::mask::MASK;

/// Characters that are escaped in the query of a URL.
const IN_QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');
/// A value of fewer characters may be anything in a page.
const SHORTEST: usize = 6;
/// Number of characters from which on a secret is never taken for a word or a number of a page.
const LONG: usize = 12;

/// The secret values of a crawl, such as the password of a login.
///
/// One that could be a word or a number of any page is masked only where it is all that a parameter, a field of a form or a
/// text in JSON has.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    values: Vec<String>,
    /// Secrets that can be recognized in any text, in every way of writing them, the longest first.
    written: Vec<String>,
}

impl Secrets {
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |value: &&str| !value.is_empty() && *value != MASK;
        let values: Vec<String> = values
            .into_iter()
            .filter(known)
            .map(str::to_owned)
            .collect();
        let telling = values.iter().filter(|value| is_telling(value));
        let mut written: Vec<String> = telling.flat_map(|value| ways_to_write(value)).collect();
        written.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        written.dedup();
        Self { values, written }
    }

    pub(crate) fn in_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in &self.written {
            if masked.contains(secret.as_str()) {
                masked = Cow::Owned(masked.replace(secret.as_str(), MASK));
            }
        }
        masked
    }

    /// A page. What is not text stays as it is.
    pub(super) fn in_page(&self, body: &Bytes) -> Bytes {
        if body.contains(&0) {
            return body.clone();
        }
        let mut masked = body.clone();
        for secret in &self.written {
            masked = replaced(masked, secret.as_bytes());
        }
        masked
    }

    /// A URL; its host stays.
    pub(super) fn in_url(&self, url: &Url) -> Url {
        let (host, path) = (&url[..Position::BeforePath], &url[Position::BeforePath..]);
        let path = self.in_pairs(path, &['?', '&', '#']);
        Url::parse(&format!("{host}{path}")).unwrap_or_else(|_| url.clone())
    }

    /// A form as it is sent.
    pub(super) fn in_form(&self, form: &str) -> String {
        self.in_pairs(form, &['&'])
    }

    pub(super) fn in_json(&self, value: &mut Value) {
        match value {
            Value::String(text) if self.values.contains(text) => MASK.clone_into(text),
            Value::String(text) => *text = self.in_text(text).into_owned(),
            Value::Number(number) if self.values.contains(&number.to_string()) => {
                *value = Value::from(MASK);
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.in_json(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.in_json(value)),
            _ => {}
        }
    }

    /// A text with parameters, each behind one of these separators.
    fn in_pairs(&self, text: &str, separators: &[char]) -> String {
        let pairs = text.split_inclusive(separators).map(|piece| {
            let (pair, separator) = match piece.strip_suffix(separators) {
                Some(pair) => piece.split_at(pair.len()),
                None => (piece, ""),
            };
            let Some((name, value)) = pair.split_once('=') else {
                return piece.to_owned();
            };
            let spaced = value.replace('+', " ");
            let plain = percent_decode_str(&spaced).decode_utf8_lossy();
            if self.values.iter().any(|secret| *secret == plain) {
                format!("{name}={MASK}{separator}")
            } else {
                piece.to_owned()
            }
        });
        let text: String = pairs.collect();
        self.in_text(&text).into_owned()
    }
}

/// Prints only the number of the secrets.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.values.len())
    }
}

/// Returns whether a value can be recognized wherever it appears: it is neither short nor a plain word or number.
pub(crate) fn is_telling(value: &str) -> bool {
    let kinds: [fn(char) -> bool; 4] = [
        char::is_lowercase,
        char::is_uppercase,
        char::is_numeric,
        |c| !c.is_alphanumeric(),
    ];
    let kinds = kinds
        .iter()
        .filter(|kind| value.chars().any(**kind))
        .count();
    let length = value.chars().count();
    length >= LONG || length >= SHORTEST && kinds > 1
}

/// A value as it is, and as URLs, forms, JSON and HTML have it.
fn ways_to_write(value: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let json = Value::from(value).to_string();
    vec![
        value.to_owned(),
        form.replace('+', "%20"),
        form,
        utf8_percent_encode(value, IN_QUERY).to_string(),
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
        json.trim_matches('"').to_owned(),
        value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;"),
    ]
}

fn replaced(body: Bytes, secret: &[u8]) -> Bytes {
    if memchr::memmem::find(&body, secret).is_none() {
        return body;
    }
    let (mut masked, mut end) = (Vec::with_capacity(body.len()), 0);
    for at in memchr::memmem::find_iter(&body, secret) {
        masked.extend_from_slice(body.get(end..at).unwrap_or_default());
        masked.extend_from_slice(MASK.as_bytes());
        end = at + secret.len();
    }
    masked.extend_from_slice(body.get(end..).unwrap_or_default());
    masked.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_masked_however_it_is_written() {
        let secrets = Secrets::new(["a&b \"C/ü1"]);
        for text in [
            "x=a%26b+%22C%2F%C3%BC1&y=1",
            "x=a&b%20%22C/%C3%BC1",
            "x=a&b \\\"C/ü1 there",
            "x=a&amp;b &quot;C/ü1<p>",
        ] {
            assert!(secrets.in_text(text).starts_with("x=***"), "{text}");
        }
        let url = Url::parse("http://a.example/x?q=a%26b+%22C%2F%c3%bc1#top").unwrap();
        assert_eq!(
            secrets.in_url(&url).as_str(),
            "http://a.example/x?q=***#top"
        );
    }

    #[test]
    fn a_plain_word_is_masked_only_where_it_is_all_of_a_value() {
        let secrets = Secrets::new(["secret", "8451"]);
        let url = Url::parse("http://a.example:8451/secret?q=secret&r=secrets&n=8451").unwrap();
        assert_eq!(
            secrets.in_url(&url).as_str(),
            "http://a.example:8451/secret?q=***&r=secrets&n=***"
        );
        let page = Bytes::from_static(b"<p class=secret>8451");
        assert_eq!(secrets.in_page(&page), page);
        let mut value = json!({"a": ["secret", 8451, "no secret"]});
        secrets.in_json(&mut value);
        assert_eq!(value, json!({"a": ["***", "***", "no secret"]}));
    }

    #[test]
    fn a_page_that_shows_a_secret_shows_the_mask() {
        let secrets = Secrets::new(["hunter2!"]);
        let page = Bytes::from_static(b"hunter2! \xff hunter2! end");
        assert_eq!(secrets.in_page(&page), &b"*** \xff *** end"[..]);
    }
}
