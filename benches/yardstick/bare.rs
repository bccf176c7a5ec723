//! The yardstick: a crawl by bare hyper, with nothing around it.
//!
//! It follows every link to the start's origin once, with a fixed number of requests in flight. There is no robots.txt,
//! no delay, no retry, no redirect and no time limit.

use std::cell::Cell;
use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::mem;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::header::CONTENT_TYPE;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lol_html::{HtmlRewriter, Settings, element, text};
use scraper::{Html, Selector};
use serde::Serialize;
use tokio::task::JoinSet;
use url::Url;

use crate::{Arguments, Done, Failure};

/// How a page is read.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// With a DOM, by `scraper`.
    Dom,
    /// As a stream, by `lol_html`.
    Links,
}

/// One page, as it is written.
#[derive(Default, Serialize)]
struct Page {
    url: String,
    title: String,
    h1: String,
    links: Vec<String>,
}

/// What one visit brings home.
#[derive(Default)]
struct Visit {
    bytes: usize,
    is_page: bool,
    /// Links to the same origin.
    found: Vec<Url>,
}

/// What all visits share.
struct Shared {
    client: Client<HttpConnector, Empty<Bytes>>,
    out: Mutex<BufWriter<File>>,
    mode: Mode,
}

/// Visits every URL of the origin once, `concurrency` at a time.
pub(crate) async fn crawl(arguments: &Arguments, mode: Mode) -> Result<Done, Failure> {
    let shared = Arc::new(Shared {
        client: Client::builder(TokioExecutor::new()).build_http(),
        out: Mutex::new(BufWriter::with_capacity(
            64 * 1024,
            File::create(&arguments.out)?,
        )),
        mode,
    });
    let mut seen = HashSet::from([arguments.url.clone()]);
    let mut queue = VecDeque::from([arguments.url.clone()]);
    let mut visits = JoinSet::new();
    let mut done = Done::default();
    loop {
        while visits.len() < arguments.concurrency
            && let Some(url) = queue.pop_front()
        {
            visits.spawn(visit(Arc::clone(&shared), url));
        }
        let Some(visit) = visits.join_next().await else {
            break;
        };
        match visit? {
            Ok(visit) => {
                done.pages += u64::from(visit.is_page);
                done.bytes += visit.bytes as u64;
                queue.extend(
                    visit
                        .found
                        .into_iter()
                        .filter(|url| seen.insert(url.clone())),
                );
            }
            Err(error) => {
                done.failed += 1;
                eprintln!("{error}");
            }
        }
    }
    shared
        .out
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .flush()?;
    Ok(done)
}

/// Fetches one URL and, if it is an HTML page, writes its record.
async fn visit(shared: Arc<Shared>, url: Url) -> Result<Visit, Failure> {
    let response = shared.client.get(url.as_str().parse()?).await?;
    let is_html = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let is_page = is_html && response.status().is_success();
    let body = response.into_body().collect().await?.to_bytes();
    if !is_page {
        return Ok(Visit {
            bytes: body.len(),
            ..Visit::default()
        });
    }
    let html = String::from_utf8_lossy(&body);
    let mut page = match shared.mode {
        Mode::Dom => by_dom(&html),
        Mode::Links => by_stream(&html)?,
    };
    let found = resolve(&url, &mut page.links);
    page.url = url.into();
    let mut line = serde_json::to_vec(&page)?;
    line.push(b'\n');
    shared
        .out
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .write_all(&line)?;
    Ok(Visit {
        bytes: body.len(),
        is_page,
        found,
    })
}

/// Makes the links absolute, each once; returns those to the same origin.
fn resolve(base: &Url, links: &mut Vec<String>) -> Vec<Url> {
    let hrefs = mem::take(links);
    let (mut tried, mut seen, mut found) = (HashSet::new(), HashSet::new(), Vec::new());
    for href in &hrefs {
        // Most links of a manual differ in their fragments only.
        let href = href
            .split_once('#')
            .map_or(href.as_str(), |(before, _)| before);
        if !tried.insert(href) {
            continue;
        }
        let Ok(mut url) = base.join(href) else {
            continue;
        };
        url.set_fragment(None);
        if matches!(url.scheme(), "http" | "https") && seen.insert(url.to_string()) {
            links.push(url.to_string());
            if url.origin() == base.origin() {
                found.push(url);
            }
        }
    }
    found
}

/// Builds the whole DOM.
fn by_dom(html: &str) -> Page {
    static TITLE: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("title").ok());
    static H1: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("h1").ok());
    static LINK: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("a[href]").ok());
    let document = Html::parse_document(html);
    let first = |selector: &Option<Selector>| {
        let found = selector
            .as_ref()
            .and_then(|selector| document.select(selector).next());
        found
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .unwrap_or_default()
    };
    let links = LINK.iter().flat_map(|selector| document.select(selector));
    let links = links
        .filter_map(|link| link.value().attr("href").map(str::to_owned))
        .collect();
    Page {
        title: first(&TITLE),
        h1: first(&H1),
        links,
        ..Page::default()
    }
}

/// Streams through the page without a tree.
fn by_stream(html: &str) -> Result<Page, Failure> {
    let (titles, headings) = (Cell::new(0), Cell::new(0));
    let mut page = Page::default();
    let settings = Settings::new()
        .append_element_content_handler(element!("a[href]", |link| {
            page.links.extend(link.get_attribute("href").map(unescaped));
            Ok(())
        }))
        .append_element_content_handler(element!("title", |_| {
            titles.set(titles.get() + 1);
            Ok(())
        }))
        .append_element_content_handler(text!("title", |chunk| {
            if titles.get() == 1 {
                page.title.push_str(chunk.as_str());
            }
            Ok(())
        }))
        .append_element_content_handler(element!("h1", |_| {
            headings.set(headings.get() + 1);
            Ok(())
        }))
        .append_element_content_handler(text!("h1", |chunk| {
            if headings.get() == 1 {
                page.h1.push_str(chunk.as_str());
            }
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(html.as_bytes())?;
    rewriter.end()?;
    unescaped(mem::take(&mut page.title))
        .trim()
        .clone_into(&mut page.title);
    unescaped(mem::take(&mut page.h1))
        .trim()
        .clone_into(&mut page.h1);
    Ok(page)
}

/// Undoes the character references that the manuals use, which a DOM does by itself; others stay.
fn unescaped(text: String) -> String {
    if !text.contains('&') {
        return text;
    }
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let reference = part
            .split_once(';')
            .and_then(|(name, after)| Some((referenced(name)?, after)));
        let (character, after) = reference.unwrap_or(('&', part));
        plain.push(character);
        plain.push_str(after);
    }
    plain
}

fn referenced(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "nbsp" => Some('\u{a0}'),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        _ => match name.strip_prefix("#x") {
            Some(digits) => char::from_u32(u32::from_str_radix(digits, 16).ok()?),
            None => char::from_u32(name.strip_prefix('#')?.parse().ok()?),
        },
    }
}
