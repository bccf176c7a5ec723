//! A request as the parts of the site see it: complete, with its body, and with how often it came before.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{COOKIE, HOST};
use http::request::Parts;
use url::form_urlencoded;

use super::content::Content;

/// Request and the content to answer it from.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) content: &'a Content,
    pub(super) head: &'a Parts,
    pub(super) body: &'a Bytes,
    /// Number of requests for this path and query so far, with this one: 1 at first.
    pub(super) visit: u64,
}

impl Call<'_> {
    /// Returns a parameter of the query, decoded.
    pub(super) fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        value_of(self.head.uri.query().unwrap_or_default().as_bytes(), name)
    }

    /// Returns a field of an urlencoded form in the body, decoded.
    pub(super) fn form(&self, name: &str) -> Option<Cow<'_, str>> {
        value_of(self.body, name)
    }

    /// Returns a number of the query: `default` if there is none, and never more than `max`.
    pub(super) fn number(&self, name: &str, default: u64, max: u64) -> u64 {
        self.query(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
            .min(max)
    }

    /// Returns a time in milliseconds of the query, at most ten minutes.
    pub(super) fn millis(&self, default: u64) -> Duration {
        Duration::from_millis(self.number("ms", default, 600_000))
    }

    /// Returns a header, if it is text.
    pub(super) fn header(&self, name: &http::HeaderName) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// Returns a cookie that the client sent.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let mut pairs = self
            .header(&COOKIE)?
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Returns the site's root by the name that the client used: `http://127.0.0.1:4000`.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.header(&HOST).unwrap_or("localhost"))
    }
}

fn value_of<'a>(pairs: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    form_urlencoded::parse(pairs).find_map(|(key, value)| (key == name).then_some(value))
}
