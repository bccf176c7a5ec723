//! The request as it goes out: the headers that every request gets, its own, and the URL as HTTP can carry it.

use ::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LENGTH, COOKIE, HOST,
    HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION, REFERER, TRAILER, TRANSFER_ENCODING,
    USER_AGENT,
};
use ::http::uri::PathAndQuery;
use ::http::{Method, Uri};
use bytes::Bytes;
use http_body_util::Full;
use url::{Position, Url};

use super::connector::Forwarding;
use crate::model::settings::Settings;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::policy::referrer;

/// Headers that say where a request ends.
const FRAMING: [HeaderName; 3] = [CONTENT_LENGTH, TRANSFER_ENCODING, TRAILER];

/// Form of the URL in a request, which depends on who reads the request.
#[derive(Debug)]
pub(super) enum Form {
    /// HTTP/1: path and query, and a `Host`.
    Path,
    /// HTTP/1 to a proxy: the whole URL, and a `Host`.
    Forwarded(Forwarding),
    /// HTTP/2: hyper takes its pseudo-headers from the whole URL.
    Http2,
}

/// The request for hyper. A header of the request replaces a default of the same name.
///
/// # Errors
/// [`ErrorKind::Url`] for a URL that HTTP cannot carry, and those of [`check_framing`].
pub(super) fn outgoing(
    request: &Request,
    defaults: &Defaults,
    form: Form,
) -> Result<::http::Request<Full<Bytes>>> {
    check_framing(request)?;
    let mut outgoing = ::http::Request::new(Full::new(request.body_bytes()));
    *outgoing.method_mut() = request.method().clone();
    *outgoing.uri_mut() = match form {
        Form::Path => path(request.url())?,
        Form::Forwarded(_) | Form::Http2 => uri(request.url())?,
    };
    let headers = outgoing.headers_mut();
    *headers = defaults.with(request);
    let has_body = matches!(
        *request.method(),
        Method::POST | Method::PUT | Method::PATCH
    );
    if has_body && request.body().is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    if !matches!(form, Form::Http2) && !headers.contains_key(HOST) {
        headers.insert(HOST, host(request.url())?);
    }
    if let Form::Forwarded(Forwarding { authorization }) = form {
        // The request cannot know which proxy it will go through.
        headers.remove(PROXY_AUTHORIZATION);
        if let Some(authorization) = authorization {
            headers.insert(PROXY_AUTHORIZATION, authorization);
        }
    }
    Ok(outgoing)
}

/// Looks for headers that say where the request ends. They follow from its body: a server that is told otherwise waits
/// for more, or takes the rest for another request.
///
/// # Errors
/// [`ErrorKind::Settings`] for one of them, unless it is a `Content-Length` that is right.
pub(crate) fn check_framing(request: &Request) -> Result<()> {
    let is_right = |name: &HeaderName, value: &HeaderValue| {
        *name == CONTENT_LENGTH && value.as_bytes() == request.body().len().to_string().as_bytes()
    };
    let mut wrong = request
        .headers()
        .iter()
        .filter(|(name, value)| FRAMING.contains(name) && !is_right(name, value));
    match wrong.next() {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("the header {name} cannot be given: it follows from the body");
            Err(Error::new(ErrorKind::Settings, message).with_url(request.url()))
        }
    }
}

/// The headers that requests are sent with beside their own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defaults {
    headers: HeaderMap,
    /// `true` if servers are told of the page that a request was found on.
    sends_referer: bool,
}

impl Defaults {
    /// # Errors
    /// [`ErrorKind::Settings`] for a header that is malformed, or must not go to every host.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        Ok(Self {
            headers: default_headers(settings)?,
            sends_referer: settings.requests.referer,
        })
    }

    /// Returns all headers of a request. One of its own replaces a default of the same name.
    pub(crate) fn with(&self, request: &Request) -> HeaderMap {
        let mut headers = self.headers.clone();
        // One that is sent with every request is somebody's choice.
        if let Some(page) = request.referrer().filter(|_| self.sends_referer)
            && !headers.contains_key(REFERER)
            && let Some(value) = referrer::header(page, request.url())
        {
            headers.insert(REFERER, value);
        }
        // With names that repeat, the first replaces and the others add, as `HeaderMap` extends itself.
        headers.extend(request.headers().clone());
        headers
    }
}

/// # Errors
/// [`ErrorKind::Settings`] for one that is malformed, or must not go to every host.
fn default_headers(settings: &Settings) -> Result<HeaderMap> {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.insert(
        ACCEPT_LANGUAGE,
        HeaderValue::from_static("en;q=0.9,*;q=0.5"),
    );
    headers.insert(
        ACCEPT_ENCODING,
        HeaderValue::from_static("gzip, deflate, br, zstd"),
    );
    let agent = HeaderValue::from_str(&settings.requests.user_agent).map_err(|e| {
        Error::new(ErrorKind::Settings, "bad value for setting \"user_agent\"").with_source(e)
    })?;
    headers.insert(USER_AGENT, agent);
    for line in &settings.requests.headers {
        let (name, value) = default_header(line)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Reads one line of the setting `headers`.
fn default_header(line: &str) -> Result<(HeaderName, HeaderValue)> {
    let bad = |why: &str| {
        Error::new(
            ErrorKind::Settings,
            format!("bad value for setting \"headers\": {why}"),
        )
    };
    let malformed = || bad(&format!("{line:?} is not `Name: value`"));
    let (name, value) = line.split_once(':').ok_or_else(malformed)?;
    let name = HeaderName::try_from(name.trim()).map_err(|e| malformed().with_source(e))?;
    if let Some(why) = refusal(&name) {
        return Err(bad(&format!("{name} {why}")));
    }
    let value = HeaderValue::from_str(value.trim()).map_err(|e| malformed().with_source(e))?;
    Ok((name, value))
}

/// Returns the reason why a header cannot be sent with every request to every host; `None` if it can.
fn refusal(name: &HeaderName) -> Option<&'static str> {
    if [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name) {
        return Some("would be sent to every host; give it to single requests");
    }
    if FRAMING.contains(name) {
        return Some("follows from the body of each request");
    }
    if *name == USER_AGENT {
        return Some("is the setting \"user_agent\"");
    }
    (*name == HOST).then_some("follows from the URL")
}

/// The URL as hyper wants it: without a fragment.
fn uri(url: &Url) -> Result<Uri> {
    Uri::try_from(&url[..Position::AfterQuery]).map_err(unfit)
}

fn path(url: &Url) -> Result<Uri> {
    PathAndQuery::try_from(&url[Position::BeforePath..Position::AfterQuery])
        .map(Uri::from)
        .map_err(unfit)
}

/// Host and port; the port of the scheme goes without saying.
fn host(url: &Url) -> Result<HeaderValue> {
    HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]).map_err(unfit)
}

fn unfit(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Url, "not a URL that HTTP can carry").with_source(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> Result<HeaderMap> {
        let settings = Settings {
            requests: crate::model::settings::Requests {
                headers: vec![line.to_owned()],
                ..Default::default()
            },
            ..Settings::default()
        };
        default_headers(&settings)
    }

    #[test]
    fn a_header_that_must_not_go_to_every_host_is_refused() {
        for line in [
            "Authorization: Bearer x",
            "cookie: a=1",
            "User-Agent: x",
            "Host: a",
            "Content-Length: 0",
            "Transfer-Encoding: chunked",
            "no colon",
        ] {
            let error = headers(line).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Settings, "{line}");
            assert!(!error.to_string().contains("Bearer"), "{error}");
        }
        assert_eq!(
            headers("X-Team: data").unwrap().get("x-team").unwrap(),
            "data"
        );
    }

    fn sent(request: &Request, form: Form) -> ::http::Request<Full<Bytes>> {
        let defaults = Defaults::new(&Settings::default()).unwrap();
        outgoing(request, &defaults, form).unwrap()
    }

    #[test]
    fn the_url_is_said_as_its_reader_wants_it() {
        let request = Request::get("http://example.com:8080/a?b#c").unwrap();
        let said = |form| {
            let outgoing = sent(&request, form);
            let host = outgoing.headers().get("host").cloned();
            (outgoing.uri().to_string(), host)
        };
        let host = Some(HeaderValue::from_static("example.com:8080"));
        assert_eq!(said(Form::Path), ("/a?b".to_owned(), host.clone()));
        let whole = "http://example.com:8080/a?b".to_owned();
        let forwarding = Forwarding {
            authorization: None,
        };
        assert_eq!(said(Form::Forwarded(forwarding)), (whole.clone(), host));
        assert_eq!(said(Form::Http2), (whole, None));
    }

    #[test]
    fn credentials_for_a_proxy_go_to_a_proxy_only() {
        let request = Request::get("http://example.com/").unwrap();
        let forwarding = Forwarding {
            authorization: Some(HeaderValue::from_static("Basic x")),
        };
        let header = |form| {
            sent(&request, form)
                .headers()
                .contains_key("proxy-authorization")
        };
        assert!(header(Form::Forwarded(forwarding)));
        assert!(!header(Form::Path) && !header(Form::Http2));
    }

    #[test]
    fn a_header_of_the_request_replaces_the_default() {
        let request = Request::get("http://example.com/").unwrap();
        let request = request.with_header("accept-language", "nl").unwrap();
        let outgoing = sent(&request, Form::Path);
        let languages: Vec<_> = outgoing
            .headers()
            .get_all("accept-language")
            .iter()
            .collect();
        assert_eq!(languages, ["nl"]);
    }

    #[test]
    fn where_a_request_ends_is_not_for_its_headers_to_say() {
        let post = || {
            Request::get("http://example.com/")
                .unwrap()
                .with_form([("a", "bc")])
        };
        for (name, value) in [
            ("content-length", "3"),
            ("Content-Length", "+4"),
            ("transfer-encoding", "chunked"),
            ("Transfer-Encoding", "identity"),
            ("trailer", "x-sum"),
        ] {
            let request = post().with_header(name, value).unwrap();
            for form in [Form::Path, Form::Http2] {
                let error = outgoing(&request, &Defaults::default(), form).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Settings, "{name}: {value}");
                assert!(error.to_string().contains(&name.to_lowercase()), "{error}");
            }
        }
        let right = post().with_header("content-length", "4").unwrap();
        assert_eq!(
            sent(&right, Form::Path)
                .headers()
                .get("content-length")
                .unwrap(),
            "4"
        );
    }

    #[test]
    fn all_that_the_url_standard_leaves_alone_can_be_sent() {
        let marks: String = (0x21..0x7f).map(char::from).filter(|c| *c != '#').collect();
        let url = Url::parse(&format!("http://example.com/{marks}?{marks}#fragment")).unwrap();
        assert_eq!(uri(&url).unwrap().to_string(), url[..Position::AfterQuery]);
        let path_and_query = &url[Position::BeforePath..Position::AfterQuery];
        assert_eq!(path(&url).unwrap().to_string(), path_and_query);
    }
}
