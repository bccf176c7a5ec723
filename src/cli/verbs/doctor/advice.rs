//! Advice on what would go wrong in a crawl, derived from the facts.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::facts::{Facts, Page, RobotsFacts};
use crate::model::settings::{MAX_CRAWL_DELAY, Settings};
use crate::page::error::ErrorKind;

/// Piece of advice before a crawl.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Advice {
    pub(super) weight: Weight,
    pub(super) text: String,
}

/// Importance of a piece of advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Weight {
    /// A crawl cannot have the page.
    Stops,
    /// A crawl has less, or takes longer, than may be expected.
    Costs,
    /// Good to know.
    Note,
}

/// Returns all advice that follows from these facts, the gravest first.
pub(super) fn of(facts: &Facts, settings: &Settings) -> Vec<Advice> {
    let mut advice = Advices(Vec::new());
    advice.name(facts);
    advice.problems(facts);
    for robots in &facts.robots {
        advice.robots(robots, settings);
    }
    advice.redirects(facts);
    advice.certificate(facts);
    if let Some(page) = &facts.page {
        advice.answer(page);
        if (200..300).contains(&page.status) {
            advice.content(page, settings);
            advice.change(page);
        }
    }
    advice.0.sort_by_key(|advice| advice.weight);
    advice.0
}

struct Advices(Vec<Advice>);

impl Advices {
    fn add(&mut self, weight: Weight, text: impl Into<String>) {
        let text = text.into();
        self.0.push(Advice { weight, text });
    }

    fn name(&mut self, facts: &Facts) {
        if let Some(error) = &facts.name.error {
            let host = &facts.name.host;
            self.add(
                Weight::Stops,
                format!("the name {host} leads nowhere: {error}"),
            );
        }
    }

    fn problems(&mut self, facts: &Facts) {
        for problem in &facts.problems {
            if problem.kind == ErrorKind::Dns && facts.name.error.is_some() {
                continue;
            }
            let hint = match problem.kind {
                ErrorKind::Tls => "; `ca_file` trusts an authority of your own, `insecure` anyone",
                ErrorKind::TooLarge => "; `max_body` allows more",
                ErrorKind::Timeout => {
                    "; `timeout`, `connect_timeout` and `idle_timeout` allow more"
                }
                _ => "",
            };
            let (url, message) = (&problem.url, &problem.message);
            self.add(Weight::Stops, format!("{url}: {message}{hint}"));
        }
    }

    fn robots(&mut self, robots: &RobotsFacts, settings: &Settings) {
        let (url, wanted) = (&robots.url, &robots.asked_for);
        match robots.status {
            _ if !settings.politeness.robots => {}
            None => self.add(
                Weight::Stops,
                format!("{url} cannot be read, which means: keep out of this host"),
            ),
            Some(status @ (429 | 500..)) => self.add(
                Weight::Stops,
                format!("{url} answers {status}, which means: keep out until it can be read"),
            ),
            Some(_) if !robots.allowed => {
                let line = robots
                    .line
                    .map_or_else(String::new, |n| format!(" in line {n}"));
                self.add(Weight::Stops, format!("{url} forbids {wanted}{line}"));
            }
            Some(_) => {}
        }
        let delay = robots
            .crawl_delay
            .filter(|delay| *delay > settings.politeness.delay);
        if let Some(asked) = delay {
            let delay = asked.min(MAX_CRAWL_DELAY);
            let pages = (3600.0 / delay.as_secs_f64()).round();
            let (asked, delay) = (asked.as_secs_f64(), delay.as_secs_f64());
            let taken = if asked > delay {
                format!(" ({delay} s are kept)")
            } else {
                String::new()
            };
            self.add(
                Weight::Costs,
                format!(
                    "robots.txt asks for {asked} s between requests{taken}: {pages} pages an hour"
                ),
            );
        }
    }

    fn certificate(&mut self, facts: &Facts) {
        let until = facts.connection.as_ref().and_then(|look| look.valid_until);
        let left = until.map(|until| until.duration_since(Timestamp::now()));
        if let Some(left) = left.filter(|left| *left < SignedDuration::from_hours(14 * 24)) {
            let days = left.as_hours() / 24;
            self.add(
                Weight::Note,
                format!("the certificate expires in {days} days"),
            );
        }
    }

    fn redirects(&mut self, facts: &Facts) {
        let Some(last) = facts.redirects.last() else {
            return;
        };
        let (asked, came) = (facts.url.host_str(), last.to.host_str());
        if asked != came {
            let host = came.unwrap_or_default();
            self.add(
                Weight::Note,
                format!("redirected to another host: begin with {host}, or widen `scope`"),
            );
        }
        if facts.redirects.len() > 3 {
            let hops = facts.redirects.len();
            self.add(
                Weight::Costs,
                format!("{hops} redirects before the page: begin with its own URL"),
            );
        }
    }

    fn answer(&mut self, page: &Page) {
        if let Some(who) = page.challenge {
            self.add(
                Weight::Stops,
                format!("{who} stands before the page and asks for a browser: crawl with the owner's consent, or its API"),
            );
        } else if !(200..300).contains(&page.status) {
            let why = match page.status {
                401 => ": it asks for a password, as in `--user NAME:PASSWORD`",
                403 => ": it refuses this user agent, address or country",
                404 | 410 => ": there is no such page",
                429 => ": it is asked too often; raise `delay`",
                500.. => ": it is broken for now; a crawl tries again",
                _ => "",
            };
            self.add(
                Weight::Stops,
                format!("the page answers {}{why}", page.status),
            );
        }
    }

    fn content(&mut self, page: &Page, settings: &Settings) {
        let has_few_words = page.text < 200 && page.links < 3;
        if has_few_words && page.scripts > 0 {
            self.add(
                Weight::Costs,
                "next to no text and links, but scripts: its content seems to be made by JavaScript, which is not run; \
                 look for the JSON that its scripts fetch",
            );
        } else if page.links_to_this_host == 0 && page.title.is_some() {
            self.add(
                Weight::Costs,
                "no link leads to this host: a crawl ends here",
            );
        }
        for tag in &page.robots_tags {
            let tag = tag.to_ascii_lowercase();
            if ["noindex", "nofollow", "none"]
                .iter()
                .any(|word| tag.contains(word))
            {
                self.add(Weight::Note, format!("the page asks robots for: {tag}"));
            }
        }
        if page.canonical.as_ref().is_some_and(|url| *url != page.url) {
            self.add(
                Weight::Note,
                "the page names another URL as its canonical one",
            );
        }
        if let Some(refresh) = &page.refresh {
            self.add(
                Weight::Note,
                format!("the page refreshes itself: {refresh}"),
            );
        }
        if page.bytes as u64 * 4 > settings.answers.max_body.0 {
            self.add(
                Weight::Costs,
                "the page is nearly as large as `max_body` allows",
            );
        }
        if page.compression.is_none() && page.bytes > 20_000 {
            self.add(
                Weight::Costs,
                "it is not compressed: every page costs its full size",
            );
        }
        if page.total.as_secs() >= 2 {
            self.add(
                Weight::Costs,
                "it is slow: the pace of a crawl adapts to that",
            );
        }
        let is_session = |name: &&String| {
            let name = name.to_ascii_lowercase();
            name.contains("sess") || name.contains("sid")
        };
        if let Some(name) = page.cookies.iter().find(is_session) {
            self.add(
                Weight::Note,
                format!("it begins a session ({name}): pages may depend on cookies"),
            );
        }
        if !page.encoding_is_declared && page.encoding != "utf-8" {
            self.add(
                Weight::Note,
                format!(
                    "Content-Type names no encoding; it is read as {}",
                    page.encoding
                ),
            );
        }
    }

    fn change(&mut self, page: &Page) {
        let has_validators = page.etag.is_some() || page.last_modified.is_some();
        match (has_validators, page.when_asked_again) {
            (true, Some(200..300)) => self.add(
                Weight::Costs,
                "it has validators but sends the page again all the same: a recrawl costs as much as a crawl",
            ),
            (false, Some(_)) => self.add(
                Weight::Costs,
                "no ETag and no Last-Modified: a recrawl costs as much as a crawl",
            ),
            _ => {}
        }
        if let Some(status @ (403 | 429 | 503)) = page.when_asked_again {
            self.add(
                Weight::Costs,
                format!("the second request was answered {status}: it limits how often it is asked; raise `delay`"),
            );
        }
    }
}
