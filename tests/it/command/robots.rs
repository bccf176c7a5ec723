//! `crawl robots`: may these URLs be fetched?

use crawlworks::testing::PracticeSite;

use super::exit_codes::dead_url;
use super::{Folder, crawl};

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
    let folder = Folder::new();
    folder.files.write("robots.txt", RULES);
    let urls = ["http://x.example/a", "http://x.example/a/b"];
    let arguments = ["robots", "--file", "robots.txt"];
    let ran = folder.crawl(&[&arguments[..], &urls].concat()).exits(1);
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
    let ran = Folder::new().crawl_with_input(&question, RULES).exits(1);
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
    let ran = Folder::new()
        .crawl_with_input(&["robots", "--batch"], &lines)
        .exits(0);
    assert_eq!(ran.lines(), [r#"{"allowed":false}"#, r#"{"allowed":true}"#]);
}

#[test]
fn a_line_of_a_batch_that_makes_no_sense_is_told_with_its_number() {
    let lines =
        "{\"robots\":\"\",\"agent\":\"a\",\"url\":\"http://x.example/\"}\n{\"robots\":\"\"}\n";
    let ran = Folder::new()
        .crawl_with_input(&["robots", "--batch"], lines)
        .exits(2)
        .says(r#"line 2 of the batch: no string "agent""#);
    assert_eq!(ran.lines().len(), 1);
}
