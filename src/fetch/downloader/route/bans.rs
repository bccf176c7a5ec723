//! Detection of answers which show that a site has banned the proxy.

use regex::{Regex, bytes};

use crate::model::settings::Settings;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::response::Response;

/// The settings `proxy_ban_status`, `proxy_ban_pattern` and `proxy_ban_redirect`.
#[derive(Debug)]
pub(super) struct Bans {
    statuses: Vec<u16>,
    body: Option<bytes::Regex>,
    redirect: Option<Regex>,
}

impl Bans {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad regular expression.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let bad = |name: &str, error: regex::Error| {
            Error::new(ErrorKind::Settings, format!("bad value for {name:?}")).with_source(error)
        };
        let body = settings.network.proxy_ban_pattern.as_deref();
        let redirect = settings.network.proxy_ban_redirect.as_deref();
        Ok(Self {
            statuses: settings.network.proxy_ban_status.clone(),
            body: body
                .map(bytes::Regex::new)
                .transpose()
                .map_err(|e| bad("proxy_ban_pattern", e))?,
            redirect: redirect
                .map(Regex::new)
                .transpose()
                .map_err(|e| bad("proxy_ban_redirect", e))?,
        })
    }

    /// Returns the reason why the answer is that of a site to a banned proxy; `None` when it is not.
    pub(super) fn sign(&self, response: &Response) -> Option<String> {
        let status = response.status();
        if self.statuses.contains(&status.as_u16()) {
            return Some(format!("status {}", status.as_u16()));
        }
        if let Some(redirect) = &self.redirect
            && status.is_redirection()
            && let Some(target) = response.header("location")
        {
            let target = response
                .join(&target)
                .map_or_else(|_| target.into_owned(), String::from);
            if redirect.is_match(&target) {
                return Some(format!("redirected to {target}"));
            }
        }
        let body = self.body.as_ref()?;
        body.is_match(response.body())
            .then(|| format!("its body matches {body}"))
    }
}
