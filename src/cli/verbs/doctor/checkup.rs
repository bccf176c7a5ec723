//! The spider of `crawl doctor`: robots.txt, the page behind its redirects, and the page once more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;
use url::{Position, Url};

use super::facts::{Facts, Hop, Page, RobotsFacts};
use super::page;
use crate::engine::spider::Spider;
use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::error::{BoxError, Result};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::redirect;
use crate::policy::robots::{RobotsTxt, Rules};

const ROBOTS: &str = "robots";
const AGAIN: &str = "again";
/// Maximum number of redirects of the page, as in a crawl; for robots.txt RFC 9309 says five.
const MAX_REDIRECTS: u32 = 10;
const MAX_ROBOTS_REDIRECTS: u32 = 5;

/// Spider of `crawl doctor`.
pub(super) struct Checkup {
    first: Request,
    agent: String,
    state: Arc<Mutex<State>>,
}

/// Facts and rules that are known so far.
pub(super) struct State {
    pub(super) facts: Facts,
    /// robots.txt rules of each origin.
    rules: HashMap<String, Rules>,
    /// The setting `robots`.
    obeys: bool,
    /// The page that waits for a robots.txt.
    waiting: Option<Request>,
}

impl State {
    /// Follows the page's request if its origin is known to allow it, or first a request for the robots.txt of an
    /// unknown origin.
    fn ask(&mut self, page: Request, out: &mut Output<()>) -> Result<()> {
        match self.rules.get(&origin(page.url())) {
            Some(rules) if !self.obeys || rules.allows(page.url()) => out.follow(page),
            Some(_) => {}
            None => {
                out.follow(robots_request(page.url())?);
                self.waiting = Some(page);
            }
        }
        Ok(())
    }

    fn robots(&mut self, response: &Response, agent: &str, out: &mut Output<()>) -> Result<()> {
        let (status, headers) = (response.status(), response.headers());
        let moved = redirect::follow(response.request(), status, headers, MAX_ROBOTS_REDIRECTS);
        if let Ok(Some(next)) = moved {
            out.follow(next.dont_filter());
            return Ok(());
        }
        let Some(page) = self.waiting.take() else {
            return Ok(());
        };
        // RFC 9309, section 2.3.1; 429 is no word about the rules.
        let file = match status.as_u16() {
            200..300 => RobotsTxt::parse(response.body()),
            429 | 500.. => RobotsTxt::disallow_all(),
            _ => RobotsTxt::allow_all(),
        };
        let rules = file.for_agent(agent);
        let url = page.url();
        let verdict = rules.verdict(&url[Position::BeforePath..Position::AfterQuery]);
        self.facts.robots.push(RobotsFacts {
            url: response.url().clone(),
            asked_for: url.clone(),
            status: Some(status.as_u16()),
            allowed: verdict.allowed,
            line: verdict.line,
            pattern: verdict.pattern.map(str::to_owned),
            crawl_delay: rules.crawl_delay(),
            sitemaps: file.sitemaps().to_vec(),
        });
        self.rules.insert(origin(url), rules);
        self.ask(page, out)
    }

    fn page(&mut self, response: &Response, out: &mut Output<()>) -> Result<()> {
        let (status, headers) = (response.status(), response.headers());
        let next = redirect::follow(response.request(), status, headers, MAX_REDIRECTS);
        if let Some(next) = next? {
            let hop = Hop {
                from: response.url().clone(),
                status: status.as_u16(),
                to: next.url().clone(),
            };
            self.facts.redirects.push(hop);
            return self.ask(next.dont_filter(), out);
        }
        let page = page::examine(response);
        if let Some(again) = once_more(response.request(), &page)? {
            out.follow(again);
        }
        self.facts.page = Some(page);
        Ok(())
    }

    fn again(&mut self, response: &Response) {
        if let Some(page) = &mut self.facts.page {
            page.when_asked_again = Some(response.status().as_u16());
            if response.status().is_success() {
                page.is_same_again = Some(response.body().len() == page.bytes);
            }
        }
    }
}

impl Checkup {
    /// Builds the spider. robots.txt is asked for the name in the setting `user_agent`, and obeyed as the setting
    /// `robots` says.
    pub(super) fn new(first: Request, settings: &Settings) -> Self {
        let state = State {
            facts: Facts::new(first.url()),
            rules: HashMap::new(),
            obeys: settings.politeness.robots,
            waiting: None,
        };
        Self {
            first: first.any_status().dont_filter(),
            agent: settings.requests.user_agent.clone(),
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(super) fn state(&self) -> Arc<Mutex<State>> {
        Arc::clone(&self.state)
    }
}

impl Spider for Checkup {
    type Item = ();

    fn name(&self) -> &str {
        "doctor"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        let mut state = lock(&self.state);
        state.waiting = Some(self.first.clone());
        Ok(vec![robots_request(self.first.url())?])
    }

    async fn parse(&self, response: Response, out: &mut Output<()>) -> Result<(), BoxError> {
        let mut state = lock(&self.state);
        match response.label() {
            Some(ROBOTS) => state.robots(&response, &self.agent, out)?,
            Some(AGAIN) => state.again(&response),
            _ => state.page(&response, out)?,
        }
        Ok(())
    }
}

pub(super) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Returns a request for the robots.txt of the origin of this URL. No credentials go with it.
fn robots_request(url: &Url) -> Result<Request> {
    let robots = Request::get(format!("{}/robots.txt", origin(url)))?;
    Ok(robots.with_label(ROBOTS).any_status().dont_filter())
}

/// Returns the request of a page with those headers that tell the server which version is known (`If-None-Match`,
/// `If-Modified-Since`); `None` unless the page is a success that was asked for with GET.
fn once_more(request: &Request, page: &Page) -> Result<Option<Request>> {
    if !(200..300).contains(&page.status) || *request.method() != Method::GET {
        return Ok(None);
    }
    let mut again = request.clone().with_label(AGAIN);
    for (name, value) in [
        ("if-none-match", &page.etag),
        ("if-modified-since", &page.last_modified),
    ] {
        if let Some(value) = value {
            again = again.with_header(name, value)?;
        }
    }
    Ok(Some(again))
}
