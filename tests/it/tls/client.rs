//! Certificates of clients.

use crawlworks::ErrorKind;
use rustls::RootCertStore;

use super::refused::authority;
use super::*;

/// A site that takes only clients with a certificate, and such a certificate and its key, PEM.
async fn site_for_clients() -> (TlsSite, String, String) {
    let (issuer, root) = authority();
    let mut roots = RootCertStore::empty();
    let der = rustls::pki_types::pem::PemObject::from_pem_slice(root.as_bytes()).unwrap();
    roots.add(der).unwrap();
    let client = identity(["client.example"], |_| {}, Some(&issuer));
    let server = identity(NAMES, |_| {}, Some(&issuer));
    let site = TlsSite::serving(acceptor_of(&server, Some(roots)), root).await;
    let key = client.key.serialize_pem();
    (site, client.certificate.pem(), key)
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_it() {
    let (site, scratch) = (site_for_clients().await, Scratch::new());
    let (site, certificate, key) = site;
    let ca = scratch.write("ca.pem", &site.certificate);
    let both = scratch.write("both.pem", &format!("{certificate}{key}"));
    let certificate = scratch.write("cert.pem", &certificate);
    let key = scratch.write("key.pem", &key);
    for (certificate, key) in [(&certificate, Some(&key)), (&both, None)] {
        let fetched = site.fetch(|s| {
            s.tls.ca_file = Some(ca.clone().into());
            s.tls.client_cert = Some(certificate.into());
            s.tls.client_key = key.map(Into::into);
        });
        assert_eq!(fetched.await.unwrap().text(), "secure");
    }
    let error = site
        .fetch(|s| s.tls.ca_file = Some(ca.into()))
        .await
        .unwrap_err();
    assert!(
        error.chain().contains("CertificateRequired"),
        "{}",
        error.chain()
    );
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let scratch = Scratch::new();
    let (mine, other) = (super::self_signed(), super::self_signed());
    let certificate = scratch.write("cert.pem", &mine.certificate.pem());
    let other_key = scratch.write("other.pem", &other.key.serialize_pem());
    let empty = scratch.write("empty.pem", "");
    let none = scratch.path("none.pem");
    for (cert, key, kind, told) in [
        (Some(&none), None, ErrorKind::File, "none.pem"),
        (
            Some(&empty),
            None,
            ErrorKind::Tls,
            "no usable client certificate in",
        ),
        (Some(&certificate), None, ErrorKind::Tls, "no private key"),
        (Some(&certificate), Some(&none), ErrorKind::File, "none.pem"),
        (
            Some(&certificate),
            Some(&empty),
            ErrorKind::Tls,
            "empty.pem",
        ),
        (
            Some(&certificate),
            Some(&other_key),
            ErrorKind::Tls,
            "other.pem",
        ),
        (None, Some(&other_key), ErrorKind::Settings, "client_cert"),
    ] {
        let mut settings = Settings::default();
        settings.tls.client_cert = cert.map(Into::into);
        settings.tls.client_key = key.map(Into::into);
        let error = HttpDownloader::new(&settings).unwrap_err();
        assert_eq!(error.kind(), kind, "{}", error.chain());
        assert!(error.chain().contains(told), "{}", error.chain());
    }
}
