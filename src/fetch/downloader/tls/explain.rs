//! Explanation of failed TLS handshakes, with advice.

use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, InvalidMessage};

use crate::page::error::{Error, ErrorKind};

/// The error of a handshake with this host.
pub(super) fn handshake(host: &str, error: &io::Error) -> Error {
    let Some(cause) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    else {
        return Error::new(
            ErrorKind::Connect,
            format!("{host} closed the connection during the TLS handshake"),
        )
        .with_source(error.to_string());
    };
    let message = match cause {
        rustls::Error::InvalidCertificate(wrong) => certificate(host, wrong),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            format!("{host} does not speak TLS at this port")
        }
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure,
        ) => format!(
            "{host} has no version of TLS or cipher in common with us; TLS 1.2 and 1.3 are spoken here"
        ),
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            format!("{host} does not know that name: it has no certificate for it")
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            format!("{host} asks for a client certificate; see the setting client_cert")
        }
        _ => format!("the TLS handshake with {host} failed"),
    };
    Error::new(ErrorKind::Tls, message).with_source(cause.to_string())
}

fn certificate(host: &str, wrong: &CertificateError) -> String {
    const ROOT: &str = "give its root by ca_file (or native_roots, when this system trusts it)";
    match wrong {
        CertificateError::Expired => format!("the certificate of {host} has expired"),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate of {host} expired at {}", at(*not_after))
        }
        CertificateError::NotValidYet => format!("the certificate of {host} is not valid yet"),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "the certificate of {host} is valid only from {}; is the clock of this machine right?",
            at(*not_before)
        ),
        CertificateError::NotValidForName => {
            format!("the certificate is not for {host} but for another name")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!(
                "the certificate is not for {host} but for {}",
                names(presented)
            )
        }
        CertificateError::UnknownIssuer => format!(
            "the certificate of {host} is not signed by a known authority: it is self-signed, or its root is unknown here; {ROOT}"
        ),
        CertificateError::Revoked => format!("the certificate of {host} was revoked"),
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            format!(
                "the certificate of {host} is self-signed: one of an authority, used for a site; {ROOT}"
            )
        }
        _ => format!("the certificate of {host} is not valid"),
    }
}

/// The first few names of a certificate.
fn names(presented: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<&str> = presented.iter().take(SHOWN).map(String::as_str).collect();
    let mut text = shown.join(", ");
    match presented.len() {
        0 => text.push_str("no name at all"),
        count if count > SHOWN => text.push_str(", …"),
        _ => {}
    }
    text
}

fn at(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds)
        .map_or_else(|_| "a time far away".to_owned(), |time| time.to_string())
}
