//! A site that changes is caught, by its fields, whatever becomes of the process that crawls it.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::durable::{Crawl, HeldSite};
use super::{Directory, Ran};

/// A shop of ten pages whose price is in their `h1`, until the shop changes.
struct Shop {
    url: String,
    has_changed: Arc<AtomicBool>,
}

impl Shop {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/0", listener.local_addr().unwrap());
        let has_changed = Arc::<AtomicBool>::default();
        let shared = Arc::clone(&has_changed);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A crawl that was given up is not there any more.
                let _ = answer(&stream, shared.load(Ordering::Relaxed));
            }
        });
        Self { url, has_changed }
    }

    fn change(&self) {
        self.has_changed.store(true, Ordering::Relaxed);
    }

    /// Crawls it with these flags.
    fn crawl(&self, directory: &Directory, flags: &[&str]) -> Ran {
        let outputs = ["--job", "shop", "-O", "a.jsonl", "--report", "report.json"];
        directory.crawl(&[&["site", &self.url, "-s", "delay=0"], &outputs[..], flags].concat())
    }
}

fn answer(mut stream: &TcpStream, has_changed: bool) -> std::io::Result<()> {
    let mut head = BufReader::new(stream).lines();
    let first = head.next().transpose()?.unwrap_or_default();
    while head
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let page = first
        .split(['/', ' '])
        .nth(2)
        .and_then(|page| page.parse::<u32>().ok());
    let (status, page) = match page {
        Some(page) if page < 10 => {
            let tag = if has_changed && page > 0 { "h2" } else { "h1" };
            let links = (0..10).map(|page| format!("<a href=/{page}>{page}</a>"));
            let links: String = links.collect();
            (
                "200 OK",
                format!("<title>Tea {page}</title><{tag}>{page}.50</{tag}>{links}"),
            )
        }
        _ => ("404 Not Found", String::new()),
    };
    let length = page.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{page}"
    )
}

const SHORT: &str = "\n  fields: h1 10 %\n  fields below min_fill: h1 10 %, not 90 %";

#[test]
fn a_site_that_changes_exits_9_with_the_field_named() {
    let (shop, directory) = (Shop::start(), Directory::new());
    let flags = ["-s", "min_fill.h1=0.9", "-s", "min_fill.title=1"];
    let before = shop.crawl(&directory, &flags).exits(0);
    assert!(!before.stderr.contains("fields"), "{before:#?}");
    shop.change();
    let ran = shop.crawl(&directory, &flags).exits(9).says(SHORT);
    assert!(
        ran.stderr.contains("failed: 10 pages, 10 items"),
        "{ran:#?}"
    );
    let report = directory.json("report.json");
    let shortfall = json!({"field": "h1", "items": 10, "filled": 1, "fill": 0.1, "min_fill": 0.9});
    assert_eq!(report["shortfalls"], json!([shortfall]));
    assert_eq!(report["finish"], "finished");
    assert_eq!(
        report["items"]["fields"]["h1"]["types"],
        json!({"string": 1, "null": 9})
    );
    assert_eq!(directory.read("a.jsonl").lines().count(), 10);
}

#[test]
fn every_layer_sets_thresholds() {
    let shop = Shop::start();
    shop.change();
    for (directory, flags) in [
        (Directory::new(), &["-s", "min_fill=h1=0.9,title=1"][..]),
        (Directory::with_toml("min_fill = { h1 = 0.9 }\n"), &[]),
        (Directory::with_toml("[min_fill]\nh1 = 0.9\n"), &[]),
        (Directory::with_toml("min_fill = ['h1=0.9']\n"), &[]),
        (
            Directory::new().with_variable("CRAWL_MIN_FILL", "h1=0.9"),
            &[],
        ),
        (
            Directory::with_toml("min_fill.h1 = 0.1\n"),
            &["-s", "min_fill.h1=0.9"],
        ),
    ] {
        shop.crawl(&directory, flags).exits(9).says(SHORT);
    }
    let directory = Directory::with_toml("min_fill.h1 = 0.9\n");
    shop.crawl(&directory, &["-s", "min_fill.h1=0"]).exits(0);
}

#[test]
fn a_quiet_crawl_says_what_is_missing_and_no_more() {
    let (shop, directory) = (Shop::start(), Directory::new());
    shop.change();
    let ran = shop
        .crawl(&directory, &["-q", "-s", "min_fill.h1=0.9"])
        .exits(9);
    let said = "error: fields below min_fill: h1 10 %, not 90 %\n";
    assert_eq!(ran.stderr, said);
}

#[test]
fn a_job_shows_its_fields_and_what_was_short() {
    let (shop, directory) = (Shop::start(), Directory::new());
    shop.change();
    shop.crawl(&directory, &["-s", "min_fill.h1=0.9"]).exits(9);
    let shown = directory.crawl(&["jobs", "show", "shop"]).exits(0);
    let line = |name: &str| {
        let mut lines = shown.stdout.lines().map(str::trim);
        lines
            .find(|line| line.starts_with(name))
            .unwrap()
            .to_owned()
    };
    let fields = line("fields");
    assert!(
        fields.ends_with("url 100 %, title 100 %, h1 10 %, links 100 %"),
        "{fields}"
    );
    let finish = line("last finish");
    assert!(
        finish.ends_with("failed: fields below min_fill: h1 10 %, not 90 %"),
        "{finish}"
    );
    assert!(line("state").ends_with("failed, short of h1"));
    let json = directory
        .crawl(&["jobs", "show", "shop", "--json"])
        .exits(0)
        .json();
    assert_eq!(json["fields"]["h1"]["filled"], 1);
    assert_eq!(json["history"][0]["short_of"], json!(["h1"]));
    assert_eq!(json["short_of"], json!(["h1"]));
}

#[test]
fn the_list_of_jobs_shows_what_was_short_until_a_run_is_not() {
    let (shop, directory) = (Shop::start(), Directory::new());
    let crawl = |code| {
        let flags = ["-s", "min_fill.h1=0.9"];
        let site = ["site", &shop.url, "-O", "a.jsonl", "-s", "delay=0"];
        directory.crawl(&[&site[..], &flags].concat()).exits(code);
        let json = directory.crawl(&["jobs", "--json"]).exits(0).json();
        let table = directory.crawl(&["jobs"]).exits(0);
        (json["short_of"].clone(), table.stdout)
    };
    let (short_of, table) = crawl(0);
    assert_eq!(short_of, json!([]));
    assert!(!table.contains("short"), "{table}");
    shop.change();
    let (short_of, table) = crawl(9);
    assert_eq!(short_of, json!(["h1"]));
    assert!(table.contains("  failed, short of h1  "), "{table}");
}

#[test]
fn a_crawl_is_gone_on_with_by_its_key_only() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let flags = ["-s", "unique=h1", "-s", "min_fill.h1=0.5"];
    crawl.stop(&flags);
    crawl
        .run(&[])
        .exits(4)
        .says("its items are unique by h1, not by nothing")
        .says("hint: the same `unique` goes on with it, `--fresh` starts over");
    crawl.run(&flags).exits(0);
    // What is tried again is a part of the same crawl.
    let ran = directory.crawl(&["retry-failed", "job"]).exits(0);
    let command = "--job job -s min_fill=h1=0.5 -s unique=h1 -o a.jsonl";
    assert!(ran.stdout.contains(command), "{ran:#?}");
    crawl.run(&[]).exits(4).says("unique by h1");
    crawl.run(&flags).exits(0);
}

#[test]
fn a_bad_threshold_exits_4_with_what_is_allowed() {
    let (shop, directory) = (Shop::start(), Directory::new());
    for (value, name) in [("1.5", "1.5"), ("x", "x"), ("90%", "90%")] {
        let message = format!(
            "bad value {name:?} for setting \"min_fill.h1\": expected a share from 0 to 1, such as 0.9 for 90 %"
        );
        let flag = format!("min_fill.h1={value}");
        shop.crawl(&directory, &["-s", &flag])
            .exits(4)
            .says(&message);
    }
    assert!(!std::path::Path::new(&directory.files.path("a.jsonl")).exists());
}

#[test]
fn duplicates_are_dropped_and_counted() {
    let (shop, directory) = (Shop::start(), Directory::new());
    shop.change();
    let ran = shop.crawl(&directory, &["-s", "unique=links"]).exits(0);
    assert!(
        ran.stderr.contains("\n  items dropped: 9 duplicate"),
        "{ran:#?}"
    );
    assert_eq!(directory.read("a.jsonl").lines().count(), 1);
}

#[test]
fn a_key_that_no_item_has_is_warned_of() {
    let (shop, directory) = (Shop::start(), Directory::new());
    let ran = shop.crawl(&directory, &["-s", "unique=sku,url"]).exits(0);
    let told = "no item has this field of the setting `unique`";
    assert_eq!(ran.stderr.matches(told).count(), 1, "{ran:#?}");
    assert!(ran.stderr.contains("field=sku"), "{ran:#?}");
}

#[test]
fn fields_and_keys_survive_a_kill() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    let flags = ["-s", "unique=h1", "-s", "min_fill.h1=1"];
    let running = crawl.start(&flags);
    running.signal("KILL");
    assert_eq!(running.end(), None);
    let report = ["--report", "report.json"];
    crawl.run(&[&flags[..], &report].concat()).exits(0);
    let report = directory.json("report.json");
    assert!(report["resumed"]["items"].as_u64() > Some(0), "{report:#}");
    assert_eq!(report["items"]["kept"], HeldSite::AISLES);
    let pages = report["pages"].as_u64().unwrap();
    let duplicates = pages - HeldSite::AISLES;
    assert_eq!(report["items"]["dropped"], json!({"duplicate": duplicates}));
    for field in ["url", "title", "h1", "links"] {
        let filled = &report["items"]["fields"][field]["filled"];
        assert_eq!(filled, HeldSite::AISLES, "{field}");
    }
    let lines = directory.read("a.jsonl");
    for aisle in 0..HeldSite::AISLES {
        let heading = format!("\"h1\":\"Aisle {aisle}\"");
        assert_eq!(lines.matches(&heading).count(), 1, "{aisle}");
    }
}

#[test]
fn a_crawl_that_a_signal_stops_is_not_judged() {
    let (site, directory) = (HeldSite::start(), Directory::new());
    let crawl = Crawl {
        site: &site,
        directory: &directory,
    };
    // Exits 11.
    let said = crawl.stop(&["-s", "min_fill.price=1"]);
    assert!(
        !said.iter().any(|line| line.contains("min_fill")),
        "{said:#?}"
    );
    let ran = crawl.run(&["-s", "min_fill.price=1"]).exits(9);
    assert!(ran.stderr.contains("price 0 %, not 100 %"), "{ran:#?}");
}
