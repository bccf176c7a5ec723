//! Asking live sites: a crawl whose pages are never requested, so that only their robots.txt are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::{Position, Url};

use super::Answers;
use super::explain::{Found, Source};
use crate::cli::crawl;
use crate::cli::exit::Failure;
use crate::cli::flags::ExchangeFlags;
use crate::cli::flags::input;
use crate::cli::terminal;
use crate::engine::crawler::Crawler;
use crate::engine::spider::Spider;
use crate::fetch::downloader::{Downloader, HttpDownloader};
use crate::fetch::middleware;
use crate::model::event::Event;
use crate::model::output::Output;
use crate::model::settings::layers;
use crate::model::settings::{ScopeMode, Settings};
use crate::page::error::{BoxError, Error, Result};
use crate::page::request::Request;
use crate::page::response::Response;

/// Returns which of these URLs may be fetched, in their order; `adjust` changes the settings.
///
/// # Errors
/// Fails for what is no URL, and for bad settings. A robots.txt that cannot be read is no error: it means no.
pub(super) fn ask(
    urls: &[String],
    flags: &ExchangeFlags,
    adjust: impl FnOnce(&mut Settings) -> Result<()>,
) -> Result<Answers, Failure> {
    let asked = urls.iter().enumerate().map(|(at, url)| {
        let request = flags.on(Request::from(input::url(url)?))?;
        Ok(request.dont_filter().with_meta("at", at)?)
    });
    let requests: Result<Vec<Request>, Failure> = asked.collect();
    let requests = requests?;
    let asked: Vec<Url> = requests
        .iter()
        .map(|request| request.url().clone())
        .collect();
    let allowed = Arc::new(Mutex::new(vec![false; urls.len()]));
    let spider = Questions {
        requests,
        allowed: Arc::clone(&allowed),
    };
    // robots.txt goes to the downloader; everything else ends here.
    let answered =
        middleware::from_fn(|request: Request, _| async move { Ok(Response::new(request, 200)) });
    let mut crawler = Crawler::new(spider).middleware(answered);
    let settings = crawler.settings_mut();
    layers::apply_without_keeping(settings, "robots", &[])?;
    adjust(settings)?;
    settings.politeness.robots = true;
    settings.links.scope = ScopeMode::Any;
    settings.failures.retries = 0;
    settings.politeness.delay = std::time::Duration::ZERO;
    settings.politeness.adaptive_delay = false;
    let agent = settings.requests.user_agent.clone();
    let recorder = Recorder {
        inner: HttpDownloader::new(settings)?,
        agent: agent.clone(),
        found: Arc::default(),
    };
    let found = Arc::clone(&recorder.found);
    let mut crawler = crawler.downloader(recorder);
    let mut events = crawler.events();
    let runtime = crawl::runtime()?;
    runtime.block_on(async {
        crawler.run().await?;
        while let Some(event) = events.next().await {
            // Only a robots.txt can fail: nothing else is requested.
            if let Event::Failed { url, message, .. } = event {
                terminal::say(&format!("cannot read {url}, which means no: {message}"));
            }
        }
        Ok::<_, Error>(())
    })?;
    runtime.shutdown_background();
    let allowed = locked(&allowed).clone();
    let (known, sources): (Vec<String>, Vec<Source>) = locked(&found).drain().unzip();
    let source_of = asked
        .iter()
        .map(|url| &url[..Position::BeforePath])
        .map(|origin| known.iter().position(|known| known == origin));
    Ok(Answers {
        source_of: source_of.collect(),
        asked,
        allowed,
        agent,
        sources,
    })
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Downloader that remembers what was found in the place of each origin's robots.txt: what came last counts, after
/// redirects.
struct Recorder {
    inner: HttpDownloader,
    agent: String,
    found: Arc<Mutex<HashMap<String, Source>>>,
}

impl Downloader for Recorder {
    async fn fetch(&self, request: Request) -> Result<Response> {
        let origin = request.robots_for().unwrap_or_default().to_owned();
        let url = request.url().to_string();
        let result = self.inner.fetch(request).await;
        let source = match &result {
            Ok(response) if response.status().is_success() => {
                Source::file(url, response.body(), &self.agent)
            }
            Ok(response) => Source::nothing(url, Found::Status(response.status().as_u16())),
            Err(error) => Source::nothing(url, Found::Error(error.chain())),
        };
        locked(&self.found).insert(origin, source);
        result
    }
}

struct Questions {
    requests: Vec<Request>,
    allowed: Arc<Mutex<Vec<bool>>>,
}

impl Spider for Questions {
    type Item = ();

    fn name(&self) -> &str {
        "robots"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(self.requests.clone())
    }

    async fn parse(&self, response: Response, _: &mut Output<()>) -> Result<(), BoxError> {
        let at: Option<usize> = response.request().meta("at")?;
        let mut allowed = locked(&self.allowed);
        if let Some(answer) = at.and_then(|at| allowed.get_mut(at)) {
            *answer = true;
        }
        Ok(())
    }
}
