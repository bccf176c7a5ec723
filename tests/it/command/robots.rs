//! `crawl robots`: may these URLs be fetched?

use crawlworks::testing::PracticeSite;

use super::exit_codes::dead_url;
use super::{Directory, crawl};

const RULES: &str = "User-agent: *\nDisallow: /a\nAllow: /a/b\n\nUser-agent: mybot\nDisallow: /\n";

#[test]
fn a_live_site_is_asked_once_per_origin() {
    let site = PracticeSite::start().unwrap();
    let [shop, hazards] = ["/shop/", "/hazards/"].map(|path| site.at(path));
    let ran = crawl(&["robots", shop.as_str(), hazards.as_str()]).exits(1);
    let expected = [format!("allowed {shop}"), format!("disallowed {hazards}")];
    assert_eq!(ran.lines(), expected);
    let paths: Vec<String> = site
        .served()
        .paths()
        .map(|(path, _)| path.to_owned())
        .collect();
    assert_eq!(
        (paths, site.served().total),
        (vec!["/robots.txt".to_owned()], 1)
    );
}

#[test]
fn all_allowed_exits_0() {
    let site = PracticeSite::start().unwrap();
    crawl(&["robots", site.at("/shop/").as_str()]).exits(0);
}

#[test]
fn a_site_that_cannot_be_asked_says_no() {
    let url = dead_url();
    let ran = crawl(&["robots", &url])
        .exits(1)
        .says("cannot read")
        .says("which means no: cannot connect");
    assert_eq!(ran.lines(), [format!("disallowed {url}")]);
}

#[test]
fn a_file_answers_without_a_network() {
    let directory = Directory::new();
    directory.files.write("robots.txt", RULES);
    let urls = ["http://x.example/a", "http://x.example/a/b"];
    let arguments = ["robots", "--file", "robots.txt"];
    let ran = directory.crawl(&[&arguments[..], &urls].concat()).exits(1);
    assert_eq!(
        ran.lines(),
        [
            "disallowed http://x.example/a",
            "allowed http://x.example/a/b"
        ]
    );
}

#[test]
fn the_name_of_the_crawler_chooses_the_group() {
    let question = [
        "robots",
        "--file",
        "-",
        "--user-agent",
        "MyBot/2.0",
        "http://x.example/c",
    ];
    let ran = Directory::new().crawl_with_input(&question, RULES).exits(1);
    assert_eq!(ran.lines(), ["disallowed http://x.example/c"]);
}

#[test]
fn a_batch_is_answered_line_by_line() {
    let ask =
        |agent: &str, url: &str| serde_json::json!({"robots": RULES, "agent": agent, "url": url});
    let lines = format!(
        "{}\n\n{}\n",
        ask("other", "http://x.example/a"),
        ask("other", "http://x.example/")
    );
    let ran = Directory::new()
        .crawl_with_input(&["robots", "--batch"], &lines)
        .exits(0);
    assert_eq!(ran.lines(), [r#"{"allowed":false}"#, r#"{"allowed":true}"#]);
}

#[test]
fn a_line_of_a_batch_that_makes_no_sense_is_told_with_its_number() {
    let lines =
        "{\"robots\":\"\",\"agent\":\"a\",\"url\":\"http://x.example/\"}\n{\"robots\":\"\"}\n";
    let ran = Directory::new()
        .crawl_with_input(&["robots", "--batch"], lines)
        .exits(2)
        .says(r#"line 2 of the batch: no string "agent""#);
    assert_eq!(ran.lines().len(), 1);
}

#[test]
fn a_verdict_is_explained_by_its_line() {
    let directory = Directory::new();
    let rules = format!("{RULES}Crawl-delay: 2\nSitemap: http://x.example/map.xml\n");
    directory.files.write("robots.txt", &rules);
    let question = ["robots", "--file", "robots.txt", "--explain"];
    let ran = directory
        .crawl(&[&question[..], &["/a/b", "/c", "/a/c"]].concat())
        .exits(1)
        .says("/a/b: allowed: line 3: Allow: /a/b")
        .says("/c: allowed: no rule matches")
        .says("/a/c: disallowed: line 2: Disallow: /a")
        .says("group:       line 1, for all (*)")
        .says("sitemap:     http://x.example/map.xml");
    assert_eq!(
        ran.lines(),
        ["allowed /a/b", "allowed /c", "disallowed /a/c"]
    );
    let named = ["--user-agent", "mybot/1", "/c"];
    directory
        .crawl(&[&question[..], &named].concat())
        .exits(1)
        .says("line 6: Disallow: /")
        .says("group:       line 5, for mybot/1")
        .says("delay:       2 s");
}

#[test]
fn a_live_verdict_is_explained_by_the_file_that_was_found() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/account").to_string();
    let robots = site.at("/robots.txt").to_string();
    let ran = crawl(&["robots", "--json", &url]).exits(1);
    let answer: serde_json::Value = serde_json::from_str(ran.lines()[0]).unwrap();
    assert_eq!(answer["url"], url);
    assert_eq!(answer["allowed"], false);
    assert_eq!(answer["robots"], robots);
    assert_eq!(answer["line"], 3);
    assert_eq!(answer["pattern"], "/account");
    assert_eq!(
        answer["group"],
        serde_json::json!({"line": 1, "named": false})
    );
    let sitemaps = serde_json::json!([site.at("/sitemap.xml").as_str()]);
    assert_eq!(answer["sitemaps"], sitemaps);
}

#[test]
fn what_cannot_be_read_is_explained_too() {
    let url = dead_url();
    crawl(&["robots", "--explain", &url])
        .exits(1)
        .says("robots.txt cannot be read: nothing is allowed (cannot connect");
}
