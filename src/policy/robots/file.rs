//! A whole robots.txt: which groups it has, and which of them is whose.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use url::Url;

use super::agent::{agent_of_line, product_token};
use super::line::{Line, lines};
use super::pattern::normalise_pattern;
use super::rules::{Draft, Group, Rules};
use super::text;
use crate::page::identity;

/// Maximum number of bytes of a robots.txt that are read; RFC 9309 section 2.5 asks for at least 500 KiB. A line cut by
/// this limit is dropped. The caller that fetches the file should pass at least one byte more, because a cut line
/// cannot be recognised otherwise.
pub const MAX_BYTES: usize = 512 * 1024;

/// A parsed robots.txt, of any number of groups.
///
/// Parsing never fails: what cannot be understood is skipped, as RFC 9309 section 2.2 wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RobotsTxt {
    agents: Vec<Agent>,
    rules: Vec<Draft>,
    delays: Vec<Delay>,
    sitemaps: Vec<String>,
}

/// A `User-agent` line. Consecutive ones share a group.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Agent {
    /// The product token in lower case, or `*`.
    token: Box<str>,
    group: u32,
    line: u32,
}

/// A `Crawl-delay` or `Request-rate`, and the agents that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Delay {
    agents: Range<usize>,
    delay: Duration,
}

impl RobotsTxt {
    /// Reads the first [`MAX_BYTES`] of a file. It should be UTF-8 (RFC 9309 section 2.2), but what is ASCII in any
    /// encoding is understood, and so is UTF-16.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut reader = Reader::default();
        for (number, line) in lines(&text::of(bytes)) {
            reader.take(number, &line);
        }
        reader.file
    }

    /// The file of a host that has none: everything is allowed (RFC 9309 section 2.3.1.3).
    #[must_use]
    pub fn allow_all() -> Self {
        Self::default()
    }

    /// The file of a host whose own is unreachable: everything is disallowed (RFC 9309 section 2.3.1.4).
    #[must_use]
    pub fn disallow_all() -> Self {
        Self {
            agents: vec![Agent {
                token: "*".into(),
                group: 0,
                line: 0,
            }],
            rules: normalise_pattern(b"/")
                .map(|pattern| Draft {
                    group: 0,
                    line: 0,
                    allow: false,
                    pattern,
                })
                .into_iter()
                .collect(),
            ..Self::default()
        }
    }

    /// The rules for a crawler: all groups with its product token merged, else all groups with `*`, else none.
    ///
    /// `agent` is the token itself or a whole `User-Agent` header that begins with it: `crawlworks`,
    /// `crawlworks/0.1 (+https://example.com)`. Letter case does not count.
    #[must_use]
    pub fn for_agent(&self, agent: &str) -> Rules {
        let token = product_token(agent).to_ascii_lowercase();
        let named = |name: &str| self.agents.iter().any(|agent| *agent.token == *name);
        let is_named = !token.is_empty() && named(&token);
        let token = if is_named { token.as_str() } else { "*" };
        let (places, mine): (Vec<usize>, Vec<&Agent>) = self
            .agents
            .iter()
            .enumerate()
            .filter(|(_, agent)| *agent.token == *token)
            .unzip();
        // Groups are numbered in the order of the file, so `mine` is sorted by them.
        let holds = |rule: &&Draft| {
            mine.binary_search_by_key(&rule.group, |agent| agent.group)
                .is_ok()
        };
        let is_mine = |delay: &&Delay| {
            let first = places.partition_point(|place| *place < delay.agents.start);
            places
                .get(first)
                .is_some_and(|place| *place < delay.agents.end)
        };
        let crawl_delay = self.delays.iter().filter(is_mine);
        let group = mine.first().filter(|agent| agent.line > 0);
        Rules::new(
            self.rules.iter().filter(holds).collect(),
            group.map(|agent| Group {
                line: agent.line,
                is_named,
            }),
            crawl_delay.map(|delay| delay.delay).max(),
        )
    }

    /// Returns the values of the `Sitemap` lines, in order. They belong to no group, should be absolute URLs, and are
    /// not checked here.
    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

/// Returns whether a robots.txt with these bytes lets an agent fetch a URL or a path.
///
/// The URL should be as it appears in a request, percent-encoded. One that is not, such as
/// `http://example.com/\u{30c4}`, may be fetched only if it may be both as it is written and as it would be requested,
/// `http://example.com/%E3%83%84`: whether an `Allow` was meant for it is not guessed. An empty one has the path `/`.
#[must_use]
pub fn allowed(robots: &[u8], agent: &str, url: &str) -> bool {
    let rules = RobotsTxt::parse(robots).for_agent(agent);
    let as_written = || rules.verdict(&path_of(url)).allowed;
    let as_requested = || requested(url).is_none_or(|url| rules.allows(&url));
    as_written() && as_requested()
}

/// The URL that a crawl would request for this text, which may be a path of any host.
pub(crate) fn requested(url: &str) -> Option<Url> {
    if url.starts_with('/') {
        return identity::parse(&format!("http://host.invalid{url}"), None).ok();
    }
    identity::parse(url, None).ok()
}

/// Returns the part of a URL that robots.txt rules match, by text alone: from the path up to the fragment. The URL may
/// be only a path.
fn path_of(url: &str) -> Cow<'_, str> {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let after_scheme = match url.split_once("//") {
        Some((_, rest)) if !url.starts_with('/') => rest,
        _ => url,
    };
    let start = after_scheme.find(['/', '?']).unwrap_or(after_scheme.len());
    let path = after_scheme.get(start..).unwrap_or_default();
    if path.starts_with('/') {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(format!("/{path}"))
    }
}

/// The state between lines.
#[derive(Default)]
struct Reader {
    file: RobotsTxt,
    group: u32,
    /// Index in `file.agents` of the first agent of the current group.
    first_agent: usize,
    /// `true` if the current group has rules, so that the next `User-agent` line begins another group.
    has_rules: bool,
}

impl Reader {
    fn take(&mut self, number: u32, line: &Line<'_>) {
        match *line {
            Line::UserAgent(value) => self.user_agent(number, value),
            Line::Allow(value) => {
                self.rule(number, true, value);
                if let Some(directory) = directory_of_index(value) {
                    self.rule(number, true, &directory);
                }
            }
            Line::Disallow(value) => self.rule(number, false, value),
            Line::CrawlDelay(value) => self.delay(seconds(value)),
            Line::RequestRate(value) => self.delay(request_rate(value)),
            Line::Sitemap(value) => self
                .file
                .sitemaps
                .push(String::from_utf8_lossy(value).into_owned()),
        }
    }

    fn user_agent(&mut self, line: u32, value: &[u8]) {
        if self.has_rules {
            self.group = self.group.saturating_add(1);
            self.has_rules = false;
            self.first_agent = self.file.agents.len();
        }
        let token = agent_of_line(value).to_ascii_lowercase();
        self.file.agents.push(Agent {
            token: token.into(),
            group: self.group,
            line,
        });
    }

    /// Rules before the first group belong to nobody. An empty rule matches nothing, but is a rule.
    fn rule(&mut self, line: u32, allow: bool, value: &[u8]) {
        if self.file.agents.is_empty() {
            return;
        }
        self.has_rules = true;
        if let Some(pattern) = normalise_pattern(value) {
            self.file.rules.push(Draft {
                group: self.group,
                line,
                allow,
                pattern,
            });
        }
    }

    /// Holds for the agents named so far in this group: in `User-agent: a`, `Crawl-delay: 9`, `User-agent: b` the RFC
    /// gives both the rules that follow, as a delay is no rule to it, but nobody means `b` to be delayed.
    fn delay(&mut self, delay: Option<Duration>) {
        self.file.delays.extend(delay.map(|delay| Delay {
            agents: self.first_agent..self.file.agents.len(),
            delay,
        }));
    }
}

fn seconds(value: &[u8]) -> Option<Duration> {
    let number: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    Duration::try_from_secs_f64(number).ok()
}

/// The delay that `1/5s`, `1/10m` or `30/1h 0600-0845` comes to: pages per time. The hours that may follow are not
/// looked at: what is too much by day is not asked for by night either.
fn request_rate(value: &[u8]) -> Option<Duration> {
    let rate = std::str::from_utf8(value).ok()?;
    let (pages, time) = rate.split_ascii_whitespace().next()?.split_once('/')?;
    let (number, unit) = match time.strip_suffix(|unit: char| unit.is_ascii_alphabetic()) {
        Some(number) => (number, time.chars().next_back()?.to_ascii_lowercase()),
        None => (time, 's'),
    };
    let seconds = match unit {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        'd' => 86400.0,
        _ => return None,
    };
    let (pages, number): (u32, f64) = (pages.parse().ok()?, number.parse().ok()?);
    Duration::try_from_secs_f64(number * seconds / f64::from(pages)).ok()
}

/// Returns the pattern `/dir/$` for one that ends in an index file, such as `/dir/index.html`: an `Allow` for that file
/// allows `/dir/`, which is the same page, as Google documents. `None` for other patterns.
fn directory_of_index(pattern: &[u8]) -> Option<Vec<u8>> {
    let slash = pattern.iter().rposition(|&byte| byte == b'/')?;
    let (directory, file) = pattern.split_at_checked(slash + 1)?;
    file.starts_with(b"index.htm")
        .then(|| [directory, b"$"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn may(robots: &str, agent: &str, path: &str) -> bool {
        RobotsTxt::parse(robots.as_bytes())
            .for_agent(agent)
            .verdict(path)
            .allowed
    }

    #[test]
    fn longest_match_wins() {
        let robots = "user-agent: *\nallow: /p\ndisallow: /\ndisallow: /page/*/x\n";
        assert!(may(robots, "a", "/page"));
        assert!(!may(robots, "a", "/other"));
        assert!(!may(robots, "a", "/page/1/x"));
    }

    #[test]
    fn allow_wins_ties() {
        assert!(may("user-agent: *\ndisallow: /a\nallow: /a\n", "a", "/a"));
    }

    #[test]
    fn groups_of_one_agent_are_merged() {
        let robots = "user-agent: a\ndisallow: /1\nuser-agent: b\ndisallow: /2\nuser-agent: A\ndisallow: /3\n";
        assert_eq!(
            ["/1", "/2", "/3"].map(|path| may(robots, "a", path)),
            [false, true, false]
        );
    }

    #[test]
    fn an_empty_rule_ends_the_names_of_a_group() {
        for empty in [
            "disallow:",
            "allow:",
            "Disallow: # all",
            "disallow=",
            "dissalow:",
        ] {
            let robots = format!("user-agent: a\n{empty}\n\nuser-agent: b\ndisallow: /\n");
            assert!(may(&robots, "a", "/x"), "{empty}");
            assert!(!may(&robots, "b", "/x"), "{empty}");
            assert!(may(&robots, "c", "/x"), "{empty}");
        }
    }

    #[test]
    fn an_empty_rule_takes_nothing_from_its_group() {
        let robots =
            "user-agent: a\ndisallow:\ndisallow: /x\nallow:\nuser-agent: b\ndisallow: /y\n";
        assert_eq!(
            ["/x", "/y"].map(|path| may(robots, "a", path)),
            [false, true]
        );
    }

    #[test]
    fn a_named_group_with_an_empty_rule_is_not_left_to_the_star() {
        let robots = "user-agent: *\ndisallow: /\nuser-agent: a\ndisallow:\n";
        assert!(may(robots, "a", "/x"));
        assert!(!may(robots, "b", "/x"));
    }

    #[test]
    fn a_group_without_a_name_is_nobodys() {
        let robots = "user-agent: a\ndisallow: /x\nuser-agent: # who?\ndisallow: /y\n";
        for agent in ["a", "", "b"] {
            assert!(may(robots, agent, "/y"), "{agent:?}");
        }
        assert!(!may(robots, "a", "/x"));
        let shared = "user-agent:\nuser-agent: a\ndisallow: /x\n";
        assert!(!may(shared, "a", "/x"));
    }

    #[test]
    fn other_lines_do_not_end_the_names_of_a_group() {
        for other in [
            "",
            "# remark",
            "crawl-delay: 3",
            "crawl-delay:",
            "sitemap: /s",
            "host: a",
            "noindex: /",
        ] {
            let robots = format!("user-agent: a\n{other}\nuser-agent: b\ndisallow: /x\n");
            assert!(!may(&robots, "a", "/x"), "{other:?}");
        }
    }

    #[test]
    fn a_url_that_is_not_as_in_a_request_is_held_against_the_rules_as_both() {
        let robots =
            "user-agent: *\ndisallow: /\u{fc}ber\ndisallow: /a%20b\ndisallow: /shut\n".as_bytes();
        for url in [
            "https://a.example/\u{fc}ber/x",
            "https://a.example/%C3%BCber",
            "/\u{fc}ber",
            "https://a.example/a b",
            "https://a.example/open/../shut",
            "https://\u{fc}.example/shut",
        ] {
            assert!(!allowed(robots, "a", url), "{url}");
        }
        let rest = "user-agent: *\ndisallow: /\nallow: /\u{fc}\n".as_bytes();
        assert!(allowed(rest, "a", "/%C3%BC"));
        assert!(!allowed(rest, "a", "/\u{fc}"));
        assert!(allowed(robots, "a", "no URL"));
    }

    #[test]
    fn star_is_for_those_who_are_not_named() {
        let robots = "user-agent: *\ndisallow: /\nuser-agent: named\ndisallow: /x\n";
        assert!(may(robots, "Named/2.0 (+http://example.com)", "/"));
        assert!(!may(robots, "nobody", "/"));
        assert!(!may(robots, "", "/"));
    }

    #[test]
    fn robots_txt_itself_is_always_allowed() {
        let rules = RobotsTxt::disallow_all().for_agent("a");
        assert!(rules.verdict("/robots.txt").allowed);
        assert_eq!(
            rules.verdict("/x"),
            crate::policy::robots::Verdict {
                allowed: false,
                line: None,
                pattern: Some("/")
            }
        );
        assert!(RobotsTxt::allow_all().for_agent("a").verdict("/x").allowed);
    }

    #[test]
    fn rules_before_any_group_are_nobodys() {
        assert!(may("disallow: /\nuser-agent: *\ndisallow: /x\n", "a", "/"));
    }

    #[test]
    fn a_delay_holds_for_the_agents_before_it() {
        let file = RobotsTxt::parse(
            b"user-agent: a\ncrawl-delay: 9\nuser-agent: b\ndisallow: /x\ncrawl-delay: 0.5\n",
        );
        assert_eq!(
            file.for_agent("a").crawl_delay(),
            Some(Duration::from_secs(9))
        );
        assert_eq!(
            file.for_agent("b").crawl_delay(),
            Some(Duration::from_millis(500))
        );
        assert!(!file.for_agent("a").verdict("/x").allowed);
    }

    #[test]
    fn absurd_delays_are_ignored() {
        for value in ["-1", "inf", "NaN", "1e300", "ten"] {
            assert_eq!(seconds(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn a_request_rate_is_a_delay() {
        let table = [
            ("1/5", Some(5_000)),
            ("1/5s", Some(5_000)),
            ("1/10m", Some(600_000)),
            ("30/1h 0600-0845", Some(120_000)),
            ("4/1S", Some(250)),
            ("0/5s", None),
            ("1/5y", None),
            ("5", None),
            ("1/", None),
            ("-1/5", None),
        ];
        for (rate, expected) in table {
            let delay = request_rate(rate.as_bytes()).map(|delay| delay.as_millis());
            assert_eq!(delay, expected, "{rate}");
        }
    }

    #[test]
    fn the_longest_of_all_delays_holds() {
        let file = RobotsTxt::parse(
            b"user-agent: *\nrequest-rate: 1/5s\ncrawl-delay: 2\ndisallow: /a\nuser-agent: b\ncrawl-delay: 9\n",
        );
        let delay = file.for_agent("a").crawl_delay();
        assert_eq!(delay, Some(Duration::from_secs(5)));
    }

    #[test]
    fn delays_without_end_are_read_in_no_time() {
        let many = "user-agent: a\n".repeat(18_000) + &"crawl-delay: 1\n".repeat(18_000);
        let file = RobotsTxt::parse(many.as_bytes());
        assert_eq!(file.delays.len(), 18_000);
        assert_eq!(
            file.for_agent("a").crawl_delay(),
            Some(Duration::from_secs(1))
        );
    }

    #[test]
    fn the_group_that_holds_is_known_by_its_line() {
        let file =
            RobotsTxt::parse(b"# hi\nuser-agent: *\ndisallow: /\nuser-agent: Ours\nallow: /\n");
        let group = |line, is_named| Some(Group { line, is_named });
        assert_eq!(file.for_agent("ours/1").group(), group(4, true));
        assert_eq!(file.for_agent("other").group(), group(2, false));
        assert_eq!(RobotsTxt::parse(b"").for_agent("a").group(), None);
    }

    #[test]
    fn a_rule_cut_at_the_limit_is_dropped() {
        let head = "user-agent: *\ndisallow: /a\n#";
        let tail = "\ndisallow: /bcdef\n";
        let fill =
            |room: usize| format!("{head}{}{tail}", "#".repeat(MAX_BYTES - head.len() - room));
        assert!(may(&fill(tail.len() - 4), "a", "/bcdef"), "cut");
        assert!(!may(&fill(tail.len() - 4), "a", "/a"), "before the cut");
        assert!(
            !may(&fill(tail.len() - 1), "a", "/bcdef"),
            "whole without its line end"
        );
        assert!(!may(&fill(tail.len()), "a", "/bcdef"), "whole");
    }

    #[test]
    fn sitemaps_belong_to_no_group() {
        let file =
            RobotsTxt::parse(b"Sitemap: http://a/1\nuser-agent: a\nsitemap: http://a/2 \nuser-agent: b\ndisallow: /\n");
        assert_eq!(file.sitemaps(), ["http://a/1", "http://a/2"]);
        assert!(!file.for_agent("a").verdict("/").allowed);
    }

    #[test]
    fn a_url_is_cut_to_its_path() {
        let table = [
            ("http://a.example/b?c#d", "/b?c"),
            ("http://a.example", "/"),
            ("http://a.example?b=/c", "/?b=/c"),
            ("/b//c", "/b//c"),
            ("http://a.example/b//c", "/b//c"),
            ("/b", "/b"),
            ("", "/"),
        ];
        for (url, path) in table {
            assert_eq!(path_of(url), path, "{url}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), path in "\\PC{0,30}") {
            let _ = RobotsTxt::parse(&bytes).for_agent("a").verdict(&path);
        }

        #[test]
        fn the_longest_matching_rule_decides(rules in prop::collection::vec((any::<bool>(), "/[ab]{0,4}"), 0..12), path in "/[ab]{0,5}") {
            let mut text = String::from("user-agent: *\n");
            for (allow, pattern) in &rules {
                text.push_str(if *allow { "allow:" } else { "disallow:" });
                text.extend([pattern, "\n"]);
            }
            let matching = rules.iter().filter(|(_, pattern)| path.starts_with(pattern));
            let expected = matching.max_by_key(|(allow, pattern)| (pattern.len(), *allow)).is_none_or(|(allow, _)| *allow);
            prop_assert_eq!(may(&text, "a", &path), expected);
        }
    }
}
