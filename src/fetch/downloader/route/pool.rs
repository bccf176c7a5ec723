//! Several proxies in turns; one that failed is put aside for a while, longer each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::page::request::Proxy;

/// Time for which a proxy is put aside after its first failure; doubled by each further one until it works again.
const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(30);

#[derive(Debug)]
pub(super) struct Pool {
    proxies: Vec<Arc<Proxy>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Position of the proxy whose turn it is.
    turn: usize,
    /// Proxies that failed since they last worked.
    failing: HashMap<Arc<Proxy>, Failing>,
}

#[derive(Debug)]
struct Failing {
    times: u32,
    last: Instant,
    until: Instant,
}

impl Pool {
    pub(super) fn new(proxies: impl IntoIterator<Item = Proxy>) -> Self {
        let mut all: Vec<Arc<Proxy>> = Vec::new();
        for proxy in proxies {
            if !all.iter().any(|known| **known == proxy) {
                all.push(Arc::new(proxy));
            }
        }
        Self {
            proxies: all,
            state: Mutex::default(),
        }
    }

    /// The next proxy that is not put aside; when all are, the one that failed least recently. A session stays with its
    /// own as long as that works.
    pub(super) fn next(&self, session: Option<&str>) -> Option<Arc<Proxy>> {
        let mut state = self.state();
        let count = self.proxies.len().max(1);
        let (now, turn) = (
            Instant::now(),
            session.map_or(state.turn, |name| number_of(name, count)),
        );
        let (before, after) = self.proxies.split_at(turn % count);
        let in_turn = || after.iter().chain(before);
        let is_well = |proxy: &Arc<Proxy>| {
            let failing = state.failing.get(proxy);
            failing.is_none_or(|failing| failing.until <= now)
        };
        let skipped = in_turn().position(is_well);
        let chosen = match skipped {
            Some(skipped) => in_turn().nth(skipped),
            None => in_turn().min_by_key(|proxy| state.failing.get(*proxy).map(|f| f.last)),
        };
        let chosen = chosen.map(Arc::clone);
        // Sessions have places of their own, and would make the turn of the others uneven.
        if session.is_none() {
            state.turn = (turn + skipped.unwrap_or(0) + 1) % count;
        }
        chosen
    }

    pub(super) fn failed(&self, proxy: &Arc<Proxy>) {
        if !self.proxies.contains(proxy) {
            return;
        }
        let now = Instant::now();
        let mut state = self.state();
        let failing = state.failing.entry(Arc::clone(proxy)).or_insert(Failing {
            times: 0,
            last: now,
            until: now,
        });
        // Visits that failed together count as one failure.
        if failing.times == 0 || failing.until <= now {
            failing.times += 1;
        }
        let aside = FIRST.saturating_mul(1 << (failing.times - 1).min(20));
        failing.last = now;
        failing.until = now + aside.min(LONGEST);
        tracing::info!(%proxy, seconds = aside.min(LONGEST).as_secs(), "proxy put aside");
    }

    pub(super) fn worked(&self, proxy: &Arc<Proxy>) {
        self.state().failing.remove(proxy);
    }

    pub(super) fn has_others_than(&self, proxy: &Arc<Proxy>) -> bool {
        self.proxies.len() > 1 && self.proxies.contains(proxy)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number below `count` that is always the same for a session, also in the next process.
fn number_of(session: &str, count: usize) -> usize {
    let sum = session.bytes().fold(0_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    sum as usize % count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(hosts: &[&str]) -> Pool {
        Pool::new(hosts.iter().map(|host| Proxy::parse(host).unwrap()))
    }

    fn next(pool: &Pool, count: usize) -> String {
        let hosts = (0..count).map(|_| pool.next(None).unwrap().host().to_owned());
        hosts.collect()
    }

    fn fail(pool: &Pool, host: &str) {
        pool.failed(&Arc::new(Proxy::parse(host).unwrap()));
    }

    #[tokio::test(start_paused = true)]
    async fn proxies_take_turns() {
        assert_eq!(next(&pool(&["a", "b", "c", "a"]), 7), "abcabca");
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_stays_with_its_proxy_until_that_fails() {
        let pool = pool(&["a", "b", "c"]);
        let of = |session| pool.next(Some(session)).unwrap().host().to_owned();
        let first = of("anna");
        assert_eq!((of("anna"), of("anna")), (first.clone(), first.clone()));
        fail(&pool, &first);
        let second = of("anna");
        assert_ne!(second, first);
        assert_eq!(of("anna"), second);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_failed_is_left_out_for_a_while_and_longer_each_time() {
        let pool = pool(&["a", "b", "c"]);
        fail(&pool, "b");
        fail(&pool, "b");
        assert_eq!(next(&pool, 5), "acaca");
        tokio::time::advance(FIRST).await;
        assert_eq!(next(&pool, 3), "bca");
        fail(&pool, "b");
        tokio::time::advance(FIRST).await;
        assert_eq!(next(&pool, 2), "ca");
        tokio::time::advance(FIRST).await;
        assert_eq!(next(&pool, 2), "bc");
        fail(&pool, "b");
        pool.worked(&pool.proxies[1]);
        assert_eq!(next(&pool, 3), "abc");
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_failed_the_one_that_failed_least_recently_is_used() {
        let pool = pool(&["a", "b", "c"]);
        for host in ["b", "a", "c"] {
            fail(&pool, host);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!(next(&pool, 2), "bb");
    }

    #[tokio::test(start_paused = true)]
    async fn time_aside_is_bounded() {
        let pool = pool(&["a", "b"]);
        for _ in 0..100 {
            fail(&pool, "a");
            tokio::time::advance(LONGEST).await;
        }
        assert!(next(&pool, 2).contains('a'));
    }

    #[tokio::test(start_paused = true)]
    async fn a_proxy_of_another_pool_changes_nothing() {
        let pool = pool(&["a", "b"]);
        fail(&pool, "x");
        assert!(pool.state().failing.is_empty());
    }
}
