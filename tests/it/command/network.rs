//! The way to a server, from the command line: what is refused, and what the environment says.

use crawlworks::testing::PracticeSite;

use super::{Folder, crawl};

#[test]
fn an_address_that_is_not_public_is_refused_when_that_is_asked_for() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/quotes/");
    crawl(&["fetch", url.as_str()]).exits(0);
    let before = site.served().total;
    Folder::with_toml("address_policy = \"public\"")
        .crawl(&["fetch", url.as_str(), "--no-robots"])
        .exits(9)
        .says("127.0.0.1 is not public");
    assert_eq!(site.served().total, before);
}

#[test]
fn the_proxy_of_the_environment_is_used_when_that_is_asked_for() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/quotes/");
    let folder = Folder::new()
        .with_variable("http_proxy", "http://us:secret@127.0.0.1:9")
        .with_variable("no_proxy", "");
    let arguments = ["fetch", url.as_str(), "--no-robots"];
    folder.crawl(&arguments).exits(0);
    let asked = [&arguments[..], &["--proxy", "env"]].concat();
    let ran = folder.crawl(&asked).exits(9).says("127.0.0.1:9");
    assert!(!ran.stderr.contains("secret"), "{ran:#?}");
    let folder = folder.with_variable("no_proxy", "127.0.0.1");
    folder.crawl(&asked).exits(0);
}
