//! The bundled spiders on the practice site that they start themselves, in one process after another.

use std::collections::HashSet;
use std::io::BufRead;
use std::net::TcpListener;

use super::{Directory, json_lines};

/// A port below those that systems hand out by themselves: nobody gets it by chance.
fn free_port() -> u16 {
    let first = 10_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..30_000).find(is_free).unwrap()
}

#[test]
fn a_crawl_of_the_practice_site_that_is_killed_is_resumed_by_another_process() {
    let directory = Directory::new();
    let port = format!("port={}", free_port());
    let crawl = ["run", "books", "-a", &port, "-O", "books.jsonl"];
    let mut running = directory.start(&[&crawl[..], &["-s", "delay=10ms", "-vv"]].concat());
    let said = running.stderr().lines().map(Result::unwrap);
    let answers = said.filter(|line| line.contains("answered"));
    assert_eq!(answers.take(40).count(), 40);
    // Kills it.
    drop(running);

    directory
        .crawl(&crawl)
        .exits(0)
        .says("resuming books-")
        .says(" 0 errors");
    let books = json_lines(&directory.read("books.jsonl"));
    let different: HashSet<_> = books.iter().map(|book| book["upc"].as_str()).collect();
    assert_eq!((books.len(), different.len()), (1_000, 1_000));
}

#[test]
fn a_port_that_was_chosen_and_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("port={}", taken.local_addr().unwrap().port());
    super::crawl(&["run", "books", "-a", &port])
        .exits(1)
        .says("the practice site cannot listen on 127.0.0.1:");
}
