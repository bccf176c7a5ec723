//! Explanation of why a URL may be fetched or not: the robots.txt, the group and the line that decide.

use std::fmt;

use serde_json::{Value, json};
use url::{Position, Url};

use crate::policy::robots::{RobotsTxt, Rules};

/// A robots.txt, or what was found in its place.
#[derive(Debug)]
pub(super) struct Source {
    /// URL of the robots.txt, after redirects, or its file.
    place: String,
    found: Found,
    sitemaps: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Found {
    Rules(Rules),
    /// Another status than 2xx.
    Status(u16),
    /// No answer, with the reason.
    Error(String),
}

/// The verdict on a URL, and what it rests on.
#[derive(Debug)]
pub(super) struct Explained<'a> {
    /// URL as it was given.
    pub(super) url: &'a str,
    /// URL as a crawl would request it.
    pub(super) asked: &'a Url,
    pub(super) allowed: bool,
    pub(super) agent: &'a str,
    /// The robots.txt that decides; `None` when not even its URL is known.
    pub(super) source: Option<&'a Source>,
}

impl Source {
    pub(super) fn file(place: String, bytes: &[u8], agent: &str) -> Self {
        let file = RobotsTxt::parse(bytes);
        Self {
            place,
            found: Found::Rules(file.for_agent(agent)),
            sitemaps: file.sitemaps().to_vec(),
        }
    }

    pub(super) fn nothing(place: String, found: Found) -> Self {
        let sitemaps = Vec::new();
        Self {
            place,
            found,
            sitemaps,
        }
    }

    fn rules(&self) -> Option<&Rules> {
        match &self.found {
            Found::Rules(rules) => Some(rules),
            Found::Status(_) | Found::Error(_) => None,
        }
    }
}

impl Explained<'_> {
    /// Returns the whole explanation as JSON, for programs.
    pub(super) fn json(&self) -> Value {
        let source = self.source;
        let rules = source.and_then(Source::rules);
        let verdict = rules.map(|rules| rules.verdict_on(self.asked));
        let group = rules.and_then(Rules::group);
        let (status, error) = match source.map(|source| &source.found) {
            Some(Found::Status(status)) => (Some(*status), None),
            Some(Found::Error(error)) => (None, Some(error)),
            Some(Found::Rules(_)) | None => (None, None),
        };
        json!({
            "url": self.url,
            "allowed": self.allowed,
            "reason": self.reason(),
            "agent": self.agent,
            "robots": source.map(|source| &source.place),
            "status": status,
            "error": error,
            "group": group.map(|group| json!({"line": group.line, "named": group.is_named})),
            "line": verdict.and_then(|verdict| verdict.line),
            "pattern": verdict.and_then(|verdict| verdict.pattern),
            "crawl_delay": rules.and_then(Rules::crawl_delay).map(|delay| delay.as_secs_f64()),
            "sitemaps": source.map(|source| &source.sitemaps),
        })
    }

    /// Returns the reason in one sentence.
    fn reason(&self) -> String {
        let Some(source) = self.source else {
            return "there is no robots.txt to ask".to_owned();
        };
        let rules = match &source.found {
            Found::Rules(rules) => rules,
            Found::Status(status @ 300..=399) => {
                return format!("robots.txt redirects too far ({status}): everything is allowed");
            }
            Found::Status(status @ (429 | 500..)) => {
                return format!("robots.txt cannot be read ({status}): nothing is allowed");
            }
            Found::Status(status) => {
                return format!("no robots.txt ({status}): everything is allowed");
            }
            Found::Error(error) => {
                return format!("robots.txt cannot be read: nothing is allowed ({error})");
            }
        };
        let verdict = rules.verdict_on(self.asked);
        let word = if verdict.allowed { "Allow" } else { "Disallow" };
        match (verdict.line, verdict.pattern) {
            _ if verdict.is_too_costly() => {
                "the rules have too many wildcards to try them all".to_owned()
            }
            (Some(line), Some(pattern)) => format!("line {line}: {word}: {pattern}"),
            _ if &self.asked[Position::BeforePath..] == "/robots.txt" => {
                "robots.txt itself is always allowed".to_owned()
            }
            _ if rules.group().is_none() => "no group is for this crawler".to_owned(),
            _ => "no rule matches".to_owned(),
        }
    }
}

/// Prints the explanation for people: the reason, and below it where the reason comes from.
impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.allowed {
            "allowed"
        } else {
            "disallowed"
        };
        write!(f, "{}: {word}: {}", self.url, self.reason())?;
        let Some(source) = self.source else {
            return Ok(());
        };
        write!(f, "\n  robots.txt:  {}", source.place)?;
        if let Some(rules) = source.rules() {
            match rules.group() {
                Some(group) if group.is_named => {
                    write!(
                        f,
                        "\n  group:       line {}, for {}",
                        group.line, self.agent
                    )?;
                }
                Some(group) => write!(f, "\n  group:       line {}, for all (*)", group.line)?,
                None => write!(
                    f,
                    "\n  group:       none for {} and none for all",
                    self.agent
                )?,
            }
            if let Some(delay) = rules.crawl_delay() {
                write!(f, "\n  delay:       {} s", delay.as_secs_f64())?;
            }
        }
        for sitemap in &source.sitemaps {
            write!(f, "\n  sitemap:     {sitemap}")?;
        }
        Ok(())
    }
}
