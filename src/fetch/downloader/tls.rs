//! TLS as a crawl does it: rustls with the roots built in, and what the settings add or take away.

mod certificates;
mod explain;

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::connector::Io;
use crate::model::settings::Settings;
use crate::page::error::{Error, ErrorKind, Result};

/// Sessions kept for resumption; rustls keeps 256 servers by default, a crawler meets more.
const SESSIONS: usize = 4096;

/// Puts TLS on connections.
pub(super) struct Tls {
    /// Offers HTTP/2, too, if the setting `http2` does.
    any: TlsConnector,
    /// Offers HTTP/1.1 only. Requests to proxies are written by that.
    http1: TlsConnector,
}

/// Versions of HTTP that a server may choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// The versions that the settings allow.
    Http2AndHttp1,
    Http1,
}

impl Tls {
    /// # Errors
    /// [`ErrorKind::File`] when a file of certificates or a key cannot be read, [`ErrorKind::Tls`] when it holds none.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let mut server = config(settings)?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        let http1 = server.clone();
        if settings.network.http2 {
            server.alpn_protocols.insert(0, b"h2".to_vec());
        }
        Ok(Self {
            any: TlsConnector::from(Arc::new(server)),
            http1: TlsConnector::from(Arc::new(http1)),
        })
    }

    /// # Errors
    /// [`ErrorKind::Tls`], or [`ErrorKind::Connect`] when the connection is lost.
    pub(super) async fn to_server(
        &self,
        host: &str,
        versions: Versions,
        io: Io,
    ) -> Result<TlsStream<Io>> {
        let tls = match versions {
            Versions::Http2AndHttp1 => &self.any,
            Versions::Http1 => &self.http1,
        };
        shake_hands(tls, host, io).await
    }

    /// # Errors
    /// The errors of [`to_server`](Self::to_server).
    pub(super) async fn to_proxy(&self, host: &str, io: Io) -> Result<TlsStream<Io>> {
        shake_hands(&self.http1, host, io).await
    }
}

async fn shake_hands(tls: &TlsConnector, host: &str, io: Io) -> Result<TlsStream<Io>> {
    // Certificates have neither the dot of the root nor the brackets of a URL.
    let bare = host.trim_start_matches('[').trim_end_matches([']', '.']);
    let name = ServerName::try_from(bare.to_owned()).map_err(|e| {
        Error::new(
            ErrorKind::Tls,
            format!("TLS needs a host name, which {host} is not"),
        )
        .with_source(e)
    })?;
    tls.connect(name, io)
        .await
        .map_err(|error| explain::handshake(host, &error))
}

fn config(settings: &Settings) -> Result<ClientConfig> {
    // Named explicitly: rustls refuses to choose when a program links two providers.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::new(ErrorKind::Tls, "TLS cannot be set up").with_source(e))?;
    let builder = if settings.tls.insecure {
        tracing::warn!(
            "TLS certificates are not verified: anyone on the way can read and change what is fetched"
        );
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
    } else {
        builder.with_root_certificates(certificates::roots(settings)?)
    };
    let mut config = match certificates::own(settings)? {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|e| certificates::unusable_own(settings).with_source(e))?,
        None => builder.with_no_client_auth(),
    };
    config.resumption = rustls::client::Resumption::in_memory_sessions(SESSIONS);
    Ok(config)
}

/// Accepts every certificate; the signatures of the handshake itself are still checked.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
