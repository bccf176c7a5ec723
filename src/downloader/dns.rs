//! Name resolution by the system, cached: one look-up per name and minute, however many visits ask at once.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// How long an answer is used. `getaddrinfo` tells no time to live.
const LIFE: Duration = Duration::from_mins(1);
/// How long a failure is remembered.
const FAILURE_LIFE: Duration = Duration::from_secs(5);
/// Most names in the cache.
const CAPACITY: usize = 20_000;
/// Most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 16;

/// A resolver for hyper's connector. Clones share the cache.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolver {
    cache: Arc<Mutex<HashMap<Box<str>, Entry>>>,
}

type Answer = Result<Vec<SocketAddr>, DnsError>;

#[derive(Debug, Clone)]
struct Entry {
    answer: Arc<OnceCell<Answer>>,
    asked: Instant,
}

impl Entry {
    fn new() -> Self {
        Self {
            answer: Arc::default(),
            asked: Instant::now(),
        }
    }

    fn is_fresh(&self) -> bool {
        let life = if matches!(self.answer.get(), Some(Err(_))) {
            FAILURE_LIFE
        } else {
            LIFE
        };
        self.asked.elapsed() < life
    }
}

/// A name that did not resolve.
#[derive(Debug, Clone)]
pub(super) struct DnsError(Arc<str>);

impl fmt::Display for DnsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DnsError {}

impl Resolver {
    /// The entry of a name, which concurrent callers share; a new one when the old one is too old.
    fn entry(&self, name: &str) -> Entry {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = cache.get(name)
            && entry.is_fresh()
        {
            return entry.clone();
        }
        if cache.len() >= CAPACITY {
            cache.retain(|_, entry| entry.is_fresh());
        }
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        let entry = Entry::new();
        cache.insert(name.into(), entry.clone());
        entry
    }

    pub(super) async fn resolve(self, name: Name) -> Answer {
        let entry = self.entry(name.as_str());
        entry
            .answer
            .get_or_init(|| look_up(name.as_str()))
            .await
            .clone()
    }
}

async fn look_up(name: &str) -> Answer {
    match tokio::net::lookup_host((name, 0)).await {
        Ok(addresses) => {
            let addresses: Vec<SocketAddr> = addresses.take(MAX_ADDRESSES).collect();
            if addresses.is_empty() {
                Err(DnsError("no address".into()))
            } else {
                Ok(addresses)
            }
        }
        Err(error) => Err(DnsError(error.to_string().into())),
    }
}

impl tower_service::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = DnsError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, DnsError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DnsError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = self.clone();
        Box::pin(async move { Ok(resolver.resolve(name).await?.into_iter()) })
    }
}
