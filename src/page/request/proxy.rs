//! Address of a proxy: its host and port, its protocol, and its credentials.

#[cfg(test)]
mod tests;

use std::fmt;

use ::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::page::error::{Error, ErrorKind, Result};

/// Address and protocol of a proxy. Two with different credentials are two proxies.
///
/// `Display` and `Debug` leave the credentials out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Proxy {
    scheme: Scheme,
    host: Box<str>,
    port: u16,
    user: Option<User>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct User {
    name: Box<str>,
    password: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scheme {
    Http,
    /// HTTP within TLS.
    Https,
    /// SOCKS 5 with names resolved here.
    Socks5,
    /// SOCKS 5 with names resolved by the proxy.
    Socks5h,
}

impl Scheme {
    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            "socks5" => Some(Self::Socks5),
            "socks5h" => Some(Self::Socks5h),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks5 | Self::Socks5h => 1080,
        }
    }
}

impl Proxy {
    /// Reads `http://user:password@host:port`; without a scheme it is `http`.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`], without the text, which may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let bad = |why: &str| {
            Error::new(
                ErrorKind::Settings,
                format!("not the address of a proxy: {why}"),
            )
        };
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = Scheme::named(scheme)
            .ok_or_else(|| bad("expected http://, https://, socks5:// or socks5h://"))?;
        // Hosts are read as in web addresses, whatever the proxy speaks.
        let url = Url::parse(&format!("http://{rest}"))
            .map_err(|e| bad("no host and port").with_source(e))?;
        // A URL forgets the port that is its scheme's own; no two schemes forget the same.
        let again = Url::parse(&format!("https://{rest}")).ok();
        let port = url.port().or_else(|| again.and_then(|url| url.port()));
        Ok(Self {
            scheme,
            host: url.host_str().unwrap_or_default().into(),
            port: port.unwrap_or(scheme.default_port()),
            user: user(&url).map_err(bad)?,
        })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns whether the connection to the proxy itself is TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Returns whether the proxy reads plain HTTP requests and passes them on.
    pub(crate) fn forwards_http(&self) -> bool {
        matches!(self.scheme, Scheme::Http | Scheme::Https)
    }

    /// Returns whether the proxy is given host names, not addresses.
    pub(crate) fn resolves_names(&self) -> bool {
        self.scheme != Scheme::Socks5
    }

    /// Returns the user name and the password.
    pub(crate) fn user(&self) -> Option<(&str, &str)> {
        let user = self.user.as_ref()?;
        Some((&user.name, &user.password))
    }

    /// Returns the value of `Proxy-Authorization`.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let User { name, password } = self.user.as_ref()?;
        let token = STANDARD.encode(format!("{name}:{password}"));
        let mut value = HeaderValue::try_from(format!("Basic {token}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Makes an error that is this proxy's fault.
    pub(crate) fn error(&self, what: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Proxy, format!("the proxy {self} {what}"))
    }

    /// Makes the error for a proxy that wants credentials that it was not given, or other ones.
    pub(crate) fn unauthorized(&self) -> Error {
        self.error(if self.user.is_some() {
            "refuses the user name and password that it was given"
        } else {
            "wants a user name and password: give them as in http://NAME:PASSWORD@HOST:PORT"
        })
    }

    /// Makes the error for a host that cannot be reached from the proxy.
    pub(crate) fn unreachable(&self, host: &str, why: &str) -> Error {
        Error::new(
            ErrorKind::Connect,
            format!("the proxy {self} cannot reach {host}: {why}"),
        )
    }
}

/// Returns the user name and password in a URL.
fn user(url: &Url) -> Result<Option<User>, &'static str> {
    let decoded = |part: &str| -> Box<str> {
        percent_decode_str(part)
            .decode_utf8_lossy()
            .into_owned()
            .into()
    };
    let name = decoded(url.username());
    let password = decoded(url.password().unwrap_or_default());
    // What a length byte of SOCKS can tell.
    if name.len() > 255 || password.len() > 255 {
        return Err("the user name or password is longer than 255 bytes");
    }
    if name.is_empty() && password.is_empty() {
        return Ok(None);
    }
    Ok(Some(User { name, password }))
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.scheme.as_str();
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}
