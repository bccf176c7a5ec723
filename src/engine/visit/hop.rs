//! The next hop of a redirect or refresh, unless it is a loop.

use std::error::Error as _;

use http::HeaderValue;
use http::header::SET_COOKIE;

use super::Context;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::{redirect, refresh};

impl Context {
    /// Returns the request that an answer leads to by a redirect or refresh; `None` when it leads to none.
    ///
    /// # Errors
    /// [`ErrorKind::Redirect`] when the redirect leads nowhere, too far, or in a circle.
    pub(super) fn next_hop(
        &self,
        request: &Request,
        response: &Response,
    ) -> Result<Option<Request>> {
        let (status, headers) = (response.status(), response.headers());
        let has_refused = self.cookies.is_none()
            && (headers.contains_key(SET_COOKIE) || request.trail().contains(&COOKIE_REFUSED));
        let next = redirect::follow(request, status, headers, self.redirects);
        if let Some(next) = next.map_err(|error| with_hint(error, has_refused))? {
            let target = next.url().clone();
            let next = if has_refused {
                next.with_mark(COOKIE_REFUSED)
            } else {
                next
            };
            return self
                .marked(request, response, next)
                .map(Some)
                .ok_or_else(|| {
                    let message = format!("redirect loop: it leads back to {target}");
                    let error = Error::new(ErrorKind::Redirect, message).with_url(request.url());
                    with_hint(error, has_refused)
                });
        }
        if !self.meta_refresh || !status.is_success() {
            return Ok(None);
        }
        // A refresh that cannot be followed is ignored: the answer stays an ordinary page.
        let next = refresh::target(response)
            .and_then(|target| redirect::refresh(request, target, self.redirects));
        Ok(next.and_then(|next| self.marked(request, response, next)))
    }

    /// Adds to the next request the mark of the request that led to it. Returns `None` when the next request equals one
    /// of its own chain, including the cookies, so that its answer is already known. A request that differs only in its
    /// cookies is no loop: many sites set some and redirect to the same page.
    fn marked(&self, request: &Request, response: &Response, next: Request) -> Option<Request> {
        let mark = |request: &Request, cookies: Option<&HeaderValue>| {
            let cookies = cookies.map_or(&b""[..], HeaderValue::as_bytes);
            let (method, url) = (request.method(), request.url());
            self.key
                .of_marked(method, url, request.body(), cookies)
                .get()
        };
        let next = next.with_mark(mark(request, response.request().header("cookie")));
        let cookies = match &self.cookies {
            Some(cookies) => cookies.header(&next),
            None => next.header("cookie").cloned(),
        };
        let is_loop = next.trail().contains(&mark(&next, cookies.as_ref()));
        (!is_loop).then_some(next)
    }
}

/// Mark of a chain of redirects in which a cookie was set while the setting `cookies` is off.
const COOKIE_REFUSED: u64 = 0;

/// Adds the probable reason, refused cookies, to the error of a redirect that leads nowhere.
fn with_hint(error: Error, has_refused: bool) -> Error {
    if !has_refused || error.source().is_some() {
        return error;
    }
    error.with_source("a cookie was set on the way, which `cookies=true` would send back")
}

/// Returns whether a redirect leads to a URL of its own chain, which may then be fetched once more: a site that sets a
/// cookie and redirects to the same page is not a loop.
pub(in crate::engine) fn is_in_own_chain(request: &Request) -> bool {
    let target = identity::canonical(request.url());
    request
        .redirects()
        .iter()
        .any(|url| identity::canonical(url) == target)
}
