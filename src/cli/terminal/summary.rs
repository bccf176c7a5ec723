//! Summary of a crawl: its result in one line, and what went wrong in a few more.

mod pace;

use std::fmt::{Display, Write as _};

use crate::cli::terminal::cause::Cause;
use crate::cli::terminal::hint::{self, Dialect};
use crate::cli::terminal::printable_line;
use crate::cli::terminal::table::{count, plural};
use crate::model::event::Progress;
use crate::model::report::{self, Finish, Percent, Report, listed};

/// Reason of items dropped beyond the setting `max_items`: the user asked for it, so it is no loss.
const WISHED: &str = "max_items";

/// Maximum number of shown fields that not all items have.
const MAX_FIELDS: usize = 10;

/// Advice after a crawl that ended before it was done and is kept as a job.
const GO_ON: &str = "\n  to go on: the same command again";

/// Advice after a crawl that ended before it was done and is not kept as a job.
const NOT_KEPT: &str =
    "\n  what waits is not kept with --no-job; without it, the same command goes on";

/// Maximum number of hosts that are named as away.
const MAX_AWAY: usize = 5;

/// Returns the last words of a crawl on standard error.
pub(in crate::cli) fn of(
    report: &Report,
    cause: Option<&Cause>,
    is_kept: bool,
    dialect: Dialect,
) -> String {
    let how = match (report.has_failed(), report.finish) {
        (true, Finish::Finished) => "failed".to_owned(),
        (_, Finish::Away) => report.finish.to_string(),
        (true, limit) => format!("failed, {limit}"),
        (false, finish) => finish.to_string(),
    };
    let errors = match report.ledger.failed {
        // What failed is told below, and is no error of a request.
        0 if report.has_failed() => String::new(),
        errors => format!(", {}", plural(errors, "error")),
    };
    let mut text = format!(
        "{how}: {}, {} in {} ({}/s){errors}",
        plural(report.pages, "page"),
        plural(report.items.kept, "item"),
        time(report.seconds),
        plural(per_second(report), "page"),
    );
    let dropped = report.items.dropped.iter();
    let no_page = report.why_failed().filter(|_| report.has_no_page());
    for (name, counts) in [
        ("reason", no_page.unwrap_or_default()),
        (
            "failed",
            listed(&report.failed.kinds, &report.failed.statuses, count),
        ),
        ("failed tries", tries(report)),
        ("fetched, but not read", unread(report)),
        ("filtered", list(&report.filtered)),
        ("filtered by policy", list(&report.left_out)),
        ("identified by policy", list(&report.identified)),
        ("pages cut off", list(&report.limited)),
        (
            "items dropped",
            list(dropped.filter(|(why, _)| *why != WISHED)),
        ),
        ("items failed", failures(report)),
        ("items refused", list(&report.refused)),
        ("fields", partly_filled(&report.items)),
        ("fields counted", counted(&report.items)),
        ("fields below min_fill", shortfalls(report)),
        ("cache", cache(&report.cache)),
        (
            "recrawl",
            report.recrawl.as_ref().map_or_else(String::new, recrawl),
        ),
        ("pace", pace::of(report)),
    ] {
        if !counts.is_empty() {
            let _ = write!(text, "\n  {name}: {counts}");
        }
    }
    if report.ledger.pending > 0 {
        let _ = write!(
            text,
            "\n  still waiting: {}",
            plural(report.ledger.pending, "page")
        );
    }
    for away in report.away.iter().take(MAX_AWAY) {
        let since = time(away.seconds);
        let _ = write!(
            text,
            "\n  away: {} for {since}: {}",
            away.origin, away.error
        );
    }
    match report.finish {
        _ if is_kept && report.finish.is_unfinished() => text.push_str(GO_ON),
        Finish::Away => text.push_str(NOT_KEPT),
        _ => {}
    }
    if let Some(hint) = hint::of_report(report, cause, dialect) {
        let _ = write!(text, "\n  hint: {hint}");
    }
    text
}

/// Lists the errors of all tries; empty when no request was tried more than once. A request that is tried four times
/// is one error at most, and here up to four.
fn tries(report: &Report) -> String {
    if report.errors == report.failed.kinds {
        return String::new();
    }
    list(&report.errors)
}

/// Returns how many pages were fetched and could not be read by the spider; empty for none.
fn unread(report: &Report) -> String {
    let of_pages = report.errors.iter().filter(|(kind, _)| kind.is_of_spider());
    match of_pages.map(|(_, count)| count).sum() {
        0 => String::new(),
        pages => plural(pages, "page"),
    }
}

/// Lists the fields that are not filled in every item, as far as there is room.
fn partly_filled(items: &report::Items) -> String {
    let partly = |(_, field): &(&str, &report::Field)| field.filled < items.counted;
    let mut shown: Vec<String> = items
        .fields
        .iter()
        .filter(partly)
        .map(|(name, field)| filled(name, field, items.counted))
        .collect();
    let more = shown.len().saturating_sub(MAX_FIELDS);
    if more > 0 {
        shown.truncate(MAX_FIELDS);
        shown.push(format!("{} more", count(more as u64)));
    }
    shown.join(", ")
}

/// Returns in how many items fields were counted; empty if in all.
fn counted(items: &report::Items) -> String {
    if items.counted == items.kept || items.fields.is_empty() {
        return String::new();
    }
    let (counted, kept) = (count(items.counted), plural(items.kept, "item"));
    format!("in {counted} of {kept}; the others are of an earlier version")
}

/// Formats how often a field is filled: `price 97 %`.
pub(in crate::cli) fn filled(name: &str, field: &report::Field, counted: u64) -> String {
    // The keys of a map can be a page's own words.
    format!(
        "{} {}",
        printable_line(name),
        Percent(field.filled, counted)
    )
}

/// Lists why items failed.
pub(in crate::cli) fn failures(report: &Report) -> String {
    list(&report.items.failed)
}

/// Lists the fields that are below their thresholds.
pub(in crate::cli) fn shortfalls(report: &Report) -> String {
    let told = report.shortfalls.iter().map(ToString::to_string);
    told.collect::<Vec<_>>().join("; ")
}

/// Lists what the cache did; empty when the cache was not used.
fn cache(cache: &report::Cache) -> String {
    let numbers = [
        (cache.hits, "hits"),
        (cache.revalidated, "revalidated"),
        (cache.stale, "stale"),
        (cache.missed, "missed"),
        (cache.bypassed, "bypassed"),
        (cache.stored, "stored"),
    ];
    numbered(numbers.into_iter().filter(|(number, _)| *number > 0))
}

fn recrawl(recrawl: &report::Recrawl) -> String {
    numbered([
        (recrawl.new, "new"),
        (recrawl.changed, "changed"),
        (recrawl.unchanged, "unchanged"),
        (recrawl.gone, "gone"),
    ])
}

fn numbered(numbers: impl IntoIterator<Item = (u64, &'static str)>) -> String {
    let named = numbers
        .into_iter()
        .map(|(number, name)| format!("{} {name}", count(number)));
    named.collect::<Vec<_>>().join(", ")
}

/// Returns the last words of a crawl that broke off without a report.
pub(in crate::cli) fn broken(reached: &Progress, is_kept: bool) -> String {
    format!(
        "broken off: {}, {} in {}, {}{}",
        plural(reached.pages, "page"),
        plural(reached.items, "item"),
        time(reached.elapsed.as_secs_f64()),
        plural(reached.errors, "error"),
        if is_kept { GO_ON } else { "" },
    )
}

/// Returns the pages per second, rounded.
pub(in crate::cli) fn per_second(report: &Report) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is for reading"
    )]
    let rate = (report.pages as f64 / report.seconds.max(0.001)).round() as u64;
    rate
}

/// Formats a time: `0.31 s`, `12.4 s`, `5 min 3 s`.
pub(in crate::cli) fn time(seconds: f64) -> String {
    match seconds {
        ..1.0 => format!("{seconds:.2} s"),
        ..60.0 => format!("{seconds:.1} s"),
        _ => {
            let whole = std::time::Duration::try_from_secs_f64(seconds)
                .unwrap_or_default()
                .as_secs();
            let (hours, minutes) = (whole / 3600, whole / 60 % 60);
            if hours > 0 {
                format!("{hours} h {minutes} min")
            } else {
                format!("{minutes} min {} s", whole % 60)
            }
        }
    }
}

fn list<'a, K: Display + 'a>(counts: impl IntoIterator<Item = (&'a K, &'a u64)>) -> String {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
    counts
        .iter()
        .map(|(name, number)| format!("{} {name}", count(**number)))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::engine::crawler::Crawler;
    use crate::engine::site::Site;
    use crate::model::report::Filter;
    use crate::page::error::ErrorKind;
    use crate::testing::PracticeSite;

    #[test]
    fn times_are_read_at_a_glance() {
        for (seconds, text) in [
            (0.312, "0.31 s"),
            (12.44, "12.4 s"),
            (303.0, "5 min 3 s"),
            (7_260.0, "2 h 1 min"),
        ] {
            assert_eq!(time(seconds), text);
        }
    }

    #[test]
    fn the_most_frequent_comes_first() {
        let counts = std::collections::BTreeMap::from([("dns", 1), ("status", 1_200)]);
        assert_eq!(list(&counts), "1,200 status, 1 dns");
    }

    async fn report(max_items: Option<u64>) -> Report {
        let site = PracticeSite::start().unwrap();
        let mut crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(1);
        crawler.settings_mut().end.max_items = max_items;
        crawler.run().await.unwrap()
    }

    fn summary(report: &Report, cause: Option<&Cause>) -> String {
        of(report, cause, false, Dialect::Flags)
    }

    #[tokio::test]
    async fn only_a_job_that_was_stopped_can_go_on() {
        let mut report = report(None).await;
        let go_on = |report: &Report, is_kept| {
            of(report, None, is_kept, Dialect::Flags).contains("to go on: the same command again")
        };
        assert!(!go_on(&report, true));
        report.finish = Finish::Stopped;
        assert!(go_on(&report, true));
        assert!(!go_on(&report, false));
    }

    #[tokio::test]
    async fn a_crawl_that_a_host_left_tells_the_way_back() {
        let mut report = report(None).await;
        report.finish = Finish::Away;
        let tells = |is_kept| of(&report, None, is_kept, Dialect::Flags);
        let (kept, lost) = (tells(true), tells(false));
        assert!(kept.starts_with("interrupted, a host is away: "), "{kept}");
        assert!(kept.contains("to go on: the same command again"), "{kept}");
        assert!(lost.contains("not kept with --no-job"), "{lost}");
    }

    #[tokio::test]
    async fn pages_that_the_spider_failed_on_count_as_fetched() {
        let mut report = report(None).await;
        assert!(!summary(&report, None).contains("fetched"));
        report.errors.insert(ErrorKind::Dns, 4);
        report.errors.insert(ErrorKind::Spider, 2);
        let text = summary(&report, None);
        assert!(
            text.contains("\n  fetched, but not read: 2 pages"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn what_a_limit_dropped_is_no_loss() {
        let mut report = report(Some(1)).await;
        report.items.dropped.insert("max_items".to_owned(), 9);
        assert!(!summary(&report, None).contains("dropped"));
        report.items.dropped.insert("anonymous".to_owned(), 2);
        report.items.failed.insert("no price".to_owned(), 1);
        let text = summary(&report, None);
        assert!(
            text.contains("\n  items dropped: 2 anonymous\n  items failed: 1 no price"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn only_fields_that_some_items_lack_are_shown() {
        let mut report = report(None).await;
        assert!(!summary(&report, None).contains("fields"));
        (report.items.kept, report.items.counted) = (1_000, 1_000);
        let text = summary(&report, None);
        let fields = "\n  fields: url 0.1 %, title 0.1 %, h1 0.1 %, links 0.1 %";
        assert!(text.contains(fields) && !text.contains("counted"), "{text}");
        report.items.kept = 1_500;
        let counted =
            "\n  fields counted: in 1,000 of 1,500 items; the others are of an earlier version";
        let text = summary(&report, None);
        assert!(text.contains(fields) && text.contains(counted), "{text}");
    }

    #[tokio::test]
    async fn a_crawl_that_lost_every_item_has_failed() {
        let mut report = report(None).await;
        report.items.failed.insert("no price".to_owned(), 3);
        assert!(summary(&report, None).starts_with("max_pages reached: "));
        report.items.kept = 0;
        let text = summary(&report, None);
        assert!(text.starts_with("failed, max_pages reached: "), "{text}");
        assert!(text.contains("\n  items failed: 3 no price"), "{text}");
        report.finish = Finish::Stopped;
        assert!(!report.has_failed());
    }

    #[tokio::test]
    async fn a_field_below_its_threshold_is_a_failure_with_its_name() {
        let site = PracticeSite::start().unwrap();
        let mut crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(1);
        let thresholds = &mut crawler.settings_mut().items.min_fill;
        thresholds.extend([("price".to_owned(), 0.9), ("title".to_owned(), 1.0)]);
        let text = summary(&crawler.run().await.unwrap(), None);
        assert!(text.starts_with("failed, max_pages reached: "), "{text}");
        let fields = "\n  fields below min_fill: price 0 %, not 90 %";
        assert!(text.contains(fields) && !text.contains("title"), "{text}");
    }

    #[tokio::test]
    async fn tries_are_told_from_errors() {
        let mut report = report(None).await;
        report.errors.insert(ErrorKind::Dns, 4);
        let text = summary(&report, None);
        assert!(text.contains(", 0 errors\n  failed tries: 4 dns"), "{text}");
    }

    #[tokio::test]
    async fn a_crawl_without_pages_gets_a_hint_for_its_cause() {
        let mut report = report(None).await;
        let (url, message) = (Url::parse("http://a.invalid/").unwrap(), String::new());
        let dns = Cause::Failed {
            kind: ErrorKind::Dns,
            message,
            url: url.clone(),
        };
        assert!(!summary(&report, Some(&dns)).contains("hint"));
        (report.pages, report.finish) = (0, Finish::Finished);
        assert!(summary(&report, Some(&dns)).contains("hint: is the name spelt right?"));
        let pdf = Cause::Filtered {
            reason: Filter::ContentType,
            url,
        };
        assert!(summary(&report, Some(&pdf)).contains("hint: only HTML is read here"));
    }
}
