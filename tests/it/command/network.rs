//! The way to a server, from the command line: what is refused, what the environment says, and what is waited for.

use std::io::BufRead;

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl, serve};

#[test]
fn an_address_that_is_not_public_is_refused_when_that_is_asked_for() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/quotes/");
    crawl(&["fetch", url.as_str()]).exits(0);
    let before = site.served().total;
    Directory::with_toml("address_policy = \"public\"")
        .crawl(&["fetch", url.as_str(), "--no-robots"])
        .exits(9)
        .says("127.0.0.1 is not public");
    assert_eq!(site.served().total, before);
}

#[test]
fn the_proxy_of_the_environment_is_used_when_that_is_asked_for() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/quotes/");
    let directory = Directory::new()
        .with_variable("http_proxy", "http://us:secret@127.0.0.1:9")
        .with_variable("no_proxy", "");
    let arguments = ["fetch", url.as_str(), "--no-robots"];
    directory.crawl(&arguments).exits(0);
    let asked = [&arguments[..], &["--proxy", "env"]].concat();
    let ran = directory.crawl(&asked).exits(9).says("127.0.0.1:9");
    assert!(!ran.stderr.contains("secret"), "{ran:#?}");
    let directory = directory.with_variable("no_proxy", "127.0.0.1");
    directory.crawl(&asked).exits(0);
}

#[test]
fn a_long_wait_is_told_when_it_begins() {
    let url = serve(|path| (path == "/robots.txt").then_some("User-agent: *\nCrawl-delay: 30"));
    let mut crawl = Directory::new().start(&["site", &url, "--no-job"]);
    let mut lines = crawl.stderr().lines().map(Result::unwrap);
    let told = lines.find(|line| line.contains("the site asks to wait"));
    let told = told.unwrap();
    for part in ["127.0.0.1", "30s", "Crawl-delay"] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn a_host_of_ones_own_is_told_how_to_be_crawled_faster() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/quotes/");
    let told = |flags: &[&str]| {
        let arguments = ["site", url.as_str(), "--max-pages", "1"];
        let ran = crawl(&[&arguments, flags].concat()).exits(0);
        ran.stderr.contains("`-s delay=0` if it is yours")
    };
    assert!(told(&[]));
    assert!(!told(&["-q"]));
    assert!(!told(&["-s", "delay=1ms"]));
}
