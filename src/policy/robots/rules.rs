//! The rules of one host for one crawler: the part of robots.txt that stays in memory.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::{Position, Url};

use super::index::{BUDGET, Index, Steps, TooCostly};
use super::pattern::{Pattern, normalise_path};

/// The merged group of robots.txt that holds for one crawler, from [`RobotsTxt::for_agent`](super::RobotsTxt::for_agent).
///
/// The longest pattern that matches a path decides, counted in octets of its normal form; between equal ones `Allow`
/// wins; without any, the path is allowed (RFC 9309 section 2.2.2). The default has no rules.
///
/// A question costs time in proportion to the path and not to the rules. Wildcards have to be tried, and a file can have
/// thousands: after so many steps that no honest file needs them, the answer is no ([`Verdict::is_too_costly`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Rules {
    patterns: Patterns,
    index: Index,
    group: Option<Group>,
    crawl_delay: Option<Duration>,
}

/// The patterns of a file, by rank: in order of precedence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Patterns {
    /// Text of all patterns in normal form, one after the other: a thousand hosts' rules are then few allocations.
    text: Box<str>,
    ranked: Box<[Rule]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    /// End of the pattern in the text; it starts where the one before ends.
    end: u32,
    /// Length of the pattern for precedence.
    octets: u32,
    /// 0 for a rule that stands in no file.
    line: u32,
    allow: bool,
}

/// Group of a robots.txt that applies to a crawler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// The number of its `User-agent` line, from 1; of the first, when there are several.
    pub line: u32,
    /// `true` if the group names the crawler; `false` if it is the group for all crawlers, `*`.
    pub is_named: bool,
}

/// Rule on its way from the file into [`Rules`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) group: u32,
    pub(super) line: u32,
    pub(super) allow: bool,
    pub(super) pattern: Pattern,
}

/// [`Rules`] as they are written.
#[derive(Serialize, Deserialize)]
struct Saved {
    group: Option<Group>,
    crawl_delay: Option<Duration>,
    /// Line, whether it allows, how long the pattern counts, and the pattern.
    rules: Vec<(u32, bool, u32, Box<str>)>,
}

/// Decision whether a path may be fetched, with the line of robots.txt that decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// `true` if the path may be fetched.
    pub allowed: bool,
    /// The number of the deciding line, from 1. `None` when no line matched.
    pub line: Option<u32>,
    /// The deciding pattern in normal form, with `*` and `$`. `None` when none matched.
    pub pattern: Option<&'a str>,
}

impl Verdict<'_> {
    /// Returns whether the path is disallowed only because the rules have more wildcards than could be tried.
    #[must_use]
    pub fn is_too_costly(&self) -> bool {
        !self.allowed && self.pattern.is_none()
    }
}

impl Rules {
    pub(super) fn new(
        mut drafts: Vec<&Draft>,
        group: Option<Group>,
        crawl_delay: Option<Duration>,
    ) -> Self {
        drafts.sort_by_key(|draft| (std::cmp::Reverse(draft.pattern.octets), !draft.allow));
        // Of equal patterns only the first can ever decide.
        let mut known = HashSet::with_capacity(drafts.len());
        drafts.retain(|draft| known.insert(&*draft.pattern.text));
        let patterns = Patterns::new(&drafts);
        Self {
            index: Index::new(&patterns),
            patterns,
            group,
            crawl_delay,
        }
    }

    /// Returns the memory that the rules take, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.patterns.text.len() + size_of_val(&*self.patterns.ranked) + self.index.memory()
    }

    /// Returns whether this URL may be fetched. Only its path and query count: the rules are those of one host.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        self.verdict_on(url).allowed
    }

    /// Decides on a URL, by its path and query.
    #[must_use]
    pub fn verdict_on(&self, url: &Url) -> Verdict<'_> {
        self.verdict(&url[Position::BeforePath..Position::AfterQuery])
    }

    /// Decides on a path with its query, such as `/search?q=x`, as it appears in a request: percent-encoded. An empty
    /// one means `/`. `/robots.txt` itself is always allowed.
    #[must_use]
    pub fn verdict(&self, path_and_query: &str) -> Verdict<'_> {
        self.verdict_within(path_and_query, &mut Steps::new(BUDGET))
    }

    fn verdict_within(&self, path_and_query: &str, steps: &mut Steps) -> Verdict<'_> {
        let path = match path_and_query {
            "" => "/",
            "/robots.txt" => return Verdict::of(None, true),
            path => path,
        };
        if self.is_empty() {
            return Verdict::of(None, true);
        }
        let found = self
            .index
            .find(&self.patterns, &normalise_path(path), steps);
        match found {
            Ok(None) => Verdict::of(None, true),
            Ok(Some(rank)) => match self.patterns.rule(rank) {
                Some(rule) => Verdict {
                    allowed: rule.allow,
                    line: (rule.line > 0).then_some(rule.line),
                    pattern: Some(self.patterns.get(rank)),
                },
                None => Verdict::of(None, true),
            },
            Err(TooCostly) => Verdict::of(None, false),
        }
    }

    /// Returns the group of the file that these rules come from; `None` when the file has no group for this crawler.
    #[must_use]
    pub fn group(&self) -> Option<Group> {
        self.group
    }

    /// The pause between requests that the host asks for: the longest valid `Crawl-delay` or `Request-rate` of the
    /// group. Not in the RFC, but widely used; it is neither capped nor applied here.
    #[must_use]
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }

    /// Returns whether there are no rules, so that everything is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.ranked.is_empty()
    }
}

impl<'a> Verdict<'a> {
    fn of(pattern: Option<&'a str>, allowed: bool) -> Self {
        Self {
            allowed,
            line: None,
            pattern,
        }
    }
}

impl Patterns {
    /// Makes the patterns from drafts in order of precedence.
    fn new(drafts: &[&Draft]) -> Self {
        let length = drafts.iter().map(|draft| draft.pattern.text.len()).sum();
        let mut text = String::with_capacity(length);
        let ranked = drafts.iter().map(|draft| {
            text.push_str(&draft.pattern.text);
            Rule {
                // A file of 512 KiB has at most three times as many octets of pattern, so this always fits.
                end: u32::try_from(text.len()).unwrap_or(u32::MAX),
                octets: draft.pattern.octets,
                line: draft.line,
                allow: draft.allow,
            }
        });
        let ranked = ranked.collect();
        Self {
            text: text.into(),
            ranked,
        }
    }

    fn rule(&self, rank: u32) -> Option<&Rule> {
        self.ranked.get(rank as usize)
    }

    /// The pattern of this rank; nothing beyond the last.
    pub(super) fn get(&self, rank: u32) -> &str {
        let end = |rank| self.rule(rank).map(|rule| rule.end as usize);
        let start = rank.checked_sub(1).map_or(Some(0), end);
        let range = start.zip(end(rank)).map(|(start, end)| start..end);
        range
            .and_then(|range| self.text.get(range))
            .unwrap_or_default()
    }

    /// Returns all patterns with their ranks.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (0..)
            .take(self.ranked.len())
            .map(|rank| (rank, self.get(rank)))
    }
}

impl From<Rules> for Saved {
    fn from(rules: Rules) -> Self {
        let patterns = &rules.patterns;
        let all = patterns.iter().filter_map(|(rank, pattern)| {
            let rule = patterns.rule(rank)?;
            Some((rule.line, rule.allow, rule.octets, pattern.into()))
        });
        Self {
            group: rules.group,
            crawl_delay: rules.crawl_delay,
            rules: all.collect(),
        }
    }
}

impl From<Saved> for Rules {
    fn from(saved: Saved) -> Self {
        let draft = |(line, allow, octets, text)| Draft {
            group: 0,
            line,
            allow,
            pattern: Pattern { text, octets },
        };
        let drafts: Vec<Draft> = saved.rules.into_iter().map(draft).collect();
        Self::new(drafts.iter().collect(), saved.group, saved.crawl_delay)
    }
}

#[cfg(test)]
mod tests;
