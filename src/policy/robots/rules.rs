//! The rules of one host for one crawler: the part of robots.txt that stays in memory.

use std::time::Duration;

use url::{Position, Url};

use super::pattern::{matches, normalise_path};

/// The merged group of robots.txt that holds for one crawler, from [`RobotsTxt::for_agent`](super::RobotsTxt::for_agent).
///
/// The longest pattern that matches a path decides, counted in octets of its normal form; between equal ones `Allow`
/// wins; without any, the path is allowed (RFC 9309 section 2.2.2). The default has no rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// All patterns in normal form, one after the other: a thousand hosts' rules are then two thousand allocations.
    patterns: Box<str>,
    /// In order of precedence, so that the first match decides.
    ranked: Box<[Rule]>,
    crawl_delay: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    /// Where the pattern ends in `patterns`; it starts where the one before ends.
    end: u32,
    /// 0 for a rule that stands in no file.
    line: u32,
    allow: bool,
}

/// One rule on its way from the file into [`Rules`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) group: u32,
    pub(super) line: u32,
    pub(super) allow: bool,
    pub(super) pattern: Box<str>,
}

/// Whether a path may be fetched, and which line of robots.txt says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Whether the path may be fetched.
    pub allowed: bool,
    /// The number of the deciding line, from 1. `None` when no line matched.
    pub line: Option<u32>,
    /// The deciding pattern in normal form, with `*` and `$`. `None` when none matched.
    pub pattern: Option<&'a str>,
}

impl Rules {
    pub(super) fn new(mut drafts: Vec<&Draft>, crawl_delay: Option<Duration>) -> Self {
        drafts.sort_by_key(|draft| (std::cmp::Reverse(draft.pattern.len()), !draft.allow));
        let mut patterns =
            String::with_capacity(drafts.iter().map(|draft| draft.pattern.len()).sum());
        let ranked = drafts
            .iter()
            .map(|draft| {
                patterns.push_str(&draft.pattern);
                // A file of 512 KiB has at most three times as many octets of pattern, so this always fits.
                let end = u32::try_from(patterns.len()).unwrap_or(u32::MAX);
                Rule {
                    end,
                    line: draft.line,
                    allow: draft.allow,
                }
            })
            .collect();
        Self {
            patterns: patterns.into_boxed_str(),
            ranked,
            crawl_delay,
        }
    }

    /// How many bytes the rules take.
    pub(crate) fn memory(&self) -> usize {
        self.patterns.len() + size_of_val(&*self.ranked)
    }

    /// Whether this URL may be fetched. Only its path and query count: rules are those of one host.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        self.ranked.is_empty()
            || self
                .verdict(&url[Position::BeforePath..Position::AfterQuery])
                .allowed
    }

    /// Decides on a path with its query, such as `/search?q=x`, as it appears in a request: percent-encoded. An empty
    /// one means `/`. `/robots.txt` itself is always allowed.
    #[must_use]
    pub fn verdict(&self, path_and_query: &str) -> Verdict<'_> {
        let path = if path_and_query.is_empty() {
            "/"
        } else {
            path_and_query
        };
        let deciding = if path == "/robots.txt" {
            None
        } else {
            self.deciding(&normalise_path(path))
        };
        match deciding {
            Some((rule, pattern)) => Verdict {
                allowed: rule.allow,
                line: (rule.line > 0).then_some(rule.line),
                pattern: Some(pattern),
            },
            None => Verdict {
                allowed: true,
                line: None,
                pattern: None,
            },
        }
    }

    fn deciding(&self, path: &str) -> Option<(Rule, &str)> {
        let mut start = 0;
        self.ranked.iter().find_map(|rule| {
            let end = usize::try_from(rule.end).ok()?;
            let pattern = self.patterns.get(start..end)?;
            start = end;
            matches(pattern, path).then_some((*rule, pattern))
        })
    }

    /// The pause between requests that the host asks for: the longest valid `Crawl-delay` of the group. Not in the
    /// RFC, but widely used; it is neither capped nor applied here.
    #[must_use]
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }

    /// Whether there are no rules: all is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranked.is_empty()
    }
}
