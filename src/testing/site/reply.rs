//! An answer as the parts of the site give it: plain data, until the server turns it into HTTP.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::body::{Body, Step};
use super::markup::page;
use super::wire::Fault;

/// Reply to a request: what to answer, how late, and how broken.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    /// Time to wait before the head is sent.
    pub(super) delay: Duration,
    /// Fault on the connection, instead of an answer.
    pub(super) fault: Option<Fault>,
}

impl Reply {
    /// 200 with a body and no header at all.
    pub(super) fn bare(body: Body) -> Self {
        Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body,
            delay: Duration::ZERO,
            fault: None,
        }
    }

    /// 200 with these bytes as this media type.
    pub(super) fn bytes(media_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self::bare(Body::whole(bytes)).header(CONTENT_TYPE, media_type)
    }

    /// 200 with a page in UTF-8.
    pub(super) fn html(markup: impl Into<Bytes>) -> Self {
        Self::bytes(HTML, markup)
    }

    /// 200 with plain text in UTF-8.
    pub(super) fn text(text: impl Into<Bytes>) -> Self {
        Self::bytes("text/plain; charset=utf-8", text)
    }

    /// 200 with XML in UTF-8.
    pub(super) fn xml(text: impl Into<Bytes>) -> Self {
        Self::bytes("application/xml; charset=utf-8", text)
    }

    /// 200 with a value as JSON.
    pub(super) fn json(value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => Self::bytes("application/json", bytes),
            Err(_) => Self::status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// 200 with a page that is made while it is sent.
    pub(super) fn script(
        length: Option<u64>,
        steps: impl IntoIterator<Item = Step, IntoIter: Send + 'static>,
    ) -> Self {
        Self::bare(Body::script(length, steps)).header(CONTENT_TYPE, HTML)
    }

    /// Returns a small page that names the status.
    pub(super) fn status(status: StatusCode) -> Self {
        let name = format!(
            "{} {}",
            status.as_str(),
            status.canonical_reason().unwrap_or("Status")
        );
        Self {
            status,
            ..Self::html(page(&name, &format!("<h1>{name}</h1>\n")))
        }
    }

    /// 404.
    pub(super) fn not_found() -> Self {
        Self::status(StatusCode::NOT_FOUND)
    }

    /// 405 with the methods that are possible.
    pub(super) fn only(methods: &'static str) -> Self {
        Self::status(StatusCode::METHOD_NOT_ALLOWED).header(ALLOW, methods)
    }

    /// Returns a redirect; 400 if no header can hold the location.
    pub(super) fn redirect(status: StatusCode, location: &str) -> Self {
        match HeaderValue::from_bytes(location.as_bytes()) {
            Ok(location) => {
                let mut reply = Self::status(status);
                reply.headers.insert(LOCATION, location);
                reply
            }
            Err(_) => Self::status(StatusCode::BAD_REQUEST),
        }
    }

    /// Returns a fault on the connection instead of an answer.
    pub(super) fn fault(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::bare(Body::whole(Bytes::new()))
        }
    }

    /// Adds a header. A value that no header can hold is left out.
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// Sets the time to wait before the head is sent.
    pub(super) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

const HTML: &str = "text/html; charset=utf-8";
