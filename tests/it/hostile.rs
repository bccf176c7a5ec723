//! Hostile hosts among good ones: each is counted under its kind, and the good ones lose nothing.

mod behaviours;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crawlworks::prelude::*;
use crawlworks::{ErrorKind, Event, Filter, Report};

use crate::support::{Patient, Probe};
use behaviours::{ALL, Counted};
use server::{GOOD_PAGES, Server};

const GOOD_HOSTS: usize = 20;

/// Hosts that no limit but that on time comes to an end with.
const TIMELESS: &[&str] = &[
    "body-stalls",
    "body-drips",
    "head-silent",
    "head-drips",
    "head-informational",
    "robots-silent",
];

/// What was told of each host.
#[derive(Default)]
struct Told {
    failed: BTreeMap<String, BTreeSet<ErrorKind>>,
    filtered: BTreeMap<String, BTreeSet<Filter>>,
    pages: BTreeMap<String, u64>,
}

fn settings(settings: &mut Settings, rules: Vec<String>) {
    settings.network.resolve = rules;
    settings.politeness.delay = Duration::ZERO;
    settings.politeness.adaptive_delay = false;
    settings.failures.retries = 2;
    settings.answers.max_body.0 = 2 << 20;
    settings.links.max_links = GOOD_PAGES;
    settings.politeness.concurrency = 128;
    // Only a trap that is not seen through has so many.
    settings.end.max_pages = Some(2_000);
}

async fn crawl() -> (Told, Report, u64) {
    let server = Server::start().await.unwrap();
    let good = (0..GOOD_HOSTS).map(|n| format!("good{n}"));
    let hosts: Vec<String> = good
        .chain(ALL.iter().map(|(name, _)| (*name).to_owned()))
        .collect();
    let rules = hosts.iter().map(|host| server.resolve(host)).collect();
    let start = hosts
        .iter()
        .map(|host| Request::get(server.url(host)).unwrap());
    let spider = Probe::new(start, |response: &Response, out: &mut Output<String>| {
        // What a spider does with a page: both ways to read it.
        let _ = response.html()?.title();
        out.follow_all(response.links());
        Ok(())
    });
    let mut crawler = Crawler::new(spider);
    settings(crawler.settings_mut(), rules);
    let patient = Patient::new(crawler.settings(), |url| TIMELESS.contains(&&*name(url)));
    let mut crawler = crawler.downloader(patient);
    let mut events = crawler.events();
    let report = crawler.run().await.unwrap();
    let mut told = Told::default();
    while let Some(event) = events.next().await {
        match event {
            Event::Failed { url, kind, .. } => {
                told.failed.entry(name(&url)).or_default().insert(kind);
            }
            Event::Filtered { url, reason } => {
                told.filtered.entry(name(&url)).or_default().insert(reason);
            }
            Event::Page { url, .. } => *told.pages.entry(name(&url)).or_default() += 1,
            _ => {}
        }
    }
    (told, report, server.good_pages())
}

fn name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    host.trim_end_matches(".example").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_host_is_counted_under_its_kind_and_good_ones_lose_nothing() {
    let (told, report, served) = crawl().await;
    assert!(report.ledger.balances(), "{:?}", report.ledger);
    assert_eq!(served, (GOOD_HOSTS * GOOD_PAGES) as u64);
    for host in 0..GOOD_HOSTS {
        let host = format!("good{host}");
        assert_eq!(told.pages.get(&host), Some(&(GOOD_PAGES as u64)), "{host}");
    }
    let mut wrong = Vec::new();
    if report.finish != crawlworks::Finish::Finished {
        wrong.push(format!(
            "{:?}: {} pages, {:?}",
            report.finish, report.pages, report.ledger
        ));
    }
    for (host, counted) in ALL {
        let is_right = match counted {
            Counted::Failed(kinds) => told
                .failed
                .get(*host)
                .is_some_and(|seen| kinds.iter().any(|kind| seen.contains(kind))),
            Counted::Filtered(Filter::MaxLinks) => report.filtered.contains_key(&Filter::MaxLinks),
            Counted::Filtered(reason) => told
                .filtered
                .iter()
                .any(|(name, seen)| (name == host || name == "elsewhere") && seen.contains(reason)),
            Counted::Page => told.pages.contains_key(*host),
        };
        if !is_right {
            let (failed, filtered) = (told.failed.get(*host), told.filtered.get(*host));
            wrong.push(format!(
                "{host}: {failed:?} {filtered:?} {:?} pages",
                told.pages.get(*host)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
