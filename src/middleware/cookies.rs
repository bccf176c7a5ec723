//! Cookies: kept from answers, sent with requests, recomputed at every hop.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cookie_store::{Cookie, CookieStore, RawCookie, StoreAction};
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use url::Url;

use super::{Middleware, Next};
use crate::error::Result;
use crate::identity;
use crate::request::Request;
use crate::response::Response;

/// Bytes of one `Set-Cookie` line.
const MAX_SIZE: usize = 4096;
const MAX_PER_DOMAIN: usize = 180;
const MAX_TOTAL: usize = 3000;

/// A cookie jar (RFC 6265) in memory, shared by all requests of a crawl. The setting `cookies` turns it on.
///
/// A `Cookie` header that the request has itself goes first. A cookie for a public suffix such as `co.uk` is refused,
/// and so are more than 180 of one domain, 3,000 in all, and one of more than 4 KiB.
#[derive(Debug, Default)]
pub struct Cookies {
    // Held for a look-up, never across an await.
    jar: Mutex<Jar>,
}

/// The cookies, and how many there are. What is over a limit is not taken (RFC 6265, section 6.1): a site that sets a
/// new one on every page must neither fill the memory nor make its own requests too large.
#[derive(Debug, Default)]
struct Jar {
    store: CookieStore,
    by_domain: HashMap<String, usize>,
    total: usize,
}

impl Jar {
    fn keep(&mut self, cookie: &RawCookie<'_>, url: &Url) {
        let Ok(cookie) = Cookie::try_from_raw_cookie(cookie, url) else {
            return;
        };
        let domain = String::from(&cookie.domain);
        let path = String::from(&cookie.path);
        let is_known = self.store.contains_any(&domain, &path, cookie.name());
        let count = self.by_domain.get(&domain).copied().unwrap_or(0);
        if !is_known && (count >= MAX_PER_DOMAIN || self.total >= MAX_TOTAL) {
            tracing::debug!(%domain, name = cookie.name(), "too many cookies: not taken");
            return;
        }
        // A cookie that may not be set is not an error of the page.
        let inserted = self.store.insert(cookie.into_owned(), url);
        if matches!(inserted, Ok(StoreAction::Inserted)) {
            *self.by_domain.entry(domain).or_default() += 1;
            self.total += 1;
        }
    }
}

impl Cookies {
    fn jar(&self) -> MutexGuard<'_, Jar> {
        // A panic cannot leave the jar half changed in a way that matters more than losing all cookies.
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attach(&self, mut request: Request) -> Request {
        let mut pairs: Vec<u8> = request
            .header("cookie")
            .map(|value| value.as_bytes().to_vec())
            .unwrap_or_default();
        let had = pairs.len();
        let jar = self.jar();
        let mut cookies = jar.store.matches(request.url());
        // RFC 6265, section 5.4: longer paths first. Within a path the store has the older ones first.
        cookies.sort_by_key(|cookie| Reverse(String::from(&cookie.path).len()));
        for cookie in cookies {
            if !pairs.is_empty() {
                pairs.extend_from_slice(b"; ");
            }
            pairs.extend_from_slice(cookie.name().as_bytes());
            pairs.push(b'=');
            pairs.extend_from_slice(cookie.value().as_bytes());
        }
        drop(jar);
        if pairs.len() > had
            && let Ok(mut value) = HeaderValue::from_bytes(&pairs)
        {
            value.set_sensitive(true);
            request.headers_mut().insert(COOKIE, value);
        }
        request
    }

    fn keep(&self, response: &Response) {
        let url = response.url();
        let lines = response.headers().get_all(SET_COOKIE);
        for line in lines.iter().filter(|line| line.len() <= MAX_SIZE) {
            let text = String::from_utf8_lossy(line.as_bytes());
            match RawCookie::parse(text) {
                Ok(cookie) if !is_for_public_suffix(&cookie, url) => self.jar().keep(&cookie, url),
                _ => {}
            }
        }
    }
}

/// Whether a cookie would be sent to every site under a public suffix, other than to the host that set it, or names no
/// domain at all.
fn is_for_public_suffix(cookie: &RawCookie<'_>, url: &Url) -> bool {
    let Some(domain) = cookie
        .domain()
        .map(|domain| domain.trim_start_matches('.').to_ascii_lowercase())
    else {
        return false;
    };
    if url.host_str() == Some(domain.as_str()) {
        return false;
    }
    if domain.contains(char::is_whitespace) {
        return true;
    }
    Url::parse(&format!("http://{domain}/")).is_ok_and(|url| identity::site(&url).is_none())
}

impl Middleware for Cookies {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let response = next.run(self.attach(request)).await?;
        if response.headers().contains_key(SET_COOKIE) {
            self.keep(&response);
        }
        Ok(response)
    }
}
