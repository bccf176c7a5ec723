//! The line about the pace of a crawl: whether the delay of a host set it, and what changes that.

use std::time::Duration;

use super::time;
use crate::cli::terminal::printable_line;
use crate::model::report::{Paced, PacedBy, Report};

/// Shortest time of waiting that is worth a line, in seconds.
const SHORTEST: f64 = 3.0;
/// Delay that is named as a shorter one.
const SHORTER: Duration = Duration::from_millis(100);

/// Returns what set the pace if the crawl mostly waited for delays; else nothing.
pub(super) fn of(report: &Report) -> String {
    let before = report.resumed.map_or(0.0, |resumed| resumed.seconds);
    let seconds = report.seconds - before;
    let mostly = |paced: &&Paced| paced.seconds >= SHORTEST && paced.seconds * 2.0 >= seconds;
    report
        .paced
        .as_ref()
        .filter(mostly)
        .map_or_else(String::new, told)
}

fn told(paced: &Paced) -> String {
    let delay = Duration::try_from_secs_f64(paced.delay).unwrap_or_default();
    let host = printable_line(&paced.host);
    let why = match paced.by {
        PacedBy::Robots => format!("of {} that the robots.txt of {host} asks for", short(delay)),
        PacedBy::Answers => format!(
            "of {} that answers of {host} asked for by their time or status; `-s adaptive_delay=false` does not obey these",
            short(delay)
        ),
        _ if delay > SHORTER => format!(
            "of {} at {host}; `-s delay={}ms` is faster, if the host is yours or can take it",
            short(delay),
            SHORTER.as_millis()
        ),
        _ => format!(
            "of {} at {host}; `-s delay=0` is faster, if the host is yours or can take it",
            short(delay)
        ),
    };
    format!("{} waited for the delay {why}", time(paced.seconds))
}

/// Formats a delay: `500 ms`, `2 s`, `2.5 s`.
fn short(delay: Duration) -> String {
    match delay.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{} s", (delay.as_secs_f64() * 10.0).round() / 10.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::crawler::Crawler;
    use crate::engine::site::Site;
    use crate::page::error::Result;
    use crate::page::request::Request;
    use crate::page::response::Response;
    use crate::testing::FakeDownloader;

    /// Crawls this number of pages under a clock that jumps.
    async fn crawl(pages: u32, delay: Duration) -> Result<Report> {
        let fake = FakeDownloader::new(|request| Ok(Response::new(request, 200)));
        let urls = (0..pages).map(|nth| format!("http://a.example/{nth}"));
        let start: Result<Vec<_>> = urls.map(|url| Request::get(&url)).collect();
        let mut crawler = Crawler::new(Site::new(start?)).delay(delay);
        crawler.settings_mut().politeness.robots = false;
        crawler.downloader(fake).run().await
    }

    #[tokio::test(start_paused = true)]
    async fn what_set_the_pace_is_named_and_how_to_change_it() {
        let report = crawl(21, Duration::from_millis(500)).await.unwrap();
        assert_eq!(
            of(&report),
            "10.0 s waited for the delay of 500 ms at a.example; `-s delay=100ms` is faster, if the host is yours or \
             can take it"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_that_no_delay_set_is_no_matter() {
        // Too short to be one.
        let report = crawl(5, Duration::from_millis(500)).await.unwrap();
        assert_eq!(of(&report), "");
        let mut report = crawl(21, Duration::from_millis(500)).await.unwrap();
        report.seconds = 21.0;
        assert_eq!(of(&report), "");
    }

    #[tokio::test(start_paused = true)]
    async fn whose_delay_it_was_is_told() {
        let mut report = crawl(21, Duration::from_millis(2500)).await.unwrap();
        let mut by = |by| {
            if let Some(paced) = &mut report.paced {
                paced.by = by;
            }
            of(&report)
        };
        assert!(
            by(PacedBy::Robots)
                .ends_with("the delay of 2.5 s that the robots.txt of a.example asks for")
        );
        assert!(by(PacedBy::Answers).contains("`-s adaptive_delay=false`"));
    }
}
