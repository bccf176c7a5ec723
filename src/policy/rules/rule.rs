//! A [`Rule`] as its author writes it.

use crate::page::error::Error;

/// Rule that selects the links to follow, and the requests made for them. Nothing is checked before
/// [`Rules::new`](super::Rules::new).
///
/// A rule without conditions takes every link of an `a` or `area` element to what may be a page.
///
/// ```
/// use crawlworks::html::Html;
/// use crawlworks::{Rule, Rules};
/// let rules = Rules::new([
///     Rule::new().within("nav.pages").text("(?i)next").priority(10),
///     Rule::new().allow("/book/").within("main").label("book").limit(1_000),
/// ])?;
/// let page = "<main><a href=/book/1/>One</a></main><nav class=pages><a href=/2/>Next</a></nav><a href=/book/9/>No</a>";
/// let html = Html::parse(page, url::Url::parse("https://example.com/")?);
/// let paths: Vec<_> = rules.requests(&html)?.iter().map(|request| request.url().path().to_owned()).collect();
/// assert_eq!(paths, ["/2/", "/book/1/"]);
/// # Ok::<(), crawlworks::BoxError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a rule does nothing until it is given to `Rules::new`"]
pub struct Rule {
    pub(super) allow: Vec<String>,
    pub(super) deny: Vec<String>,
    pub(super) within: Vec<String>,
    pub(super) query: Option<String>,
    pub(super) text: Option<String>,
    pub(super) label: Option<String>,
    pub(super) priority: i32,
    pub(super) limit: Option<u64>,
    pub(super) limit_per_pattern: Option<u64>,
    pub(super) respects_nofollow: bool,
    pub(super) takes_files: bool,
}

impl Rule {
    /// A rule that takes every link.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes only links whose absolute URL, without its fragment, this regular expression matches anywhere. Called more
    /// than once: that any of them matches.
    ///
    /// Named groups become metadata of the request: with `/item/(?<id>\d+)`, `response.request().meta::<String>("id")`.
    /// The first pattern that matches gives them.
    pub fn allow(mut self, pattern: impl Into<String>) -> Self {
        self.allow.push(pattern.into());
        self
    }

    /// Leaves out links whose absolute URL this regular expression matches anywhere, whatever `allow` says.
    pub fn deny(mut self, pattern: impl Into<String>) -> Self {
        self.deny.push(pattern.into());
        self
    }

    /// Takes only links in the elements that this CSS selector matches, or that are such elements. Called more than once:
    /// in any of them.
    pub fn within(mut self, css: impl Into<String>) -> Self {
        self.within.push(css.into());
        self
    }

    /// Sets the query for the elements that are links and the attribute with the URL: `a::attr(data-href)`. Without
    /// `::attr(…)` it is `href`, else `src`. Default: the `href` of `a` and `area`.
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// Takes only links whose text, white space collapsed, this regular expression matches anywhere.
    pub fn text(mut self, pattern: impl Into<String>) -> Self {
        self.text = Some(pattern.into());
        self
    }

    /// Gives the requests this [label](crate::Request::with_label). Default: none.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Gives the requests this [priority](crate::Request::with_priority). Default: 0.
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Takes at most so many different URLs in the whole crawl. Further links that the rule would take are left out, not
    /// left to later rules, and counted. A durable job that goes on in another process counts anew. Default: any number.
    pub fn limit(mut self, urls: u64) -> Self {
        self.limit = Some(urls);
        self
    }

    /// Takes at most so many different URLs of one pattern in the whole crawl: URLs that differ in nothing but numbers,
    /// long hexadecimal names and the values of parameters, such as `/shop/#` or `/search?color&size`. The first 100,000
    /// patterns are told apart; those of later ones are not limited. Default: any number.
    pub fn limit_per_pattern(mut self, urls: u64) -> Self {
        self.limit_per_pattern = Some(urls);
        self
    }

    /// Leaves out links that their page marks `rel="nofollow"`, `ugc` or `sponsored`. What a page says of all its links is
    /// the matter of the setting [`robots_tags`](crate::settings::Politeness::robots_tags). Default: they are taken.
    pub fn respect_nofollow(mut self) -> Self {
        self.respects_nofollow = true;
        self
    }

    /// Also takes links to files that are no pages, told by their ending: pictures, archives, PDF and so on. Default:
    /// they are left out.
    pub fn files(mut self) -> Self {
        self.takes_files = true;
        self
    }

    /// An error of this rule, which is the nth from 0: the same, but it says so.
    pub(super) fn faulty(&self, nth: usize, error: &Error) -> Error {
        let label = self.label.as_deref();
        let label = label.map_or_else(String::new, |label| format!(" ({label:?})"));
        let message = format!("link rule {}{label}: {}", nth + 1, error.chain());
        Error::new(error.kind(), message)
    }
}
