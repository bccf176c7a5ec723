//! Making of connections: name, allowed addresses, TCP, proxy and TLS, in one function.

mod endpoint;
mod names;
mod race;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

use super::address::AddressRules;
use super::dns::Resolver;
use super::proxy;
use super::route::Routes;
use super::tls::Tls;
pub(super) use super::tls::Versions;
use crate::fetch::clock;
use crate::model::settings::{LONGEST, Settings};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Proxy;
use crate::page::request::Request;
use crate::page::response::Response;
pub(super) use endpoint::{Endpoint, Forwarding};
use names::Names;
pub(super) use stream::{Connection, Io, Stream};

/// Makes connections. Cheap to clone; clones share the DNS cache and what is known of proxies.
#[derive(Clone)]
pub(super) struct Connector {
    shared: Arc<Shared>,
}

struct Shared {
    names: Names,
    rules: AddressRules,
    routes: Routes,
    tls: Tls,
    limit: Duration,
}

impl Connector {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad value of a setting about addresses or proxies; [`ErrorKind::File`] or
    /// [`ErrorKind::Tls`] for a file of certificates, a key or a list of proxies that cannot be used.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        Self::with_resolver(settings, Resolver::of_system(settings.network.dns_ttl))
    }

    fn with_resolver(settings: &Settings, resolver: Resolver) -> Result<Self> {
        let shared = Shared {
            names: Names::new(settings, resolver)?,
            rules: AddressRules::new(settings)?,
            routes: Routes::new(settings)?,
            tls: Tls::new(settings)?,
            limit: settings.answers.connect_timeout.min(LONGEST),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Chooses the way for a request: direct, or which proxy; anew for each request, so for each hop of a redirect.
    ///
    /// # Errors
    /// [`ErrorKind::Url`] when the URL is not http(s), [`ErrorKind::Settings`] when the request's own proxy is none.
    pub(super) fn endpoint(&self, request: &Request) -> Result<Endpoint> {
        let direct = Endpoint::direct(request.url())?;
        let proxy = self.shared.routes.choose(request, &direct)?;
        Ok(direct.through(proxy))
    }

    /// Connects, within `connect_timeout`.
    ///
    /// # Errors
    /// [`ErrorKind::Address`], [`ErrorKind::Dns`], [`ErrorKind::Connect`], [`ErrorKind::Timeout`],
    /// [`ErrorKind::Proxy`] or [`ErrorKind::Tls`], with a message that says what to do.
    pub(super) async fn connect(
        &self,
        endpoint: &Endpoint,
        versions: Versions,
    ) -> Result<Connection> {
        let result = self.shared.connect(endpoint, versions).await;
        if let (Err(error), Some(proxy)) = (&result, endpoint.proxy())
            && error.kind() == ErrorKind::Proxy
        {
            self.shared.routes.failed(proxy);
        }
        result
    }

    /// Makes a connection for this request up to its TLS; none when it is no https, or a proxy is on the way.
    ///
    /// # Errors
    /// The errors of [`connect`](Self::connect).
    pub(super) async fn shake_hands(&self, request: &Request) -> Result<Option<TlsStream<Io>>> {
        let endpoint = self.endpoint(request)?;
        if !endpoint.is_https() || endpoint.proxy().is_some() {
            return Ok(None);
        }
        let Shared { tls, limit, .. } = &*self.shared;
        let connecting = async {
            let addresses = self.shared.allowed(&endpoint).await?;
            let io = tcp(&addresses, endpoint.port()).await?;
            let versions = Versions::Http2AndHttp1;
            tls.to_server(endpoint.host(), versions, io).await.map(Some)
        };
        clock::within(*limit, pin!(connecting))
            .await
            .unwrap_or_else(|| Err(Error::new(ErrorKind::Timeout, "no connection in time")))
    }

    /// Judges the proxy by what came through it. An answer that shows that the proxy is banned becomes an error.
    ///
    /// # Errors
    /// The one given; [`ErrorKind::Banned`]; [`ErrorKind::Proxy`] for an answer of the proxy itself.
    pub(super) fn judge(&self, endpoint: &Endpoint, result: Result<Response>) -> Result<Response> {
        self.shared.routes.judge(endpoint, result)
    }
}

impl Shared {
    async fn connect(&self, endpoint: &Endpoint, versions: Versions) -> Result<Connection> {
        self.rules.check_port(endpoint.host(), endpoint.port())?;
        let deadline = Deadline::after(self.limit);
        match endpoint.proxy() {
            None => {
                let connecting = self.connect_directly(endpoint, versions);
                deadline.bound(connecting).await
            }
            Some(proxy) => {
                self.connect_through(proxy, endpoint, versions, deadline)
                    .await
            }
        }
    }

    async fn connect_directly(
        &self,
        endpoint: &Endpoint,
        versions: Versions,
    ) -> Result<Connection> {
        let addresses = self.allowed(endpoint).await?;
        let io = tcp(&addresses, endpoint.port()).await?;
        self.secure(endpoint, versions, io).await
    }

    /// Step by step, so that a proxy that cannot be reached is told from a host that it cannot reach.
    async fn connect_through(
        &self,
        proxy: &Proxy,
        endpoint: &Endpoint,
        versions: Versions,
        deadline: Deadline,
    ) -> Result<Connection> {
        let host = deadline.bound(self.host_for(proxy, endpoint)).await?;
        let io = deadline
            .bound(self.reach(proxy))
            .await
            .map_err(|error| proxy.error("cannot be reached").with_source(error))?;
        let leading = async {
            let io = proxy::lead(proxy, io, endpoint, &host).await?;
            self.secure(endpoint, versions, io).await
        };
        deadline.bound(leading).await
    }

    /// Returns the host to send to the proxy: its name, or one of its addresses for a proxy that takes no names.
    async fn host_for(&self, proxy: &Proxy, endpoint: &Endpoint) -> Result<String> {
        if proxy.resolves_names() {
            self.rules.check_unresolved(endpoint.host())?;
            return Ok(endpoint.host().to_owned());
        }
        let addresses = self.allowed(endpoint).await?;
        // Many such proxies have no IPv6.
        let address = addresses.iter().find(|address| address.is_ipv4());
        let address = address.or(addresses.first());
        Ok(address.map_or_else(|| endpoint.host().to_owned(), IpAddr::to_string))
    }

    /// The addresses of the host, looked up once: what is allowed here is what is connected to.
    async fn allowed(&self, endpoint: &Endpoint) -> Result<Vec<IpAddr>> {
        let addresses = self
            .names
            .addresses(endpoint.host(), endpoint.port())
            .await?;
        self.rules.allowed(endpoint.host(), addresses)
    }

    /// A connection to the proxy itself, which is the choice of who runs the crawl: it may be at any address.
    async fn reach(&self, proxy: &Proxy) -> Result<Io> {
        let addresses = self.names.addresses(proxy.host(), proxy.port()).await?;
        let io = tcp(&addresses, proxy.port()).await?;
        if !proxy.is_https() {
            return Ok(io);
        }
        let stream = self.tls.to_proxy(proxy.host(), io).await?;
        Ok(Box::new(stream))
    }

    /// TLS on top, if the URL is https.
    async fn secure(&self, endpoint: &Endpoint, versions: Versions, io: Io) -> Result<Connection> {
        if !endpoint.is_https() {
            return Ok(Connection {
                io: TokioIo::new(io),
                is_http2: false,
            });
        }
        let stream = self.tls.to_server(endpoint.host(), versions, io).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok(Connection {
            io: TokioIo::new(Box::new(stream)),
            is_http2,
        })
    }
}

/// Time at which connecting has taken `connect_timeout`.
#[derive(Clone, Copy)]
struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    fn after(limit: Duration) -> Self {
        Self {
            at: clock::now() + limit,
            limit,
        }
    }

    async fn bound<T>(self, step: impl Future<Output = Result<T>>) -> Result<T> {
        clock::until(self.at, pin!(step)).await.unwrap_or_else(|| {
            let limit = self.limit.as_secs_f64();
            Err(Error::new(
                ErrorKind::Timeout,
                format!("not connected within {limit} s; see the setting connect_timeout"),
            ))
        })
    }
}

/// A TCP connection to the first of these addresses that takes one.
async fn tcp(addresses: &[IpAddr], port: u16) -> Result<Io> {
    let addresses = race::in_turns(addresses)
        .into_iter()
        .map(|ip| SocketAddr::new(ip, port));
    let stream = race::first(addresses, TcpStream::connect)
        .await
        .map_err(|(address, error)| {
            Error::new(ErrorKind::Connect, format!("cannot connect to {address}"))
                .with_source(error)
        })?;
    // Requests are written whole; waiting for more to send would only delay them. Without it they still arrive.
    let _ = stream.set_nodelay(true);
    Ok(Box::new(stream))
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}
