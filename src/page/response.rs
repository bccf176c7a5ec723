//! A [`Response`]: the answer to a request, and ways to read it.
//!
//! ```
//! use crawlworks::{Request, Response};
//! let request = Request::get("https://example.com/")?;
//! let response = Response::new(request, 200).with_body("text/html", "<h1>Hello</h1> <a href='/next'>next</a>");
//! assert_eq!(response.html()?.one("h1")?.text(), "Hello");
//! assert_eq!(response.links()[0].as_str(), "https://example.com/next");
//! # Ok::<(), crawlworks::Error>(())
//! ```

mod jmespath;
mod link_header;
mod provenance;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use encoding_rs::{Encoding, REPLACEMENT};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::page::charset;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::{self, Dialect, Fault, Html, Limits, Marks, Page};
use crate::page::identity;
use crate::page::json;
use crate::page::request::Request;
use crate::page::sniff;
use crate::page::sniff::MediaType;

pub use provenance::{FromCache, Recrawled};
pub(crate) use provenance::{Notes, Passage};

/// HTTP answer with its whole body, decoded from its `Content-Encoding`.
///
/// Plain data, `Send + Sync`. HTML is parsed when [`html`](Self::html) asks for it and is not kept in here, because a
/// parsed document cannot cross threads; parse once and keep the [`Html`] in a variable.
#[derive(Clone)]
pub struct Response {
    request: Request,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    timings: Timings,
    wire_bytes: u64,
    is_incomplete: bool,
    notes: Notes,
    limits: Limits,
    /// Marks that note what the limits cut off.
    marks: Option<Arc<Marks>>,
}

/// Duration of an exchange. Waiting in the queue is not part of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// Time from the start (connecting included) to the end of the response's head.
    pub head: Duration,
    /// Time from the start to the end of the body.
    pub total: Duration,
}

impl Response {
    /// Makes a response by hand, for a fake downloader or a test. An unusable status number becomes 500.
    #[must_use]
    pub fn new(request: Request, status: u16) -> Self {
        Self {
            request,
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timings: Timings::default(),
            wire_bytes: 0,
            is_incomplete: false,
            notes: Notes::default(),
            limits: Limits::default(),
            marks: None,
        }
    }

    /// Sets the body and its `Content-Type`. A type that cannot be in a header is left out.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        if let Ok(value) = HeaderValue::from_str(content_type) {
            self.headers.insert(CONTENT_TYPE, value);
        }
        self
    }

    /// Adds a header.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when name or value cannot be in an HTTP header.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self> {
        let bad = || Error::new(ErrorKind::Settings, format!("bad header {name:?}"));
        let header = HeaderName::try_from(name).map_err(|e| bad().with_source(e))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|e| bad().with_source(e))?;
        self.headers.append(header, value);
        Ok(self)
    }

    /// Sets the duration of the exchange; a downloader that does not is timed from outside.
    #[must_use]
    pub fn with_timings(mut self, head: Duration, total: Duration) -> Self {
        self.timings = Timings { head, total };
        self
    }

    /// Sets the number of bytes of body that came over the wire, for the report.
    #[must_use]
    pub fn with_wire_bytes(mut self, bytes: u64) -> Self {
        self.wire_bytes = bytes;
        self
    }

    /// Limits the trees that are made of the page, and has it noted when something is cut off.
    pub(crate) fn within(mut self, limits: Limits, marks: Arc<Marks>) -> Self {
        self.limits = limits;
        self.marks = Some(marks);
        self
    }

    /// Sets all headers, in place of those that it has; a downloader hands on what came over the network.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    pub(crate) fn with_exchange(mut self, body: Bytes, timings: Timings, wire_bytes: u64) -> Self {
        self.body = body;
        self.timings = timings;
        self.wire_bytes = wire_bytes;
        self
    }

    /// Marks the response as one whose body ended early.
    #[must_use]
    pub fn incomplete(mut self) -> Self {
        self.is_incomplete = true;
        self
    }

    /// Returns whether the body ended early: only with the setting `incomplete = keep`, and if no other try has brought
    /// more.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    pub(crate) fn with_request(mut self, request: Request) -> Self {
        self.request = request;
        self
    }

    pub(crate) fn with_stored_body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn with_notes(mut self, notes: Notes) -> Self {
        self.notes = notes;
        self
    }

    pub(crate) fn notes(&self) -> Notes {
        self.notes
    }

    /// Fills in the duration of the exchange, for a downloader that does not set it.
    pub(crate) fn or_timed(mut self, total: Duration) -> Self {
        if self.timings == Timings::default() {
            self.timings = Timings { head: total, total };
        }
        self
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the URL that answered: after redirects, the last one.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.request.url()
    }

    /// Returns the request that led here; [`Request::redirects`] has the URLs in between.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    pub(crate) fn request_mut(&mut self) -> &mut Request {
        &mut self.request
    }

    /// Returns the label of the request.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.request.label()
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns a header as text; `None` if it is missing. Bytes that are not UTF-8 are read as ISO 8859-1.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let bytes = self.headers.get(name)?.as_bytes();
        Some(match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => encoding_rs::mem::decode_latin1(bytes),
        })
    }

    /// Returns the media type of `Content-Type` in lower case, without parameters: `text/html`.
    #[must_use]
    pub fn content_type(&self) -> Option<String> {
        let header = self.header("content-type")?;
        let essence = header
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        (!essence.is_empty()).then_some(essence)
    }

    /// Returns the body's bytes, after `Content-Encoding`.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the duration of the exchange.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.timings
    }

    /// Returns the number of bytes of body that came over the wire, before decoding.
    #[must_use]
    pub fn wire_bytes(&self) -> u64 {
        self.wire_bytes
    }

    /// Returns why the body could be taken from the cache, or from what the job keeps for a recrawl; `None` if it came from
    /// the server. See the [guide](crate::guide::cache).
    #[must_use]
    pub fn from_cache(&self) -> Option<FromCache> {
        self.notes.from
    }

    /// Returns how this page compares with the run before; `None` if the crawl is no recrawl (setting `recrawl`), or this
    /// is no page that it compares. See the [guide](crate::guide::cache).
    #[must_use]
    pub fn recrawled(&self) -> Option<Recrawled> {
        self.notes.recrawled
    }

    /// Returns the name of the character encoding, such as `UTF-8`: by the byte order mark, then `Content-Type`, then what the document declares, then
    /// detection from the bytes and the country of the host. JSON is UTF-8 wherever it can be. See [`charset`].
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        self.charset().name()
    }

    /// Returns the encoding whose name is [`encoding`](Self::encoding).
    pub(crate) fn charset(&self) -> &'static Encoding {
        let content_type = self.header("content-type");
        charset::encoding(&self.body, content_type.as_deref(), self.url().domain())
    }

    /// Returns the kind of content: the media type of `Content-Type`, or what the first bytes look like if that is missing
    /// or says nothing. See [`sniff`].
    #[must_use]
    pub fn media_type(&self) -> String {
        let content_type = self.header("content-type");
        sniff::media_type(&self.body, content_type.as_deref(), self.is_nosniff()).into_owned()
    }

    /// Returns whether `Content-Type` names the kind of content.
    pub(crate) fn has_media_type(&self) -> bool {
        sniff::is_declared(self.header("content-type").as_deref())
    }

    fn is_nosniff(&self) -> bool {
        self.header("x-content-type-options").is_some_and(|value| {
            let first = value.split(',').next().unwrap_or_default();
            first.trim().eq_ignore_ascii_case("nosniff")
        })
    }

    /// Returns the body as text in its [`encoding`](Self::encoding); what is not valid becomes U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        charset::text(&self.body, self.charset())
    }

    /// Returns the body as the text of JSON, whatever its media type says it is.
    pub(crate) fn json_text(&self) -> Cow<'_, str> {
        let content_type = self.header("content-type");
        charset::json_text(&self.body, content_type.as_deref(), self.url().domain())
    }

    /// Parses the body from JSON, which is read as by [`json::parse`](crate::json::parse).
    ///
    /// A whole number that 64 bits cannot hold goes into a type that takes it, such as `u128` or `f64`; into a `String` or a
    /// [`Value`](serde_json::Value) goes the text of its digits.
    ///
    /// # Errors
    /// [`ErrorKind::Json`] with line and column when it is not JSON, or not of type `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        json::typed(&self.json_text()).map_err(|e| {
            Error::new(ErrorKind::Json, "not the JSON that was expected")
                .with_source(e)
                .with_url(self.url())
        })
    }

    /// Parses the body as HTML, or by the rules of XML if that is its type: XHTML, a feed, an SVG picture.
    ///
    /// # Errors
    /// [`ErrorKind::NotHtml`] when it is something else, such as an image or JSON: `Content-Type` says so, or the first
    /// bytes where that says nothing; and for an encoding that is not read any more, such as ISO-2022-KR.
    pub fn html(&self) -> Result<Html> {
        let (markup, encoding) = self.markup()?;
        let text = charset::text(&self.body, encoding);
        let url = self.url().clone();
        let html = match markup {
            Markup::Html => Html::parse_within(&text, url, self.limits),
            Markup::Xml(dialect) => Html::parse_xml_within(&text, dialect, url, self.limits),
        };
        if let Some(fault) = html.fault() {
            self.warn_of(fault);
        }
        if let Some(marks) = &self.marks {
            marks.add(html.cuts());
        }
        Ok(html.written_in(encoding))
    }

    /// Returns the absolute http(s) URLs of all `a` and `area` links, in document order, once each and without fragments.
    /// Streamed, without building a document; nothing for a body that is not HTML.
    #[must_use]
    pub fn links(&self) -> Vec<Url> {
        self.scan(usize::MAX).links
    }

    /// Returns title, first heading and at most `max_links` links in one pass over the bytes, without building a document.
    #[must_use]
    pub fn scan(&self, max_links: usize) -> Page {
        match self.scanned(max_links) {
            Ok((page, fault)) => {
                if let Some(fault) = fault {
                    self.warn_of(fault);
                }
                page
            }
            Err(error) => {
                tracing::warn!("nothing is read: {error}");
                Page::default()
            }
        }
    }

    /// Scans the page as [`scan`](Self::scan) does, and returns what is wrong with a page of XML.
    pub(crate) fn scanned(&self, max_links: usize) -> Result<(Page, Option<Fault>)> {
        let (body, url) = (&self.body, self.url());
        Ok(match self.markup()? {
            (Markup::Html, encoding) => (html::scan_html(body, encoding, url, max_links), None),
            (Markup::Xml(dialect), encoding) => {
                html::scan_xml(body, encoding, dialect, url, max_links)
            }
        })
    }

    fn warn_of(&self, fault: Fault) {
        tracing::warn!(url = %self.url(), "{fault}");
    }

    /// Returns a URL relative to this page. A `<base>` in the document is not looked at; [`Html::links`] and
    /// [`links`](Self::links) do that.
    ///
    /// # Errors
    /// [`ErrorKind::Url`] when the result is not an http(s) URL.
    pub fn join(&self, reference: &str) -> Result<Url> {
        identity::parse(reference, Some(self.url()))
    }

    /// Makes a request for a URL relative to this page.
    ///
    /// # Errors
    /// [`ErrorKind::Url`] when the result is not an http(s) URL.
    pub fn follow(&self, reference: &str) -> Result<Request> {
        self.join(reference).map(Request::from)
    }

    /// Returns the page as text, by the rules of HTML, for code that looks at its tags only; `None` for a body that is no
    /// page. Whether XML keeps its own rules does not matter for that.
    pub(crate) fn as_html(&self) -> Option<Cow<'_, str>> {
        let (markup, encoding) = self.markup().ok()?;
        let text = charset::text(&self.body, encoding);
        Some(match markup {
            Markup::Html => text,
            Markup::Xml(_) => html::as_html(&text).into(),
        })
    }

    /// Returns the rules by which the body is read, and its encoding.
    fn markup(&self) -> Result<(Markup, &'static Encoding)> {
        let content_type = self.header("content-type");
        let nosniff = self.is_nosniff();
        let mime = sniff::media_type(&self.body, content_type.as_deref(), nosniff);
        let markup = match MediaType::parse(&mime) {
            kind if kind.essence == "application/xhtml+xml" => Markup::Xml(Dialect::Xhtml),
            kind if kind.is_xml() => Markup::Xml(Dialect::Xml),
            kind if kind.is_html() => Markup::Html,
            // A page whose first tag is none that tells.
            kind if kind.essence == "text/plain"
                && !nosniff
                && !sniff::is_declared(content_type.as_deref()) =>
            {
                Markup::Html
            }
            _ => return Err(self.not_html(format!("not HTML but {mime}"))),
        };
        let encoding = self.charset();
        if encoding == REPLACEMENT {
            let declared = content_type.as_deref().map(MediaType::parse);
            let label = declared
                .and_then(|declared| declared.charset)
                .unwrap_or_default();
            return Err(self.not_html(format!(
                "in an encoding that is not read any more, since it hides markup{}{label}",
                if label.is_empty() { "" } else { ": " },
            )));
        }
        Ok((markup, encoding))
    }

    fn not_html(&self, message: String) -> Error {
        Error::new(ErrorKind::NotHtml, message).with_url(self.url())
    }
}

/// Rules by which a body is read.
#[derive(Debug, Clone, Copy)]
enum Markup {
    Html,
    Xml(Dialect),
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("url", &self.url().as_str())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
