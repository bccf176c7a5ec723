//! An [`Exchange`]: a request, and what came of it.

use std::fmt;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use url::Url;

use super::asked::Asked;
use super::mask::masked;
use super::secrets::Secrets;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::retry;

/// The headers of an answer that are recorded.
pub(super) const RECORDED: [HeaderName; 11] = [
    header::CONTENT_TYPE,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
    header::CONTENT_DISPOSITION,
    header::LAST_MODIFIED,
    header::LINK,
    header::LOCATION,
    header::REFRESH,
    header::RETRY_AFTER,
    header::X_CONTENT_TYPE_OPTIONS,
    HeaderName::from_static("x-robots-tag"),
];

/// One request of a [`Cassette`](super::Cassette), and what came of it: an answer, or an error.
///
/// Passwords and keys in the URL and the body are masked, and of the answer's headers only those are kept that the
/// [cassette](super::Cassette) lists.
///
/// ```
/// use crawlworks::{Request, Response, testing::Exchange};
/// let request = Request::get("https://example.com/?api_key=abc")?;
/// let response = Response::new(request.clone(), 200).with_body("text/html", "<h1>Hello</h1>");
/// let exchange = Exchange::new(&request, &response);
/// assert_eq!(exchange.to_string(), "GET https://example.com/?api_key=***");
/// assert_eq!(exchange.status(), Some(200));
/// # Ok::<(), crawlworks::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    pub(super) asked: Asked,
    /// `true` if nothing asked for the exchange when the recording was last updated, and nothing has to.
    pub(super) is_spare: bool,
    pub(super) answer: Answer,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Response {
        status: StatusCode,
        headers: HeaderMap,
        /// Body, decoded from its `Content-Encoding`.
        body: Bytes,
    },
    Failure {
        kind: ErrorKind,
        message: String,
    },
}

impl Exchange {
    /// A request and its answer.
    #[must_use]
    pub fn new(request: &Request, response: &Response) -> Self {
        Self::keeping(&[], &Secrets::default(), request, response)
    }

    /// Returns an exchange like [`new`](Self::new), with further headers kept and further secrets redacted.
    pub(super) fn keeping(
        names: &[HeaderName],
        secrets: &Secrets,
        request: &Request,
        response: &Response,
    ) -> Self {
        let headers = response
            .headers()
            .iter()
            .filter(|(name, _)| RECORDED.contains(name) || names.contains(name));
        Self {
            asked: Asked::hiding(secrets, request),
            is_spare: false,
            answer: Answer::Response {
                status: response.status(),
                headers: headers
                    .map(|(name, value)| (name.clone(), masked_header(secrets, value)))
                    .collect(),
                body: secrets.in_page(response.body()),
            },
        }
    }

    /// A request that failed.
    #[must_use]
    pub fn failed(request: &Request, error: &Error) -> Self {
        Self::failed_hiding(&Secrets::default(), request, error)
    }

    pub(super) fn failed_hiding(secrets: &Secrets, request: &Request, error: &Error) -> Self {
        Self {
            asked: Asked::hiding(secrets, request),
            is_spare: false,
            answer: Answer::Failure {
                kind: error.kind(),
                message: masked(&secrets.in_text(&error.chain())).into_owned(),
            },
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.asked.method()
    }

    /// The URL that was asked for, with its secrets masked.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.asked.url()
    }

    /// The status of the answer; `None` when there was none.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.answer {
            Answer::Response { status, .. } => Some(status.as_u16()),
            Answer::Failure { .. } => None,
        }
    }

    /// Returns the recorded response or error as the answer to a request.
    pub(super) fn answer(&self, request: Request) -> Result<Response> {
        match &self.answer {
            Answer::Response {
                status,
                headers,
                body,
            } => Ok(Response::new(request, status.as_u16())
                .with_headers(headers.clone())
                .with_stored_body(body.clone())
                .with_wire_bytes(body.len() as u64)),
            Answer::Failure { kind, message } => {
                Err(Error::new(*kind, message.clone()).with_url(request.url()))
            }
        }
    }
}

/// Methods for recordings.
impl Exchange {
    /// A request that was not made any more.
    pub(super) fn beyond(asked: Asked) -> Self {
        let answer = Answer::Failure {
            kind: ErrorKind::Stopped,
            message: "beyond the recording".to_owned(),
        };
        Self {
            asked,
            is_spare: false,
            answer,
        }
    }

    /// Marks the exchange as kept although nothing asks for it now.
    pub(super) fn spare(mut self) -> Self {
        self.is_spare = true;
        self
    }

    /// Asked for.
    pub(super) fn needed(mut self) -> Self {
        self.is_spare = false;
        self
    }

    /// Returns whether the request was no longer made when the recording ended.
    pub(super) fn is_beyond(&self) -> bool {
        matches!(
            self.answer,
            Answer::Failure {
                kind: ErrorKind::Stopped,
                ..
            }
        )
    }

    /// Returns whether a crawl repeats the request after this answer.
    pub(super) fn is_asked_again(&self) -> bool {
        match &self.answer {
            Answer::Response { status, .. } => {
                *status == StatusCode::UNAUTHORIZED || retry::is_temporary(*status)
            }
            Answer::Failure { kind, .. } => kind.is_temporary(),
        }
    }
}

/// `GET https://example.com/`.
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.asked.fmt(f)
    }
}

/// Bytes that are not ASCII are taken for ISO 8859-1, in which every byte is a character, and stay as they are.
fn masked_header(secrets: &Secrets, value: &HeaderValue) -> HeaderValue {
    let text: String = value
        .as_bytes()
        .iter()
        .map(|byte| char::from(*byte))
        .collect();
    let bytes: Result<Vec<u8>, _> = masked(&secrets.in_text(&text))
        .chars()
        .map(u8::try_from)
        .collect();
    let masked = bytes
        .ok()
        .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
    masked.unwrap_or_else(|| HeaderValue::from_static(""))
}

/// Returns whether a header is never recorded, even if a program asks for it.
pub(super) fn is_secret(name: &HeaderName) -> bool {
    [
        header::SET_COOKIE,
        header::COOKIE,
        header::AUTHORIZATION,
        header::PROXY_AUTHORIZATION,
        header::WWW_AUTHENTICATE,
        header::PROXY_AUTHENTICATE,
    ]
    .contains(name)
        || super::mask::masked_value(name.as_str(), "x").is_some()
}
