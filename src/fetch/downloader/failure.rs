//! Classification of errors of hyper, rustls or the system as an [`ErrorKind`].

use std::error::Error as StdError;
use std::{fmt, io};

use crate::page::error::{BoxError, Error, ErrorKind};

const ENDED_EARLY: &str = "the body ended early";

/// The error of an exchange that got no response head.
pub(super) fn before_head(error: &hyper::Error) -> Error {
    let kind = kind(error).unwrap_or(ErrorKind::Http);
    let message = match kind {
        ErrorKind::Tls => "TLS failed",
        ErrorKind::Timeout => "timed out while waiting for the answer",
        ErrorKind::Connect if is_http2(error) => "the server refused the request",
        ErrorKind::Connect => "the connection was closed before the answer",
        _ if error.is_parse_too_large() => {
            "the answer's head is too large; see the setting max_headers"
        }
        _ if is_http2(error) => "the server broke off the HTTP/2 exchange",
        _ => "the answer is not HTTP",
    };
    Error::new(kind, message).with_source(innermost(error))
}

/// The error of a body that did not arrive whole.
pub(super) fn within_body(error: &(dyn StdError + 'static)) -> Error {
    let source = if needs_http1(error) {
        Box::new(NeedsHttp1(innermost(error)))
    } else {
        innermost(error)
    };
    Error::new(ErrorKind::Incomplete, ENDED_EARLY).with_source(source)
}

/// The error of a body whose stream was reset, as if nothing were wrong.
pub(super) fn cut_off() -> Error {
    let source = "the HTTP/2 stream was reset before its end";
    Error::new(ErrorKind::Incomplete, ENDED_EARLY).with_source(source)
}

/// Returns whether a request that failed over HTTP/2 may work over HTTP/1.1: the server asks for it, or breaks the
/// rules of HTTP/2.
pub(super) fn needs_http1(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<NeedsHttp1>() {
            return true;
        }
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            return error.is_library() || refuses_http2(error);
        }
        cause = error.source();
    }
    false
}

/// Returns whether a server asks for HTTP/1.1 although it has offered HTTP/2.
pub(super) fn refuses_http2(error: &h2::Error) -> bool {
    let asks = [
        h2::Reason::HTTP_1_1_REQUIRED,
        h2::Reason::INADEQUATE_SECURITY,
    ];
    error.is_remote() && error.reason().is_some_and(|reason| asks.contains(&reason))
}

/// The cause of an error after which [`needs_http1`] holds.
#[derive(Debug)]
struct NeedsHttp1(BoxError);

impl fmt::Display for NeedsHttp1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for NeedsHttp1 {}

fn is_http2(error: &hyper::Error) -> bool {
    error.source().is_some_and(<dyn StdError>::is::<h2::Error>)
}

fn kind(error: &(dyn StdError + 'static)) -> Option<ErrorKind> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return Some(ErrorKind::Tls);
        }
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_incomplete_message() || error.is_closed() || error.is_canceled())
        {
            // Servers that miss a client certificate say so only after the handshake.
            let is_tls = error.source().and_then(kind) == Some(ErrorKind::Tls);
            return Some(if is_tls {
                ErrorKind::Tls
            } else {
                ErrorKind::Connect
            });
        }
        if let Some(error) = error.downcast_ref::<h2::Error>()
            && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
        {
            return Some(ErrorKind::Connect);
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            // A rustls error travels inside an io error, which hides it from `source`.
            if let Some(kind) = error.get_ref().and_then(|inner| kind(inner)) {
                return Some(kind);
            }
            return Some(match error.kind() {
                io::ErrorKind::TimedOut => ErrorKind::Timeout,
                io::ErrorKind::InvalidData => ErrorKind::Http,
                _ => ErrorKind::Connect,
            });
        }
        cause = error.source();
    }
    None
}

/// The cause at the end of the chain, as text: what is between says the same again in other words.
fn innermost(error: &(dyn StdError + 'static)) -> BoxError {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string().into()
}
