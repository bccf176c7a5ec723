//! The downloader of real crawls: hyper, with limits on everything that a server decides.

use std::fmt;
use std::time::Duration;

use ::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use ::http::response;
use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout};

use super::body::{self, BodyLimits};
use super::connector::{Connector, Timed};
use super::outgoing::{default_headers, outgoing};
use super::{Downloader, failure, tls};
use crate::error::{Error, ErrorKind, Result};
use crate::request::Request;
use crate::response::{Response, Timings};
use crate::settings::{LONGEST, Settings};

/// hyper-util's client on our connector.
type Http = Client<Timed<HttpsConnector<Connector>>, Full<Bytes>>;

/// How long an idle connection is kept for the next request to its host.
const POOL_IDLE: Duration = Duration::from_secs(15);
const HTTP2_PING: Duration = Duration::from_secs(20);
const HTTP2_MAX_HEADER_LIST: u32 = 64 * 1024;

/// Fetches over HTTP/1.1 and HTTP/2 with hyper and rustls.
///
/// Keeps connections alive, decodes gzip, deflate, brotli and zstd while the body streams in, and gives up on what is
/// too large, too slow or cut short. Cheap to clone; clones share connections and the DNS cache.
#[derive(Clone)]
pub struct HttpDownloader {
    client: Http,
    /// For a plain HTTP request through a proxy.
    proxy_authorization: Option<HeaderValue>,
    headers: HeaderMap,
    limits: Limits,
}

#[derive(Debug, Clone)]
struct Limits {
    connect: Duration,
    exchange: Duration,
    body: BodyLimits,
    content_types: Vec<String>,
}

impl HttpDownloader {
    /// A downloader with these settings.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad header, `proxy` or `resolve`; [`ErrorKind::File`] or [`ErrorKind::Tls`] for a
    /// bad `ca_file`.
    pub fn new(settings: &Settings) -> Result<Self> {
        let connector = Connector::new(settings)?;
        let proxy = connector.proxy().filter(|proxy| proxy.is_http());
        let proxy_authorization = proxy.and_then(|proxy| proxy.authorization.clone());
        Ok(Self {
            client: client(settings, connector)?,
            proxy_authorization,
            headers: default_headers(settings)?,
            limits: Limits {
                connect: settings.connect_timeout.min(LONGEST),
                exchange: settings.timeout.min(LONGEST),
                body: BodyLimits {
                    size: settings.max_body.0,
                    idle: settings.idle_timeout.min(LONGEST),
                },
                content_types: settings
                    .content_types
                    .iter()
                    .map(|mime| mime.to_ascii_lowercase())
                    .collect(),
            },
        })
    }

    async fn exchange(&self, request: Request) -> Result<Response> {
        let started = Instant::now();
        let sent = self.client.request(self.outgoing(&request)?);
        // The connector has its own limit; what is left of this one is for the head.
        let answer = timeout(self.limits.connect + self.limits.body.idle, sent)
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout, "no answer from the server"))?
            .map_err(|error| failure::before_head(&error))?;
        let head_time = started.elapsed();
        let (head, body) = answer.into_parts();
        self.check_type(&request, &head)?;
        let (body, wire_bytes) = body::read(&request, &head, body, self.limits.body).await?;
        let timings = Timings {
            head: head_time,
            total: started.elapsed(),
        };
        Ok(Response::new(request, head.status.as_u16())
            .with_headers(head.headers)
            .with_exchange(body, timings, wire_bytes))
    }

    fn outgoing(&self, request: &Request) -> Result<::http::Request<Full<Bytes>>> {
        let mut outgoing = outgoing(request, &self.headers)?;
        if let Some(authorization) = &self.proxy_authorization
            && request.url().scheme() == "http"
        {
            let headers = outgoing.headers_mut();
            headers.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        Ok(outgoing)
    }

    /// Leaves a body of an unwanted media type where it is.
    fn check_type(&self, request: &Request, head: &response::Parts) -> Result<()> {
        let wanted = &self.limits.content_types;
        if wanted.is_empty() || request.robots_for().is_some() || !head.status.is_success() {
            return Ok(());
        }
        let Some(header) = head.headers.get(CONTENT_TYPE) else {
            return Ok(());
        };
        let header = String::from_utf8_lossy(header.as_bytes()).to_ascii_lowercase();
        let mime = header.split(';').next().unwrap_or_default().trim();
        if wanted.iter().any(|wanted| wanted == mime) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ContentType,
            format!("not a wanted media type: {mime}"),
        ))
    }
}

impl Downloader for HttpDownloader {
    async fn fetch(&self, request: Request) -> Result<Response> {
        let url = request.url().clone();
        let limit = request.timeout().unwrap_or(self.limits.exchange);
        let result = timeout(limit, self.exchange(request)).await;
        let late = |_| {
            Err(Error::new(
                ErrorKind::Timeout,
                format!("not finished within {} s", limit.as_secs_f64()),
            ))
        };
        result
            .unwrap_or_else(late)
            .map_err(|error| error.with_url(&url))
    }
}

fn client(settings: &Settings, connector: Connector) -> Result<Http> {
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls::config(settings)?)
        .https_or_http()
        .enable_http1();
    let https = if settings.http2 {
        https.enable_http2().wrap_connector(connector)
    } else {
        https.wrap_connector(connector)
    };
    Ok(Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(settings.concurrency_per_host.max(1))
        .http1_max_headers(settings.max_headers)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http2_max_header_list_size(HTTP2_MAX_HEADER_LIST)
        .http2_keep_alive_interval(HTTP2_PING)
        .build(Timed {
            connector: https,
            limit: settings.connect_timeout.min(LONGEST),
        }))
}

impl fmt::Debug for HttpDownloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpDownloader")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
