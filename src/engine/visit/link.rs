//! A [`Link`]: a request that a page asks for, with everything that can be computed without the dispatcher.

use crate::model::report::Filter;
use crate::page::identity::{self, Fingerprint, Strip};
use crate::page::request::Request;
use crate::policy::identity::Identity;
use crate::policy::own::DecidedBy;
use crate::policy::scope::Scope;

/// A request on its way to the dispatcher, with everything that can be computed without the dispatcher.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) request: Request,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) verdict: std::result::Result<(), Filter>,
    /// Policy of the user's that leaves the request out; `None` unless the verdict is [`Filter::Policy`].
    pub(crate) left_out_by: Option<DecidedBy>,
    /// Policy of the user's that gave the request its identity; `None` for the usual one.
    pub(crate) identified_by: Option<DecidedBy>,
    /// `true` if the URL has a session id, which the fingerprint leaves out.
    pub(crate) has_session: bool,
    /// `true` if the link leads further down in a tree of pages that mirror each other.
    pub(crate) is_mirrored: bool,
}

impl Link {
    /// Builds the link for a request, whose URL is kept as it is.
    pub(crate) fn new(request: Request, scope: &Scope, identity: &Identity) -> Self {
        let url = request.url();
        let mut verdict = match url.scheme() {
            // A site may have its sitemaps on another host; the scope applies to the pages that they list.
            "http" | "https" if request.sitemap().is_some() => Ok(()),
            "http" | "https" => scope.check(&request),
            _ => Err(Filter::Scheme),
        };
        let is_page = request.sitemap().is_none();
        let left_out_by = (is_page && verdict.is_ok())
            .then(|| scope.refusal(&request))
            .flatten();
        if left_out_by.is_some() {
            verdict = Err(Filter::Policy);
        }
        // A link that is left out must not stand for another one, which is followed.
        let (fingerprint, identified_by) = match verdict {
            Ok(()) => identity.of(&request),
            Err(_) => (identity.usual(&request), None),
        };
        Self {
            request,
            fingerprint,
            verdict,
            left_out_by,
            identified_by,
            has_session: false,
            is_mirrored: false,
        }
    }

    /// Builds the link for a request that was found on a page. `strip` is removed from its URL; if session ids are
    /// ignored, they do not tell requests apart.
    pub(crate) fn found(
        request: Request,
        scope: &Scope,
        identity: &Identity,
        strip: &Strip,
        ignores_sessions: bool,
    ) -> Self {
        let request = match strip.apply(request.url()) {
            Some(url) => request.with_url(url),
            None => request,
        };
        let mut link = Self::new(request, scope, identity);
        if ignores_sessions
            && link.verdict.is_ok()
            && link.identified_by.is_none()
            && let Some(page) = identity::without_session(link.request.url())
        {
            link.fingerprint = identity.usual(&link.request.clone().with_url(page));
            link.has_session = true;
        }
        link
    }
}

// Every link is moved several times; up to this size without a call of memcpy.
const _: () = assert!(size_of::<Link>() <= 128);
