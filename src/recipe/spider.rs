//! The spider that carries a recipe out.

use std::sync::Arc;

use super::arguments::Arguments;
use super::extract::Extract;
use super::follow::Links;
use super::item::RecipeItem;
use super::login::Step;
use super::page::Page;
use super::plan::Plan;
use super::start::Start;
use crate::engine::spider::{Seeds, Spider};
use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::error::{BoxError, Error, Result};
use crate::page::request::Request;
use crate::page::response::Response;

/// A [`Recipe`](super::Recipe) with its arguments, ready to crawl.
#[derive(Debug)]
pub struct RecipeSpider {
    plan: Arc<Plan>,
    pub(super) arguments: Arguments,
    pub(super) links: Links,
    starts: Vec<Request>,
}

impl RecipeSpider {
    pub(super) fn new(plan: Arc<Plan>, arguments: Arguments) -> Result<Self> {
        let links = Links::new(&plan.follows, plan.labels().into_iter())?;
        let mut starts = Vec::new();
        // What begins behind a login is needed at once; other files are read as the crawl goes.
        let is_at_once = |start: &&Start| plan.login.is_some() || !start.is_file();
        for start in plan.starts.iter().filter(is_at_once) {
            starts.append(&mut start.requests(&arguments, &plan.directory)?);
        }
        Ok(Self {
            plan,
            arguments,
            links,
            starts,
        })
    }

    /// Emits the items of a page. What is wrong with one costs this one only; a page that has no other fails.
    fn items(&self, page: &Page<'_>, out: &mut Output<RecipeItem>) -> Result<(), Faults> {
        let extract = Extract {
            page,
            arguments: &self.arguments,
            document: None,
        };
        let mut faults = Faults::default();
        let before = out.items().len();
        for kind in self.plan.kinds.iter().filter(|kind| kind.takes(page)) {
            let mut has_matched = false;
            let read = kind.items(extract, |item| {
                has_matched = true;
                match item {
                    Ok(item) => out.item(item),
                    Err(error) => faults.add(error),
                }
            });
            match read {
                Ok(()) => kind
                    .listed(has_matched)
                    .into_iter()
                    .for_each(|list| out.listed(list)),
                Err(error) => faults.add(error),
            }
        }
        if out.items().len() == before && !faults.0.is_empty() {
            return Err(faults);
        }
        for error in faults.0 {
            out.lose_item(self.arguments.masked(error.chain()));
        }
        Ok(())
    }

    /// Handles one page: runs the login, emits the items and follows the links.
    fn read(&self, page: &Page<'_>, out: &mut Output<RecipeItem>) -> Result<()> {
        if let Some(login) = &self.plan.login {
            match login.step(page, &self.arguments)? {
                Step::None => {}
                Step::Send(request) => {
                    out.logs_in();
                    out.follow(*request);
                    return Ok(());
                }
                Step::Begin => {
                    out.logs_in();
                    // The page after the login may be one of them, and was seen.
                    let starts = self.starts.iter().cloned();
                    out.follow_all(starts.map(Request::dont_filter));
                    return Ok(());
                }
            }
        }
        let items_before = out.items().len();
        let items = self.items(page, out);
        let has_items = items.is_err() || out.items().len() > items_before;
        let onward = self.onward(page, out, has_items);
        match items.err().and_then(Faults::into_error) {
            Some(error) => Err(error),
            None => onward,
        }
    }

    /// An error without secrets: a site may have sent them back.
    fn told(&self, error: Error) -> Error {
        if self.arguments.secrets().next().is_none() {
            return error;
        }
        let told = Error::new(error.kind(), self.arguments.masked(error.chain()));
        match error.url() {
            Some(url) => told.with_url(url),
            None => told,
        }
    }

    /// Texts that say what a page of a list brought: its items or, where there are no kinds of items for it, where it leads. What
    /// is known of the page itself, such as its URL, is new on every page and says nothing.
    fn brought(
        &self,
        page: &Page<'_>,
        items: &[RecipeItem],
        requests: Option<&[Request]>,
    ) -> Vec<String> {
        if self.plan.kinds.iter().any(|kind| kind.takes(page)) {
            let kind = |name: &str| self.plan.kinds.iter().find(|kind| &*kind.name == name);
            let text = |item: &RecipeItem| item.content(&kind(item.kind())?.fields);
            return items.iter().filter_map(text).collect();
        }
        let requests = requests.unwrap_or_default().iter();
        requests.map(|request| request.url().to_string()).collect()
    }

    fn onward(&self, page: &Page<'_>, out: &mut Output<RecipeItem>, has_items: bool) -> Result<()> {
        let before = out.requests().len();
        self.links.follow(page, &self.arguments, out)?;
        if let Some(pagination) = &self.plan.pagination {
            let has_kinds = self.plan.kinds.iter().any(|kind| kind.takes(page));
            let is_empty = !has_items && (has_kinds || out.requests().len() == before);
            let found = || self.brought(page, out.items(), out.requests().get(before..));
            if let Some(next) = pagination.next(page, &self.arguments, is_empty, found)? {
                out.follow(next);
            }
        }
        Ok(())
    }
}

/// Errors in the items of one page.
#[derive(Debug, Default)]
struct Faults(Vec<Error>);

impl Faults {
    fn add(&mut self, error: Error) {
        self.0.push(error);
    }

    /// The first one, with how many more there are.
    fn into_error(self) -> Option<Error> {
        let more = self.0.len().saturating_sub(1);
        let first = self.0.into_iter().next()?;
        if more == 0 {
            return Some(first);
        }
        let message = format!("{}, and {more} more like this on the page", first.chain());
        let error = Error::new(first.kind(), message);
        Some(match first.url() {
            Some(url) => error.with_url(url),
            None => error,
        })
    }
}

impl Spider for RecipeSpider {
    type Item = RecipeItem;

    fn name(&self) -> &str {
        &self.plan.name
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(match &self.plan.login {
            Some(login) => vec![login.start(&self.arguments)?],
            None => self.starts.clone(),
        })
    }

    fn seeds(&self) -> Result<Seeds, BoxError> {
        let mut lists = Vec::new();
        if self.plan.login.is_none() {
            for start in &self.plan.starts {
                lists.extend(start.listed(&self.arguments, &self.plan.directory)?);
            }
        }
        if lists.is_empty() {
            return Ok(Seeds::none());
        }
        let requests = lists.into_iter().flatten();
        Ok(Seeds::new(
            requests.map(|request| request.map_err(Into::into)),
        ))
    }

    async fn parse(
        &self,
        response: Response,
        out: &mut Output<RecipeItem>,
    ) -> Result<(), BoxError> {
        let page = Page::new(&response);
        self.read(&page, out)
            .map_err(|error| self.told(error).into())
    }

    fn settings(&self, mut settings: Settings) -> Settings {
        for (name, value) in &self.plan.settings {
            // Each was set once when the recipe was read, so none is refused.
            let _ = settings.set(name, value);
        }
        settings
    }
}
