//! Flags that mean the same in every verb that has them.

use crawlworks::testing::PracticeSite;

use super::crawl;

#[test]
fn every_verb_that_fetches_takes_settings_and_the_flags_of_a_request() {
    let shared = [
        "-s",
        "user_agent=mine/1",
        "-H",
        "Authorization: Bearer mine",
        "--timeout",
        "30",
    ];
    for (path, verb) in [
        ("/quotes/", &["fetch"][..]),
        ("/quotes/", &["links"]),
        ("/quotes/", &["data"]),
        ("/quotes/", &["doctor"]),
        ("/quotes/", &["robots"]),
        ("/quotes/", &["site", "--max-pages", "1"]),
        ("/quotes/", &["shell", "-c", "status"]),
        ("/quotes/", &["parse", "--spider", "quotes"]),
        ("/quotes/", &["select", "--attr", "href", "a"]),
        ("/feed.xml", &["feed"]),
        ("/sitemap.xml", &["sitemap"]),
    ] {
        let site = PracticeSite::start().unwrap();
        let url = site.at(path);
        let mut line: Vec<&str> = verb.to_vec();
        line.insert(1, url.as_str());
        line.extend(shared);
        crawl(&line).exits(0);
        let has_both = site.served().requests().iter().any(|request| {
            request.header("user-agent") == Some("mine/1")
                && request.header("authorization") == Some("Bearer mine")
        });
        assert!(has_both, "{line:?}");
    }
}
