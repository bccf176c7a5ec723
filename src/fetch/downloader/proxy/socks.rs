//! SOCKS 5 (RFC 1928) with user name and password (RFC 1929).

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fetch::downloader::address::literal;
use crate::fetch::downloader::connector::Io;
use crate::page::error::{Error, Result};
use crate::page::request::Proxy;

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const PASSWORD: u8 = 2;
const PASSWORD_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// # Errors
/// [`ErrorKind::Proxy`](crate::ErrorKind::Proxy), or [`ErrorKind::Connect`](crate::ErrorKind::Connect) when the proxy
/// says that the host cannot be reached.
pub(super) async fn lead(proxy: &Proxy, mut io: Io, host: &str, port: u16) -> Result<Io> {
    let lost = |e: io::Error| proxy.error("closed the connection").with_source(e);
    let method = choose_method(proxy, &mut io).await.map_err(lost)?;
    match method {
        Some(NO_AUTHENTICATION) => {}
        Some(PASSWORD) if proxy.user().is_some() => {
            if !log_in(proxy, &mut io).await.map_err(lost)? {
                return Err(proxy.unauthorized());
            }
        }
        Some(_) => return Err(proxy.unauthorized()),
        None => return Err(proxy.error("does not speak SOCKS 5")),
    }
    io.write_all(&ask(proxy, host, port)?).await.map_err(lost)?;
    io.flush().await.map_err(lost)?;
    match answer(&mut io).await.map_err(lost)? {
        0 => Ok(io),
        code => Err(refusal(proxy, host, code)),
    }
}

/// The way to authenticate that the proxy chose; `None` when it does not speak SOCKS 5.
async fn choose_method(proxy: &Proxy, io: &mut Io) -> io::Result<Option<u8>> {
    let offer: &[u8] = if proxy.user().is_some() {
        &[VERSION, 2, NO_AUTHENTICATION, PASSWORD]
    } else {
        &[VERSION, 1, NO_AUTHENTICATION]
    };
    io.write_all(offer).await?;
    io.flush().await?;
    let [version, method] = read(io).await?;
    Ok((version == VERSION).then_some(method))
}

/// Returns whether the proxy accepts the user name and password.
async fn log_in(proxy: &Proxy, io: &mut Io) -> io::Result<bool> {
    let mut message = vec![PASSWORD_VERSION];
    if let Some((name, password)) = proxy.user() {
        for part in [name, password] {
            message.push(u8::try_from(part.len()).map_err(io::Error::other)?);
            message.extend_from_slice(part.as_bytes());
        }
    }
    io.write_all(&message).await?;
    io.flush().await?;
    let [_, status] = read(io).await?;
    Ok(status == 0)
}

/// The message that asks for a connection.
fn ask(proxy: &Proxy, host: &str, port: u16) -> Result<Vec<u8>> {
    let mut message = vec![VERSION, CONNECT, 0];
    match literal(host) {
        Some(IpAddr::V4(address)) => {
            message.push(IPV4);
            message.extend_from_slice(&address.octets());
        }
        Some(IpAddr::V6(address)) => {
            message.push(IPV6);
            message.extend_from_slice(&address.octets());
        }
        None => {
            let length = u8::try_from(host.len())
                .map_err(|_| proxy.unreachable(host, "its name is longer than 255 bytes"))?;
            message.extend_from_slice(&[NAME, length]);
            message.extend_from_slice(host.as_bytes());
        }
    }
    message.extend_from_slice(&port.to_be_bytes());
    Ok(message)
}

/// The code in the answer; 0 is success. What follows it, the proxy's own address, is left behind.
async fn answer(io: &mut Io) -> io::Result<u8> {
    let [version, code, _, kind] = read(io).await?;
    if version != VERSION {
        return Err(io::Error::other("its answer is not of SOCKS 5"));
    }
    let length = match kind {
        IPV4 => 4,
        IPV6 => 16,
        NAME => io.read_u8().await?.into(),
        _ if code != 0 => return Ok(code),
        _ => return Err(io::Error::other("its answer is not of SOCKS 5")),
    };
    let mut address_and_port = vec![0; length + 2];
    io.read_exact(&mut address_and_port).await?;
    Ok(code)
}

fn refusal(proxy: &Proxy, host: &str, code: u8) -> Error {
    let why = match code {
        2 => return proxy.error(format_args!("does not allow connections to {host}")),
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "time to live expired",
        7 => return proxy.error("does not know how to CONNECT"),
        8 => "this kind of address is not supported",
        _ => "general failure",
    };
    proxy.unreachable(host, why)
}

async fn read<const N: usize>(io: &mut Io) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    io.read_exact(&mut bytes).await?;
    Ok(bytes)
}
