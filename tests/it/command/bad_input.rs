//! What a person gets wrong: each mistake is told, with its place, and is never a panic.

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl};

#[test]
fn a_bad_url_is_told_by_every_verb() {
    for verb in ["fetch", "links", "sitemap", "site", "robots"] {
        for url in [
            "http://",
            "nonsense",
            "ftp://127.0.0.1/",
            "http://[::1",
            "http://a b/",
        ] {
            let ran = crawl(&[verb, url]).exits(2).says(url);
            assert!(ran.stdout.is_empty(), "{ran:#?}");
        }
    }
    crawl(&["select", "nonsense", "p"])
        .exits(2)
        .says("nonsense");
}

#[test]
fn a_bad_url_for_a_spider_is_told() {
    crawl(&["run", "quotes", "-a", "url=::"])
        .exits(4)
        .says(r#"bad value "::" for argument "url""#);
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let directory = Directory::new();
    std::fs::create_dir(directory.files.path("directory")).unwrap();
    for file in ["nowhere", "directory"] {
        let message = format!("cannot read {file}: ");
        let base = ["--base", "http://x.example/"];
        for arguments in [&["links", "--file", file][..], &["sitemap", "--file", file]] {
            directory
                .crawl(&[arguments, &base].concat())
                .exits(4)
                .says(&message);
        }
        directory
            .crawl(&["select", "--file", file, "p"])
            .exits(4)
            .says(&message);
        directory
            .crawl(&["robots", "--file", file, "http://x.example/"])
            .exits(4)
            .says(&message);
    }
}

#[test]
fn a_certificate_file_that_cannot_be_read_is_told() {
    let site = PracticeSite::start().unwrap();
    Directory::with_toml("ca_file = 'nowhere.pem'\n")
        .crawl(&["fetch", site.at("/quotes/").as_str()])
        .exits(4)
        .says("nowhere.pem");
}

#[test]
fn a_bad_header_is_a_usage_error() {
    for header in ["no colon", "bad name: x", "X-A: a\r\nX-B: b"] {
        crawl(&["fetch", "http://127.0.0.1/", "-H", header]).exits(2);
    }
}

#[test]
fn a_bad_proxy_or_address_is_told() {
    let url = "http://x.example/";
    crawl(&["fetch", url, "--proxy", "ftp://127.0.0.1"])
        .exits(2)
        .says("--proxy");
    crawl(&["fetch", url, "--resolve", "x.example:80"])
        .exits(2)
        .says("--resolve");
    crawl(&["run", "quotes", "-s", "proxy=ftp://127.0.0.1"])
        .exits(4)
        .says("proxy");
}

#[test]
fn a_batch_that_is_no_json_is_told_with_its_line() {
    Directory::new()
        .crawl_with_input(&["url", "--batch"], "\nnonsense\n")
        .exits(2)
        .says("line 2 of the batch");
}

#[test]
fn bytes_that_are_no_text_are_told_as_unreadable() {
    let directory = Directory::new();
    std::fs::write(directory.files.path("crawl.toml"), b"delay = \xff\n").unwrap();
    directory
        .crawl(&["run", "quotes"])
        .exits(4)
        .says("cannot read crawl.toml");
}
