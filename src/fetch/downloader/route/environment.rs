//! The variables of the environment that curl, wget and many others read.

use std::sync::Arc;

use super::named;
use crate::page::error::Result;
use crate::page::request::Proxy;

/// The proxies for http and for https: `http_proxy`, `https_proxy`, else `all_proxy`.
pub(super) fn proxies(
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<[Option<Arc<Proxy>>; 2]> {
    let proxy = |name: &str| -> Result<Option<Arc<Proxy>>> {
        match either_case(variable, name) {
            Some(text) => Ok(Some(Arc::new(named(name, &text)?))),
            None => Ok(None),
        }
    };
    let all = proxy("all_proxy")?;
    // A web server that runs us as CGI sets HTTP_PROXY to what a client sent as the header `Proxy` ("httpoxy").
    let http = if variable("REQUEST_METHOD").is_some() {
        None
    } else {
        proxy("http_proxy")?
    };
    Ok([http.or_else(|| all.clone()), proxy("https_proxy")?.or(all)])
}

/// The hosts in `no_proxy`.
pub(super) fn no_proxy(variable: &impl Fn(&str) -> Option<String>) -> Vec<String> {
    let list = either_case(variable, "no_proxy").unwrap_or_default();
    list.split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn either_case(variable: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    variable(name)
        .or_else(|| variable(&name.to_ascii_uppercase()))
        .filter(|value| !value.is_empty())
}
