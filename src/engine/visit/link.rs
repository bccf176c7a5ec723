//! A [`Link`]: a request that a page asks for, with all that can be told of it by itself.

use crate::model::report::Filter;
use crate::page::identity::{self, Fingerprint, FingerprintKey, Strip};
use crate::page::request::Request;
use crate::policy::scope::Scope;

/// A request on its way to the dispatcher, with all that can be told without it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) request: Request,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) verdict: std::result::Result<(), Filter>,
    /// Whether the URL has a session id, which the fingerprint leaves out.
    pub(crate) has_session: bool,
    /// Whether it leads further down in a tree of pages that mirror each other.
    pub(crate) is_mirrored: bool,
}

impl Link {
    /// A request as it is.
    pub(crate) fn new(request: Request, scope: &Scope, key: FingerprintKey) -> Self {
        let url = request.url();
        let fingerprint = request.fingerprint(key);
        let verdict = match url.scheme() {
            // A site may have its sitemaps elsewhere; what they list is held against the scope.
            "http" | "https" if request.sitemap().is_some() => Ok(()),
            "http" | "https" => scope.check(&request),
            _ => Err(Filter::Scheme),
        };
        Self {
            request,
            fingerprint,
            verdict,
            has_session: false,
            is_mirrored: false,
        }
    }

    /// A request that was found on a page. `strip` is taken out of its URL; session ids do not tell requests apart if
    /// they are ignored.
    pub(crate) fn found(
        request: Request,
        scope: &Scope,
        key: FingerprintKey,
        strip: &Strip,
        ignores_sessions: bool,
    ) -> Self {
        let request = match strip.apply(request.url()) {
            Some(url) => request.with_url(url),
            None => request,
        };
        let mut link = Self::new(request, scope, key);
        if ignores_sessions
            && link.verdict.is_ok()
            && let Some(page) = identity::without_session(link.request.url())
        {
            link.fingerprint = link.request.clone().with_url(page).fingerprint(key);
            link.has_session = true;
        }
        link
    }
}
