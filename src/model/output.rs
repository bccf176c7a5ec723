//! [`Output`]: the items and requests that `parse` finds on a page.

use std::fmt;
use std::sync::Arc;

use crate::page::request::Request;

/// List that a recipe has looked for on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Name of the kind of items.
    pub(crate) kind: Arc<str>,
    /// Key of the recipe that has the selector.
    pub(crate) key: &'static str,
    /// Selector of the script that has the JSON, if it is not the page.
    pub(crate) script: Option<Arc<str>>,
    pub(crate) selector: Arc<str>,
    pub(crate) has_matched: bool,
}

/// Collects the items and requests of one page.
///
/// `parse` gets the output as an argument instead of returning it, so that items emitted before an early `?` are kept.
///
/// ```
/// use crawlworks::{Output, Request};
/// let mut out = Output::new();
/// out.item("a quote");
/// out.follow(Request::get("https://example.com/page/2/")?);
/// assert_eq!(out.items(), ["a quote"]);
/// assert_eq!(out.requests()[0].url().path(), "/page/2/");
/// # Ok::<(), crawlworks::Error>(())
/// ```
pub struct Output<I> {
    items: Vec<I>,
    lost: Vec<String>,
    lists: Vec<Listed>,
    is_login: bool,
    requests: Vec<Request>,
    max_links: usize,
    over_limit: u64,
    over_rules: u64,
    files: u64,
}

impl<I> Output<I> {
    /// Creates an empty output without a limit, for tests of a spider.
    #[must_use]
    pub fn new() -> Self {
        Self::with_max_links(usize::MAX)
    }

    pub(crate) fn with_max_links(max_links: usize) -> Self {
        Self {
            items: Vec::new(),
            lost: Vec::new(),
            lists: Vec::new(),
            is_login: false,
            requests: Vec::new(),
            max_links,
            over_limit: 0,
            over_rules: 0,
            files: 0,
        }
    }

    /// Emits an item.
    pub fn item(&mut self, item: I) {
        self.items.push(item);
    }

    /// Counts an item that could not be read among the failed items of the report. The page counts as done all the same.
    #[cfg(feature = "recipe")]
    pub(crate) fn lose_item(&mut self, reason: String) {
        self.lost.push(reason);
    }

    /// Notes a list that was looked for on the page.
    #[cfg(feature = "recipe")]
    pub(crate) fn listed(&mut self, list: Listed) {
        self.lists.push(list);
    }

    /// Returns the reasons why items of the page were lost, one per item that a recipe could not read.
    #[must_use]
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// Requests another page: a [`Url`](url::Url) or a [`Request`]. The crawler filters out duplicates and requests out of
    /// scope. More than the setting `max_links` from one page are not followed, but counted in the report.
    pub fn follow(&mut self, request: impl Into<Request>) {
        if self.requests.len() < self.max_links {
            self.requests.push(request.into());
        } else {
            self.over_limit += 1;
        }
    }

    /// Requests several pages.
    pub fn follow_all<R: Into<Request>>(&mut self, requests: impl IntoIterator<Item = R>) {
        for request in requests {
            self.follow(request);
        }
    }

    /// Returns the maximum number of links followed from one page: the setting `max_links`.
    #[must_use]
    pub fn max_links(&self) -> usize {
        self.max_links
    }

    /// Counts links that were left out because of [`max_links`](Self::max_links).
    pub fn left_out(&mut self, links: usize) {
        self.over_limit += links as u64;
    }

    /// Counts links that were left out because of the limit of a link rule.
    pub(crate) fn left_out_by_rules(&mut self, links: u64) {
        self.over_rules += links;
    }

    /// Counts links that were left out because their names end like those of files that are no pages, such as `.pdf`.
    pub(crate) fn left_out_as_files(&mut self, links: u64) {
        self.files += links;
    }

    /// Returns the number of links that were left out because their names end like those of files.
    pub(crate) fn files(&self) -> u64 {
        self.files
    }

    /// Returns the number of links that were left out by the limits of link rules.
    pub(crate) fn over_rules(&self) -> u64 {
        self.over_rules
    }

    /// Returns the items so far.
    #[must_use]
    pub fn items(&self) -> &[I] {
        &self.items
    }

    /// Returns the requests so far.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// Marks the page as part of a login: a crawl that gets no pages but those of a login has failed.
    #[cfg(feature = "recipe")]
    pub(crate) fn logs_in(&mut self) {
        self.is_login = true;
    }

    /// Returns whether the page is part of a login.
    pub(crate) fn is_login(&self) -> bool {
        self.is_login
    }

    /// Takes out the reasons why items were lost.
    pub(crate) fn take_lost(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lost)
    }

    /// Takes out the lists that were looked for on the page.
    pub(crate) fn take_lists(&mut self) -> Vec<Listed> {
        std::mem::take(&mut self.lists)
    }

    /// Returns the items, the requests, and the number of links left out because of `max_links`.
    pub(crate) fn into_parts(self) -> (Vec<I>, Vec<Request>, u64) {
        (self.items, self.requests, self.over_limit)
    }
}

impl<I> Default for Output<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I> fmt::Debug for Output<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("items", &self.items.len())
            .field("requests", &self.requests.len())
            .finish_non_exhaustive()
    }
}
