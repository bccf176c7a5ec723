//! A stored response, and the file that it is: a line that vouches for the next one, a line of JSON that vouches for
//! what follows, and the body.
//!
//! ```text
//! crawlworks-cache 1 <SHA-256 of the line below>
//! {"method":"GET","url":"https://example.com/","status":200,"headers":[…],…,"length":1256,"sha256":"…"}
//! <!doctype html>…
//! ```
//!
//! So whatever part of a file is damaged or missing, that is noticed, and the file counts as none.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::key::sha256;
use super::pages::Page;
use crate::page::identity::canonical;
use crate::page::request::Request;
use crate::page::response::FromCache;
use crate::page::response::Response;
use crate::page::time::rfc3339;

const MAGIC: &str = "crawlworks-cache 1 ";
/// Longest head that is read, in bytes: more headers than any downloader lets through.
const MAX_HEAD: u64 = 4 << 20;

/// A response on the disk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) head: Head,
    /// Body, decoded from its `Content-Encoding`.
    pub(crate) body: Bytes,
}

/// Data of a stored response without its body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) url: Url,
    #[serde(with = "status")]
    pub(crate) status: StatusCode,
    #[serde(with = "header_lines")]
    pub(crate) headers: HeaderMap,
    /// The headers of the request that the response depends on; see [`super::vary`].
    pub(crate) vary: BTreeMap<String, Option<String>>,
    #[serde(with = "rfc3339")]
    pub(crate) requested: SystemTime,
    #[serde(with = "rfc3339")]
    pub(crate) received: SystemTime,
    /// Data that a recrawl keeps about the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<Page>,
    pub(crate) length: u64,
    /// SHA-256 of the body.
    pub(crate) sha256: String,
}

impl Stored {
    /// A response as it came. `headers` are those to be stored.
    pub(crate) fn new(
        request: &Request,
        response: &Response,
        headers: HeaderMap,
        vary: BTreeMap<String, Option<String>>,
        requested: SystemTime,
    ) -> Self {
        let body = response.body().clone();
        Self {
            head: Head {
                method: request.method().to_string(),
                url: request.url().clone(),
                status: response.status(),
                headers,
                vary,
                requested,
                received: SystemTime::now(),
                page: None,
                length: body.len() as u64,
                sha256: sha256(&body),
            },
            body,
        }
    }

    /// Returns whether the stored response is for the URL of the request: two requests may share a key by design of a
    /// site or by chance.
    pub(super) fn answers(&self, request: &Request) -> bool {
        canonical(&self.head.url) == canonical(request.url())
    }

    /// The answer to a request.
    pub(super) fn into_response(self, request: Request, from: FromCache) -> Response {
        Response::new(request, self.head.status.as_u16())
            .with_headers(self.head.headers)
            .with_stored_body(self.body)
            .with_notes(crate::page::response::Notes::from_cache(from))
    }

    /// The file, but for the body that ends it.
    pub(super) fn encode_head(&self) -> Vec<u8> {
        // A head of text, numbers and lists of them can always be written.
        let json = serde_json::to_string(&self.head).unwrap_or_default();
        format!("{MAGIC}{}\n{json}\n", sha256(json.as_bytes())).into_bytes()
    }

    /// Reads a whole file; none when anything about it is wrong.
    pub(super) fn decode(file: Vec<u8>) -> Option<Self> {
        let first = memchr::memchr(b'\n', &file)?;
        let second = first + 1 + memchr::memchr(b'\n', file.get(first + 1..)?)?;
        let head = Head::decode(file.get(..first)?, file.get(first + 1..second)?)?;
        let body = Bytes::from(file).slice(second + 1..);
        let is_whole = head.length == body.len() as u64 && head.sha256 == sha256(&body);
        is_whole.then_some(Self { head, body })
    }
}

impl Head {
    fn decode(vouching: &[u8], json: &[u8]) -> Option<Self> {
        let hash = vouching.strip_prefix(MAGIC.as_bytes())?;
        if hash != sha256(json).as_bytes() {
            return None;
        }
        serde_json::from_slice(json).ok()
    }

    /// Reads the beginning of a file; none when it is not one of ours. The body is not looked at.
    pub(crate) fn read(file: impl Read) -> Option<Self> {
        let mut file = std::io::BufReader::new(file.take(MAX_HEAD));
        let mut lines = [Vec::new(), Vec::new()];
        for line in &mut lines {
            file.read_until(b'\n', line).ok()?;
            if line.pop() != Some(b'\n') {
                return None;
            }
        }
        let [vouching, json] = lines;
        Self::decode(&vouching, &json)
    }
}

mod status {
    use super::{Deserialize, Deserializer, Serializer, StatusCode};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
    pub(super) fn serialize<S: Serializer>(of: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u16(of.as_u16())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<StatusCode, D::Error> {
        StatusCode::from_u16(u16::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// Headers as pairs of text, in order. A byte that is not ASCII is the character of that number (ISO 8859-1), so that
/// none is lost.
pub(crate) mod header_lines {
    use serde::de::Error;

    use super::{
        Deserialize, Deserializer, HeaderMap, HeaderName, HeaderValue, Serialize, Serializer,
    };

    pub(crate) fn serialize<S: Serializer>(of: &HeaderMap, to: S) -> Result<S::Ok, S::Error> {
        let text = |value: &HeaderValue| -> String {
            value.as_bytes().iter().map(|b| char::from(*b)).collect()
        };
        let lines: Vec<(&str, String)> = of
            .iter()
            .map(|(name, value)| (name.as_str(), text(value)))
            .collect();
        lines.serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<HeaderMap, D::Error> {
        let lines = Vec::<(String, String)>::deserialize(from)?;
        let mut headers = HeaderMap::with_capacity(lines.len());
        for (name, text) in lines {
            let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
            let value = HeaderValue::try_from(bytes.map_err(D::Error::custom)?);
            let name = HeaderName::try_from(name).map_err(D::Error::custom)?;
            headers.append(name, value.map_err(D::Error::custom)?);
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests;
