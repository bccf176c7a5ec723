//! Credentials: sent to their own origin and nowhere else, with every request of a crawl.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderValue};
use url::{Origin, Position, Url};

use super::{Middleware, Next};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::auth::{self, Credentials, Digest, Exchange};

/// Limit of repeated attempts of one request because a nonce was too old.
const MAX_STALE: u8 = 5;

/// Accounts of the crawl, by origin (scheme, host and port), from the setting `credentials` and the URLs of start
/// requests. Clones share them.
///
/// Basic goes with the first request. An origin that asks for Digest gets that from then on. Nothing of it is ever
/// stored, and a spider does not get to see it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    // Held for a look-up, never across an await.
    origins: Arc<Mutex<HashMap<Origin, Account>>>,
}

#[derive(Debug)]
struct Account {
    credentials: Credentials,
    digest: Option<Proven>,
}

/// A challenge, and what was proved with it.
#[derive(Debug)]
struct Proven {
    challenge: Digest,
    own_nonce: String,
    count: u32,
}

impl Accounts {
    /// # Errors
    /// [`ErrorKind::Settings`] for an entry that is none.
    pub(crate) fn new(entries: &[String]) -> Result<Self> {
        let accounts = Self::default();
        for (origin, credentials) in auth::read(entries)? {
            accounts.origins().insert(origin, Account::new(credentials));
        }
        Ok(accounts)
    }

    fn origins(&self) -> MutexGuard<'_, HashMap<Origin, Account>> {
        // Each change is a single insertion.
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the credentials out of the URLs of start requests; those go before the setting's.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when two URLs of one origin have different ones.
    pub(crate) fn take_from(&self, requests: &mut [Request]) -> Result<()> {
        let mut taken = HashMap::new();
        for request in requests {
            let Some(credentials) = request.take_userinfo() else {
                continue;
            };
            let origin = request.url().origin();
            let before = taken.insert(origin.clone(), credentials.clone());
            if before.is_some_and(|before| before != credentials) {
                return Err(several(request.url()));
            }
            self.origins().insert(origin, Account::new(credentials));
        }
        Ok(())
    }

    /// Returns whether an answer asks for credentials that the crawl has, so that its request should be made again. The
    /// `Digest` challenge of the answer is the origin's from then on.
    pub(crate) fn are_challenged(&self, request: &Request, response: &Response) -> bool {
        if response.status() != StatusCode::UNAUTHORIZED
            || request.header("authorization").is_some()
        {
            return false;
        }
        let mut origins = self.origins();
        let account = origins.get_mut(&request.url().origin());
        let (Some(account), Some(challenge)) = (account, Digest::offered(response.headers()))
        else {
            return false;
        };
        let is_worthwhile = match request.challenges() {
            0 => true,
            times => challenge.is_stale() && times < MAX_STALE,
        };
        account.learn(challenge);
        is_worthwhile
    }

    /// The header that proves who asks; none when the request has its own, or its origin is a stranger.
    fn authorization(&self, request: &Request) -> Option<HeaderValue> {
        let mut origins = self.origins();
        if origins.is_empty() || request.header("authorization").is_some() {
            return None;
        }
        origins
            .get_mut(&request.url().origin())?
            .authorization(request)
    }
}

impl Account {
    fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            digest: None,
        }
    }

    fn learn(&mut self, challenge: Digest) {
        match &mut self.digest {
            Some(known) if known.challenge.has_nonce_of(&challenge) => known.challenge = challenge,
            digest => {
                *digest = Some(Proven {
                    challenge,
                    own_nonce: own_nonce(),
                    count: 0,
                });
            }
        }
    }

    fn authorization(&mut self, request: &Request) -> Option<HeaderValue> {
        let Some(digest) = &mut self.digest else {
            return self.credentials.basic();
        };
        digest.count += 1;
        let exchange = Exchange {
            method: request.method().as_str(),
            target: &request.url()[Position::BeforePath..Position::AfterQuery],
            body: request.body(),
            count: digest.count,
            own_nonce: &digest.own_nonce,
        };
        digest.challenge.authorization(&self.credentials, exchange)
    }
}

/// 128 bits from the randomness that the standard library seeds its hash maps with.
fn own_nonce() -> String {
    let source = RandomState::new();
    let [first, second] = [source.hash_one(0u8), source.hash_one(1u8)];
    format!("{first:016x}{second:016x}")
}

fn several(url: &Url) -> Error {
    let message = format!(
        "start URLs of {} have different user names or passwords; give them to single requests instead",
        url.origin().ascii_serialization()
    );
    Error::new(ErrorKind::Settings, message)
}

impl Middleware for Accounts {
    async fn handle(&self, mut request: Request, next: Next) -> Result<Response> {
        let Some(authorization) = self.authorization(&request) else {
            return next.run(request).await;
        };
        request.headers_mut().insert(AUTHORIZATION, authorization);
        let mut response = next.run(request).await?;
        // A spider that makes its request again would have it stored.
        response.request_mut().headers_mut().remove(AUTHORIZATION);
        Ok(response)
    }
}
