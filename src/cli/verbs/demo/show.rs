//! Output of the demo at its end: some records, the numbers, and what to try next.

use crate::cli::terminal::summary;
use crate::cli::terminal::table::{bytes, count, plural, table};
use crate::engine::job::Job;
use crate::engine::site::SitePage;
use crate::model::report::Report;

pub(super) fn page(books: &[SitePage], report: &Report, jobs: &[Job]) -> String {
    format!(
        "\nCrawled {} in {}. Each became a record such as these:\n\n{}\nThe report:\n\n{}\nNext:\n\n{}",
        plural(report.pages, "page"),
        summary::time(report.seconds),
        records(books),
        numbers(report),
        next(jobs),
    )
}

fn records(books: &[SitePage]) -> String {
    let mut rows = vec![["h1".to_owned(), "url".to_owned(), "links".to_owned()]];
    rows.extend(books.iter().map(|book| {
        let heading = book.h1.clone().unwrap_or_default();
        [
            heading,
            book.url.path().to_owned(),
            book.links.len().to_string(),
        ]
    }));
    table([30, 36, 5], &rows)
}

fn numbers(report: &Report) -> String {
    let row = |name: &str, value: String, note: &str| [name.to_owned(), value, note.to_owned()];
    table(
        [12, 12, 48],
        &[
            row("finish", report.finish.to_string(), ""),
            row(
                "pages",
                count(report.pages),
                &format!(
                    "{}/s, held back so that you see them",
                    summary::per_second(report)
                ),
            ),
            row(
                "requests",
                count(report.requests.total),
                &format!("{} of them for robots.txt", report.requests.robots),
            ),
            row(
                "seen",
                count(report.ledger.seen),
                "different URLs, each fetched once or filtered",
            ),
            row(
                "filtered",
                count(report.ledger.filtered),
                "outside of /shop/",
            ),
            row(
                "repeated",
                count(report.duplicates),
                "links to what was seen before",
            ),
            row("errors", count(report.ledger.failed), ""),
            row("received", bytes(report.bytes.wire), ""),
            row(
                "peak memory",
                report.peak_memory.map_or_else(String::new, bytes),
                "with the site itself",
            ),
        ],
    )
}

fn next(jobs: &[Job]) -> String {
    let first = match jobs.first() {
        Some(job) => [
            format!("crawl run {0} -O {0}.jsonl", job.name()),
            "a spider, items into a file".to_owned(),
        ],
        None => [
            "crawl demo --serve".to_owned(),
            "the practice site for your own spiders".to_owned(),
        ],
    };
    let row = |command: &str, about: &str| [command.to_owned(), about.to_owned()];
    table(
        [46, 30],
        &[
            first,
            row(
                "crawl site https://example.com/ -O pages.jsonl",
                "a whole site, no code",
            ),
            row("crawl new mybot", "a project with a spider"),
        ],
    )
}
