//! Secret arguments: requests are stored and logged with `{password}` in the place of one, and get its value only on their
//! way out.

use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::arguments::Arguments;
use crate::error::{Error, ErrorKind, Result};
use crate::middleware::{Middleware, Next};
use crate::request::Request;
use crate::response::Response;

/// The mark of a request that may have secrets in it.
const MARK: &str = "recipe.secrets";

/// Puts secrets into the headers and bodies of marked requests.
#[derive(Debug)]
pub(super) struct Secrets(Arguments);

/// The request with the mark, if there are secrets. No other request gets one, whatever a page has in its forms.
///
/// # Errors
/// None: the mark can be written as JSON.
pub(super) fn mark(request: Request, arguments: &Arguments) -> Result<Request> {
    if arguments.secrets().next().is_none() {
        return Ok(request);
    }
    request.with_meta(MARK, true)
}

impl Secrets {
    /// None when no argument is secret.
    pub(super) fn new(arguments: &Arguments) -> Option<Self> {
        let has_secrets = arguments.secrets().next().is_some();
        has_secrets.then(|| Self(arguments.clone()))
    }

    /// A text with the secrets in it.
    fn in_text(&self, text: &str) -> String {
        self.0
            .secrets()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            })
    }

    /// A form with the secrets in it.
    fn in_form(&self, body: &str) -> String {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let text = percent_decode_str(value).decode_utf8_lossy();
            match self.in_text(&text) {
                filled if filled == text => pair.to_owned(),
                filled => {
                    let filled: String =
                        form_urlencoded::byte_serialize(filled.as_bytes()).collect();
                    format!("{name}={filled}")
                }
            }
        };
        body.split('&').map(pair).collect::<Vec<_>>().join("&")
    }

    fn fill(&self, mut request: Request) -> Result<Request> {
        for value in request.headers_mut().values_mut() {
            let Ok(text) = value.to_str() else { continue };
            let filled = self.in_text(text);
            if filled != text {
                *value = filled.try_into().map_err(|_| {
                    Error::new(
                        ErrorKind::Settings,
                        "a secret argument has a line break in it",
                    )
                })?;
                value.set_sensitive(true);
            }
        }
        let Ok(body) = std::str::from_utf8(request.body()) else {
            return Ok(request);
        };
        let kind = request
            .header("content-type")
            .and_then(|value| value.to_str().ok());
        let is_form =
            kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let is_json = kind.is_some_and(|kind| kind.starts_with("application/json"));
        let filled = if is_form {
            self.in_form(body)
        } else if is_json {
            self.in_json(body)
        } else {
            self.in_text(body)
        };
        Ok(if filled == body {
            request
        } else {
            request.with_body(filled)
        })
    }

    /// JSON with the secrets in its texts.
    fn in_json(&self, body: &str) -> String {
        self.0
            .secrets()
            .fold(body.to_owned(), |body, (name, value)| {
                let quoted = serde_json::Value::from(value).to_string();
                let inner = quoted.trim_start_matches('"');
                let inner = inner.strip_suffix('"').unwrap_or(inner);
                body.replace(&format!("{{{name}}}"), inner)
            })
    }
}

impl Middleware for Secrets {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        if request.meta::<bool>(MARK)? != Some(true) {
            return next.run(request).await;
        }
        let stored = request.clone();
        let mut response = next.run(self.fill(request)?).await?;
        // A redirect, a retry and the log are made of the request that is here.
        let sent = response.request_mut();
        for (name, value) in sent.headers_mut() {
            if let Some(stored) = stored.header(name.as_str()) {
                *value = stored.clone();
            }
        }
        let body = bytes::Bytes::copy_from_slice(stored.body());
        *sent = sent.clone().with_body(body);
        Ok(response)
    }
}
