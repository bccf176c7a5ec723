//! Secret arguments: requests are stored and logged with `{password}` in the place of one, and get its value only on their
//! way out, and only to the site that they were made for.

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::arguments::Arguments;
use crate::fetch::middleware::{Middleware, Next};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::{Request, SECRETS};
use crate::page::response::Response;

/// Puts secrets into the headers and bodies of marked requests.
#[derive(Debug)]
pub(super) struct Secrets(Arguments);

/// Mark of a request that has secrets in it. Only marked requests get secrets, whatever a page has in its forms.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    /// The origin that may see them.
    origin: String,
    /// `true` if the secrets are in the body, too.
    body: bool,
}

/// The request with the mark, if there are secrets in its headers or, when its body was made of `templates`, in there.
///
/// # Errors
/// [`ErrorKind::Settings`] when a secret does not fit into a header.
pub(super) fn mark(request: Request, arguments: &Arguments, templates: bool) -> Result<Request> {
    let filled = filled(&request, arguments, templates)?;
    if filled.is_none() {
        return Ok(request);
    }
    let origin = request.url().origin().ascii_serialization();
    let body = templates;
    request.with_meta(SECRETS, Mark { origin, body })
}

/// The request with the mark of another one, from which it has its headers and, if it has one, its body.
///
/// # Errors
/// None: the mark was read before.
pub(super) fn marked_like(request: Request, other: &Request) -> Result<Request> {
    match other.meta::<Mark>(SECRETS)? {
        Some(mark) => {
            let body = mark.body && !request.body().is_empty();
            request.with_meta(SECRETS, Mark { body, ..mark })
        }
        None => Ok(request),
    }
}

impl Secrets {
    /// Returns the secrets among the arguments. `None` when no argument is secret.
    pub(super) fn new(arguments: &Arguments) -> Option<Self> {
        let has_secrets = arguments.secrets().next().is_some();
        has_secrets.then(|| Self(arguments.clone()))
    }
}

impl Middleware for Secrets {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let Some(mark) = request.meta::<Mark>(SECRETS)? else {
            return next.run(request).await;
        };
        // After a redirect there may be none any more.
        let Some(filled) = filled(&request, &self.0, mark.body)? else {
            return next.run(request).await;
        };
        if request.url().origin().ascii_serialization() != mark.origin {
            let message = format!(
                "secret arguments are for {}, from where a redirect leads away: begin where it leads",
                mark.origin
            );
            return Err(Error::new(ErrorKind::Redirect, message).with_url(request.url()));
        }
        let mut response = next.run(filled).await?;
        // A redirect, a retry and the log are made of the request that is here.
        let sent = response.request_mut();
        for (name, value) in sent.headers_mut() {
            if let Some(stored) = request.header(name.as_str()) {
                *value = stored.clone();
            }
        }
        let body = bytes::Bytes::copy_from_slice(request.body());
        *sent = sent.clone().with_body(body);
        Ok(response)
    }
}

/// The request with secrets in it; none when there is no place for one.
fn filled(request: &Request, arguments: &Arguments, body: bool) -> Result<Option<Request>> {
    let mut filled = request.clone();
    let mut is_filled = false;
    if !request.headers().is_empty() {
        for value in filled.headers_mut().values_mut() {
            let text = value.to_str().ok();
            let Some(text) = text.and_then(|text| in_text(text, arguments, str::to_owned)) else {
                continue;
            };
            *value = text.try_into().map_err(|_| {
                let message = "a secret argument has a line break in it";
                Error::new(ErrorKind::Settings, message)
            })?;
            value.set_sensitive(true);
            is_filled = true;
        }
    }
    if body && let Some(body) = filled_body(request, arguments) {
        filled = filled.with_body(body);
        is_filled = true;
    }
    Ok(is_filled.then_some(filled))
}

/// The body with secrets in it, written as its type wants it.
fn filled_body(request: &Request, arguments: &Arguments) -> Option<String> {
    let body = std::str::from_utf8(request.body()).ok()?;
    let kind = request
        .header("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        in_form(body, arguments)
    } else if kind.starts_with("application/json") {
        in_text(body, arguments, in_json)
    } else {
        in_text(body, arguments, str::to_owned)
    }
}

/// A text with the secrets in it, each as `written`; none when there is no place for one. What a secret has between
/// braces is no place for another.
fn in_text(text: &str, arguments: &Arguments, written: impl Fn(&str) -> String) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    let mut is_filled = false;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let secret = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = arguments.secrets().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        if let Some((value, after)) = secret {
            filled.push_str(&written(value));
            is_filled = true;
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    is_filled.then_some(filled)
}

/// A form with the secrets in its values; the other pairs stay as they are written.
fn in_form(body: &str, arguments: &Arguments) -> Option<String> {
    let mut is_filled = false;
    let pair = |pair: &str| {
        let read = form_urlencoded::parse(pair.as_bytes()).next();
        let value = read.and_then(|(_, value)| in_text(&value, arguments, str::to_owned));
        let Some(value) = value else {
            return pair.to_owned();
        };
        is_filled = true;
        let name = pair.split('=').next().unwrap_or_default();
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        format!("{name}={value}")
    };
    let pairs: Vec<String> = body.split('&').map(pair).collect();
    is_filled.then(|| pairs.join("&"))
}

/// A text as it is written in a string of JSON.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').unwrap_or(&quoted);
    inner.strip_suffix('"').unwrap_or(inner).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::job::Args;
    use crate::recipe::Recipe;

    fn arguments() -> Arguments {
        let recipe = "start = [{ url = 'http://a.example/', headers = { x = '{key}' }, form = { x = '{token}' } }]\nitems.page.fields.a = 'h1'\n\
                      [args]\ntoken.secret = true\nkey.secret = true";
        let mut args = Args::new([("token", "a {key}\"&"), ("key", "k")]);
        let recipe = Recipe::parse("test.toml", recipe).unwrap();
        recipe.spider(&mut args).unwrap().arguments
    }

    #[test]
    fn a_secret_that_looks_like_another_one_is_sent_as_it_is() {
        let text = in_text("{x} {token}{key} {", &arguments(), str::to_owned);
        assert_eq!(text.unwrap(), "{x} a {key}\"&k {");
        assert_eq!(in_text("{x}", &arguments(), str::to_owned), None);
    }

    #[test]
    fn spaces_of_a_form_stay_spaces() {
        let form = in_form("a=x+%7Bkey%7D&b=y%2Bz&c=%7Btoken%7D", &arguments());
        assert_eq!(form.unwrap(), "a=x+k&b=y%2Bz&c=a+%7Bkey%7D%22%26");
    }

    #[test]
    fn json_stays_json() {
        let json = in_text(r#"{"a":"{token}"}"#, &arguments(), in_json);
        assert_eq!(json.unwrap(), r#"{"a":"a {key}\"&"}"#);
    }
}
