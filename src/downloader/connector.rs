//! How a connection is made: directly or through a proxy, to the host or to the address that `resolve` fixes.

mod endpoint;
mod proxy;
mod transport;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::Uri;
use ::http::uri::{Authority, PathAndQuery, Scheme};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::time::timeout;
use tower_service::Service;

use super::dns::Resolver;
use super::{failure, tls};
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::request::Request;
use crate::response::Response;
use crate::settings::{LONGEST, Settings};
pub(super) use endpoint::{Endpoint, Forwarding};
use proxy::Proxy;
pub(super) use proxy::ProxyError;
use transport::Transport;

/// What hyper reads from and writes to.
pub(super) type Stream = MaybeHttpsStream<Transport>;

/// A connection, ready for HTTP.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) io: Stream,
    pub(super) is_http2: bool,
}

/// Makes connections: name, TCP, proxy and TLS.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    https: HttpsConnector<Tcp>,
    proxy: Option<Arc<Proxy>>,
    limit: Duration,
}

impl Connector {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad `proxy` or `resolve`; [`ErrorKind::File`] or [`ErrorKind::Tls`] for a bad
    /// `ca_file`.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(settings)?)
            .https_or_http()
            .enable_http1();
        let tcp = Tcp::new(settings)?;
        let proxy = tcp.proxy.clone().map(Arc::new);
        let https = if settings.http2 {
            https.enable_http2().wrap_connector(tcp)
        } else {
            https.wrap_connector(tcp)
        };
        let limit = settings.connect_timeout.min(LONGEST);
        Ok(Self {
            https,
            proxy,
            limit,
        })
    }

    /// Where the connection for this request leads.
    #[expect(clippy::unnecessary_wraps, reason = "choosing a proxy can fail")]
    pub(super) fn endpoint(&self, request: &Request) -> Result<Endpoint> {
        Ok(Endpoint::new(request.url(), self.proxy.as_ref()))
    }

    /// Name, TCP, proxy and TLS, within `connect_timeout`.
    pub(super) async fn connect(&self, endpoint: &Endpoint) -> Result<Connection> {
        let target = endpoint.uri()?;
        let connecting = timeout(self.limit, call(self.https.clone(), target));
        let io = connecting
            .await
            .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
            .map_err(|error| failure::while_connecting(error.as_ref()))?;
        let is_http2 = match &io {
            MaybeHttpsStream::Https(tls) => tls.inner().get_ref().1.alpn_protocol() == Some(b"h2"),
            MaybeHttpsStream::Http(_) => false,
        };
        Ok(Connection { io, is_http2 })
    }

    /// What came of an exchange over this endpoint.
    #[expect(clippy::unused_self, reason = "proxies are judged by it")]
    pub(super) fn judge(&self, _: &Endpoint, result: Result<Response>) -> Result<Response> {
        result
    }
}

/// Makes the TCP connection under HTTP or TLS.
#[derive(Debug, Clone)]
struct Tcp {
    resolver: Resolver,
    tcp: HttpConnector<Resolver>,
    fixed: Arc<HashMap<(String, u16), IpAddr>>,
    proxy: Option<Proxy>,
}

impl Tcp {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad `proxy` or `resolve`.
    fn new(settings: &Settings) -> Result<Self> {
        let resolver = Resolver::default();
        let mut tcp = HttpConnector::new_with_resolver(resolver.clone());
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(settings.connect_timeout));
        Ok(Self {
            resolver,
            tcp,
            fixed: Arc::new(
                settings
                    .resolve
                    .iter()
                    .map(|rule| fixed(rule))
                    .collect::<Result<_>>()?,
            ),
            proxy: settings.proxy.as_deref().map(Proxy::parse).transpose()?,
        })
    }

    /// The same target with the host replaced by its fixed address, if it has one.
    fn pinned(&self, target: Uri) -> Uri {
        if self.fixed.is_empty() {
            return target;
        }
        let host = target.host().unwrap_or_default().to_ascii_lowercase();
        match self.fixed.get(&(host, port(&target))) {
            Some(address) => at_address(target, *address),
            None => target,
        }
    }
}

fn port(target: &Uri) -> u16 {
    let is_https = target.scheme() == Some(&Scheme::HTTPS);
    target.port_u16().unwrap_or(if is_https { 443 } else { 80 })
}

/// The same target with its host given as an address.
fn at_address(target: Uri, address: IpAddr) -> Uri {
    let authority = SocketAddr::new(address, port(&target)).to_string();
    let mut parts = target.clone().into_parts();
    parts.authority = Authority::try_from(authority).ok();
    parts.path_and_query = Some(PathAndQuery::from_static("/"));
    Uri::from_parts(parts).unwrap_or(target)
}

/// Reads one `HOST:PORT:ADDRESS`.
fn fixed(rule: &str) -> Result<((String, u16), IpAddr)> {
    let bad = || {
        Error::new(
            ErrorKind::Settings,
            format!("bad value {rule:?} for \"resolve\": expected HOST:PORT:ADDRESS"),
        )
    };
    let mut parts = rule.splitn(3, ':');
    let (Some(host), Some(port), Some(address)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().map_err(|_| bad())?;
    Ok((
        (host.to_ascii_lowercase(), port),
        address.parse().map_err(|_| bad())?,
    ))
}

impl Service<Uri> for Tcp {
    type Response = Transport;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Transport, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let target = self.pinned(target);
        let tcp = self.tcp.clone();
        match self.proxy.clone() {
            Some(proxy) => Box::pin(proxy.connect(tcp, self.resolver.clone(), target)),
            None => Box::pin(async move {
                Ok(Transport {
                    stream: call(tcp, target).await?,
                    proxied: false,
                })
            }),
        }
    }
}

async fn call<C: Service<Uri>>(mut connector: C, target: Uri) -> Result<C::Response, C::Error> {
    std::future::poll_fn(|context| connector.poll_ready(context)).await?;
    connector.call(target).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(change: impl Fn(&mut Settings)) -> Result<Tcp> {
        let mut settings = Settings::default();
        change(&mut settings);
        Tcp::new(&settings)
    }

    #[test]
    fn a_fixed_address_replaces_the_host_at_its_port_only() {
        let connector = connector(|s| {
            s.resolve = vec!["Example.com:8080:127.0.0.1".into(), "a.b:443:[::1]".into()];
        })
        .unwrap();
        let pinned = |uri: &str| {
            connector
                .pinned(uri.parse().unwrap())
                .authority()
                .unwrap()
                .to_string()
        };
        assert_eq!(pinned("http://example.com:8080/a?b"), "127.0.0.1:8080");
        assert_eq!(pinned("http://example.com/a"), "example.com");
        assert_eq!(pinned("https://a.b/"), "[::1]:443");
    }

    #[test]
    fn bad_rules_are_errors() {
        for rule in [
            "example.com",
            "example.com:80",
            "example.com:x:127.0.0.1",
            "example.com:80:nowhere",
        ] {
            assert_eq!(
                connector(|s| s.resolve = vec![rule.into()])
                    .unwrap_err()
                    .kind(),
                ErrorKind::Settings,
                "{rule}"
            );
        }
    }
}
