//! [`Identity`]: which requests of a crawl are one and the same.

use super::own::{DecidedBy, IdentityPolicies};
use crate::page::identity::{Fingerprint, FingerprintKey};
use crate::page::request::Request;

/// Decision by which requests are told apart: the user's policies, else method, canonical URL and body.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    key: FingerprintKey,
    policies: IdentityPolicies,
}

impl Identity {
    pub(crate) fn new(key: FingerprintKey, policies: IdentityPolicies) -> Self {
        Self { key, policies }
    }

    /// Returns the fingerprint of a request, and the policy that was asked last, if it decided or panicked.
    pub(crate) fn of(&self, request: &Request) -> (Fingerprint, Option<DecidedBy>) {
        let decided = match request.sitemap() {
            None => self.policies.identity(request),
            // Its pages are what the policy is about.
            Some(_) => None,
        };
        match decided {
            // A part that no request begins with, so that no identity is that of a URL.
            Some((by, Some(identity))) => {
                let parts = [&b"identity"[..], identity.as_bytes()];
                (self.key.of_parts(&parts), Some(by))
            }
            Some((by, None)) => (self.usual(request), Some(by)),
            None => (self.usual(request), None),
        }
    }

    /// Returns the fingerprint of a request without asking policies.
    pub(crate) fn usual(&self, request: &Request) -> Fingerprint {
        request.fingerprint(self.key)
    }

    /// Returns whether a redirect leads to a request with the identity of an earlier one of its chain, which may then be made all
    /// the same: otherwise a page whose URL redirects to a tidier one would never be had.
    pub(crate) fn is_in_own_chain(&self, request: &Request, fingerprint: Fingerprint) -> bool {
        !self.policies.is_empty()
            && request
                .redirects()
                .iter()
                .any(|url| self.of(&request.clone().with_url(url.clone())).0 == fingerprint)
    }

    /// Returns the name under which a policy's decision is counted.
    pub(crate) fn policy(&self, by: DecidedBy) -> String {
        self.policies.name(by)
    }
}
