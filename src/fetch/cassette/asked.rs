//! Identity of a request on a cassette: method, URL, session and body, without the secrets in them.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::mask::{mask_json, masked, masked_form};
use super::secrets::Secrets;
use crate::fetch::cache::key::sha256;
use crate::page::identity::canonical;
use crate::page::request::Request;

/// The longest body that is written as it is, in bytes; of others it is the SHA-256.
const SHOWN_BODY: usize = 64 << 10;

/// A request as far as a cassette tells requests apart. Headers are no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    method: String,
    url: Url,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// A form or JSON with its secrets masked, or the digest of anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        Self::hiding(&Secrets::default(), request)
    }

    /// Returns the identity of a request like [`of`](Self::of), with these secrets redacted, too.
    pub(super) fn hiding(secrets: &Secrets, request: &Request) -> Self {
        Self {
            method: request.method().to_string(),
            url: shown_url(&secrets.in_url(request.url())),
            session: request.session().map(str::to_owned),
            body: (!request.body().is_empty()).then(|| shown_body(secrets, request)),
        }
    }

    pub(super) fn method(&self) -> &str {
        &self.method
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Returns how much two requests have in common, to find the nearest of many.
    pub(super) fn likeness(&self, other: &Self) -> usize {
        let (a, b) = (self.url.as_str(), other.url.as_str());
        if a == b {
            return usize::MAX - usize::from(self.method != other.method);
        }
        let same =
            |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
        let start = same(&mut a.bytes().zip(b.bytes()));
        start * 2 + same(&mut a.bytes().rev().zip(b.bytes().rev()))
    }
}

/// `POST https://example.com/search`, with the beginning of a body.
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        if let Some(session) = &self.session {
            write!(f, " in session {session:?}")?;
        }
        if let Some(body) = &self.body {
            let start: String = body.chars().take(60).collect();
            let more = if start.len() < body.len() { "…" } else { "" };
            write!(f, " with {start}{more}")?;
        }
        Ok(())
    }
}

fn shown_url(url: &Url) -> Url {
    let canonical = canonical(url);
    let shown = masked(&canonical);
    // A masked URL is a URL again; were it none, the part that can have secrets goes.
    Url::parse(&shown).unwrap_or_else(|_| {
        let mut url = url.clone();
        url.set_query(None);
        url
    })
}

fn shown_body(secrets: &Secrets, request: &Request) -> String {
    let content_type = request.header(CONTENT_TYPE.as_str());
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let essence = essence.trim().to_ascii_lowercase();
    let text = std::str::from_utf8(request.body())
        .ok()
        .filter(|text| text.len() <= SHOWN_BODY);
    if let Some(text) = text {
        if essence == "application/x-www-form-urlencoded" {
            return masked_form(&secrets.in_form(text));
        }
        if (essence == "application/json" || essence.ends_with("+json"))
            && let Ok(mut value) = serde_json::from_str::<Value>(text)
        {
            secrets.in_json(&mut value);
            mask_json(&mut value);
            return value.to_string();
        }
    }
    let body = Bytes::copy_from_slice(request.body());
    digest(&secrets.in_page(&body), parameters)
}

/// The digest of a body; the boundary of a multipart body, which may be another one each time, is left out.
fn digest(body: &[u8], parameters: &str) -> String {
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary")
            .then(|| value.trim_matches('"'))
    });
    let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else {
        return format!("sha256:{}", sha256(body));
    };
    let mut kept = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr::memmem::find(rest, boundary.as_bytes()) {
        let (before, after) = rest.split_at(at);
        kept.extend_from_slice(before);
        rest = after.get(boundary.len()..).unwrap_or_default();
    }
    kept.extend_from_slice(rest);
    format!("sha256:{}", sha256(&kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(content_type: &str, body: &str) -> Asked {
        let request = Request::post("http://a.example/").unwrap();
        let request = request.with_header("content-type", content_type).unwrap();
        Asked::of(&request.with_body(body.to_owned()))
    }

    #[test]
    fn forms_and_json_are_read_and_anything_else_is_a_digest() {
        let form = post(
            "application/x-www-form-urlencoded; charset=utf-8",
            "q=a&password=b",
        );
        assert_eq!(
            form.to_string(),
            "POST http://a.example/ with q=a&password=***"
        );
        let json = post("application/json", r#"{ "q": 1, "secret": "x" }"#);
        assert_eq!(json.body.as_deref(), Some(r#"{"q":1,"secret":"***"}"#));
        for (content_type, body) in [
            ("text/xml", "<password>x</password>"),
            ("application/json", "{x"),
        ] {
            assert!(
                post(content_type, body)
                    .body
                    .unwrap()
                    .starts_with("sha256:")
            );
        }
    }

    #[test]
    fn the_boundary_of_a_form_with_files_does_not_count() {
        let form = |boundary: &str, value: &str| {
            let body = format!("--{boundary}\r\nname=x\r\n\r\n{value}\r\n--{boundary}--");
            post(&format!("multipart/form-data; boundary={boundary}"), &body)
        };
        assert_eq!(form("aaa", "1"), form("bbb", "1"));
        assert_ne!(form("aaa", "1"), form("aaa", "2"));
    }

    #[test]
    fn fragments_do_not_count_and_sessions_do() {
        let asked = |url: &str| Asked::of(&Request::get(url).unwrap());
        assert_eq!(
            asked("http://a.example/%2f#x"),
            asked("http://a.example/%2F")
        );
        let in_session = Request::get("http://a.example/")
            .unwrap()
            .with_session("anna");
        assert_ne!(Asked::of(&in_session), asked("http://a.example/"));
    }
}
