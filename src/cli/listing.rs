//! Lists that go on over several documents: entries that a spider finds, printed as they come.

use std::io::{self, Write};

use crate::cli::crawl;
use crate::cli::exit::{self, Outcome};
use crate::cli::flags::LogFlags;
use crate::cli::flags::document::Document;
use crate::cli::terminal;
use crate::cli::terminal::logging;
use crate::cli::terminal::screen::Screen;
use crate::engine::crawler::Crawler;
use crate::engine::spider::Spider;
use crate::model::event::{Event, Events};
use crate::model::settings::layers;
use crate::model::settings::{ScopeMode, Settings};
use crate::page::error::{Error, Result};

/// Crawls the documents with the settings of `document`, and prints a line for each item. What cannot be read is told on
/// standard error.
///
/// # Errors
/// Fails when the crawl cannot begin, or standard output cannot be written.
pub(super) fn print<S: Spider>(
    spider: S,
    document: &Document,
    line: impl Fn(&S::Item) -> Result<String>,
) -> Outcome {
    logging::start(&LogFlags::default(), &Screen::new(false))?;
    let name = spider.name().to_owned();
    let mut crawler = Crawler::new(spider);
    let settings = crawler.settings_mut();
    // A document may go on at another host. Who wants less can say so.
    settings.links.scope = ScopeMode::Any;
    layers::apply_without_keeping(settings, &name, &[])?;
    document.apply(settings)?;
    only_listed(settings);
    let events = crawler.events();
    let runtime = crawl::runtime()?;
    let report = runtime.block_on(async {
        let told = tokio::spawn(tell_failures(events));
        let mut entries = crawler.stream();
        let mut out = io::stdout().lock();
        while let Some(entry) = entries.next().await {
            writeln!(out, "{}", line(&entry)?)?;
        }
        out.flush()?;
        let report = entries.finish().await?;
        // An error means that it panicked, and the entries are out.
        let _ = told.await;
        Ok::<_, exit::Failure>(report)
    })?;
    runtime.shutdown_background();
    Ok(exit::of_report(&report))
}

/// Resets the settings that would lead elsewhere, or hold the entries against what is asked of items.
fn only_listed(settings: &mut Settings) {
    settings.links.sitemaps = false;
    settings.answers.content_types.clear();
    settings.items.item_schema = None;
    settings.items.min_fill.clear();
    settings.items.unique.clear();
    settings.links.traps = false;
}

async fn tell_failures(mut events: Events) {
    while let Some(event) = events.next().await {
        match event {
            Event::Failed { url, message, .. } => {
                terminal::say(&format!("cannot read {url}: {message}"));
            }
            Event::Filtered { url, reason } => {
                terminal::say(&format!("not read, filtered by {reason}: {url}"));
            }
            Event::Finished { .. } => return,
            _ => {}
        }
    }
}

/// Returns an entry as a line of JSON.
///
/// # Errors
/// [`ErrorKind::Json`](crate::ErrorKind::Json) when it cannot be written as JSON.
pub(super) fn json(entry: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(entry).map_err(|error| {
        let message = "an entry cannot be written as JSON";
        Error::new(crate::page::error::ErrorKind::Json, message).with_source(error)
    })
}
