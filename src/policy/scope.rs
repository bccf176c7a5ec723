//! Scope of the crawl: the URLs that belong to it by `scope`, `allow`, `deny`, `depth`, `max_url_length`, the trap
//! detection and the user's own policies.

use std::collections::HashSet;

use regex::RegexSet;
use url::Url;

use crate::model::report::{Filter, TrapKind};
use crate::model::settings::{ScopeMode, Settings};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::{self, Spellings};
use crate::page::request::Request;
use crate::policy::own::{DecidedBy, ScopePolicies};
use crate::policy::trap::Traps;

/// The boundary of a crawl. Start requests and what they redirect to define it; links are held against it.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    mode: ScopeMode,
    /// Hosts, registrable domains or URL prefixes, by the mode.
    inside: HashSet<String>,
    allow: RegexSet,
    deny: RegexSet,
    depth: Option<u32>,
    max_url_length: usize,
    traps: Traps,
    policies: ScopePolicies,
}

impl Scope {
    /// `year` is the present one, from which traps of dates are told.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for a pattern that is not a regular expression.
    pub(crate) fn new(settings: &Settings, year: i16) -> Result<Self> {
        Ok(Self {
            mode: settings.links.scope,
            inside: HashSet::new(),
            allow: patterns("allow", &settings.links.allow)?,
            deny: patterns("deny", &settings.links.deny)?,
            depth: settings.links.depth,
            max_url_length: settings.links.max_url_length,
            traps: Traps::new(settings, year),
            policies: ScopePolicies::default(),
        })
    }

    /// Sets the user's own policies.
    pub(crate) fn with_policies(mut self, policies: ScopePolicies) -> Self {
        self.policies = policies;
        self
    }

    /// Makes the place that a start request redirects to part of the crawl, if it is the same site in other words:
    /// `example.com` that leads to `www.example.com`, `http` that leads to `https`. Answers whether it did.
    pub(crate) fn follow_start(&mut self, from: &Url, to: &Url) -> bool {
        let same_site = identity::site(from).is_some_and(|site| Some(site) == identity::site(to));
        let moved = match self.mode {
            ScopeMode::Prefix => from.origin() != to.origin(),
            _ => true,
        };
        if same_site && moved {
            self.include(to);
        }
        same_site && moved
    }

    /// Makes the place of this URL part of the crawl.
    pub(crate) fn include(&mut self, url: &Url) {
        if let Some(place) = self.place(url) {
            self.inside.insert(place);
        }
    }

    /// Returns whether [`include`](Self::include) would widen the scope by this URL.
    pub(crate) fn lacks(&self, url: &Url) -> bool {
        self.place(url)
            .is_some_and(|place| !self.inside.contains(&place))
    }

    /// Returns the place that a start URL adds; `None` when every place belongs to the crawl.
    fn place(&self, url: &Url) -> Option<String> {
        Some(match self.mode {
            ScopeMode::Any => return None,
            ScopeMode::Host => host(url).to_owned(),
            ScopeMode::Domain => identity::site(url).unwrap_or_else(|| host(url).to_owned()),
            ScopeMode::Prefix => directory(url).to_owned(),
        })
    }

    /// The places that were included, for a later process.
    pub(crate) fn inside(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inside.iter().map(String::as_str)
    }

    /// Takes over the places that an earlier process had included.
    pub(crate) fn include_all(&mut self, inside: Vec<String>) {
        self.inside.extend(inside);
    }

    /// Checks that this request belongs to the crawl, and returns the reason as an error if it does not.
    pub(crate) fn check(&self, request: &Request) -> std::result::Result<(), Filter> {
        let url = request.url();
        if self.depth.is_some_and(|depth| request.depth() > depth) {
            return Err(Filter::Depth);
        }
        if url.as_str().len() > self.max_url_length {
            return Err(Filter::UrlLength);
        }
        if !self.is_inside(url) {
            return Err(Filter::Scope);
        }
        // Start requests, and where they redirect to, are asked for by name; the patterns are for links.
        if request.is_start() {
            return Ok(());
        }
        self.check_patterns(url)
    }

    /// Checks that `allow` and `deny` let this URL through, and returns the one that does not as an error.
    fn check_patterns(&self, url: &Url) -> std::result::Result<(), Filter> {
        let spellings = Spellings::of(url);
        if !self.allow.is_empty() && !spellings.any(|url| self.allow.is_match(url)) {
            return Err(Filter::Allow);
        }
        if spellings.any(|url| self.deny.is_match(url)) {
            return Err(Filter::Deny);
        }
        self.trap(url).map_or(Ok(()), |_| Err(Filter::Trap))
    }

    /// Returns the user's policy that leaves out this request, which [`check`](Self::check) let through. The
    /// policies are for links, as the patterns are.
    pub(crate) fn refusal(&self, request: &Request) -> Option<DecidedBy> {
        if request.is_start() {
            return None;
        }
        self.policies.refusal(request.url())
    }

    /// Returns the name under which the decision of a user's policy is counted.
    pub(crate) fn policy(&self, by: DecidedBy) -> String {
        self.policies.name(by)
    }

    /// The trap that a link leads into, if it does.
    pub(crate) fn trap(&self, url: &Url) -> Option<TrapKind> {
        self.traps.judge(url)
    }

    fn is_inside(&self, url: &Url) -> bool {
        match self.mode {
            ScopeMode::Any => true,
            ScopeMode::Host => self.inside.contains(host(url)),
            ScopeMode::Domain => match identity::site(url) {
                Some(domain) => self.inside.contains(&domain),
                None => self.inside.contains(host(url)),
            },
            ScopeMode::Prefix => self
                .inside
                .iter()
                .any(|prefix| url.as_str().starts_with(prefix)),
        }
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// The URL up to the last slash of its path.
fn directory(url: &Url) -> &str {
    let before_query = url.as_str().split(['?', '#']).next().unwrap_or_default();
    before_query
        .rfind('/')
        .and_then(|slash| before_query.get(..=slash))
        .unwrap_or(before_query)
}

fn patterns(setting: &str, patterns: &[String]) -> Result<RegexSet> {
    RegexSet::new(patterns).map_err(|e| {
        Error::new(
            ErrorKind::Settings,
            format!("bad pattern in setting {setting:?}"),
        )
        .with_source(e)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(change: impl Fn(&mut Settings)) -> Scope {
        let mut settings = Settings::default();
        change(&mut settings);
        let mut scope = Scope::new(&settings, 2026).unwrap();
        scope.include(&Url::parse("http://www.example.co.uk/docs/start.html?x=/y").unwrap());
        scope
    }

    fn verdict(scope: &Scope, url: &str) -> Option<Filter> {
        scope.check(&Request::get(url).unwrap().at_depth(1)).err()
    }

    #[test]
    fn patterns_are_for_links_not_for_start_requests() {
        let scope = scope(|settings| settings.links.allow = vec!["/docs/".to_owned()]);
        let start = Request::get("http://www.example.co.uk/").unwrap();
        assert_eq!(scope.check(&start), Ok(()));
        assert_eq!(scope.check(&start.at_depth(1)), Err(Filter::Allow));
    }

    #[test]
    fn each_mode_has_its_own_boundary() {
        let cases = [
            ("http://www.example.co.uk/a", [true, true, false, true]),
            (
                "https://www.example.co.uk:8443/a",
                [true, true, false, true],
            ),
            (
                "http://blog.example.co.uk/docs/",
                [false, true, false, true],
            ),
            ("http://other.co.uk/docs/", [false, false, false, true]),
            (
                "http://www.example.co.uk/docs/more/x",
                [true, true, true, true],
            ),
        ];
        for (url, inside) in cases {
            let modes = [
                ScopeMode::Host,
                ScopeMode::Domain,
                ScopeMode::Prefix,
                ScopeMode::Any,
            ];
            for (mode, inside) in modes.into_iter().zip(inside) {
                let scope = scope(|settings| settings.links.scope = mode);
                assert_eq!(
                    verdict(&scope, url),
                    (!inside).then_some(Filter::Scope),
                    "{mode:?} {url}"
                );
            }
        }
    }

    #[test]
    fn deny_wins_over_allow() {
        let scope = scope(|settings| {
            settings.links.allow = vec!["/docs/".to_owned()];
            settings.links.deny = vec![r"\.pdf$".to_owned()];
        });
        assert_eq!(verdict(&scope, "http://www.example.co.uk/docs/a"), None);
        assert_eq!(
            verdict(&scope, "http://www.example.co.uk/a"),
            Some(Filter::Allow)
        );
        assert_eq!(
            verdict(&scope, "http://www.example.co.uk/docs/a.pdf"),
            Some(Filter::Deny)
        );
    }

    #[test]
    fn letters_in_patterns_are_those_that_a_reader_sees() {
        let url = "http://www.example.co.uk/docs/sm\u{f8}r/1";
        for pattern in ["/sm\u{f8}r/", "/sm%C3%B8r/", r"/docs/\p{L}+/\d$"] {
            let allowing = scope(|settings| settings.links.allow = vec![pattern.to_owned()]);
            assert_eq!(verdict(&allowing, url), None, "{pattern}");
            let denying = scope(|settings| settings.links.deny = vec![pattern.to_owned()]);
            assert_eq!(verdict(&denying, url), Some(Filter::Deny), "{pattern}");
        }
        let other = scope(|settings| settings.links.allow = vec!["/sm\u{f6}r/".to_owned()]);
        assert_eq!(verdict(&other, url), Some(Filter::Allow));
    }

    #[test]
    fn depth_and_length_are_limits() {
        let scope = scope(|settings| {
            settings.links.depth = Some(2);
            settings.links.max_url_length = 40;
        });
        let request = |depth| {
            Request::get("http://www.example.co.uk/a")
                .unwrap()
                .at_depth(depth)
        };
        assert_eq!(scope.check(&request(2)), Ok(()));
        assert_eq!(scope.check(&request(3)), Err(Filter::Depth));
        assert_eq!(
            verdict(
                &scope,
                "http://www.example.co.uk/aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            ),
            Some(Filter::UrlLength)
        );
    }

    #[test]
    fn a_bad_pattern_is_an_error_that_names_the_setting() {
        let mut settings = Settings::default();
        settings.set("deny", "(").unwrap();
        let error = Scope::new(&settings, 2026).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        assert!(error.to_string().contains("\"deny\""), "{error}");
    }
}
