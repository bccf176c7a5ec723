//! Limits of a rule: counts of the URLs that it has taken.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use url::Url;

use super::rule::Rule;
use crate::page::identity;
use crate::policy::trap::pattern;

/// Maximum number of URL patterns that are counted separately.
const MAX_PATTERNS: usize = 100_000;

/// The limits of a rule and what counts against them. Pages are parsed on many threads, so it is behind a lock, which is
/// held for a look-up at a time.
#[derive(Debug)]
pub(super) struct Counts {
    limit: Option<u64>,
    per_pattern: Option<u64>,
    /// Keyed at random, so that no site can aim for collisions.
    state: RandomState,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    /// The URLs: the same link on every page of a site counts once. As many as the crawl has requests, at most.
    urls: HashSet<u64>,
    patterns: HashMap<u64, u64>,
}

impl Counts {
    /// `None` for a rule without limits.
    pub(super) fn of(rule: &Rule) -> Option<Self> {
        let (limit, per_pattern) = (rule.limit, rule.limit_per_pattern);
        (limit.is_some() || per_pattern.is_some()).then(|| Self {
            limit,
            per_pattern,
            state: RandomState::new(),
            taken: Mutex::default(),
        })
    }

    /// Returns whether this URL was taken before, or may still be taken; then it counts.
    pub(super) fn admit(&self, url: &Url) -> bool {
        let this = self.state.hash_one(&*identity::canonical(url));
        let pattern = self
            .per_pattern
            .map(|_| self.state.hash_one(pattern::of(url)));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.urls.contains(&this) {
            return true;
        }
        if self
            .limit
            .is_some_and(|limit| taken.urls.len() as u64 >= limit)
        {
            return false;
        }
        if let (Some(pattern), Some(limit)) = (pattern, self.per_pattern)
            && !taken.admit_pattern(pattern, limit)
        {
            return false;
        }
        taken.urls.insert(this)
    }
}

impl Taken {
    fn admit_pattern(&mut self, pattern: u64, limit: u64) -> bool {
        if self.patterns.len() >= MAX_PATTERNS && !self.patterns.contains_key(&pattern) {
            return true;
        }
        let count = self.patterns.entry(pattern).or_default();
        let may = *count < limit;
        *count += u64::from(may);
        may
    }
}
