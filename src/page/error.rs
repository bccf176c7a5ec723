//! Errors of the library, as one opaque [`Error`] with a countable [`ErrorKind`].
//!
//! A crawler meets every failure there is, thousands of times a night, so an error here answers three questions at
//! once: what kind of failure it is (to count, to decide on a retry), where it happened (the URL) and why (the source).
//!
//! ```
//! use crawlworks::{Error, ErrorKind};
//! let error = Error::new(ErrorKind::Timeout, "no answer within 60 s");
//! assert_eq!(error.kind().as_str(), "timeout");
//! assert_eq!(error.to_string(), "no answer within 60 s");
//! ```

use std::fmt;

use http::StatusCode;
use url::Url;

/// The error type of user code: anything that implements [`std::error::Error`], so `?` works on all of them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result type of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Error of a crawl: its kind, its place (the URL) and its cause.
///
/// `Display` writes this level and the URL; [`source`](std::error::Error::source) leads to the cause. The text is for
/// people and no contract: branch on [`kind`](Error::kind).
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    message: String,
    field: Option<Field>,
    url: Option<Url>,
    status: Option<StatusCode>,
    source: Option<BoxError>,
}

/// Field of an item that could not be read.
struct Field {
    item: &'static str,
    path: String,
}

macro_rules! kinds {
    ($( $(#[doc = $about:literal])+ $kind:ident = $name:literal; )*) => {
        /// Kind of failure of an [`Error`], by which a crawl counts and retries.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $( $(#[doc = $about])+ $kind, )*
        }

        impl ErrorKind {
            /// Returns the kind's name in reports and JSON: `too_large`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $( Self::$kind => $name, )*
                }
            }

            /// Returns the kind of this name.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $( $name => Some(Self::$kind), )*
                    _ => None,
                }
            }
        }
    };
}

impl ErrorKind {
    /// Returns whether the failure happened on the way to the server or back: name, connection, TLS, proxy, time-out, broken
    /// HTTP. The page itself was not at fault.
    #[must_use]
    pub fn is_network(self) -> bool {
        self.is_temporary() || self == Self::Tls
    }

    /// Returns whether another try may succeed where this one failed. A crawl retries these by itself, up to the setting
    /// `retries`; of failed statuses ([`Status`](Self::Status)) it retries those that say "not now", such as 503.
    ///
    /// ```
    /// use crawlworks::ErrorKind;
    /// assert!(ErrorKind::Timeout.is_temporary() && ErrorKind::Timeout.is_network());
    /// assert!(!ErrorKind::Tls.is_temporary() && ErrorKind::Tls.is_network());
    /// assert!(!ErrorKind::NotHtml.is_network());
    /// ```
    #[must_use]
    pub fn is_temporary(self) -> bool {
        matches!(
            self,
            Self::Dns
                | Self::Connect
                | Self::Timeout
                | Self::Slow
                | Self::Http
                | Self::Incomplete
                | Self::Proxy
                | Self::Banned
        )
    }
}

kinds! {
    /// A URL that cannot be parsed, or is not http(s).
    Url = "url";
    /// A host name that does not resolve.
    Dns = "dns";
    /// No connection: refused, unreachable, reset before the answer.
    Connect = "connect";
    /// A TLS handshake or certificate that failed.
    Tls = "tls";
    /// A connect, idle or whole-exchange timeout.
    Timeout = "timeout";
    /// A body that came more slowly than `min_rate`.
    Slow = "slow";
    /// An answer that is not HTTP, or breaks its rules.
    Http = "http";
    /// A body that ended before it was complete.
    Incomplete = "incomplete";
    /// A body larger than `max_body`, counted after decoding, or that expands more than `max_ratio` times; or what a page
    /// was asked for would take minutes, or more memory than it should.
    TooLarge = "too_large";
    /// A body that its `Content-Encoding` cannot decode.
    Decode = "decode";
    /// A media type that this request did not ask for.
    ContentType = "content_type";
    /// A status that `parse` does not take: not 2xx, unless the request said so.
    Status = "status";
    /// A redirect that cannot be followed: too many, no or a bad target, a refused scheme.
    Redirect = "redirect";
    /// robots.txt forbids the URL, or could not be read.
    Robots = "robots";
    /// A proxy that could not be used.
    Proxy = "proxy";
    /// A site seems to have banned the proxy that asked, which another one of the pool may not be.
    Banned = "banned";
    /// An answer that a retry policy of the program's ([`Crawler::retry_by`](crate::Crawler::retry_by)) refuses, also on the last
    /// try.
    Refused = "refused";
    /// An address or port that is not connected to, by `address_policy` or `deny_ports`.
    Address = "address";
    /// A CSS selector, query, regular expression or JMESPath expression that does not parse.
    Selector = "selector";
    /// An element or attribute that was asked for is missing.
    Missing = "missing";
    /// A text of a page that is not of the type asked for, such as a price without a number.
    Value = "value";
    /// HTML asked of something that is not HTML.
    NotHtml = "not_html";
    /// JSON that does not parse, or not into the type asked for.
    Json = "json";
    /// XML, such as a sitemap, that cannot be read.
    Xml = "xml";
    /// The spider returned an error from `start` or `parse`.
    Spider = "spider";
    /// The spider panicked.
    Panic = "panic";
    /// A pipeline step failed.
    Pipeline = "pipeline";
    /// An output or a state file cannot be written.
    Storage = "storage";
    /// A server that items are delivered to and that does not answer now; see [`Destination`](crate::Destination).
    Unreachable = "unreachable";
    /// A setting, argument or option that is unknown or has a bad value.
    Settings = "settings";
    /// A file that cannot be read.
    File = "file";
    /// A request that a [cassette](crate::testing::Cassette) has no answer to.
    Unrecorded = "unrecorded";
    /// An address that cannot be listened on.
    Listen = "listen";
    /// The crawl was stopped before this was done.
    Stopped = "stopped";
    /// Another run of the same job is going on.
    Locked = "locked";
    /// The process ended, more than once, while the page was parsed.
    Crash = "crash";
    /// A crawl that failed as a whole: see [`Report::into_result`](crate::Report::into_result).
    Failed = "failed";
}

impl ErrorKind {
    /// Returns whether the kind says of a page that it was fetched and that the spider failed on it.
    pub(crate) fn is_of_spider(self) -> bool {
        matches!(self, Self::Spider | Self::Panic)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error {
    /// Makes an error of this kind. `message` says what happened, in lower case, without the URL and without the cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                field: None,
                url: None,
                status: None,
                source: None,
            }),
        }
    }

    /// Adds the URL at which it happened. A user name and password in the URL are taken out. The first URL given stays.
    #[must_use]
    pub fn with_url(mut self, url: &Url) -> Self {
        self.inner.url.get_or_insert_with(|| without_userinfo(url));
        self
    }

    /// Adds the HTTP status that is the failure.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.inner.status = Some(status);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Adds the field, of an item of this type, that could not be read; an error from within the field keeps its own path.
    pub(crate) fn in_field(mut self, item: &'static str, name: impl Into<String>) -> Self {
        let mut path = name.into();
        if let Some(inner) = self.inner.field.take() {
            path = format!("{path}.{}", inner.path);
        }
        self.inner.field = Some(Field { item, path });
        self
    }

    /// Returns the kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Returns the URL at which it happened, if there is one; never with a user name or password.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        self.inner.url.as_ref()
    }

    /// Returns the HTTP status that is the failure; `None` when it failed in another way than by its status.
    ///
    /// ```
    /// use crawlworks::{Error, ErrorKind, http::StatusCode};
    /// let error = Error::new(ErrorKind::Status, "status 404").with_status(StatusCode::NOT_FOUND);
    /// assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.status
    }

    /// Returns the field of an item that could not be read, as a path: `author.name`, `tags[2]`. See
    /// [`Extract`](trait@crate::Extract).
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.inner.field.as_ref().map(|field| field.path.as_str())
    }

    /// Returns the message, with the field of the item if there is one, without the URL and the causes.
    fn message(&self) -> String {
        match &self.inner.field {
            Some(Field { item, path }) => format!("{item}.{path}: {}", self.inner.message),
            None => self.inner.message.clone(),
        }
    }

    /// Returns the message and every cause, on one line and without the URL.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.message();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let said = error.to_string();
            if !text.ends_with(&said) {
                text.push_str(": ");
                text.push_str(&said);
            }
            cause = error.source();
        }
        text
    }
}

fn without_userinfo(url: &Url) -> Url {
    let mut url = url.clone();
    if !url.username().is_empty() || url.password().is_some() {
        // Both fail only for URLs that cannot have them, and then there is nothing to take out.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        match &self.inner.url {
            Some(url) => write!(f, " ({url})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("message", &self.message())
            .field("url", &self.inner.url.as_ref().map(Url::as_str))
            .field("source", &self.inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}

impl From<url::ParseError> for Error {
    fn from(error: url::ParseError) -> Self {
        Self::new(ErrorKind::Url, "not a valid URL").with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_the_url_without_its_password() {
        let url = Url::parse("http://us:pw@example.com/a").unwrap();
        let error = Error::new(ErrorKind::Connect, "connection refused").with_url(&url);
        assert_eq!(
            error.to_string(),
            "connection refused (http://example.com/a)"
        );
    }

    #[test]
    fn chain_tells_every_cause_once() {
        let cause = std::io::Error::other("broken pipe");
        let error = Error::new(ErrorKind::Storage, "cannot write a.json").with_source(cause);
        assert_eq!(error.chain(), "cannot write a.json: broken pipe");
    }
}
