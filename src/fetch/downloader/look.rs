//! A look at a host's TLS and HTTP version, for `crawl doctor`: a connection that nothing is asked over.

use std::fmt;

use jiff::Timestamp;
use rustls::ProtocolVersion;
use serde::Serialize;

use super::HttpDownloader;
use super::certificate::Certificate;
use crate::page::error::Result;
use crate::page::request::Request;

/// Properties of a new connection to an https host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Look {
    pub(crate) http: &'static str,
    pub(crate) tls: &'static str,
    /// Issuer of the host's certificate.
    pub(crate) issuer: Option<String>,
    pub(crate) valid_until: Option<Timestamp>,
}

impl HttpDownloader {
    /// Connects to the host of this request; none when it is no https, or a proxy is on the way.
    ///
    /// # Errors
    /// Whatever keeps a request from being sent.
    pub(crate) async fn look(&self, request: &Request) -> Result<Option<Look>> {
        let stream = self.connector().shake_hands(request).await?;
        Ok(stream.map(|stream| {
            let (_, tls) = stream.get_ref();
            let certificate = tls.peer_certificates().and_then(<[_]>::first);
            let certificate = certificate.and_then(|der| Certificate::read(der));
            Look {
                http: match tls.alpn_protocol() {
                    Some(b"h2") => "HTTP/2",
                    _ => "HTTP/1.1",
                },
                tls: match tls.protocol_version() {
                    Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
                    _ => "TLS 1.2",
                },
                valid_until: certificate.as_ref().and_then(|read| read.valid_until),
                issuer: certificate.map(|read| read.issuer),
            }
        }))
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.tls, self.http)?;
        if let Some(until) = self.valid_until {
            write!(f, ", certificate until {}", until.strftime("%Y-%m-%d"))?;
        }
        if let Some(issuer) = &self.issuer {
            write!(f, " by {issuer}")?;
        }
        Ok(())
    }
}
