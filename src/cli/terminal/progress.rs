//! The live display of a crawl: one line of numbers, and a bar when it is known how many pages there will be.

use std::collections::VecDeque;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::table::{count, plural};
use crate::model::event::{Progress, ProgressWatch};

/// Time over which the rate is taken.
const WINDOW: Duration = Duration::from_secs(3);
/// Interval at which the numbers go to the log when there is no terminal.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// A display that follows the crawl until it is ended.
#[derive(Debug)]
pub(in crate::cli) struct Display {
    task: JoinHandle<()>,
    line: ProgressBar,
    bar: Option<ProgressBar>,
}

impl Display {
    pub(in crate::cli) fn start(
        screen: &Screen,
        progress: ProgressWatch,
        max_pages: Option<u64>,
    ) -> Self {
        if !screen.is_shown() {
            let task = tokio::spawn(log(progress));
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
        let task = tokio::spawn(follow(progress, line.clone(), bar.clone()));
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

async fn follow(mut progress: ProgressWatch, line: ProgressBar, bar: Option<ProgressBar>) {
    let mut rate = Rate::default();
    while progress.changed().await {
        let now = progress.latest();
        let rate = rate.add(now.elapsed, now.pages);
        line.set_message(numbers(&now, rate));
        if let Some(bar) = &bar {
            bar.set_position(now.pages);
        }
    }
}

async fn log(progress: ProgressWatch) {
    let mut rate = Rate::default();
    loop {
        tokio::time::sleep(LOG_EVERY).await;
        let now = progress.latest();
        let rate = rate.add(now.elapsed, now.pages);
        tracing::info!("{}", numbers(&now, rate));
    }
}

/// Formats the numbers of the crawl, in at most 78 columns for a crawl that is watched on a terminal.
fn numbers(now: &Progress, rate: u64) -> String {
    let seconds = now.elapsed.as_secs();
    let hosts = if now.hosts > 1 {
        format!("  {} hosts", count(now.hosts as u64))
    } else {
        String::new()
    };
    format!(
        "{}  {}  {}/s  {} queued{hosts}  {}  {:02}:{:02}",
        plural(now.pages, "page"),
        plural(now.items, "item"),
        count(rate),
        count(now.queued),
        plural(now.errors, "error"),
        seconds / 60,
        seconds % 60,
    )
}

/// Pages per second over the last few seconds.
#[derive(Debug, Default)]
struct Rate(VecDeque<(Duration, u64)>);

impl Rate {
    fn add(&mut self, elapsed: Duration, pages: u64) -> u64 {
        while self
            .0
            .front()
            .is_some_and(|(at, _)| elapsed.saturating_sub(*at) > WINDOW)
            && self.0.len() > 1
        {
            self.0.pop_front();
        }
        let (since, before) = self.0.front().copied().unwrap_or_default();
        self.0.push_back((elapsed, pages));
        let millis = elapsed.saturating_sub(since).as_millis().max(1);
        let rate = u128::from(pages.saturating_sub(before)) * 1000 / millis;
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let mut rate = Rate::default();
        assert_eq!(rate.add(Duration::from_secs(1), 100), 100);
        assert_eq!(rate.add(Duration::from_secs(2), 200), 100);
        for second in 3..10 {
            rate.add(Duration::from_secs(second), 200);
        }
        assert_eq!(rate.add(Duration::from_secs(10), 200), 0);
    }

    #[test]
    fn the_line_fits_80_columns() {
        let mut now = Progress::default();
        (now.pages, now.items, now.queued) = (1_234_567, 1_234_567, 9_876_543);
        (now.hosts, now.errors, now.elapsed) = (12, 999, Duration::from_secs(3_599));
        assert!(numbers(&now, 4_000).len() <= 98);
        (now.pages, now.items, now.hosts) = (123_456, 123_456, 1);
        assert!(numbers(&now, 4_000).len() <= 78, "{}", numbers(&now, 4_000));
    }
}
