//! What is never written into a cassette: passwords and keys, which are told by the names that they have.

use std::borrow::Cow;

use serde_json::Value;

use crate::cache::key::sha256;

/// What stands for a secret.
const MASK: &str = "***";
/// A name with one of these in it is that of a secret. Names are compared by their letters and digits.
const SECRETS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "apikey",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "idtoken",
    "credential",
    "privatekey",
    "securitytoken",
    "signature",
];
/// So are these as a whole.
const WORDS: [&str; 5] = ["pass", "pwd", "pw", "pin", "otp"];
/// These may be, or else tell pages apart.
const PERHAPS: [&str; 10] = [
    "token",
    "key",
    "auth",
    "authorization",
    "sig",
    "sid",
    "session",
    "sessionid",
    "jsessionid",
    "phpsessid",
];

/// The value of this name as it may be written; `None` when it is no secret.
///
/// What is masked already stays as it is, so that a masked request is itself.
pub(crate) fn masked_value(name: &str, value: &str) -> Option<String> {
    if value.is_empty() || value.starts_with(MASK) {
        return None;
    }
    let word = word(name);
    if is_secret(&word) {
        return Some(MASK.to_owned());
    }
    // Sixteen bits tell two pages apart, and are no help to whoever looks for the value.
    PERHAPS.contains(&word.as_str()).then(|| {
        let digest = sha256(value.as_bytes());
        format!("{MASK}{}", digest.get(..4).unwrap_or_default())
    })
}

/// The letters and digits of a name.
fn word(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn is_secret(word: &str) -> bool {
    SECRETS.iter().any(|secret| word.contains(secret)) || WORDS.contains(&word)
}

/// A text in which URLs may be, without user names, passwords, and secret parameters.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    let clean = without_userinfo(text);
    match masked_pairs(&clean, false) {
        Some(masked) => Cow::Owned(masked),
        None => clean,
    }
}

/// The same of an HTML form as it is sent.
pub(super) fn masked_form(form: &str) -> String {
    masked_pairs(form, true).unwrap_or_else(|| form.to_owned())
}

/// Masks the secrets in a JSON value, however deep.
pub(super) fn mask_json(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(mask_json),
        Value::Object(fields) => {
            for (name, value) in fields {
                let shown = match &*value {
                    Value::String(text) => masked_value(name, text),
                    Value::Number(number) => masked_value(name, &number.to_string()),
                    Value::Array(_) | Value::Object(_) if is_secret(&word(name)) => {
                        Some(MASK.to_owned())
                    }
                    _ => None,
                };
                match shown {
                    Some(shown) => *value = Value::String(shown),
                    None => mask_json(value),
                }
            }
        }
        _ => {}
    }
}

/// Takes `user:password@` out of every URL.
fn without_userinfo(text: &str) -> Cow<'_, str> {
    const START: &str = "://";
    if !text.contains('@') || !text.contains(START) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut parts = text.split(START);
    clean.push_str(parts.next().unwrap_or_default());
    for part in parts {
        clean.push_str(START);
        let ends = |c: char| {
            matches!(c, '/' | '?' | '#' | '\\' | '"' | '\'' | '<' | '>') || c.is_whitespace()
        };
        let (authority, rest) = part.split_at(part.find(ends).unwrap_or(part.len()));
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        clean.push_str(host);
        clean.push_str(rest);
    }
    Cow::Owned(clean)
}

/// The text with the values of secret parameters masked; `None` when it has none. `is_form`: it begins with a parameter.
fn masked_pairs(text: &str, is_form: bool) -> Option<String> {
    let mut changed = false;
    let mut masked = String::with_capacity(text.len());
    for (at, piece) in text.split_inclusive(['?', '&', ';']).enumerate() {
        match masked_pair(piece).filter(|_| at > 0 || is_form) {
            Some(pair) => {
                changed = true;
                masked.push_str(&pair);
            }
            None => masked.push_str(piece),
        }
    }
    changed.then_some(masked)
}

fn masked_pair(piece: &str) -> Option<String> {
    let (name, rest) = piece.split_once('=')?;
    let ends = |c: char| {
        matches!(c, '&' | ';' | '?' | '#' | '"' | '\'' | '<' | '>' | ',') || c.is_whitespace()
    };
    if name.trim_start().contains(ends) || name.contains('/') {
        return None;
    }
    let (value, rest) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
    let plain = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    let shown = masked_value(&plain, value)?;
    Some(format!("{name}={shown}{rest}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn user_names_and_passwords_leave_urls() {
        for (text, clean) in [
            ("http://us:pw@a.example/x@y", "http://a.example/x@y"),
            (
                "</b?next=http://us@b.example>; rel=\"next\"",
                "</b?next=http://b.example>; rel=\"next\"",
            ),
            ("mail us@a.example", "mail us@a.example"),
            ("/x", "/x"),
        ] {
            assert_eq!(masked(text), clean);
        }
    }

    #[test]
    fn secret_parameters_are_masked_and_others_stay_as_they_are() {
        for (text, clean) in [
            ("/x?page=2&API-Key=abc#top", "/x?page=2&API-Key=***#top"),
            ("/x?user%5Bpassword%5D=a%26b", "/x?user%5Bpassword%5D=***"),
            ("/x?page_token=abc&q=a%20b+c", "/x?page_token=abc&q=a%20b+c"),
            (
                "<https://a.example/?pw=x,y>; rel=next",
                "<https://a.example/?pw=***,y>; rel=next",
            ),
            ("password=x", "password=x"),
        ] {
            assert_eq!(masked(text), clean);
        }
        assert_eq!(masked_form("password=x&user=y"), "password=***&user=y");
    }

    #[test]
    fn what_may_tell_pages_apart_still_does() {
        let (first, second) = (
            masked("/?key=one").into_owned(),
            masked("/?key=two").into_owned(),
        );
        assert!(first.starts_with("/?key=***") && !first.contains("one"));
        assert_ne!(first, second);
        assert_eq!(masked(&first), first);
    }

    #[test]
    fn secrets_in_json_are_masked_however_deep() {
        let mut value = json!({"user": "anna", "auth": [{"password": "x", "pin": 1234}], "passwords": ["x"], "page": 2});
        mask_json(&mut value);
        let masked = json!({"user": "anna", "auth": [{"password": "***", "pin": "***"}], "passwords": "***", "page": 2});
        assert_eq!(value, masked);
    }

    proptest! {
        #[test]
        fn masking_twice_is_masking_once(text in "[a-z:/?&=@#;,.%* \"<>]{0,60}") {
            let once = masked(&text).into_owned();
            prop_assert_eq!(masked(&once).into_owned(), once);
        }

        #[test]
        fn no_password_is_left(before in "[a-z]{1,5}(=[a-z]{0,5})?", secret in "[A-Z]{8}") {
            let url = format!("https://us:{secret}@a.example/p?{before}&my_password={secret}&z=1");
            prop_assert!(!masked(&url).contains(&secret));
        }
    }
}
