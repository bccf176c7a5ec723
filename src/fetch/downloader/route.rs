//! Choice of the route of a request, direct or through a proxy, and conclusions from an answer about that proxy.

mod bans;
mod bypass;
mod environment;
mod pool;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use ::http::StatusCode;

use super::connector::Endpoint;
use crate::model::settings::Settings;
use crate::model::text_file;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Proxy;
use crate::page::request::Request;
use crate::page::response::Response;
use bans::Bans;
use bypass::Bypass;
use pool::Pool;

/// Value with which a request asks to go direct.
const NONE: &str = "none";
/// Value of the setting `proxy` that stands for the environment variables.
const ENVIRONMENT: &str = "env";

/// The settings about proxies.
pub(super) struct Routes {
    way: Way,
    bypass: Bypass,
    bans: Bans,
}

enum Way {
    Direct,
    One(Arc<Proxy>),
    /// A proxy for each scheme, from the environment variables.
    ByScheme {
        http: Option<Arc<Proxy>>,
        https: Option<Arc<Proxy>>,
    },
    Pool(Pool),
}

impl Routes {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad value, [`ErrorKind::File`] when `proxies_file` cannot be read.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        Self::with_environment(settings, |name| std::env::var(name).ok())
    }

    fn with_environment(
        settings: &Settings,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let mut bypassed = settings.network.no_proxy.clone();
        let way = match settings.network.proxy.as_deref() {
            Some(ENVIRONMENT) => {
                bypassed.extend(environment::no_proxy(&variable));
                let [http, https] = environment::proxies(&variable)?;
                Way::ByScheme { http, https }
            }
            Some(text) => Way::One(Arc::new(named("proxy", text)?)),
            None => Self::pool(settings)?,
        };
        Ok(Self {
            way,
            bypass: Bypass::new(&bypassed)?,
            bans: Bans::new(settings)?,
        })
    }

    fn pool(settings: &Settings) -> Result<Way> {
        let mut proxies = Vec::new();
        for text in &settings.network.proxies {
            proxies.push(named("proxies", text)?);
        }
        if let Some(path) = &settings.network.proxies_file {
            proxies.extend(from_file(path)?);
        }
        Ok(if proxies.is_empty() {
            Way::Direct
        } else {
            Way::Pool(Pool::new(proxies))
        })
    }

    /// The proxy for this request: its own, or that of the settings unless `no_proxy` has the host.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when the request's own proxy is none.
    pub(super) fn choose(
        &self,
        request: &Request,
        target: &Endpoint,
    ) -> Result<Option<Arc<Proxy>>> {
        match request.proxy() {
            Some(NONE) => return Ok(None),
            Some(text) => return Ok(Some(Arc::new(Proxy::parse(text)?))),
            None => {}
        }
        if self.bypass.has(target.host(), target.port()) {
            return Ok(None);
        }
        Ok(match &self.way {
            Way::Direct => None,
            Way::One(proxy) => Some(Arc::clone(proxy)),
            Way::ByScheme { https, .. } if target.is_https() => https.clone(),
            Way::ByScheme { http, .. } => http.clone(),
            Way::Pool(pool) => pool.next(request.session()),
        })
    }

    /// A proxy of the pool failed: others go first for a while.
    pub(super) fn failed(&self, proxy: &Arc<Proxy>) {
        if let Way::Pool(pool) = &self.way {
            pool.failed(proxy);
        }
    }

    /// See [`Connector::judge`](super::connector::Connector::judge).
    pub(super) fn judge(&self, endpoint: &Endpoint, result: Result<Response>) -> Result<Response> {
        let (Ok(response), Some(proxy)) = (&result, endpoint.proxy()) else {
            return result;
        };
        let is_from_proxy = endpoint.forwarding().is_some()
            && response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED;
        if is_from_proxy {
            self.failed(proxy);
            return Err(proxy.unauthorized());
        }
        let Way::Pool(pool) = &self.way else {
            return result;
        };
        // robots.txt is often forbidden or moved where no page is.
        let is_robots = response.request().robots_for().is_some();
        match self.bans.sign(response) {
            Some(sign) if !is_robots && pool.has_others_than(proxy) => {
                pool.failed(proxy);
                Err(Error::new(
                    ErrorKind::Banned,
                    format!("the proxy {proxy} looks banned: {sign}"),
                ))
            }
            _ => {
                pool.worked(proxy);
                result
            }
        }
    }
}

/// The proxy that is the value of a setting or a variable.
fn named(name: &str, text: &str) -> Result<Proxy> {
    Proxy::parse(text).map_err(|error| {
        let why = error.chain();
        Error::new(
            ErrorKind::Settings,
            format!("bad value for {name:?}: {why}"),
        )
    })
}

/// Reads a file with one proxy per line; empty lines and what follows a `#` at the beginning of a line are left out.
fn from_file(path: &Path) -> Result<Vec<Proxy>> {
    let shown = path.display();
    let text = text_file::read(path).map_err(|e| {
        Error::new(
            ErrorKind::File,
            format!("cannot read the proxies in {shown}"),
        )
        .with_source(e)
    })?;
    let lines = text.lines().map(str::trim).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(index, line)| {
            Proxy::parse(line).map_err(|error| {
                let number = index + 1;
                Error::new(ErrorKind::Settings, format!("line {number} of {shown}"))
                    .with_source(error)
            })
        })
        .collect()
}
