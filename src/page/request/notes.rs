//! Notes of the engine in a request, and questions that it asks of one: tries, redirects, credentials, and its own
//! requests.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, Method};
use url::Url;

use super::credentials::Credentials;
use super::{Extra, Request, SECRETS};
use crate::page::identity::{Fingerprint, FingerprintKey};

impl Request {
    /// Returns the fingerprint of this request in a job with this key: of method, URL, body, and the session if it has one.
    pub(crate) fn fingerprint(&self, key: FingerprintKey) -> Fingerprint {
        match self.session() {
            None => key.of(self.method(), &self.url, self.body()),
            Some(session) => {
                key.of_marked(self.method(), &self.url, self.body(), session.as_bytes())
            }
        }
    }

    /// Returns the number of answers that asked for other credentials.
    pub(crate) fn challenges(&self) -> u8 {
        self.extra.as_ref().map_or(0, |extra| extra.challenges)
    }

    /// Counts one more answer that asked for other credentials.
    pub(crate) fn challenged(mut self) -> Self {
        let extra = self.extra_mut();
        extra.challenges = extra.challenges.saturating_add(1);
        self
    }

    /// Returns whether the credentials of the request come from its URL, or stand for such.
    pub(crate) fn has_userinfo(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.has_userinfo)
    }

    /// Gives the request credentials as if they were in its URL: they are those of its origin, for the whole crawl.
    pub(crate) fn with_userinfo(self, user: &str, password: &str) -> Self {
        let mut request = self.with_basic_auth(user, password);
        request.extra_mut().has_userinfo = true;
        request
    }

    /// Takes out the credentials that its URL had.
    pub(crate) fn take_userinfo(&mut self) -> Option<Credentials> {
        let extra = self.extra.as_mut().filter(|extra| extra.has_userinfo)?;
        extra.has_userinfo = false;
        let credentials = Credentials::from_basic(&extra.headers.remove(AUTHORIZATION)?);
        if **extra == Extra::default() {
            self.extra = None;
        }
        credentials
    }

    /// Attaches a text for `parse` as [`with_meta`](Self::with_meta) does, which cannot fail for a text.
    pub(crate) fn with_text(mut self, key: impl Into<String>, text: impl Into<String>) -> Self {
        let text = serde_json::Value::String(text.into());
        self.extra_mut().meta.insert(key.into(), text);
        self
    }

    /// Returns whether the request is sent with secrets, which its answer may have in it, too.
    pub(crate) fn is_private(&self) -> bool {
        let extra = self.extra.as_ref();
        extra.is_some_and(|extra| extra.meta.contains_key(SECRETS))
    }

    /// Returns the marks of the requests in its chain of redirects. Each mark covers all that the request's answer can
    /// depend on.
    pub(crate) fn trail(&self) -> &[u64] {
        self.extra.as_ref().map_or(&[], |extra| &extra.trail)
    }

    pub(crate) fn is_unfiltered(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.dont_filter)
    }

    /// Sets the page that the request was found on.
    pub(crate) fn found_on(mut self, page: Option<&Arc<Url>>) -> Self {
        self.referrer = page.cloned();
        self
    }

    /// Shares the page that the request was found on with the request before it, `last`, if that has the same.
    pub(crate) fn sharing_referrer(mut self, last: &mut Option<Arc<Url>>) -> Self {
        if self.referrer == *last {
            self.referrer.clone_from(last);
        } else {
            last.clone_from(&self.referrer);
        }
        self
    }

    /// Returns the page that the request was found on, to be shared with other requests.
    pub(crate) fn shared_referrer(&self) -> Option<&Arc<Url>> {
        self.referrer.as_ref()
    }

    /// Returns whether this is no more than a `GET` of a URL that may have been found on a page.
    pub(crate) fn is_plain(&self) -> bool {
        self.extra.is_none()
    }

    pub(crate) fn at_depth(mut self, depth: u32) -> Self {
        self.depth = depth;
        self
    }

    pub(crate) fn tried_again(mut self) -> Self {
        self.extra_mut().attempt += 1;
        self
    }

    /// Returns the request as if it had never been tried.
    pub(crate) fn never_tried(mut self) -> Self {
        if let Some(extra) = &mut self.extra {
            extra.attempt = 0;
        }
        self
    }

    /// Makes a fetch of robots.txt for this origin: the engine's own, never seen by a spider.
    pub(crate) fn for_robots(url: Url, origin: &str) -> Self {
        let mut request = Self::from(url).any_status();
        request.extra_mut().robots_for = Some(origin.into());
        request
    }

    /// Takes over the headers and the session of another request to its origin, but for headers that name the
    /// representation that one is for, or describe its body.
    pub(crate) fn identified_as(mut self, other: &Self) -> Self {
        if let Some(session) = other.session() {
            self = self.with_session(session);
        }
        if other.headers().is_empty() {
            return self;
        }
        let is_identity = |name: &HeaderName| {
            let name = name.as_str();
            !["accept", "content-", "if-"]
                .iter()
                .any(|start| name.starts_with(start))
                && !["range", "referer", "origin", "transfer-encoding"].contains(&name)
        };
        let headers = other.headers().iter();
        let headers = headers.filter(|(name, _)| is_identity(name));
        self.headers_mut()
            .extend(headers.map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// Removes headers and session, for another origin.
    pub(crate) fn unidentified(mut self) -> Self {
        let extra = self.extra_mut();
        extra.headers.clear();
        extra.session = None;
        self
    }

    /// Returns the origin whose robots.txt this request fetches.
    pub(crate) fn robots_for(&self) -> Option<&str> {
        self.extra.as_ref()?.robots_for.as_deref()
    }

    /// Makes a fetch of a sitemap: the engine's own, never seen by a spider. `level` is 1 for a sitemap that robots.txt
    /// lists, 2 for one that a sitemap of level 1 lists, and so on.
    pub(crate) fn for_sitemap(url: Url, level: u8) -> Self {
        let mut request = Self::from(url);
        request.extra_mut().sitemap = level;
        request
    }

    /// Makes a request for a page that a sitemap lists: as near as a start request, but not asked for by name.
    pub(crate) fn listed(url: Url) -> Self {
        let mut request = Self::from(url);
        request.extra_mut().is_listed = true;
        request
    }

    /// Returns whether the crawl starts with this request, or was redirected from one that it starts with.
    pub(crate) fn is_start(&self) -> bool {
        self.depth == 0 && !self.extra.as_ref().is_some_and(|extra| extra.is_listed)
    }

    /// Returns the level of the sitemap that this request fetches.
    pub(crate) fn sitemap(&self) -> Option<u8> {
        let level = self.extra.as_ref()?.sitemap;
        (level > 0).then_some(level)
    }

    /// Returns whether the engine reads the answer itself: it is no page.
    pub(crate) fn is_own(&self) -> bool {
        self.robots_for().is_some() || self.sitemap().is_some()
    }

    /// Returns the request that follows a redirect: the same but for its URL, one hop longer. A first try.
    pub(crate) fn redirected_to(mut self, url: Url) -> Self {
        let from = std::mem::replace(&mut self.url, url);
        let extra = self.extra_mut();
        extra.redirects.push(from);
        extra.attempt = 0;
        extra.challenges = 0;
        self
    }

    /// Adds the mark of the request that redirected here.
    pub(crate) fn with_mark(mut self, mark: u64) -> Self {
        self.extra_mut().trail.push(mark);
        self
    }

    /// Makes the request a `GET` (or leaves it a `HEAD`) without body and without the headers that describe one.
    pub(crate) fn without_body(mut self, method: Method) -> Self {
        let extra = self.extra_mut();
        extra.method = method;
        extra.body = Bytes::new();
        extra
            .headers
            .retain_names(|name| !name.as_str().starts_with("content-"));
        self
    }

    pub(crate) fn body_bytes(&self) -> Bytes {
        self.extra
            .as_ref()
            .map_or_else(Bytes::new, |extra| extra.body.clone())
    }
}

/// Removal of headers by name, since `HeaderMap` has no `retain`.
trait RetainNames {
    fn retain_names(&mut self, keep: impl Fn(&HeaderName) -> bool);
}

impl RetainNames for HeaderMap {
    fn retain_names(&mut self, keep: impl Fn(&HeaderName) -> bool) {
        let gone: Vec<HeaderName> = self.keys().filter(|name| !keep(name)).cloned().collect();
        for name in gone {
            self.remove(name);
        }
    }
}
