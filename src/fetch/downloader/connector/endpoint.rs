//! Endpoints of connections: connections to the same endpoint can replace each other.

use std::sync::Arc;

use ::http::HeaderValue;
use url::Url;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Proxy;

/// Scheme, host and port, and the proxy on the way: the key of the pool. Its `Debug` shows no credentials.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::fetch::downloader) struct Endpoint {
    is_https: bool,
    host: Box<str>,
    port: u16,
    proxy: Option<Arc<Proxy>>,
}

/// Data for a plain http request through an HTTP proxy: the request line has the absolute URL, and these credentials go
/// to the proxy.
#[derive(Debug, Clone)]
pub(in crate::fetch::downloader) struct Forwarding {
    pub(in crate::fetch::downloader) authorization: Option<HeaderValue>,
}

impl Endpoint {
    /// # Errors
    /// [`ErrorKind::Url`] when the URL is not http(s).
    pub(in crate::fetch::downloader) fn direct(url: &Url) -> Result<Self> {
        let is_https = url.scheme() == "https";
        match (url.host_str(), url.port_or_known_default()) {
            (Some(host), Some(port)) if is_https || url.scheme() == "http" => Ok(Self {
                is_https,
                host: host.into(),
                port,
                proxy: None,
            }),
            _ => Err(Error::new(ErrorKind::Url, "not an http(s) URL").with_url(url)),
        }
    }

    pub(in crate::fetch::downloader) fn through(mut self, proxy: Option<Arc<Proxy>>) -> Self {
        self.proxy = proxy;
        self
    }

    /// Returns this endpoint without the proxy on the way.
    pub(in crate::fetch::downloader) fn directly(&self) -> Self {
        Self {
            proxy: None,
            ..self.clone()
        }
    }

    pub(in crate::fetch::downloader) fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host as in the URL: lower case, an IPv6 address in brackets.
    pub(in crate::fetch::downloader) fn host(&self) -> &str {
        &self.host
    }

    pub(in crate::fetch::downloader) fn port(&self) -> u16 {
        self.port
    }

    pub(in crate::fetch::downloader) fn proxy(&self) -> Option<&Arc<Proxy>> {
        self.proxy.as_ref()
    }

    /// Returns whether a proxy passes on the bytes without reading them.
    pub(in crate::fetch::downloader) fn is_tunnelled(&self) -> bool {
        self.proxy.is_some() && self.forwarding().is_none()
    }

    /// `None` but for plain http through an HTTP proxy.
    pub(in crate::fetch::downloader) fn forwarding(&self) -> Option<Forwarding> {
        let proxy = self.proxy.as_ref()?;
        let forwards = !self.is_https && proxy.forwards_http();
        forwards.then(|| Forwarding {
            authorization: proxy.authorization(),
        })
    }
}
