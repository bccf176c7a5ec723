//! [`Rules`]: which links of a page are followed, and as what.
//!
//! They are for the spider that walks a site by the shape of its URLs: what Scrapy calls a `CrawlSpider`. A [`Rule`] says
//! which links it takes, by their URL, their place on the page or their text, and what they become: a label, a priority,
//! metadata. A link goes by the first rule that takes it; a link that none takes is not followed.
//!
//! ```
//! use crawlworks::prelude::*;
//! use crawlworks::{Rule, Rules};
//!
//! struct Shop {
//!     rules: Rules,
//! }
//!
//! impl Shop {
//!     fn new() -> crawlworks::Result<Self> {
//!         let rules = Rules::new([
//!             // Categories are followed and not parsed, but for subsections.
//!             Rule::new().allow(r"/category\.php").deny(r"/subsection\.php"),
//!             // Items are parsed.
//!             Rule::new().allow(r"/item\.php\?id=(?<id>\d+)").label("item"),
//!         ])?;
//!         Ok(Self { rules })
//!     }
//! }
//!
//! impl Spider for Shop {
//!     type Item = (String, String);
//!
//!     fn name(&self) -> &str {
//!         "shop"
//!     }
//!
//!     fn start(&self) -> Result<Vec<Request>, BoxError> {
//!         Ok(vec![Request::get("https://example.com/")?])
//!     }
//!
//!     async fn parse(&self, response: Response, out: &mut Output<Self::Item>) -> Result<(), BoxError> {
//!         let html = response.html()?;
//!         if response.label() == Some("item") {
//!             let id = response.request().meta("id")?.unwrap_or_default();
//!             out.item((id, html.one("h1")?.text()));
//!         }
//!         self.rules.follow(&html, out)?;
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let page = "<a href=/category.php?c=1>Pens</a> <a href=/subsection.php>Ink</a> <a href=/item.php?id=7>A pen</a>";
//! let out = crawlworks::testing::parse(&Shop::new()?, "https://example.com/", page).await?;
//! let found: Vec<_> = out.requests().iter().map(|request| (request.url().path(), request.label())).collect();
//! assert_eq!(found, [("/category.php", None), ("/item.php", Some("item"))]);
//! assert_eq!(out.requests()[1].meta::<String>("id")?.as_deref(), Some("7"));
//! # Ok(())
//! # }
//! ```

mod compiled;
mod counts;
mod links;
mod page_urls;
mod rule;

use std::collections::HashSet;
use std::fmt;

use url::Url;

use crate::model::output::Output;
use crate::page::error::Result;
use crate::page::html::Html;
use crate::page::request::Request;
use compiled::Compiled;
use links::{Link, Source};
pub(crate) use page_urls::is_page;
pub use rule::Rule;

/// Link rules in the order in which they are asked.
///
/// What their limits count belongs to this value: two crawls that share one share the counts, and a job that goes on in
/// another process counts anew.
pub struct Rules {
    rules: Vec<Compiled>,
    /// Parts of a page in which the rules look for links; most rules share one.
    sources: Vec<Source>,
}

/// Decision of the rules about a bare URL.
#[derive(Debug)]
pub(crate) enum Choice {
    /// A rule takes it.
    Follow(Request),
    /// A rule takes it, but has taken as many as it may.
    LeftOut,
    /// A rule would take it, but its name ends like that of a file.
    File,
    /// No rule takes it.
    No,
}

/// Requests that the rules make from the links of a page.
struct Chosen {
    requests: Vec<Request>,
    /// Links that were left out because a rule had reached its limit.
    over_limits: u64,
    /// Links that were left out because of names like those of files.
    files: u64,
}

impl Rules {
    /// Checks the patterns and selectors of these rules.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings) for a pattern that is no regular expression or is too large
    /// (10 MiB compiled), [`ErrorKind::Selector`](crate::ErrorKind::Selector) for a bad selector; both say in which rule.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Result<Self> {
        let mut sources = Vec::new();
        let mut compiled = Vec::new();
        for (nth, rule) in rules.into_iter().enumerate() {
            let source = Source::of(&rule).map_err(|error| rule.faulty(nth, &error))?;
            let place = sources.iter().position(|known| *known == source);
            let place = place.unwrap_or_else(|| {
                sources.push(source);
                sources.len() - 1
            });
            compiled.push(Compiled::new(nth, rule, place)?);
        }
        Ok(Self {
            rules: compiled,
            sources,
        })
    }

    /// Returns the rules that `are_taken` is `true` for, one value per rule in their order. They share the counts of
    /// their limits with these rules.
    #[cfg(feature = "recipe")]
    pub(crate) fn only(&self, are_taken: &[bool]) -> Self {
        let pairs = self.rules.iter().zip(are_taken);
        let chosen = pairs.filter(|(_, is_one)| **is_one);
        Self {
            rules: chosen.map(|(rule, _)| rule.clone()).collect(),
            sources: self.sources.clone(),
        }
    }

    /// The requests for the links of a page that the rules take: those of the first rule in document order, then those of
    /// the second, and so on; each URL once, without its fragment.
    ///
    /// # Errors
    /// That a selector would take too long on this page, see [`Html::select`].
    pub fn requests(&self, html: &Html) -> Result<Vec<Request>> {
        Ok(self.choose(html)?.requests)
    }

    /// Follows the links of a page that the rules take. How many were left out because a rule had reached its limit is in
    /// the report, as `filtered` by `rule_limit`; how many because of names like those of files, by `file`.
    ///
    /// # Errors
    /// Those of [`requests`](Self::requests).
    pub fn follow<I>(&self, html: &Html, out: &mut Output<I>) -> Result<()> {
        let chosen = self.choose(html)?;
        out.follow_all(chosen.requests);
        out.left_out_by_rules(chosen.over_limits);
        out.left_out_as_files(chosen.files);
        Ok(())
    }

    /// Follows those of these URLs that the rules take: for a page whose links were found without a document
    /// ([`Response::links`](crate::Response::links)), or a list of URLs from elsewhere.
    ///
    /// Rules about the link itself, its place ([`within`](Rule::within), [`query`](Rule::query)) or its
    /// [`text`](Rule::text), take none of them, and no rule can see whether one is `nofollow`.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{Rule, Rules};
    /// let rules = Rules::new([Rule::new().allow("/docs/").label("doc")])?;
    /// let request = Request::get("https://example.com/")?;
    /// let page = Response::new(request, 200).with_body("text/html", "<a href=/docs/a#top>A</a> <a href=/b>B</a>");
    /// let mut out = Output::<()>::new();
    /// rules.follow_urls(page.links(), &mut out);
    /// assert_eq!(out.requests().len(), 1);
    /// assert_eq!(out.requests()[0].label(), Some("doc"));
    /// # Ok::<(), crawlworks::Error>(())
    /// ```
    pub fn follow_urls<I>(&self, urls: impl IntoIterator<Item = Url>, out: &mut Output<I>) {
        let (mut left_out, mut files) = (0, 0);
        for url in urls {
            match self.choice(&url) {
                Choice::Follow(request) => out.follow(request),
                Choice::LeftOut => left_out += 1,
                Choice::File => files += 1,
                Choice::No => {}
            }
        }
        out.left_out_by_rules(left_out);
        out.left_out_as_files(files);
    }

    /// Returns the decision of the rules about a URL that is not a link of a page.
    pub(crate) fn choice(&self, url: &Url) -> Choice {
        let mut url = url.clone();
        url.set_fragment(None);
        let matches = |rule: &&Compiled| rule.is_about_urls() && rule.matches_url(&url);
        let mut matching = self.rules.iter().filter(matches).peekable();
        let is_matched = matching.peek().is_some();
        match matching.find(|rule| !rule.is_file_to_it(&url)) {
            Some(rule) if rule.admits(&url) => Choice::Follow(rule.request(url)),
            Some(_) => Choice::LeftOut,
            None if is_matched => Choice::File,
            None => Choice::No,
        }
    }

    fn choose(&self, html: &Html) -> Result<Chosen> {
        let mut found: Vec<Option<Vec<Link<'_>>>> = self.sources.iter().map(|_| None).collect();
        let (mut taken, mut files) = (HashSet::new(), HashSet::new());
        let (mut requests, mut over_limits) = (Vec::new(), 0);
        for rule in &self.rules {
            let place = rule.source();
            let (Some(source), Some(links)) = (self.sources.get(place), found.get_mut(place))
            else {
                continue;
            };
            let links = match links {
                Some(links) => links,
                None => links.insert(source.links(html)?),
            };
            for link in links.iter() {
                if taken.contains(&link.url) || !rule.takes(link) {
                    continue;
                }
                if rule.is_file_to_it(&link.url) {
                    files.insert(link.url.clone());
                    continue;
                }
                taken.insert(link.url.clone());
                if rule.admits(&link.url) {
                    requests.push(rule.request(link.url.clone()));
                } else {
                    over_limits += 1;
                }
            }
        }
        Ok(Chosen {
            requests,
            over_limits,
            files: files.difference(&taken).count() as u64,
        })
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.rules).finish()
    }
}

#[cfg(test)]
mod tests;
