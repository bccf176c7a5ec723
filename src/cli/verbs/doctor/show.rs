//! The page that `crawl doctor` shows.

use std::fmt::Write as _;
use std::time::Duration;

use super::advice::{Advice, Weight};
use super::facts::{Facts, Name, Page, RobotsFacts};
use crate::cli::terminal::printable_line;
use crate::cli::terminal::table::{bytes, count, plural};

/// Maximum number of addresses that are shown.
const MAX_ADDRESSES: usize = 4;

/// Returns the facts and the advice as text for a person.
pub(super) fn page(facts: &Facts, advice: &[Advice]) -> String {
    let mut sheet = Sheet(format!("{}\n", printable_line(facts.url.as_str())));
    sheet.row("name", &name(&facts.name));
    if let Some(look) = &facts.connection {
        sheet.row("connection", &look.to_string());
    }
    for robots in &facts.robots {
        sheet.row("robots.txt", &of_robots(robots));
    }
    for hop in &facts.redirects {
        sheet.row("redirect", &format!("{} to {}", hop.status, hop.to));
    }
    if let Some(page) = &facts.page {
        sheet.page(page);
    }
    sheet.advice(advice);
    sheet.0
}

/// Lines of text, each a name and its value.
struct Sheet(String);

impl Sheet {
    fn row(&mut self, name: &str, text: &str) {
        let _ = writeln!(self.0, "  {name:<12} {}", printable_line(text));
    }

    fn page(&mut self, page: &Page) {
        self.row("page", &answer(page));
        if let Some(title) = &page.title {
            self.row("title", title);
        }
        self.row("encoding", &encoding(page));
        self.row("compression", page.compression.as_deref().unwrap_or("none"));
        self.row("speed", &speed(page));
        self.row("validators", &validators(page));
        if let Some(control) = &page.cache_control {
            self.row("caching", control);
        }
        self.row("cookies", &listed(&page.cookies));
        self.row(
            "links",
            &format!(
                "{}, {} of them to this host",
                count(page.links as u64),
                count(page.links_to_this_host as u64)
            ),
        );
        if let Some(server) = &page.server {
            self.row("server", server);
        }
    }

    fn advice(&mut self, advice: &[Advice]) {
        if advice.is_empty() {
            self.0
                .push_str("\nNothing that would go wrong in a crawl was found.\n");
            return;
        }
        self.0.push_str("\nIn a crawl\n");
        for Advice { weight, text } in advice {
            let weight = match weight {
                Weight::Stops => "stops",
                Weight::Costs => "costs",
                Weight::Note => "note",
            };
            self.row(weight, text);
        }
    }
}

fn name(name: &Name) -> String {
    if let Some(error) = &name.error {
        return error.clone();
    }
    let mut shown: Vec<String> = name
        .addresses
        .iter()
        .take(MAX_ADDRESSES)
        .map(ToString::to_string)
        .collect();
    if name.addresses.len() > MAX_ADDRESSES {
        shown.push(format!("{} more", name.addresses.len() - MAX_ADDRESSES));
    }
    format!("{} ({})", shown.join(", "), time(name.took))
}

fn of_robots(robots: &RobotsFacts) -> String {
    let verdict = match (robots.status, robots.allowed) {
        (None, _) => "cannot be read".to_owned(),
        (Some(200..300), true) => "allows it".to_owned(),
        (Some(200..300), false) => "forbids it".to_owned(),
        (Some(status), true) => format!("none ({status}), so everything is allowed"),
        (Some(status), false) => format!("answers {status}, so nothing is allowed"),
    };
    let mut text = verdict;
    if let (Some(line), Some(pattern)) = (robots.line, &robots.pattern) {
        let _ = write!(text, ", by line {line} ({pattern})");
    }
    if let Some(delay) = robots.crawl_delay {
        let _ = write!(text, "; {} between requests", time(delay));
    }
    if !robots.sitemaps.is_empty() {
        let _ = write!(
            text,
            "; {}",
            plural(robots.sitemaps.len() as u64, "sitemap")
        );
    }
    text
}

fn answer(page: &Page) -> String {
    let kind = page.content_type.as_deref().unwrap_or("no Content-Type");
    let size = bytes(page.bytes as u64);
    format!("{}, {kind}, {size}", page.status)
}

fn encoding(page: &Page) -> String {
    let source = if page.encoding_is_declared {
        "by Content-Type"
    } else {
        "by the document itself"
    };
    format!("{}, {source}", page.encoding)
}

fn speed(page: &Page) -> String {
    format!(
        "{} to the first byte, {} in all, {} received",
        time(page.head),
        time(page.total),
        bytes(page.bytes_on_the_wire)
    )
}

fn validators(page: &Page) -> String {
    let mut known = Vec::new();
    if page.etag.is_some() {
        known.push("ETag");
    }
    if page.last_modified.is_some() {
        known.push("Last-Modified");
    }
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(" and ")
    };
    match page.when_asked_again {
        Some(304) => format!("{known}; unchanged is answered 304, without a body"),
        Some(status) => format!("{known}; asked again, it answers {status}"),
        None => known,
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        format!("{}: {}", names.len(), names.join(", "))
    }
}

fn time(time: Duration) -> String {
    if time >= Duration::from_secs(1) {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} ms", time.as_millis())
    }
}
