//! The progress of a crawl: on a terminal one line of numbers that changes, and a bar when it is known how many pages
//! there will be; elsewhere a line a minute.

mod pace;

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use self::pace::Pace;
use crate::cli::crawl::say;
use crate::cli::flags::LogFormat;
use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::table::{count, plural};
use crate::model::event::{Progress, ProgressWatch};

/// Interval at which the numbers are told when there is no terminal.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// A display that follows the crawl until it is ended.
#[derive(Debug)]
pub(in crate::cli) struct Display {
    task: JoinHandle<()>,
    line: ProgressBar,
    bar: Option<ProgressBar>,
}

impl Display {
    /// Starts to show the progress: on the screen, or else, with a format, in a line a minute on standard error.
    pub(in crate::cli) fn start(
        screen: &Screen,
        progress: ProgressWatch,
        max_pages: Option<u64>,
        told: Option<LogFormat>,
    ) -> Self {
        if !screen.is_shown() {
            let task = tokio::spawn(async move {
                if let Some(format) = told {
                    tell(progress, max_pages, |text| say(text, "INFO", format)).await;
                }
            });
            return Self {
                task,
                line: ProgressBar::hidden(),
                bar: None,
            };
        }
        let line = screen.add(ProgressBar::new_spinner().with_style(style("{spinner} {msg}")));
        line.enable_steady_tick(Duration::from_millis(120));
        let bar = max_pages.map(|max| {
            screen.add(
                ProgressBar::new(max)
                    .with_style(style("  [{bar:50}] {percent}% of {human_len} pages")),
            )
        });
        let task = tokio::spawn(follow(progress, line.clone(), bar.clone(), max_pages));
        Self { task, line, bar }
    }

    /// Removes the display.
    pub(in crate::cli) fn end(self) {
        self.task.abort();
        self.line.finish_and_clear();
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    style.progress_chars("=> ").tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

async fn follow(
    mut progress: ProgressWatch,
    line: ProgressBar,
    bar: Option<ProgressBar>,
    max_pages: Option<u64>,
) {
    let mut pace = Pace::default();
    while progress.changed().await {
        let now = progress.latest();
        pace.add(&now);
        line.set_message(numbers(&now, &pace, max_pages));
        if let Some(bar) = &bar {
            bar.set_position(now.pages);
        }
    }
}

/// Says the numbers once a minute, from the first ones on, for as long as it is polled.
async fn tell(mut progress: ProgressWatch, max_pages: Option<u64>, mut say: impl FnMut(String)) {
    let mut pace = Pace::default();
    while progress.changed().await {
        pace.add(&progress.latest());
        tokio::time::sleep(TELL_EVERY).await;
        let now = progress.latest();
        pace.add(&now);
        say(numbers(&now, &pace, max_pages));
    }
}

/// Formats the numbers of the crawl, in at most 78 columns for a crawl that is watched on a terminal, and 13 more when it
/// is known how long it will take.
fn numbers(now: &Progress, pace: &Pace, max_pages: Option<u64>) -> String {
    let hosts = if now.hosts > 1 {
        format!("  {} hosts", count(now.hosts as u64))
    } else {
        String::new()
    };
    let left = pace.left(max_pages).map_or_else(String::new, |left| {
        format!("  ~{} left", clock(left.as_secs()))
    });
    format!(
        "{}  {}  {}  {} queued{hosts}  {}  {}{left}",
        plural(now.pages, "page"),
        plural(now.items, "item"),
        pace.rate(),
        count(now.queued),
        plural(now.errors, "error"),
        clock(now.elapsed.as_secs()),
    )
}

/// Formats a time: `02:05`, `1:02:05`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::Announcer;

    fn at(seconds: u64, pages: u64, queued: u64) -> Progress {
        let mut now = Progress::default();
        (now.elapsed, now.pages, now.queued) = (Duration::from_secs(seconds), pages, queued);
        now
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_terminal_the_numbers_are_told_once_a_minute() {
        let mut announcer = Announcer::default();
        let mut said = Vec::new();
        let told = tell(announcer.progress(), None, |text| said.push(text));
        let crawl = async {
            announcer.show(at(0, 0, 620));
            tokio::time::sleep(Duration::from_secs(50)).await;
            announcer.show(at(60, 120, 500));
            tokio::time::sleep(Duration::from_mins(1)).await;
            announcer.show(at(120, 240, 380));
            tokio::time::sleep(Duration::from_mins(1)).await;
        };
        tokio::select! {
            () = told => {}
            () = crawl => {}
        }
        assert_eq!(
            said,
            [
                "120 pages  0 items  2/s  500 queued  0 errors  01:00  ~04:10 left",
                "240 pages  0 items  2/s  380 queued  0 errors  02:00  ~03:10 left",
            ]
        );
    }

    #[test]
    fn the_line_fits_80_columns() {
        let mut now = at(3_599, 1_234_567, 9_876_543);
        (now.items, now.hosts, now.errors) = (1_234_567, 12, 999);
        let line = |now: &Progress| {
            let mut pace = Pace::default();
            pace.add(&at(3_598, now.pages - 4_000, now.queued));
            pace.add(now);
            numbers(now, &pace, None)
        };
        assert!(line(&now).len() <= 98);
        (now.pages, now.items, now.hosts) = (123_456, 123_456, 1);
        assert!(line(&now).len() <= 78, "{}", line(&now));
    }

    #[test]
    fn how_long_it_will_take_is_in_the_line() {
        let mut pace = Pace::default();
        let last = at(60, 130, 7_260);
        for now in [at(0, 10, 7_380), last] {
            pace.add(&now);
        }
        let line = numbers(&last, &pace, None);
        assert!(line.ends_with("  01:00  ~1:00:30 left"), "{line}");
    }
}
