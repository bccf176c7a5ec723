//! The way through a proxy to a host.

mod socks;
mod tunnel;

use super::connector::{Endpoint, Io};
use crate::page::error::Result;
use crate::page::request::Proxy;

/// Asks the proxy, at the other end of `io`, for a connection to `host`: a name or an address.
///
/// # Errors
/// [`ErrorKind::Proxy`](crate::ErrorKind::Proxy) when the proxy does not make the connection,
/// [`ErrorKind::Connect`](crate::ErrorKind::Connect) when it cannot reach the host.
pub(super) async fn lead(proxy: &Proxy, io: Io, endpoint: &Endpoint, host: &str) -> Result<Io> {
    if !proxy.forwards_http() {
        return socks::lead(proxy, io, host, endpoint.port()).await;
    }
    if endpoint.is_https() {
        return tunnel::lead(proxy, io, host, endpoint.port()).await;
    }
    Ok(io)
}
