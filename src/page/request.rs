//! A [`Request`]: the URL to fetch, and what the spider wants to remember when the answer comes.
//!
//! Requests are plain data: no callbacks, no handles. They can be queued, stored, sent to another machine and compared.
//! A [label](Request::with_label) shows `parse` what kind of page this is.
//!
//! ```
//! use crawlworks::Request;
//! let request = Request::get("https://example.com/authors")?.with_label("author").with_priority(5);
//! assert_eq!(request.label(), Some("author"));
//! let json = serde_json::to_string(&request)?;
//! let back: Request = serde_json::from_str(&json)?;
//! assert_eq!(back, request);
//! # Ok::<(), crawlworks::BoxError>(())
//! ```

mod credentials;
mod notes;
mod proxy;
mod serial;
#[cfg(feature = "recipe")]
pub(crate) mod url_list;

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;

pub(crate) use credentials::{Credentials, secret};
pub(crate) use proxy::Proxy;

/// Key of the metadata of a request that has secrets in it when it is sent.
pub(crate) const SECRETS: &str = "recipe.secrets";

/// One thing to fetch. Build it with [`get`](Request::get) or [`post`](Request::post) and the `with_` methods.
///
/// A user name and password in the URL become an `Authorization` header and leave the URL, so that they are never
/// logged or exported with it. Those of a start request are the credentials of its origin, for the whole crawl, and are
/// stored nowhere; see the setting [`credentials`](crate::settings::Requests::credentials).
#[derive(Clone, PartialEq)]
pub struct Request {
    url: Url,
    priority: i32,
    depth: u32,
    // Shared by all links of a page.
    referrer: Option<Arc<Url>>,
    // Most requests of a crawl are a bare URL. What only some have is apart, so that a queue of millions stays small.
    extra: Option<Box<Extra>>,
}

/// Parts of a request that a plain `GET` of a URL does not need.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a wish of its own, and most requests have none"
)]
#[derive(Clone, Default, PartialEq)]
struct Extra {
    method: Method,
    headers: HeaderMap,
    body: Bytes,
    label: Option<Box<str>>,
    meta: Map<String, Value>,
    timeout: Option<Duration>,
    retries: Option<u32>,
    dont_filter: bool,
    any_status: bool,
    attempt: u32,
    redirects: Vec<Url>,
    robots_for: Option<Box<str>>,
    proxy: Option<Box<str>>,
    session: Option<Box<str>>,
    /// Set if the `Authorization` header comes from the URL.
    has_userinfo: bool,
    /// Number of answers that asked for other credentials.
    challenges: u8,
    /// Marks of the requests in the chain of redirects.
    trail: Vec<u64>,
    sitemap: u8,
    /// Set if a sitemap lists the URL, and no spider asked for it.
    is_listed: bool,
}

impl Request {
    /// Makes a `GET` of this URL.
    ///
    /// # Errors
    /// [`ErrorKind::Url`] if it is not an absolute http(s) URL.
    pub fn get(url: impl AsRef<str>) -> Result<Self> {
        Ok(Self::from(identity::parse(url.as_ref(), None)?))
    }

    /// Makes a `POST` to this URL; give it a body with [`with_form`](Self::with_form), [`with_json`](Self::with_json) or
    /// [`with_body`](Self::with_body).
    ///
    /// It is tried again as a `GET` is, also when its answer was lost: one that must not be made twice needs
    /// [`with_retries(0)`](Self::with_retries).
    ///
    /// # Errors
    /// [`ErrorKind::Url`] when it is not an absolute http(s) URL.
    pub fn post(url: impl AsRef<str>) -> Result<Self> {
        Ok(Self::get(url)?.with_method(Method::POST))
    }

    /// Sets the method. Default: `GET`.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.extra_mut().method = method;
        self
    }

    /// Adds a header. The headers that every request gets (`User-Agent`, `Accept`, …) are replaced by one given here.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when name or value cannot be in an HTTP header, for instance because of a line break.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self> {
        let bad = |why: &str| Error::new(ErrorKind::Settings, format!("{why} {name:?}"));
        let header =
            HeaderName::try_from(name).map_err(|e| bad("bad header name").with_source(e))?;
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|e| bad("bad value for header").with_source(e))?;
        self.extra_mut().headers.append(header, value);
        Ok(self)
    }

    /// Sets the body as it is. Set a `Content-Type` with [`with_header`](Self::with_header).
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.extra_mut().body = body.into();
        self
    }

    /// Sets the body to an HTML form (`application/x-www-form-urlencoded`), and the method to `POST` if it was `GET`.
    #[must_use]
    pub fn with_form<K: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.with_content("application/x-www-form-urlencoded", form)
    }

    /// Sets the body to a value as JSON, and the method to `POST` if it was `GET`.
    ///
    /// # Errors
    /// [`ErrorKind::Json`] when the value cannot be written as JSON.
    pub fn with_json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self> {
        let json = serde_json::to_vec(value).map_err(|e| {
            Error::new(ErrorKind::Json, "the body cannot be written as JSON").with_source(e)
        })?;
        Ok(self.with_content("application/json", json))
    }

    fn with_content(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let extra = self.extra_mut();
        extra.body = body.into();
        extra
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if extra.method == Method::GET {
            extra.method = Method::POST;
        }
        self
    }

    /// Authenticates by HTTP Basic (RFC 7617). Not sent to another origin when this request is redirected there.
    #[must_use]
    pub fn with_basic_auth(mut self, user: &str, password: &str) -> Self {
        let token = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        if let Ok(mut value) = HeaderValue::try_from(format!("Basic {token}")) {
            value.set_sensitive(true);
            self.extra_mut().headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// Names the kind of page, for `match response.label()` in `parse`.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<Box<str>>) -> Self {
        self.extra_mut().label = Some(label.into());
        self
    }

    /// Attaches a value for `parse`: `response.request().meta::<u32>("page")?`.
    ///
    /// # Errors
    /// [`ErrorKind::Json`] when the value cannot be written as JSON.
    pub fn with_meta<T: Serialize>(mut self, key: impl Into<String>, value: T) -> Result<Self> {
        let key = key.into();
        let value = serde_json::to_value(value).map_err(|e| {
            Error::new(
                ErrorKind::Json,
                format!("metadata {key:?} cannot be written as JSON"),
            )
            .with_source(e)
        })?;
        self.extra_mut().meta.insert(key, value);
        Ok(self)
    }

    /// Sets the priority: within a host, a higher one goes first. Default: 0.
    #[must_use]
    pub fn with_priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Overrides the setting `timeout` (the whole exchange) for this request.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.extra_mut().timeout = Some(timeout);
        self
    }

    /// Overrides the setting `retries` for this request.
    #[must_use]
    pub fn with_retries(mut self, retries: u32) -> Self {
        self.extra_mut().retries = Some(retries);
        self
    }

    /// Fetches this even if the same request was seen before.
    #[must_use]
    pub fn dont_filter(mut self) -> Self {
        self.extra_mut().dont_filter = true;
        self
    }

    /// Hands the response to `parse` whatever its status is. By default only 2xx get there; others count as failed.
    ///
    /// Redirects are still followed, and statuses such as 503 still tried again, as long as the settings `redirects`
    /// and `retries` allow; then what came last gets to `parse`.
    #[must_use]
    pub fn any_status(mut self) -> Self {
        self.extra_mut().any_status = true;
        self
    }

    /// Sends this request, and what it is redirected to, through this proxy, whatever the settings about proxies say:
    /// `http://`, `https://`, `socks5://` or `socks5h://`, with `user:password@` if need be. `"none"` goes direct.
    ///
    /// The password is part of the request's serial form, but never of its `Debug` or an error.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when it is not the address of a proxy.
    pub fn with_proxy(mut self, proxy: &str) -> Result<Self> {
        if proxy != "none" {
            Proxy::parse(proxy)?;
        }
        self.extra_mut().proxy = Some(proxy.into());
        Ok(self)
    }

    /// Makes this request in a session: with the cookies of that session only, which all its requests share.
    ///
    /// The session is part of what identifies a request: the same page can be fetched in each. Redirects stay in their
    /// session; requests that `parse` emits are in the one they name. An empty name is no session. Sessions mean nothing
    /// to the setting `credentials`.
    ///
    /// ```
    /// use crawlworks::Request;
    /// let account = "https://example.com/account";
    /// let both = [Request::get(account)?.with_session("anna"), Request::get(account)?.with_session("ben")];
    /// assert_eq!(both[1].session(), Some("ben"));
    /// # Ok::<(), crawlworks::Error>(())
    /// ```
    #[must_use]
    pub fn with_session(mut self, name: impl Into<Box<str>>) -> Self {
        self.extra_mut().session = Some(name.into()).filter(|name| !name.is_empty());
        self
    }

    /// Replaces the URL, for instance in a middleware that signs by query parameter.
    #[must_use]
    pub fn with_url(mut self, url: Url) -> Self {
        self.url = url;
        self
    }

    /// Returns the URL, without user name and password.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.extra
            .as_ref()
            .map_or(&Method::GET, |extra| &extra.method)
    }

    /// Returns a header of this request; the headers that every request gets are not among them.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&HeaderValue> {
        self.extra.as_ref()?.headers.get(name)
    }

    /// Returns the headers of this request, to read.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
        self.extra.as_ref().map_or(&NONE, |extra| &extra.headers)
    }

    /// Returns the headers of this request, to change, for instance in a middleware that signs or authenticates.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.extra_mut().headers
    }

    /// Returns the body; empty if there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.extra.as_ref().map_or(&[], |extra| &extra.body)
    }

    /// Returns the label, if one was given.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.extra.as_ref()?.label.as_deref()
    }

    /// Returns the session, if one was named.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.extra.as_ref()?.session.as_deref()
    }

    /// Returns a value attached with [`with_meta`](Self::with_meta); `None` if there is no such key.
    ///
    /// # Errors
    /// [`ErrorKind::Json`] when the value is not a `T`.
    pub fn meta<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let Some(value) = self.extra.as_ref().and_then(|extra| extra.meta.get(key)) else {
            return Ok(None);
        };
        T::deserialize(value).map(Some).map_err(|e| {
            Error::new(
                ErrorKind::Json,
                format!("metadata {key:?} has another type"),
            )
            .with_source(e)
            .with_url(&self.url)
        })
    }

    /// Returns the priority; higher goes first.
    #[must_use]
    pub fn priority(&self) -> i32 {
        self.priority
    }

    /// Returns the number of links that lead here from a start request; redirects do not count.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Returns the URL of the page that the request was found on; `None` for a start request. It stays when the request is
    /// redirected, in the queue of a [job](crate::guide::durable) and among its dead letters.
    ///
    /// The crawl sets it; the setting [`referer`](crate::settings::Requests::referer) says whether servers are told.
    #[must_use]
    pub fn referrer(&self) -> Option<&Url> {
        self.referrer.as_deref()
    }

    /// Returns the timeout of the whole exchange, if this request overrides the setting.
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.extra.as_ref()?.timeout
    }

    /// Returns the number of times that it is tried again, if this request overrides the setting.
    #[must_use]
    pub fn retries(&self) -> Option<u32> {
        self.extra.as_ref()?.retries
    }

    /// Returns the number of earlier tries of this request.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.extra.as_ref().map_or(0, |extra| extra.attempt)
    }

    /// Returns the URLs that redirected here, oldest first.
    #[must_use]
    pub fn redirects(&self) -> &[Url] {
        self.extra.as_ref().map_or(&[], |extra| &extra.redirects)
    }

    /// Returns whether every status is handed to `parse`.
    #[must_use]
    pub fn takes_any_status(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.any_status)
    }

    /// Returns the proxy of this request alone, as [`with_proxy`](Self::with_proxy) was given it: possibly with a password.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        self.extra.as_ref()?.proxy.as_deref()
    }

    fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }
}

impl From<Url> for Request {
    /// Makes a `GET` of this URL. One that is not http(s) is reported when it is scheduled.
    fn from(mut url: Url) -> Self {
        let user = decoded(url.username());
        let password = decoded(url.password().unwrap_or_default());
        if user.is_empty() && password.is_empty() {
            return Self {
                url,
                priority: 0,
                depth: 0,
                referrer: None,
                extra: None,
            };
        }
        // Both fail only for URLs that cannot have a user name at all.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Self {
            url,
            priority: 0,
            depth: 0,
            referrer: None,
            extra: None,
        }
        .with_userinfo(&user, &password)
    }
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}

impl fmt::Debug for Request {
    /// Shows what identifies the request; header values and the body may be secrets and are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", self.method())
            .field("url", &self.url.as_str())
            .field("label", &self.label())
            .field("depth", &self.depth)
            .field("priority", &self.priority)
            .field("attempt", &self.attempt())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queued_request_is_small() {
        assert!(
            size_of::<Request>() <= 112,
            "{} bytes",
            size_of::<Request>()
        );
    }

    #[test]
    fn userinfo_becomes_an_authorization_header() {
        let request = Request::get("http://us:p%20w@example.com/").unwrap();
        assert_eq!(request.url().as_str(), "http://example.com/");
        assert_eq!(request.header("authorization").unwrap(), "Basic dXM6cCB3");
        assert!(!format!("{request:?}").contains("dXM6"));
    }

    #[test]
    fn a_form_is_a_post() {
        let request = Request::get("http://example.com/")
            .unwrap()
            .with_form([("a", "1 2"), ("b", "&")]);
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.body(), b"a=1+2&b=%26");
        assert_eq!(
            request.header("content-type").unwrap(),
            "application/x-www-form-urlencoded"
        );
    }

    #[test]
    fn a_line_break_in_a_header_is_refused() {
        let error = Request::get("http://example.com/")
            .unwrap()
            .with_header("x-a", "1\r\nx-b: 2")
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
    }

    #[test]
    fn meta_of_another_type_is_an_error() {
        let request = Request::get("http://example.com/")
            .unwrap()
            .with_meta("page", 3)
            .unwrap();
        assert_eq!(request.meta::<u32>("page").unwrap(), Some(3));
        assert_eq!(request.meta::<u32>("none").unwrap(), None);
        assert_eq!(
            request.meta::<String>("page").unwrap_err().kind(),
            ErrorKind::Json
        );
    }
}
