//! Masking of secrets that are never written into a cassette: passwords and keys, recognized by their names.

use std::borrow::Cow;

use serde_json::Value;

use crate::fetch::cache::key::sha256;

/// Text that replaces a secret.
pub(crate) const MASK: &str = "***";
/// Number of hexadecimal digits after the mask of a value that distinguishes pages.
const DIGITS: usize = 6;
/// A name with one of these in it is that of a secret. Names are compared by their letters and digits.
const SECRETS: [&str; 23] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "userpass",
    "secret",
    "apikey",
    "accesskey",
    "subscriptionkey",
    "privatekey",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "oauthtoken",
    "apitoken",
    "privatetoken",
    "sessiontoken",
    "idtoken",
    "securitytoken",
    "bearer",
    "jwt",
    "credential",
    "signature",
];
/// Words that make a name that of a secret, such as `user_pass`, `login[pass]` and `pass1`.
const WORDS: [&str; 5] = ["pass", "pwd", "pw", "pin", "otp"];
/// Names whose values may be secrets, or else tell pages apart; so may any name that ends in `token`.
const PERHAPS: [&str; 9] = [
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

/// Secrecy of a value, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    /// The value is a secret.
    Secret,
    /// The value may be a secret, and may tell pages apart.
    Perhaps,
    None,
}

impl Secrecy {
    fn of(name: &str) -> Self {
        let word = word(name);
        if SECRETS.iter().any(|secret| word.contains(secret)) || has_word(name) {
            Self::Secret
        } else if PERHAPS.contains(&word.as_str()) || word.ends_with("token") {
            Self::Perhaps
        } else {
            Self::None
        }
    }

    /// The value as it may be written; `None` when it may as it is.
    fn masked(self, value: &str) -> Option<String> {
        if value.is_empty() || is_mask(value) {
            return None;
        }
        match self {
            Self::Secret => Some(MASK.to_owned()),
            // A few bits tell two pages apart, and are no help to whoever looks for the value.
            Self::Perhaps => {
                let digest = sha256(value.as_bytes());
                Some(format!(
                    "{MASK}{}",
                    digest.get(..DIGITS).unwrap_or_default()
                ))
            }
            Self::None => None,
        }
    }
}

/// Returns whether a value is masked already. Such a value stays as it is, so that masking a request again does not
/// change it.
fn is_mask(value: &str) -> bool {
    value.strip_prefix(MASK).is_some_and(|digits| {
        digits.is_empty()
            || digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The value of this name as it may be written; `None` when it is no secret, or masked already.
pub(crate) fn masked_value(name: &str, value: &str) -> Option<String> {
    Secrecy::of(name).masked(value)
}

/// Returns whether a name marks its value as a secret, however short.
pub(crate) fn is_name_of_secret(name: &str) -> bool {
    Secrecy::of(name) == Secrecy::Secret
}

/// The letters and digits of a name.
fn word(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// Returns whether one of the words of a name is that of a secret: `user_pass`, `userPass`, `pass2`.
fn has_word(name: &str) -> bool {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && was_lower) {
            words.push(String::new());
        }
        if c.is_ascii_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    words.iter().any(|word| WORDS.contains(&word.as_str()))
}

/// A text in which URLs may be, without user names, passwords, and secret parameters.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    let clean = without_userinfo(text);
    match masked_pairs(&clean, false) {
        Some(masked) => Cow::Owned(masked),
        None => clean,
    }
}

/// Returns an HTML form, as it is sent, with its secrets masked.
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
                    Value::Array(_) | Value::Object(_) if Secrecy::of(name) == Secrecy::Secret => {
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

/// Characters that begin a first or further parameter. A fragment may have parameters, too.
const SEPARATORS: [char; 4] = ['?', '&', ';', '#'];

/// The text with the values of secret parameters masked; `None` when it has none. `is_form`: it begins with a parameter.
fn masked_pairs(text: &str, is_form: bool) -> Option<String> {
    // What an authorization server answers is good for one login, but a secret until then.
    let has_state = text.match_indices("state=").any(|(at, _)| {
        text.get(..at)
            .is_some_and(|text| text.ends_with(SEPARATORS))
    });
    let mut masked = String::with_capacity(text.len());
    let (mut rest, mut is_pair, mut is_changed) = (text, is_form, false);
    loop {
        if is_pair && let Some((start, shown, after)) = masked_pair(rest, has_state) {
            masked.push_str(start);
            masked.push_str(&shown);
            (rest, is_changed) = (after, true);
        }
        let Some(at) = rest.find(SEPARATORS) else {
            masked.push_str(rest);
            return is_changed.then_some(masked);
        };
        let (before, after) = rest.split_at(at + 1);
        masked.push_str(before);
        (rest, is_pair) = (after, true);
    }
}

/// Splits a text that begins with a secret parameter into `name=`, the masked value, and the rest.
fn masked_pair(text: &str, has_state: bool) -> Option<(&str, String, &str)> {
    let ends_text = |c: char| matches!(c, '"' | '<' | '>') || c.is_whitespace();
    let blank = text.len() - text.trim_start().len();
    let (_, named) = text.split_at(blank);
    let ends_name =
        |c: char| matches!(c, '=' | '/' | ',') || SEPARATORS.contains(&c) || ends_text(c);
    let (name, value) = named.split_at(named.find(ends_name)?);
    let value = value.strip_prefix('=')?;
    let plain = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    let secrecy = match Secrecy::of(&plain) {
        Secrecy::None if has_state && plain == "code" => Secrecy::Perhaps,
        Secrecy::None => return None,
        secrecy => secrecy,
    };
    // In a text nobody can tell whether a comma is part of the value: rather too much is masked.
    let ends_value = |c: char| matches!(c, '&' | '#') || ends_text(c);
    let (value, after) = value.split_at(value.find(ends_value).unwrap_or(value.len()));
    let shown = secrecy.masked(value)?;
    let (start, _) = text.split_at(blank + name.len() + 1);
    Some((start, shown, after))
}

#[cfg(test)]
mod tests;
