//! Log lines on standard error, above the progress display.

use std::io::{self, Write};

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::cli::flags::{LogFlags, LogFormat};
use crate::cli::terminal;
use crate::cli::terminal::screen::Screen;
use crate::model::settings::layers;
use crate::page::error::{Error, ErrorKind, Result};

/// Starts the log.
///
/// # Errors
/// [`ErrorKind::Settings`] when `CRAWL_LOG` is no filter.
pub(in crate::cli) fn start(flags: &LogFlags, screen: &Screen) -> Result<()> {
    let level = match (flags.quiet, flags.verbose) {
        (true, _) => "error",
        (_, 0) => "warn",
        (_, 1) => "info",
        (_, 2) => "debug",
        _ => "trace",
    };
    let directives = std::env::var(layers::LOG)
        .ok()
        .filter(|filter| !filter.is_empty());
    let filter = EnvFilter::try_new(directives.unwrap_or_else(|| format!("crawlworks={level}")))
        .map_err(|error| {
            Error::new(ErrorKind::Settings, format!("{} is no filter", layers::LOG))
                .with_source(error)
        })?;
    let screen = screen.clone();
    let lines = fmt::layer()
        .with_writer(move || Line(screen.clone()))
        .with_ansi(terminal::has_colour())
        .with_target(flags.verbose > 1);
    let layer = match flags.log_format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        // A person sees when it happens; a file has to say.
        LogFormat::Text if screen_is_terminal() => lines.without_time().boxed(),
        LogFormat::Text => lines.boxed(),
    };
    // An embedding program may have a log of its own already, which then stays.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init();
    Ok(())
}

fn screen_is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stderr())
}

/// Log line that is written above the progress display.
struct Line(Screen);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The subscriber escapes control characters, but not those that change the direction of writing.
        let text = String::from_utf8_lossy(bytes);
        self.0
            .above(|| io::stderr().write_all(terminal::printable_log(&text).as_bytes()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
