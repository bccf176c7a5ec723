//! The downloader of real crawls: hyper, with limits on everything that a server decides.

use std::error::Error as StdError;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use ::http::header::{CONTENT_TYPE, PROXY_AUTHORIZATION};
use ::http::response;
use hyper::body::Incoming;

use super::body::{self, BodyLimits};
use super::connector::{Connector, Endpoint};
use super::outgoing::{Defaults, Form, outgoing};
use super::pool::{Lease, Pool};
use super::{Downloader, failure};
use crate::fetch::clock;
use crate::model::settings::{Incomplete, LONGEST, Settings};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::{Response, Timings};
use crate::page::sniff;

/// Fetches over HTTP/1.1 and HTTP/2 with hyper and rustls.
///
/// Keeps connections alive, decodes gzip, deflate, brotli and zstd while the body streams in, and gives up on what is
/// too large, too slow or cut short. Cheap to clone; clones share connections and the DNS cache.
#[derive(Clone)]
pub struct HttpDownloader {
    connector: Connector,
    pool: Pool,
    defaults: Defaults,
    limits: Limits,
}

#[derive(Debug, Clone)]
struct Limits {
    exchange: Duration,
    body: BodyLimits,
    content_types: Vec<String>,
}

/// The head of an answer, and the connection on which its body comes.
type Answer = (Lease, ::http::Response<Incoming>);

/// A request that got no answer.
struct Unanswered {
    error: Error,
    /// `true` if the request got no answer because the server had closed the connection before, or wants another
    /// version of HTTP.
    had_no_chance: bool,
}

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self {
            error,
            had_no_chance: false,
        }
    }
}

impl HttpDownloader {
    /// A downloader with these settings.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad header, `proxy` or `resolve`; [`ErrorKind::File`] or [`ErrorKind::Tls`] for a
    /// bad `ca_file`.
    pub fn new(settings: &Settings) -> Result<Self> {
        let connector = Connector::new(settings)?;
        Ok(Self {
            pool: Pool::new(settings, connector.clone()),
            connector,
            defaults: Defaults::new(settings)?,
            limits: Limits {
                exchange: settings.answers.timeout.min(LONGEST),
                body: BodyLimits {
                    size: settings.answers.max_body.0,
                    ratio: settings.answers.max_ratio,
                    idle: settings.answers.idle_timeout.min(LONGEST),
                    rate: settings.answers.min_rate.0,
                    may_be_cut: settings.answers.incomplete == Incomplete::Keep,
                },
                content_types: settings
                    .answers
                    .content_types
                    .iter()
                    .map(|mime| mime.to_ascii_lowercase())
                    .collect(),
            },
        })
    }

    pub(super) fn connector(&self) -> &Connector {
        &self.connector
    }

    async fn exchange(&self, endpoint: &Endpoint, request: Request) -> Result<Response> {
        let started = clock::now();
        let (lease, answer) = self.answer(endpoint, &request).await?;
        let head_time = clock::since(started);
        let (head, mut body) = answer.into_parts();
        self.check_type(&request, &head)?;
        let received = body::read(&request, &head, &mut body, self.limits.body)
            .await
            .inspect_err(|error| self.learn(endpoint, error))?;
        if received.is_whole {
            lease.give_back().await;
        }
        let timings = Timings {
            head: head_time,
            total: clock::since(started),
        };
        let response = Response::new(request, head.status.as_u16())
            .with_headers(head.headers)
            .with_exchange(received.bytes, timings, received.wire_bytes);
        Ok(if received.is_cut {
            response.incomplete()
        } else {
            response
        })
    }

    /// Remembers for the run that an endpoint is to be asked by HTTP/1.1, if an error says so.
    fn learn(&self, endpoint: &Endpoint, error: &(dyn StdError + 'static)) {
        if failure::needs_http1(error) {
            tracing::debug!(host = endpoint.host(), "asked by HTTP/1.1 from now on");
            self.pool.require_http1(endpoint);
        }
    }

    /// The head of the answer. When the server has closed a connection while it was idle, or wants HTTP/1.1, the request
    /// had no chance and gets one more, on a new connection.
    async fn answer(&self, endpoint: &Endpoint, request: &Request) -> Result<Answer> {
        let lease = self.pool.lease(endpoint).await?;
        let result = match self.send(lease, endpoint, request).await {
            Err(Unanswered {
                error,
                had_no_chance: true,
            }) => {
                tracing::debug!(url = %request.url(), %error, "sent again: the connection did not take it");
                let lease = self.pool.lease_new(endpoint).await?;
                self.send(lease, endpoint, request).await
            }
            result => result,
        };
        result.map_err(|unanswered| unanswered.error)
    }

    async fn send(
        &self,
        mut lease: Lease,
        endpoint: &Endpoint,
        request: &Request,
    ) -> Result<Answer, Unanswered> {
        let form = match endpoint.forwarding() {
            _ if lease.is_http2() => Form::Http2,
            Some(forwarding) => Form::Forwarded(forwarding),
            None => Form::Path,
        };
        let mut outgoing = outgoing(request, &self.defaults, form)?;
        if endpoint.is_tunnelled() {
            // What is for a proxy must not get through it to the server.
            outgoing.headers_mut().remove(PROXY_AUTHORIZATION);
        }
        let sent = clock::within(self.limits.body.idle, pin!(lease.send(outgoing))).await;
        let result = match sent {
            Some(Ok(answer)) => return Ok((lease, answer)),
            Some(Err(lost)) => {
                self.learn(endpoint, &lost.error);
                // What was refused over HTTP/2 goes to a connection of another kind, though this one was new.
                let is_doubtful = lease.is_reused() || lost.is_for_http1();
                Unanswered {
                    error: failure::before_head(&lost.error),
                    had_no_chance: is_doubtful && lost.is_repeatable(request.method()),
                }
            }
            None => Error::new(ErrorKind::Timeout, "no answer from the server").into(),
        };
        lease.retire();
        Err(result)
    }

    /// Leaves a body of an unwanted media type where it is.
    fn check_type(&self, request: &Request, head: &response::Parts) -> Result<()> {
        let wanted = &self.limits.content_types;
        if wanted.is_empty() || request.is_own() || !head.status.is_success() {
            return Ok(());
        }
        let Some(header) = head.headers.get(CONTENT_TYPE) else {
            return Ok(());
        };
        let header = String::from_utf8_lossy(header.as_bytes()).to_ascii_lowercase();
        if !sniff::is_declared(Some(&header)) {
            // Its first bytes will tell.
            return Ok(());
        }
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
        let located = |error: Error| error.with_url(&url);
        let endpoint = self.connector.endpoint(&request).map_err(located)?;
        let limit = request.timeout().unwrap_or(self.limits.exchange);
        let late = || {
            Err(Error::new(
                ErrorKind::Timeout,
                format!("not finished within {} s", limit.as_secs_f64()),
            ))
        };
        let result = clock::within(limit, pin!(self.exchange(&endpoint, request)))
            .await
            .unwrap_or_else(late);
        self.connector.judge(&endpoint, result).map_err(located)
    }
}

impl fmt::Debug for HttpDownloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpDownloader")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
