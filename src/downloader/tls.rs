//! The TLS configuration of a crawl: rustls with the roots built in, and what the settings add or take away.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::error::{Error, ErrorKind, Result};
use crate::settings::Settings;

/// Sessions kept for resumption; rustls keeps 256 servers by default, a crawler meets more.
const SESSIONS: usize = 4096;

/// # Errors
/// [`ErrorKind::File`] when `ca_file` cannot be read, [`ErrorKind::Tls`] when it holds no certificate.
pub(super) fn config(settings: &Settings) -> Result<ClientConfig> {
    // Named explicitly: rustls refuses to choose when a program links two providers.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::new(ErrorKind::Tls, "TLS cannot be set up").with_source(e))?;
    let mut config = if settings.insecure {
        tracing::warn!(
            "TLS certificates are not verified: anyone on the way can read and change what is fetched"
        );
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            .with_no_client_auth()
    } else {
        builder
            .with_root_certificates(roots(settings)?)
            .with_no_client_auth()
    };
    config.resumption = rustls::client::Resumption::in_memory_sessions(SESSIONS);
    Ok(config)
}

fn roots(settings: &Settings) -> Result<RootCertStore> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if settings.native_roots {
        let native = rustls_native_certs::load_native_certs();
        for error in &native.errors {
            tracing::warn!(%error, "a root certificate of this system was left out");
        }
        roots.add_parsable_certificates(native.certs);
    }
    if let Some(path) = &settings.ca_file {
        for certificate in from_file(path)? {
            roots
                .add(certificate)
                .map_err(|e| unusable(path).with_source(e))?;
        }
    }
    Ok(roots)
}

fn from_file(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let pem = std::fs::read(path).map_err(|e| {
        Error::new(
            ErrorKind::File,
            format!("cannot read the root certificates in {}", path.display()),
        )
        .with_source(e)
    })?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|e| unusable(path).with_source(e))?;
    if certificates.is_empty() {
        Err(unusable(path))
    } else {
        Ok(certificates)
    }
}

fn unusable(path: &Path) -> Error {
    Error::new(
        ErrorKind::Tls,
        format!("no usable root certificate in {}", path.display()),
    )
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
