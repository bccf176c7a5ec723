//! Asking live sites: a crawl whose pages are never requested, so that only their robots.txt are.

use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::{crawl, input, layers, terminal};
use crate::crawler::Crawler;
use crate::error::{BoxError, Error, Result};
use crate::event::Event;
use crate::middleware;
use crate::output::Output;
use crate::request::Request;
use crate::response::Response;
use crate::settings::ScopeMode;
use crate::spider::Spider;

/// Which of these may be fetched, in their order.
///
/// # Errors
/// For what is no URL, and for bad settings. A robots.txt that cannot be read is no error: it means no.
pub(super) fn ask(urls: &[String], user_agent: Option<String>) -> Result<Vec<bool>> {
    let requests: Result<Vec<Request>> = urls
        .iter()
        .enumerate()
        .map(|(at, url)| {
            Request::from(input::url(url)?)
                .dont_filter()
                .with_meta("at", at)
        })
        .collect();
    let allowed = Arc::new(Mutex::new(vec![false; urls.len()]));
    let spider = Questions {
        requests: requests?,
        allowed: Arc::clone(&allowed),
    };
    // robots.txt goes to the downloader; everything else ends here.
    let answered =
        middleware::from_fn(|request: Request, _| async move { Ok(Response::new(request, 200)) });
    let mut crawler = Crawler::new(spider).middleware(answered);
    let settings = crawler.settings_mut();
    layers::apply(settings, "robots", &[])?;
    settings.robots = true;
    settings.scope = ScopeMode::Any;
    settings.retries = 0;
    settings.delay = std::time::Duration::ZERO;
    settings.adaptive_delay = false;
    settings.user_agent = user_agent.unwrap_or_else(|| settings.user_agent.clone());
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
    let answers = allowed
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    Ok(answers)
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
        let mut allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = at.and_then(|at| allowed.get_mut(at)) {
            *answer = true;
        }
        Ok(())
    }
}
