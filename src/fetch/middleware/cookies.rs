//! Cookies: kept from answers, sent with requests, recomputed at every hop.

mod cookie;
mod date;
mod jar;
mod netscape;
mod set_cookie;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use jiff::Timestamp;
use url::{Origin, Url};

use super::{Middleware, Next};
use crate::model::replace::replace_private;
use crate::model::saved_record::{RecordKind, SavedRecord};
use crate::model::text_file;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::Response;
use cookie::Cookie;
use jar::Jar;

/// Number of cookies out of headers that are remembered as taken.
const MAX_GIVEN: usize = 10_000;

/// A cookie jar (RFC 6265bis) in memory, shared by all requests of a crawl; clones share it too. The setting `cookies`
/// turns it on. A request that [names a session](Request::with_session) has a jar of its own with all of that session.
///
/// The cookies of a `Cookie` header that a request has itself go into the jar, for its origin alone: what the site sets
/// or deletes takes their place. Refused are cookies for a public suffix such as `co.uk`,
/// cookies without a name, those of more than 4 KiB, and over plain http what belongs to https. Of more than 50 of one
/// domain, or 3,000 in all, those that were used longest ago are given up.
#[derive(Debug, Clone, Default)]
pub struct Cookies {
    // Held for a look-up, never across an await.
    jars: Arc<Mutex<Jars>>,
}

#[derive(Debug, Default)]
struct Jars {
    /// Jars by session; the jar without a session has an empty name.
    sessions: HashMap<Box<str>, Jar>,
    /// Cookies taken out of `Cookie` headers, by session, origin and pair: each is taken once, or it would replace the
    /// value that the site has set since.
    given: HashSet<(Box<str>, Origin, Vec<u8>)>,
    /// `true` if an earlier process has left cookies, which are newer than those given in `Cookie` headers at that
    /// time.
    was_resumed: bool,
    /// Names of the records that have changed since they were last saved, in a durable job.
    changed: Option<BTreeSet<String>>,
}

impl Jars {
    /// The jar of a session, if it has one.
    fn of(&mut self, session: Option<&str>) -> Option<&mut Jar> {
        self.sessions.get_mut(session.unwrap_or_default())
    }

    fn of_or_new(&mut self, session: &str) -> &mut Jar {
        if !self.sessions.contains_key(session) {
            self.sessions.insert(session.into(), Jar::default());
        }
        self.sessions.entry(session.into()).or_default()
    }

    /// Takes the cookies of a `Cookie` header, for the origin of its request; not if there is something else in it.
    fn take(&mut self, session: &str, url: &Url, header: &HeaderValue) -> bool {
        let pairs: Vec<&[u8]> = header
            .as_bytes()
            .split(|byte| *byte == b';')
            .filter(|pair| !pair.trim_ascii().is_empty())
            .collect();
        let cookies = pairs.iter().map(|pair| Cookie::given(pair, url));
        let Some(cookies) = cookies.collect::<Option<Vec<Cookie>>>() else {
            return false;
        };
        if self.given.len() >= MAX_GIVEN {
            self.given.clear();
        }
        for (cookie, pair) in cookies.into_iter().zip(pairs) {
            let is_new = self
                .given
                .insert((session.into(), url.origin(), pair.to_vec()));
            if is_new && !(self.was_resumed && self.of_or_new(session).has(&cookie.name, url)) {
                let changed = self.of_or_new(session).set(cookie, true, now());
                self.note(session, &changed);
            }
        }
        true
    }

    /// Notes that the cookies of these sites have changed.
    fn note(&mut self, session: &str, sites: &[String]) {
        if let Some(changed) = &mut self.changed {
            changed.extend(sites.iter().map(|site| record(site, session)));
        }
    }
}

/// The name of the record of a site's cookies in a session. No host has a space in it.
fn record(site: &str, session: &str) -> String {
    format!("{site} {session}")
}

impl Cookies {
    /// A jar that a durable job keeps.
    pub(crate) fn kept() -> Self {
        let cookies = Self::default();
        cookies.jars().changed = Some(BTreeSet::new());
        cookies
    }

    fn jars(&self) -> MutexGuard<'_, Jars> {
        // A panic cannot leave the jars half changed in a way that matters more than losing all cookies.
        self.jars.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The `Cookie` header that a request has, if it is sent now. Its own cookies go into the jar.
    #[doc(hidden)]
    #[must_use]
    pub fn header(&self, request: &Request) -> Option<HeaderValue> {
        let mut jars = self.jars();
        let session = request.session().unwrap_or_default();
        let own = request.header("cookie");
        let own = own.filter(|own| !jars.take(session, request.url(), own));
        let kept = jars
            .of(request.session())
            .map(|jar| jar.header(request.url(), now()))
            .filter(|kept| !kept.is_empty());
        let Some(kept) = kept else {
            return own.cloned();
        };
        let pairs = match own {
            Some(own) => [own.as_bytes(), b"; ", &kept].concat(),
            None => kept,
        };
        let mut value = HeaderValue::from_bytes(&pairs).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    fn attach(&self, mut request: Request) -> Request {
        match self.header(&request) {
            Some(value) => {
                request.headers_mut().insert(COOKIE, value);
            }
            // All that it had has been deleted by the site.
            None if request.header("cookie").is_some() => {
                request.headers_mut().remove(COOKIE);
            }
            None => {}
        }
        request
    }

    /// Keeps the cookies that an answer sets.
    #[doc(hidden)]
    pub fn keep(&self, session: &str, response: &Response) {
        let (url, now) = (response.url(), now());
        let mut jars = self.jars();
        for line in response.headers().get_all(SET_COOKIE) {
            // One that may not be set is not an error of the page.
            if let Some(cookie) = set_cookie::parse(line.as_bytes(), url, now) {
                let changed = jars
                    .of_or_new(session)
                    .set(cookie, url.scheme() == "https", now);
                jars.note(session, &changed);
            }
        }
    }

    /// Takes the cookies of a file in Netscape's format, for requests without a session.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when it cannot be read, with the line that is wrong.
    pub(crate) fn load(&self, file: &Path) -> Result<()> {
        let bad = |what: &str| Error::new(ErrorKind::File, format!("{what} {}", file.display()));
        let bytes = std::fs::read(file).map_err(|e| bad("cannot read").with_source(e))?;
        let text = text_file::text(&bytes);
        let text = text.as_deref().map_or(&*bytes, str::as_bytes);
        let cookies = netscape::read(text).map_err(|(line, why)| {
            let message = format!("{}, line {line}: {why}", file.display());
            Error::new(ErrorKind::File, message)
        })?;
        let mut jars = self.jars();
        for cookie in cookies {
            let changed = jars.of_or_new("").set(cookie, true, now());
            jars.note("", &changed);
        }
        Ok(())
    }

    /// Writes the cookies of requests without a session into a file in Netscape's format, for nobody else to read.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when it cannot be written; then it is as it was.
    pub(crate) fn save(&self, file: &Path) -> Result<()> {
        let mut text = netscape::HEAD.to_vec();
        if let Some(jar) = self.jars().of(None) {
            jar.all(now())
                .into_iter()
                .for_each(|cookie| netscape::write(cookie, &mut text));
        }
        replace_private(file, &text).map_err(|e| {
            let message = format!("cannot write {}", file.display());
            Error::new(ErrorKind::Storage, message).with_source(e)
        })
    }

    /// Returns the saved records that have changed since the last call.
    pub(crate) fn keepsakes(&self) -> Vec<SavedRecord> {
        let mut jars = self.jars();
        let changed = jars.changed.as_mut().map(std::mem::take);
        let keepsake = |name: String| {
            let (site, session) = name.split_once(' ').unwrap_or((&name, ""));
            let mut lines = Vec::new();
            if let Some(jar) = jars.of(Some(session)) {
                jar.of_site(site, now())
                    .for_each(|cookie| netscape::write(cookie, &mut lines));
            }
            SavedRecord {
                kind: RecordKind::Cookies,
                value: (!lines.is_empty()).then_some(lines),
                name,
            }
        };
        changed.into_iter().flatten().map(keepsake).collect()
    }

    /// Takes back what an earlier process kept.
    pub(crate) fn take_back(&self, name: &str, value: &[u8]) {
        let (site, session) = name.split_once(' ').unwrap_or((name, ""));
        match netscape::read(value) {
            Ok(cookies) => {
                let mut jars = self.jars();
                jars.was_resumed = true;
                jars.of_or_new(session).restore(site, cookies);
            }
            Err((_, why)) => tracing::warn!(site, why, "kept cookies cannot be read: left out"),
        }
    }
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

impl Middleware for Cookies {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let session = request.session().unwrap_or_default().to_owned();
        let response = next.run(self.attach(request)).await?;
        if response.headers().contains_key(SET_COOKIE) {
            self.keep(&session, &response);
        }
        Ok(response)
    }
}
