//! A rule that is ready to judge links.

use std::sync::Arc;

use regex::{Regex, RegexSet};
use url::Url;

use super::counts::Counts;
use super::links::Link;
use super::page_urls::is_page;
use super::rule::Rule;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity::Spellings;
use crate::page::request::Request;

#[derive(Debug, Clone)]
pub(super) struct Compiled {
    rule: Rule,
    allow: RegexSet,
    /// The `allow` patterns that have named groups, each with its place in the set.
    named: Vec<(usize, Regex)>,
    deny: RegexSet,
    text: Option<Regex>,
    source: usize,
    /// Counts for the limits, shared by all copies of a rule.
    counts: Option<Arc<Counts>>,
}

impl Compiled {
    /// `source` is where the rule looks for links.
    pub(super) fn new(nth: usize, rule: Rule, source: usize) -> Result<Self> {
        let read = || -> Result<_> {
            let allow = patterns("allow", &rule.allow)?;
            let deny = patterns("deny", &rule.deny)?;
            let named = with_named_groups(&rule.allow)?;
            let text = rule.text.as_deref().map(|text| pattern("text", text));
            Ok((allow, named, deny, text.transpose()?))
        };
        let (allow, named, deny, text) = read().map_err(|error| rule.faulty(nth, &error))?;
        Ok(Self {
            allow,
            named,
            deny,
            text,
            source,
            counts: Counts::of(&rule).map(Arc::new),
            rule,
        })
    }

    pub(super) fn source(&self) -> usize {
        self.source
    }

    /// Returns whether the rule can judge a URL that is not a link of a page.
    pub(super) fn is_about_urls(&self) -> bool {
        self.rule.within.is_empty() && self.rule.query.is_none() && self.text.is_none()
    }

    pub(super) fn takes(&self, link: &Link<'_>) -> bool {
        self.matches_url(&link.url)
            && !(self.rule.respects_nofollow && link.is_nofollow())
            && self
                .text
                .as_ref()
                .is_none_or(|text| text.is_match(&link.element.text()))
    }

    /// Returns whether the rule leaves out a URL that it matches because the URL ends like the name of a file.
    pub(super) fn is_file_to_it(&self, url: &Url) -> bool {
        !self.rule.takes_files && !is_page(url)
    }

    /// Returns whether the patterns of the rule match a URL, as it is requested or as a reader sees it.
    pub(super) fn matches_url(&self, url: &Url) -> bool {
        let spellings = Spellings::of(url);
        (self.allow.is_empty() || spellings.any(|url| self.allow.is_match(url)))
            && !spellings.any(|url| self.deny.is_match(url))
    }

    /// Returns whether the limits of the rule admit this URL. An admitted URL counts against them.
    pub(super) fn admits(&self, url: &Url) -> bool {
        self.counts.as_ref().is_none_or(|counts| counts.admit(url))
    }

    pub(super) fn request(&self, url: Url) -> Request {
        let groups = self.groups(&url);
        let mut request = Request::from(url);
        for (name, value) in groups {
            request = request.with_text(name, value);
        }
        if let Some(label) = &self.rule.label {
            request = request.with_label(label.as_str());
        }
        request.with_priority(self.rule.priority)
    }

    /// The named groups of the first pattern that matches, as far as they took part.
    fn groups(&self, url: &Url) -> Vec<(String, String)> {
        if self.named.is_empty() {
            return Vec::new();
        }
        let spellings = Spellings::of(url);
        let first = spellings.iter().find_map(|url| {
            let place = self.allow.matches(url).iter().next()?;
            Some((place, url))
        });
        let found = first.and_then(|(first, url)| {
            let (_, pattern) = self.named.iter().find(|(place, _)| *place == first)?;
            Some((pattern, pattern.captures(url)?))
        });
        let Some((pattern, found)) = found else {
            return Vec::new();
        };
        let names = pattern.capture_names().flatten();
        let groups = names.filter_map(|name| Some((name.to_owned(), found.name(name)?)));
        groups
            .map(|(name, value)| (name, value.as_str().to_owned()))
            .collect()
    }
}

fn patterns(what: &str, patterns: &[String]) -> Result<RegexSet> {
    // One at a time first: the error of a set does not say which pattern is bad.
    for text in patterns {
        pattern(what, text)?;
    }
    RegexSet::new(patterns).map_err(|e| {
        let message = format!("the {what} patterns are too large together");
        Error::new(ErrorKind::Settings, message).with_source(e)
    })
}

fn with_named_groups(patterns: &[String]) -> Result<Vec<(usize, Regex)>> {
    let compiled = patterns.iter().map(|text| pattern("allow", text));
    let compiled: Vec<Regex> = compiled.collect::<Result<_>>()?;
    let numbered = compiled.into_iter().enumerate();
    Ok(numbered
        .filter(|(_, pattern)| pattern.capture_names().flatten().next().is_some())
        .collect())
}

fn pattern(what: &str, text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|e| {
        Error::new(ErrorKind::Settings, format!("bad {what} pattern {text:?}")).with_source(e)
    })
}
