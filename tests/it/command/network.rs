//! The way to a server, from the command line: what is refused, and what the environment says.

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl};

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
