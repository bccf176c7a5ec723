//! Certificates and keys in files, PEM: roots to trust, and one to show to servers.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::model::settings::Settings;
use crate::model::text_file;
use crate::page::error::{Error, ErrorKind, Result};

/// The roots to trust: those built in, and what `native_roots` and `ca_file` add.
pub(super) fn roots(settings: &Settings) -> Result<RootCertStore> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if settings.tls.native_roots {
        let native = rustls_native_certs::load_native_certs();
        for error in &native.errors {
            tracing::warn!(%error, "a root certificate of this system was left out");
        }
        roots.add_parsable_certificates(native.certs);
    }
    if let Some(path) = &settings.tls.ca_file {
        for certificate in chain(path, "root certificate")? {
            roots
                .add(certificate)
                .map_err(|e| unusable("root certificate", path).with_source(e))?;
        }
    }
    Ok(roots)
}

/// The certificate to show to servers that ask for one, with its chain and key.
pub(super) fn own(
    settings: &Settings,
) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>> {
    let Some(path) = &settings.tls.client_cert else {
        if settings.tls.client_key.is_some() {
            let message = "the setting client_key needs client_cert, its certificate";
            return Err(Error::new(ErrorKind::Settings, message));
        }
        return Ok(None);
    };
    let certificates = chain(path, "client certificate")?;
    let path = settings.tls.client_key.as_ref().unwrap_or(path);
    let key = PrivateKeyDer::from_pem_slice(&read(path, "client key")?).map_err(|e| {
        let why = match e {
            // One that is encrypted has another name in its file.
            rustls::pki_types::pem::Error::NoItemsFound => {
                "it has no private key that is not encrypted".into()
            }
            e => e.to_string(),
        };
        unusable("client key", path).with_source(why)
    })?;
    Ok(Some((certificates, key)))
}

/// The client certificate and key do not fit together.
pub(super) fn unusable_own(settings: &Settings) -> Error {
    let none = Path::new("");
    let certificate = settings.tls.client_cert.as_deref().unwrap_or(none);
    let key = settings.tls.client_key.as_deref().unwrap_or(certificate);
    Error::new(
        ErrorKind::Tls,
        format!(
            "the client certificate in {} cannot be used with the key in {}",
            certificate.display(),
            key.display()
        ),
    )
}

fn chain(path: &Path, what: &str) -> Result<Vec<CertificateDer<'static>>> {
    let pem = read(path, what)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|e| unusable(what, path).with_source(e))?;
    if certificates.is_empty() {
        Err(unusable(what, path))
    } else {
        Ok(certificates)
    }
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>> {
    // What is no text may still have a certificate in it.
    let read = std::fs::read(path);
    let text = read.map(|bytes| match text_file::text(&bytes) {
        Some(text) => text.into_owned().into_bytes(),
        None => bytes,
    });
    text.map_err(|e| {
        Error::new(
            ErrorKind::File,
            format!("cannot read the {what} in {}", path.display()),
        )
        .with_source(e)
    })
}

fn unusable(what: &str, path: &Path) -> Error {
    Error::new(
        ErrorKind::Tls,
        format!("no usable {what} in {} (PEM)", path.display()),
    )
}
