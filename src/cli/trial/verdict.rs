//! Verdicts: what a crawl would do with the requests that a spider makes of a page.

use std::collections::HashSet;
use std::fmt;

use crate::engine::Link;
use crate::model::report::Filter;
use crate::model::settings::Settings;
use crate::page::error::Result;
use crate::page::identity::{FingerprintKey, Strip};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::identity::Identity;
use crate::policy::own::IdentityPolicies;
use crate::policy::robots::PageTags;
use crate::policy::scope::Scope;

/// Verdict on a request, as far as it can be known from one page: robots.txt is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Verdict {
    /// The request is made.
    Follow,
    /// The request is made already: the page itself, a start request, or an earlier request of the page.
    Duplicate,
    /// The request is left out.
    Filtered(Filter),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Follow => f.write_str("follow"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::Filtered(reason) => reason.fmt(f),
        }
    }
}

/// The boundary of a crawl that begins with some requests, as it is seen from a page.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    settings: &'a Settings,
    scope: Scope,
    strip: Strip,
    identity: Identity,
    known: HashSet<crate::page::identity::Fingerprint>,
    depth: u32,
    nofollow: bool,
}

impl<'a> Judge<'a> {
    /// Builds the judge of a page; without any start request the page is the start.
    ///
    /// # Errors
    /// Fails for a bad setting.
    pub(super) fn new(settings: &'a Settings, starts: &[Request], page: &Response) -> Result<Self> {
        let now = jiff::Zoned::now();
        let mut scope = Scope::new(settings, now.year())?;
        for start in starts {
            scope.include(start.url());
            if leads_to(start, page) {
                scope.follow_start(start.url(), page.url());
            }
        }
        if starts.is_empty() {
            scope.include(page.url());
        }
        let key = FingerprintKey::random();
        let known = starts.iter().chain([page.request()]);
        let (agent, tags) = (
            &settings.requests.user_agent,
            settings.politeness.robots_tags,
        );
        Ok(Self {
            settings,
            scope,
            strip: Strip::new(&settings.links.strip_params)?,
            identity: Identity::new(key, IdentityPolicies::default()),
            known: known.map(|request| request.fingerprint(key)).collect(),
            depth: page.request().depth().saturating_add(1),
            nofollow: PageTags::of(page, agent, tags, now.timestamp()).nofollow,
        })
    }

    /// Returns whether the page itself would be in the crawl.
    pub(super) fn has_inside(&self, page: &Request) -> bool {
        self.scope.check(page) != Err(Filter::Scope)
    }

    /// Returns a verdict for each request, in the order of the requests on the page.
    pub(super) fn verdicts(&mut self, requests: &[Request]) -> Vec<Verdict> {
        let max_links = self.settings.links.max_links;
        let numbered = requests.iter().enumerate();
        numbered
            .map(|(number, request)| {
                if number < max_links {
                    self.verdict(request)
                } else {
                    Verdict::Filtered(Filter::MaxLinks)
                }
            })
            .collect()
    }

    fn verdict(&mut self, request: &Request) -> Verdict {
        if self.nofollow {
            return Verdict::Filtered(Filter::Nofollow);
        }
        let request = request.clone().at_depth(self.depth);
        let link = Link::found(
            request,
            &self.scope,
            &self.identity,
            &self.strip,
            self.settings.links.traps,
        );
        let is_new = self.known.insert(link.fingerprint);
        match link.verdict {
            _ if is_new || link.request.is_unfiltered() => link
                .verdict
                .map_or_else(Verdict::Filtered, |()| Verdict::Follow),
            Ok(()) if link.has_session => Verdict::Filtered(Filter::Trap),
            _ => Verdict::Duplicate,
        }
    }
}

/// Returns whether a start request leads to this page: it was redirected, or the hosts differ only by a leading `www.`.
fn leads_to(start: &Request, page: &Response) -> bool {
    let bare = |url: &url::Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    page.request().redirects().contains(start.url()) || bare(start.url()) == bare(page.url())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::RobotsTags;

    fn request(url: &str) -> Request {
        Request::get(url).unwrap()
    }

    fn verdicts(change: impl Fn(&mut Settings), urls: &[&str]) -> Vec<String> {
        let mut settings = Settings::default();
        change(&mut settings);
        let page = Response::new(request("http://www.a.example/list"), 200);
        let starts = [request("http://a.example/")];
        let requests: Vec<Request> = urls.iter().map(|url| request(url)).collect();
        let mut judge = Judge::new(&settings, &starts, &page).unwrap();
        judge
            .verdicts(&requests)
            .iter()
            .map(Verdict::to_string)
            .collect()
    }

    #[test]
    fn what_is_asked_for_twice_is_a_duplicate() {
        let urls = [
            "http://a.example/1",
            "http://a.example/1#top",
            "http://a.example/",
            "http://www.a.example/list",
        ];
        let expected = ["follow", "duplicate", "duplicate", "duplicate"];
        assert_eq!(verdicts(|_| (), &urls), expected);
    }

    #[test]
    fn scope_and_patterns_are_those_of_the_settings() {
        let urls = [
            "http://other.example/",
            "http://www.a.example/2",
            "http://a.example/login",
        ];
        let deny = |settings: &mut Settings| settings.links.deny = vec!["/login".to_owned()];
        assert_eq!(verdicts(deny, &urls), ["scope", "follow", "deny"]);
    }

    #[test]
    fn more_links_than_a_page_may_have_are_left_out() {
        let one = |settings: &mut Settings| settings.links.max_links = 1;
        let urls = ["http://a.example/1", "http://a.example/2"];
        assert_eq!(verdicts(one, &urls), ["follow", "max_links"]);
    }

    #[test]
    fn a_page_can_forbid_to_follow_its_links() {
        let settings = Settings {
            politeness: crate::model::settings::Politeness {
                robots_tags: RobotsTags::All,
                ..Default::default()
            },
            ..Settings::default()
        };
        let page = Response::new(request("http://a.example/"), 200)
            .with_header("x-robots-tag", "nofollow")
            .unwrap();
        let mut judge = Judge::new(&settings, &[], &page).unwrap();
        let verdict = judge.verdicts(&[request("http://a.example/1")]);
        assert_eq!(verdict, [Verdict::Filtered(Filter::Nofollow)]);
    }
}
