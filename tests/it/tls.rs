//! TLS end to end, against a server with a certificate of its own making.

mod client;
mod refused;

use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::{ErrorKind, HttpDownloader};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::{Scratch, get};

/// A server on loopback that speaks HTTP/1.1 and HTTP/2 over TLS, for any name that ends in `.example`.
pub(crate) struct TlsSite {
    pub(crate) port: u16,
    /// Its certificate, to be trusted or not.
    certificate: String,
    versions: Arc<Mutex<Vec<http::Version>>>,
}

impl TlsSite {
    pub(crate) async fn start() -> Self {
        let identity = self_signed();
        let certificate = identity.certificate.pem();
        Self::serving(acceptor(&identity), certificate).await
    }

    /// One whose handshake is that of `acceptor`; its certificate is vouched for by `root`, PEM.
    async fn serving(acceptor: TlsAcceptor, root: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self {
            port: listener.local_addr().unwrap().port(),
            certificate: root,
            versions: Arc::default(),
        };
        let versions = Arc::clone(&site.versions);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), stream, Arc::clone(&versions)));
            }
        });
        site
    }

    async fn fetch(&self, change: impl FnOnce(&mut Settings)) -> crawlworks::Result<Response> {
        let mut settings = Settings::default();
        change(&mut settings);
        HttpDownloader::new(&settings)?
            .fetch(get(format!("https://127.0.0.1:{}/", self.port)))
            .await
    }

    fn versions(&self) -> Vec<http::Version> {
        self.versions.lock().unwrap().clone()
    }
}

/// A certificate and its key.
pub(crate) struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

pub(crate) fn self_signed() -> Identity {
    identity(NAMES, |_| {}, None)
}

const NAMES: [&str; 2] = ["far.example", "127.0.0.1"];

/// A certificate for these names, changed by `change`, and signed by an issuer or by itself.
fn identity<const N: usize>(
    names: [&str; N],
    change: impl FnOnce(&mut CertificateParams),
    issuer: Option<&Issuer<'_, KeyPair>>,
) -> Identity {
    let mut params = CertificateParams::new(names.map(str::to_owned)).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, issuer),
        None => params.self_signed(&key),
    };
    Identity {
        certificate: certificate.unwrap(),
        key,
    }
}

/// The handshake of a server with this certificate, which asks for none.
pub(crate) fn acceptor(identity: &Identity) -> TlsAcceptor {
    acceptor_of(identity, None)
}

/// The handshake of a server that takes only clients with a certificate of `clients`, if there are such.
fn acceptor_of(identity: &Identity, clients: Option<RootCertStore>) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        Some(roots) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
        None => builder.with_no_client_auth(),
    };
    let mut config = builder
        .with_single_cert(vec![identity.certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, versions: Arc<Mutex<Vec<http::Version>>>) {
    // A client that does not trust the certificate hangs up.
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let service = service_fn(|request: hyper::Request<Incoming>| {
        versions.lock().unwrap().push(request.version());
        std::future::ready(Ok::<_, std::convert::Infallible>(hyper::Response::new(
            Full::new(Bytes::from("secure")),
        )))
    });
    let stream = TokioIo::new(stream);
    if is_http2 {
        let _ = http2::Builder::new(TokioExecutor::new())
            .serve_connection(stream, service)
            .await;
    } else {
        let _ = http1::Builder::new()
            .serve_connection(stream, service)
            .await;
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let site = TlsSite::start().await;
    let error = site.fetch(|_| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{}", error.chain());
    assert!(error.chain().contains("certificate"), "{}", error.chain());
    assert!(site.versions().is_empty());
}

#[tokio::test]
async fn a_certificate_in_the_ca_file_is_accepted() {
    let (site, scratch) = (TlsSite::start().await, Scratch::new());
    let path = scratch.write("ca.pem", &site.certificate);
    let response = site
        .fetch(|settings| settings.tls.ca_file = Some(path.into()))
        .await
        .unwrap();
    assert_eq!(response.text(), "secure");
}

#[tokio::test]
async fn a_trusted_certificate_for_another_name_is_refused() {
    let (site, scratch) = (TlsSite::start().await, Scratch::new());
    let mut settings = Settings::default();
    settings.tls.ca_file = Some(scratch.write("ca.pem", &site.certificate).into());
    settings.network.resolve = vec![format!("other.example:{}:127.0.0.1", site.port)];
    let url = format!("https://other.example:{}/", site.port);
    let error = HttpDownloader::new(&settings)
        .unwrap()
        .fetch(get(url))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{}", error.chain());
}

#[tokio::test]
async fn any_certificate_is_accepted_when_that_is_asked_for() {
    let site = TlsSite::start().await;
    assert_eq!(
        site.fetch(|settings| settings.tls.insecure = true)
            .await
            .unwrap()
            .text(),
        "secure"
    );
}

#[tokio::test]
async fn http_2_is_negotiated_and_can_be_left_out() {
    let site = TlsSite::start().await;
    site.fetch(|settings| settings.tls.insecure = true)
        .await
        .unwrap();
    site.fetch(|settings| {
        settings.tls.insecure = true;
        settings.network.http2 = false;
    })
    .await
    .unwrap();
    assert_eq!(
        site.versions(),
        [http::Version::HTTP_2, http::Version::HTTP_11]
    );
}

#[tokio::test]
async fn a_fixed_address_keeps_the_name_for_the_certificate() {
    let (site, scratch) = (TlsSite::start().await, Scratch::new());
    let mut settings = Settings::default();
    settings.tls.ca_file = Some(scratch.write("ca.pem", &site.certificate).into());
    settings.network.resolve = vec![format!("far.example:{}:127.0.0.1", site.port)];
    let url = format!("https://far.example:{}/", site.port);
    assert_eq!(
        HttpDownloader::new(&settings)
            .unwrap()
            .fetch(get(url))
            .await
            .unwrap()
            .text(),
        "secure"
    );
}
