//! Numbers of admitted pages per URL pattern and per host: the settings `max_per_pattern` and `max_pages_per_host`.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use url::Url;

use super::pattern;
use crate::model::report::{Filter, TrapKind};
use crate::model::settings::Settings;

/// Maximum number of URL patterns counted separately; pages of later patterns count only for their host.
const MAX_PATTERNS: usize = 100_000;
/// Maximum number of patterns that are logged, so that a log does not grow with the traps of the web.
const MAX_TOLD: usize = 100;

/// Pages admitted so far. A job that goes on in another process starts counting anew, so each process may admit as
/// many.
#[derive(Debug)]
pub(crate) struct Admitted {
    per_pattern: Option<u64>,
    per_host: Option<u64>,
    /// Numbers of pages by the hash of their pattern; keyed at random, so that no site can aim at the patterns of
    /// another.
    patterns: HashMap<u64, u64>,
    hosts: HashMap<Box<str>, u64>,
    told: HashSet<u64>,
    state: RandomState,
}

impl Admitted {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            per_pattern: settings.links.max_per_pattern,
            per_host: settings.links.max_pages_per_host,
            patterns: HashMap::new(),
            hosts: HashMap::new(),
            told: HashSet::new(),
            state: RandomState::new(),
        }
    }

    /// Returns whether there is a limit, so that [`admit`](Self::admit) has to be asked.
    pub(crate) fn has_limit(&self) -> bool {
        self.per_pattern.is_some() || self.per_host.is_some()
    }

    /// Admitted a new page, or says which limit it is beyond.
    pub(crate) fn admit(&mut self, url: &Url) -> Result<(), Filter> {
        let host = url.host_str().unwrap_or_default();
        let let_in = self.hosts.get(host).copied().unwrap_or_default();
        if self.per_host.is_some_and(|max| let_in >= max) {
            return Err(Filter::MaxPagesPerHost);
        }
        if let Some(max) = self.per_pattern
            && !self.admit_pattern(url, max)
        {
            return Err(Filter::Trap);
        }
        if self.per_host.is_some() {
            self.hosts.insert(host.into(), let_in + 1);
        }
        Ok(())
    }

    fn admit_pattern(&mut self, url: &Url, max: u64) -> bool {
        let pattern = self.state.hash_one(pattern::of(url));
        if self.patterns.len() >= MAX_PATTERNS && !self.patterns.contains_key(&pattern) {
            return true;
        }
        let let_in = self.patterns.entry(pattern).or_default();
        *let_in += 1;
        *let_in <= max
    }

    /// Logs a trap, once for each pattern of URLs.
    pub(crate) fn tell(&mut self, kind: TrapKind, url: &Url) {
        if self.told.len() >= MAX_TOLD {
            return;
        }
        let pattern = pattern::of(url);
        if self.told.insert(self.state.hash_one((kind, &pattern))) {
            let setting = kind.setting();
            tracing::warn!(%kind, %pattern, %url, setting, "links are left out as a trap");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(change: impl Fn(&mut Settings)) -> Admitted {
        let mut settings = Settings::default();
        change(&mut settings);
        Admitted::new(&settings)
    }

    fn admit(admitted: &mut Admitted, url: &str) -> Result<(), Filter> {
        admitted.admit(&Url::parse(url).unwrap())
    }

    #[test]
    fn each_pattern_has_a_limit_of_its_own() {
        let mut admitted = admitted(|settings| settings.links.max_per_pattern = Some(2));
        for page in 0..2 {
            for host in ["a", "b"] {
                assert_eq!(
                    admit(&mut admitted, &format!("http://{host}/p/{page}")),
                    Ok(())
                );
                assert_eq!(
                    admit(&mut admitted, &format!("http://{host}/q?p={page}")),
                    Ok(())
                );
            }
        }
        assert_eq!(admit(&mut admitted, "http://a/p/2"), Err(Filter::Trap));
        assert_eq!(admit(&mut admitted, "http://a/q?p=2"), Err(Filter::Trap));
        assert_eq!(admit(&mut admitted, "http://a/other"), Ok(()));
    }

    #[test]
    fn each_host_has_a_limit_of_its_own() {
        let mut admitted = admitted(|settings| settings.links.max_pages_per_host = Some(1));
        assert_eq!(admit(&mut admitted, "http://a/x"), Ok(()));
        assert_eq!(
            admit(&mut admitted, "http://a/y"),
            Err(Filter::MaxPagesPerHost)
        );
        assert_eq!(admit(&mut admitted, "http://b/y"), Ok(()));
    }

    #[test]
    fn the_memory_for_patterns_is_bounded() {
        let mut admitted = admitted(|settings| settings.links.max_per_pattern = Some(1));
        let letter = |digit: u32| char::from_u32(u32::from('a') + digit).unwrap();
        for number in 0..u32::try_from(MAX_PATTERNS).unwrap() + 10 {
            let name: String = [15, 10, 5, 0]
                .map(|shift| letter(number >> shift & 31))
                .iter()
                .collect();
            assert_eq!(admit(&mut admitted, &format!("http://h/{name}")), Ok(()));
        }
        assert_eq!(admitted.patterns.len(), MAX_PATTERNS);
    }
}
