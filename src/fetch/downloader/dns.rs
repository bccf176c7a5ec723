//! Name resolution by the system, cached: one look-up per name and `dns_ttl`, however many visits ask at once.

mod system;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::fetch::clock;
use crate::page::error::{Error, ErrorKind, Result};

/// Time for which a failure is remembered.
const FAILURE_LIFE: Duration = Duration::from_secs(5);
/// Longest look-up.
const LIMIT: Duration = Duration::from_secs(5);
/// Most names in the cache.
const CAPACITY: usize = 20_000;
/// Most addresses of one name that are used.
const MAX_ADDRESSES: usize = 16;
/// Longest name and longest label of one, in bytes (RFC 1035).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Look-ups at a time. One that was given up holds its place until the system lets go of its thread.
const AT_ONCE: usize = 256;

/// Asks for the addresses of a name: the system, or a stand-in for it in tests.
pub(super) type LookUp =
    Arc<dyn Fn(String, Place) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The right to look up one name.
pub(super) type Place = OwnedSemaphorePermit;

/// Turns names into addresses. Clones share the cache.
#[derive(Clone)]
pub(super) struct Resolver {
    look_up: LookUp,
    places: Arc<Semaphore>,
    life: Duration,
    cache: Arc<Mutex<HashMap<Box<str>, Entry>>>,
}

/// The addresses, or why there are none.
type Answer = Result<Vec<IpAddr>, Arc<str>>;

#[derive(Clone)]
struct Entry {
    answer: Arc<OnceCell<Answer>>,
    asked: Instant,
}

impl Entry {
    fn is_fresh(&self, life: Duration) -> bool {
        let life = match self.answer.get() {
            Some(Err(_)) => life.min(FAILURE_LIFE),
            // One that is under way is joined, whatever `dns_ttl` says.
            None => life.max(LIMIT),
            Some(Ok(_)) => life,
        };
        self.asked.elapsed() < life
    }
}

impl Resolver {
    /// Asks the system. It tells no time to live, so answers are used for `life`.
    pub(super) fn of_system(life: Duration) -> Self {
        Self::new(system::look_up(), life)
    }

    pub(super) fn new(look_up: LookUp, life: Duration) -> Self {
        Self {
            look_up,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            life,
            cache: Arc::default(),
        }
    }

    /// The addresses of a name: at least one, at most 16.
    ///
    /// # Errors
    /// [`ErrorKind::Dns`].
    pub(super) async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>> {
        let failed = |why: &str| {
            Error::new(
                ErrorKind::Dns,
                format!("the host name {name} does not resolve"),
            )
            .with_source(why)
        };
        if let Some(why) = hopeless(name) {
            return Err(failed(why));
        }
        let entry = self.entry(name);
        let answer = entry.answer.get_or_init(|| self.ask(name)).await;
        answer.clone().map_err(|why| failed(&why))
    }

    /// The entry of a name, which concurrent callers share; a new one when the old one is too old.
    fn entry(&self, name: &str) -> Entry {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = cache.get(name)
            && entry.is_fresh(self.life)
        {
            return entry.clone();
        }
        if cache.len() >= CAPACITY {
            cache.retain(|_, entry| entry.is_fresh(self.life));
        }
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        let entry = Entry {
            answer: Arc::default(),
            asked: Instant::now(),
        };
        cache.insert(name.into(), entry.clone());
        entry
    }

    async fn ask(&self, name: &str) -> Answer {
        // Names that nobody answers for must not use up the time of others: it begins with the look-up.
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|error| error.to_string())?;
        match clock::within(LIMIT, (self.look_up)(name.to_owned(), place)).await {
            Some(Ok(mut addresses)) => {
                addresses.truncate(MAX_ADDRESSES);
                if addresses.is_empty() {
                    return Err("no address".into());
                }
                Ok(addresses)
            }
            Some(Err(error)) => Err(error.to_string().into()),
            None => Err(format!("no answer within {} s", LIMIT.as_secs()).into()),
        }
    }
}

/// Returns the reason why a name need not be looked up; `None` if it must be.
fn hopeless(name: &str) -> Option<&'static str> {
    // One dot at the end is the root.
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.split('.').any(str::is_empty) {
        return Some("a part of the name is empty");
    }
    if name.len() > MAX_NAME || name.split('.').any(|label| label.len() > MAX_LABEL) {
        return Some("the name is too long");
    }
    // RFC 7686: such a name must not leak into the DNS.
    let last = name.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("onion")
        .then_some(".onion names are of Tor; reach them by a socks5h:// proxy")
}
