//! A proxy: plain HTTP, CONNECT or SOCKS 5.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ::http::Uri;
use ::http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use percent_encoding::percent_decode_str;

use super::{Transport, at_address, call};
use crate::downloader::dns::Resolver;
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::identity;
use crate::request::Request;

/// Where a proxy is and how it is spoken to.
#[derive(Debug, Clone)]
pub(in super::super) struct Proxy {
    kind: ProxyKind,
    uri: Uri,
    user: Option<(String, String)>,
    /// `Proxy-Authorization`, for plain HTTP and CONNECT.
    pub(in super::super) authorization: Option<::http::HeaderValue>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProxyKind {
    Http,
    /// SOCKS 5; whether names are resolved here.
    Socks {
        local_dns: bool,
    },
}

impl Proxy {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let bad = |why: &str| {
            Error::new(
                ErrorKind::Settings,
                format!("bad value for \"proxy\": {why}"),
            )
        };
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let kind = match scheme {
            "http" => ProxyKind::Http,
            "socks5" => ProxyKind::Socks { local_dns: true },
            "socks5h" => ProxyKind::Socks { local_dns: false },
            _ => return Err(bad("expected http://, socks5:// or socks5h://")),
        };
        // Read as an http URL, whatever the proxy speaks: its user name becomes a Basic credential.
        let url = identity::parse(&format!("http://{rest}"), None)
            .map_err(|e| bad("not an address").with_source(e))?;
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let user = (!url.username().is_empty()).then(|| {
            let password = url.password().unwrap_or_default();
            (decoded(url.username()), decoded(password))
        });
        let default_port = if kind == ProxyKind::Http { 80 } else { 1080 };
        let host = url.host_str().unwrap_or_default();
        let uri = Uri::try_from(format!(
            "http://{host}:{}/",
            url.port().unwrap_or(default_port)
        ))
        .map_err(|e| bad("not an address").with_source(e))?;
        Ok(Self {
            kind,
            uri,
            user,
            authorization: Request::from(url).header("authorization").cloned(),
        })
    }

    pub(in super::super) fn is_http(&self) -> bool {
        self.kind == ProxyKind::Http
    }

    pub(super) async fn connect(
        self,
        tcp: HttpConnector<Resolver>,
        resolver: Resolver,
        target: Uri,
    ) -> Result<Transport, BoxError> {
        let uri = self.uri;
        let stream = match self.kind {
            ProxyKind::Http if target.scheme() == Some(&Scheme::HTTP) => {
                let stream = call(tcp, uri).await.map_err(ProxyError::new)?;
                return Ok(Transport {
                    stream,
                    proxied: true,
                });
            }
            ProxyKind::Http => {
                let mut tunnel = Tunnel::new(uri, tcp);
                if let Some(authorization) = self.authorization {
                    tunnel = tunnel.with_auth(authorization);
                }
                call(tunnel, target).await.map_err(ProxyError::new)?
            }
            ProxyKind::Socks { local_dns } => {
                // Resolved by our own resolver: the one of `SocksV5` blocks the thread.
                let target = if local_dns {
                    resolved(resolver, target).await?
                } else {
                    target
                };
                let mut socks = SocksV5::new(uri, tcp);
                if let Some((user, password)) = self.user {
                    socks = socks.with_auth(user, password);
                }
                call(socks, target).await.map_err(ProxyError::new)?
            }
        };
        Ok(Transport {
            stream,
            proxied: false,
        })
    }
}

/// The target by its IPv4 address; by its name when it has none.
async fn resolved(resolver: Resolver, target: Uri) -> Result<Uri, BoxError> {
    let Some(Ok(name)) = target.host().map(Name::from_str) else {
        return Ok(target);
    };
    let addresses = resolver.resolve(name).await?;
    let address = addresses.iter().map(SocketAddr::ip).find(IpAddr::is_ipv4);
    Ok(match address {
        Some(address) => at_address(target, address),
        None => target,
    })
}

/// A proxy that could not be reached or refused.
#[derive(Debug)]
pub(in super::super) struct ProxyError(BoxError);

impl ProxyError {
    fn new(source: impl Into<BoxError>) -> Self {
        Self(source.into())
    }
}

impl std::fmt::Display for ProxyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the proxy cannot be used")
    }
}

impl std::error::Error for ProxyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_has_its_own_credentials() {
        let proxy = Proxy::parse("http://us:p%40w@proxy.example:3128").unwrap();
        assert_eq!(proxy.uri, "http://proxy.example:3128/");
        assert_eq!(proxy.user, Some(("us".into(), "p@w".into())));
        assert_eq!(proxy.authorization.unwrap(), "Basic dXM6cEB3");
    }

    #[test]
    fn what_is_no_proxy_is_an_error() {
        for text in ["ftp://x", "http://", "socks5://[::1"] {
            assert_eq!(
                Proxy::parse(text).unwrap_err().kind(),
                ErrorKind::Settings,
                "{text}"
            );
        }
    }
}
