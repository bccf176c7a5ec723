//! Where connections lead that can stand for each other.

use std::sync::Arc;

use ::http::{HeaderValue, Uri};
use url::{Position, Url};

use super::Proxy;
use crate::error::{Error, ErrorKind, Result};

/// The key of the connection pool: scheme, host and port.
#[derive(Debug, Clone)]
pub(in super::super) struct Endpoint {
    is_https: bool,
    /// The host, in brackets if it is an IPv6 address, and the port.
    authority: Box<str>,
    host: usize,
    proxy: Option<Arc<Proxy>>,
}

/// How a request is sent that a proxy forwards.
#[derive(Debug, Clone)]
pub(in super::super) struct Forwarding {
    pub(in super::super) authorization: Option<HeaderValue>,
}

impl Endpoint {
    pub(super) fn new(url: &Url, proxy: Option<&Arc<Proxy>>) -> Self {
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        Self {
            is_https: url.scheme() == "https",
            authority: authority.into(),
            host: url.host_str().unwrap_or_default().len(),
            proxy: proxy.cloned(),
        }
    }

    pub(in super::super) fn is_https(&self) -> bool {
        self.is_https
    }

    #[expect(dead_code, reason = "the seam")]
    pub(in super::super) fn host(&self) -> &str {
        self.authority.get(..self.host).unwrap_or_default()
    }

    /// Plain http through an HTTP proxy: the request line has the absolute URL, and these credentials go to the proxy.
    pub(in super::super) fn forwarding(&self) -> Option<Forwarding> {
        let proxy = self.proxy.as_ref().filter(|proxy| proxy.is_http())?;
        (!self.is_https).then(|| Forwarding {
            authorization: proxy.authorization.clone(),
        })
    }

    pub(super) fn uri(&self) -> Result<Uri> {
        let scheme = if self.is_https { "https" } else { "http" };
        Uri::builder()
            .scheme(scheme)
            .authority(&*self.authority)
            .path_and_query("/")
            .build()
            .map_err(|e| Error::new(ErrorKind::Url, "not a URL that HTTP can carry").with_source(e))
    }
}

// There is one proxy for all.
impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        self.is_https == other.is_https && self.authority == other.authority
    }
}

impl Eq for Endpoint {}

impl std::hash::Hash for Endpoint {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.is_https.hash(state);
        self.authority.hash(state);
    }
}
