//! Each way in which a certificate can be wrong is told apart, with what to do.

use crawlworks::{Error, ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

use super::*;

/// An authority that nobody knows, with its certificate, PEM.
pub(super) fn authority() -> (Issuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let name = "An authority of tests";
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    (Issuer::new(params, key), certificate)
}

/// The error of a fetch from a site with this certificate.
async fn refusal(identity: Identity, root: Option<String>) -> Error {
    let (is_trusted, scratch) = (root.is_some(), Scratch::new());
    let site = TlsSite::serving(acceptor(&identity), root.unwrap_or_default()).await;
    let path = scratch.write("ca.pem", &site.certificate);
    let fetched = site.fetch(|s| s.tls.ca_file = is_trusted.then(|| path.into()));
    let error = fetched.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{}", error.chain());
    assert!(site.versions().is_empty());
    error
}

fn says(error: &Error, parts: &[&str]) {
    let said = error.chain();
    for part in parts {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn expired() {
    let (issuer, root) = authority();
    let dated = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    };
    let error = refusal(identity(NAMES, dated, Some(&issuer)), Some(root)).await;
    says(&error, &["127.0.0.1", "expired at 2020-01-01"]);
}

#[tokio::test]
async fn not_yet_valid() {
    let (issuer, root) = authority();
    let dated = |params: &mut CertificateParams| params.not_before = date_time_ymd(4000, 1, 1);
    let error = refusal(identity(NAMES, dated, Some(&issuer)), Some(root)).await;
    says(&error, &["only from 4000-01-01", "clock"]);
}

#[tokio::test]
async fn for_another_host() {
    let (issuer, root) = authority();
    let other = identity(["other.example"], |_| {}, Some(&issuer));
    let error = refusal(other, Some(root)).await;
    says(&error, &["not for 127.0.0.1", "other.example"]);
}

#[tokio::test]
async fn self_signed() {
    let error = refusal(super::self_signed(), None).await;
    says(&error, &["127.0.0.1", "self-signed", "ca_file"]);
    let as_authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    let error = refusal(identity(NAMES, as_authority, None), None).await;
    says(&error, &["127.0.0.1", "self-signed", "ca_file"]);
}

#[tokio::test]
async fn of_an_unknown_root() {
    let (issuer, _) = authority();
    let error = refusal(identity(NAMES, |_| {}, Some(&issuer)), None).await;
    says(&error, &["127.0.0.1", "root is unknown", "native_roots"]);
}
