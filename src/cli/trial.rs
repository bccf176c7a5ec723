//! A [`Trial`]: a spider that is tried on single pages, without a crawl. `parse` and `shell` do that.

mod flags;
mod verdict;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::value::RawValue;
use url::Url;

use crate::cli::crawl;
use crate::cli::exit::Failure;
use crate::cli::flags::PageFlags;
use crate::cli::one::{self, Patience, SharedStack};
use crate::engine::job::{AnyCrawler, Job};
use crate::engine::panicked;
use crate::items::sink::Record;
use crate::model::settings::Settings;
use crate::model::settings::layers;
use crate::page::error::{BoxError, Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::suggest::did_you_mean;
use crate::policy::robots::PageTags;
pub(super) use flags::SpiderFlags;
use verdict::Judge;
pub(super) use verdict::Verdict;

/// Number of seeds among which the page is looked for.
const MOST_SEEDS: usize = 100_000;

/// A spider with its settings, as `crawl run` would have them.
#[derive(Debug)]
pub(super) struct Trial {
    crawler: AnyCrawler,
    settings: Settings,
    way: SharedStack,
    /// Start requests of the spider; empty when it cannot give them.
    starts: Vec<Request>,
    no_start: Option<Error>,
    /// The labels that pages can have, if that is known.
    labels: Option<BTreeSet<String>>,
}

/// Result of a spider on a page.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) items: Vec<Record>,
    /// Requests, each with what a crawl would do with it.
    pub(super) requests: Vec<(Request, Verdict)>,
    /// The spider's error; what it emitted before is above.
    pub(super) error: Option<Error>,
    /// Further notes on the result, a sentence each.
    pub(super) notes: Vec<String>,
}

impl Trial {
    /// Builds the spider and its settings. One that cannot say where it starts can still parse.
    ///
    /// # Errors
    /// Fails when a crawl could not begin.
    pub(super) fn open(job: &Job, flags: &SpiderFlags, page: &PageFlags) -> Result<Self> {
        let build = || job.crawler(flags.arguments());
        let mut crawler = catch_unwind(AssertUnwindSafe(build))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref())))?;
        let name = crawler.name().to_owned();
        let settings = crawler.settings_mut();
        layers::apply_without_keeping(settings, &name, &flags.settings.set)?;
        page.apply(settings)?;
        let settings = settings.clone();
        let way = SharedStack::out_of(&mut crawler);
        let (starts, no_start) = match starts(&crawler) {
            Ok(starts) => (starts, None),
            Err(error) => (Vec::new(), Some(of_spider(error))),
        };
        Ok(Self {
            crawler,
            settings,
            way,
            starts,
            no_start,
            labels: job.known_labels().cloned(),
        })
    }

    /// Returns whether the spider's crawl starts at the host and port of this URL.
    pub(super) fn starts_at(&self, url: &Url) -> bool {
        let is_there = |start: &Url| start.host() == url.host() && start.port() == url.port();
        self.starts.iter().any(|start| is_there(start.url()))
    }

    /// Returns the request of the first page of the spider's crawl.
    pub(super) fn first(&self) -> Option<&Request> {
        self.starts.first()
    }

    /// Returns the request as the spider is to see it: one that it starts with is made as it says, unless the flags say
    /// what the page is.
    ///
    /// # Errors
    /// A usage error for a header that cannot be one.
    pub(super) fn request(
        &self,
        asked: Request,
        flags: &SpiderFlags,
        page: &PageFlags,
    ) -> Result<Request, Failure> {
        let start = self.starts.iter().find(|start| start.url() == asked.url());
        match start {
            Some(start) if !flags.describe_page() => page.on(start.clone()),
            _ => Ok(flags.on(page.on(asked)?)?),
        }
    }

    /// Fetches a page through the spider's fetch stack.
    ///
    /// # Errors
    /// Fails when the fetch cannot begin.
    pub(super) fn fetch(&self, request: Request, patience: Patience) -> Result<one::Outcome> {
        one::fetch_by(&self.way, self.settings.clone(), request, patience)
    }

    /// Lets the spider parse a page.
    ///
    /// # Errors
    /// Fails when the runtime cannot be started, or a setting is bad. An error of the spider is in the result.
    pub(super) fn parse(&self, page: &Response) -> Result<Made> {
        let mut judge = Judge::new(&self.settings, &self.starts, page)?;
        let limits = self.settings.tree_limits();
        let response = page.clone().within(limits, Arc::default());
        let runtime = crawl::runtime()?;
        let parsed = runtime.block_on(self.crawler.parse(response));
        runtime.shutdown_background();
        let verdicts = judge.verdicts(&parsed.requests);
        let error = parsed
            .error
            .map(|error| of_spider(error).with_url(page.url()));
        let mut made = Made {
            items: parsed.items,
            requests: parsed.requests.into_iter().zip(verdicts).collect(),
            error,
            notes: Vec::new(),
        };
        made.notes = self.notes(page, &judge, &made);
        Ok(made)
    }

    fn notes(&self, page: &Response, judge: &Judge<'_>, made: &Made) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(error) = &self.no_start {
            notes.push(format!(
                "the spider does not say where it starts, so the page is taken for the start: {}",
                error.chain()
            ));
        }
        if !judge.has_inside(page.request()) {
            notes.push("the page itself is outside the scope of the spider's crawl".to_owned());
        }
        let (agent, tags) = (
            &self.settings.requests.user_agent,
            self.settings.politeness.robots_tags,
        );
        if PageTags::of(page, agent, tags, jiff::Timestamp::now()).noindex {
            notes.push("the page says noindex: a crawl drops its items".to_owned());
        }
        notes.extend(self.note_of_label(page, made));
        notes
    }

    /// Returns a note that the page may lack its label, or has a label that no page of the crawl has.
    fn note_of_label(&self, page: &Response, made: &Made) -> Option<String> {
        let Some(label) = page.label() else {
            return self.note_of_no_label(made);
        };
        let labels = self.labels.as_ref()?;
        let starts = self.starts.iter().filter_map(Request::label);
        let mut known = labels.iter().map(String::as_str).chain(starts);
        if known.clone().any(|known| known == label) {
            return None;
        }
        let meant = did_you_mean(label, known.by_ref().filter(|known| !known.is_empty()));
        Some(format!(
            "no page of this crawl has the label {label:?}{meant}"
        ))
    }

    fn note_of_no_label(&self, made: &Made) -> Option<String> {
        let has_labels = |labels: &BTreeSet<String>| labels.iter().any(|label| !label.is_empty());
        if !self.labels.as_ref().is_none_or(has_labels) {
            return None;
        }
        let have_all = |labels: &BTreeSet<String>| !labels.contains("");
        let is_odd = match made.error {
            // It has more likely another cause, if a page need not have a label.
            Some(_) => self.labels.as_ref().is_some_and(have_all),
            None => made.items.is_empty() && made.requests.is_empty(),
        };
        is_odd.then(|| {
            "a page that the spider knows by a label has to be given that label".to_owned()
        })
    }
}

/// Returns an item as JSON for more JSON around it, in the very form of the outputs.
pub(super) fn raw(item: &Record) -> Option<Box<RawValue>> {
    RawValue::from_string(item.json().to_owned()).ok()
}

/// Returns the requests that the spider begins with: its start requests, and the first of its seeds.
fn starts(crawler: &AnyCrawler) -> std::result::Result<Vec<Request>, BoxError> {
    let mut starts = crawler.start()?;
    let seeds = crawler.seeds()?.take(MOST_SEEDS);
    // The sequence is the spider's code, too.
    let seeds = catch_unwind(AssertUnwindSafe(|| {
        seeds.collect::<std::result::Result<Vec<_>, _>>()
    }));
    starts.extend(seeds.unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()))?);
    Ok(starts)
}

/// Returns a spider's own error. A panic keeps its own message.
fn of_spider(error: BoxError) -> Error {
    match error.downcast::<Error>() {
        Ok(error) if error.kind() == ErrorKind::Panic => *error,
        Ok(error) => Error::new(ErrorKind::Spider, "the spider failed").with_source(*error),
        Err(error) => Error::new(ErrorKind::Spider, "the spider failed").with_source(error),
    }
}

#[cfg(test)]
mod tests;
