//! Recipes: the file in front of a NUL, a page that it reads behind it.
#![no_main]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crawlworks::prelude::*;
use crawlworks::{Args, Recipe, recipe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (text, page) = text.split_once('\0').unwrap_or((&text, ""));
    let problems = recipe::check("fuzz.toml", text);
    assert!(problems.iter().all(|problem| problem.line <= 1 + text.len()));
    let read = Recipe::parse("fuzz.toml", text);
    assert_eq!(read.is_ok(), problems.is_empty());
    let Ok(read) = read else { return };
    assert!(read.schema().is_object());
    let Ok(spider) = read.spider(&mut Args::default()) else {
        return;
    };
    let Ok(start) = spider.start() else { return };
    assert!(start.len() <= 100_000);
    let Some(request) = start.into_iter().next() else {
        return;
    };
    let response = Response::new(request, 200).with_body("text/html", page.to_owned());
    let mut out = Output::new();
    // It does no I/O, so it never waits.
    let parsed = pin!(spider.parse(response, &mut out)).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(parsed, Poll::Ready(_)));
    for item in out.items() {
        assert!(serde_json::to_string(item).is_ok());
    }
});
