//! Serial form of a [`Request`]: only what differs from a plain `GET`, under the names of the methods.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use url::Url;

use super::{Extra, Request};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    url: Url,
    #[serde(default, skip_serializing_if = "is_default")]
    method: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    headers: Vec<(String, Text)>,
    #[serde(default, skip_serializing_if = "is_default")]
    body: Option<Text>,
    #[serde(default, skip_serializing_if = "is_default")]
    label: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    meta: Map<String, Value>,
    #[serde(default, skip_serializing_if = "is_default")]
    priority: i32,
    #[serde(default, skip_serializing_if = "is_default")]
    depth: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    timeout: Option<Duration>,
    #[serde(default, skip_serializing_if = "is_default")]
    retries: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    dont_filter: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    any_status: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    attempt: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    redirects: Vec<Url>,
    #[serde(default, skip_serializing_if = "is_default")]
    robots_for: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    proxy: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    session: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    trail: Vec<u64>,
    /// Names of headers whose values are not to be shown, nor sent to other origins.
    #[serde(default, skip_serializing_if = "is_default")]
    secret: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    sitemap: u8,
    #[serde(default, skip_serializing_if = "is_default")]
    listed: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    referrer: Option<Url>,
}

/// Bytes that are mostly text: as they are when they are UTF-8, else in base64.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Text {
    Utf8(String),
    Base64(String),
}

impl Text {
    fn new(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Utf8(text.to_owned()),
            Err(_) => Self::Base64(STANDARD.encode(bytes)),
        }
    }

    fn into_bytes(self) -> Result<Vec<u8>, base64::DecodeError> {
        match self {
            Self::Utf8(text) => Ok(text.into_bytes()),
            Self::Base64(text) => STANDARD.decode(text),
        }
    }
}

/// Returns the names of the headers that have a value marked as a secret, once each.
fn secret_names(headers: &HeaderMap) -> Vec<String> {
    let is_secret =
        |name: &&HeaderName| headers.get_all(*name).iter().any(HeaderValue::is_sensitive);
    headers
        .keys()
        .filter(is_secret)
        .map(ToString::to_string)
        .collect()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let plain = Extra::default();
        let extra = self.extra.as_deref().unwrap_or(&plain);
        Wire {
            url: self.url.clone(),
            method: (extra.method != Method::GET).then(|| extra.method.to_string()),
            headers: extra
                .headers
                .iter()
                .map(|(n, v)| (n.to_string(), Text::new(v.as_bytes())))
                .collect(),
            body: (!extra.body.is_empty()).then(|| Text::new(&extra.body)),
            label: extra.label.clone(),
            meta: extra.meta.clone(),
            priority: self.priority,
            depth: self.depth,
            timeout: extra.timeout,
            retries: extra.retries,
            dont_filter: extra.dont_filter,
            any_status: extra.any_status,
            attempt: extra.attempt,
            redirects: extra.redirects.clone(),
            robots_for: extra.robots_for.clone(),
            proxy: extra.proxy.clone(),
            session: extra.session.clone(),
            trail: extra.trail.clone(),
            secret: secret_names(&extra.headers),
            sitemap: extra.sitemap,
            listed: extra.is_listed,
            referrer: self.referrer().cloned(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let mut headers = HeaderMap::with_capacity(wire.headers.len());
        for (name, value) in wire.headers {
            let name = HeaderName::try_from(name).map_err(D::Error::custom)?;
            let value = value.into_bytes().map_err(D::Error::custom)?;
            let mut value = HeaderValue::try_from(value).map_err(D::Error::custom)?;
            value.set_sensitive(wire.secret.iter().any(|secret| name == secret.as_str()));
            headers.append(name, value);
        }
        let extra = Extra {
            method: wire
                .method
                .as_deref()
                .unwrap_or("GET")
                .parse()
                .map_err(D::Error::custom)?,
            headers,
            body: wire
                .body
                .map(Text::into_bytes)
                .transpose()
                .map_err(D::Error::custom)?
                .unwrap_or_default()
                .into(),
            label: wire.label,
            meta: wire.meta,
            timeout: wire.timeout,
            retries: wire.retries,
            dont_filter: wire.dont_filter,
            any_status: wire.any_status,
            attempt: wire.attempt,
            redirects: wire.redirects,
            robots_for: wire.robots_for,
            proxy: wire.proxy,
            session: wire.session,
            // In a stored request it is a header like any other.
            has_userinfo: false,
            // What was learned from them ended with the process that asked.
            challenges: 0,
            trail: wire.trail,
            sitemap: wire.sitemap,
            is_listed: wire.listed,
        };
        let extra = (extra != Extra::default()).then(|| Box::new(extra));
        let url = Self::from(wire.url).url;
        Ok(Self {
            url,
            priority: wire.priority,
            depth: wire.depth,
            referrer: wire.referrer.map(Arc::new),
            extra,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_request_is_written_as_its_url() {
        let request = Request::get("http://example.com/a").unwrap();
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"url":"http://example.com/a"}"#
        );
    }

    #[test]
    fn what_a_challenge_taught_is_not_stored() {
        let request = Request::get("http://example.com/").unwrap().challenged();
        let json = serde_json::to_string(&request).unwrap();
        let back: Request = serde_json::from_str(&json).unwrap();
        assert_eq!((request.challenges(), back.challenges()), (1, 0));
    }

    #[test]
    fn a_page_that_a_sitemap_lists_is_no_start_request() {
        let url = Url::parse("http://example.com/").unwrap();
        let json = serde_json::to_string(&Request::listed(url)).unwrap();
        let back: Request = serde_json::from_str(&json).unwrap();
        assert!(!back.is_start() && back.depth() == 0);
    }

    #[test]
    fn a_sitemap_stays_one() {
        let url = Url::parse("http://example.com/sitemap.xml").unwrap();
        let json = serde_json::to_string(&Request::for_sitemap(url, 2)).unwrap();
        let back: Request = serde_json::from_str(&json).unwrap();
        assert_eq!(back.sitemap(), Some(2));
    }

    #[test]
    fn everything_survives_the_round_trip() {
        let page = Arc::new(Url::parse("http://example.com/list").unwrap());
        let request = Request::post("http://example.com/a")
            .unwrap()
            .with_basic_auth("us", "pw")
            .with_session("anna")
            .with_body(vec![0xff, 0x00])
            .with_header("x-a", "1")
            .unwrap()
            .with_label("list")
            .with_meta("page", 7)
            .unwrap()
            .with_priority(-3)
            .with_timeout(Duration::from_millis(1500))
            .with_retries(0)
            .with_proxy("socks5h://us:pw@127.0.0.1:9050")
            .unwrap()
            .dont_filter()
            .any_status()
            .at_depth(4)
            .found_on(Some(&page))
            .tried_again()
            .redirected_to(Url::parse("http://example.com/b").unwrap());
        let json = serde_json::to_string(&request).unwrap();
        let back: Request = serde_json::from_str(&json).unwrap();
        assert_eq!(back, request);
        let is_secret = |name| back.header(name).unwrap().is_sensitive();
        assert!(is_secret("authorization") && !is_secret("x-a"));
    }
}
