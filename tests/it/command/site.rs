//! `crawl site`: a whole site, one record per page.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
#[cfg(target_os = "linux")]
use std::process::{Command, Stdio};

use crawlworks::testing::PracticeSite;
use serde_json::Value;

use super::{Directory, Ran, crawl};

/// Crawls the pages of the practice site below `path`, as quickly as it can.
fn below(site: &PracticeSite, path: &str, flags: &[&str]) -> Ran {
    let url = site.at(path);
    let arguments = ["site", url.as_str(), "-s", "delay=0", "-s", "scope=prefix"];
    crawl(&[&arguments, flags].concat()).exits(0)
}

fn quotes_page(flags: &[&str]) -> Value {
    let site = PracticeSite::start().unwrap();
    let ran = below(&site, "/quotes/", &[&["--max-pages", "1"], flags].concat());
    ran.json()
}

#[test]
fn every_page_becomes_one_record() {
    let site = PracticeSite::start().unwrap();
    let ran = below(&site, "/quotes/", &[]);
    let mut urls: Vec<String> = ran
        .records()
        .iter()
        .map(|record| record["url"].as_str().unwrap().to_owned())
        .collect();
    urls.sort_unstable();
    let pages = (2..=10).map(|n| site.at(&format!("/quotes/page/{n}/")).to_string());
    let mut expected: Vec<String> = pages.chain([site.at("/quotes/").to_string()]).collect();
    expected.sort_unstable();
    assert_eq!(urls, expected);
    assert!(site.served().paths().all(|(_, hits)| hits == 1));
}

#[test]
fn a_record_has_its_fields_in_order() {
    let record = quotes_page(&[]);
    let fields: Vec<&String> = record.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["url", "title", "h1", "links"]);
    assert_eq!(record["title"], "Quotes to practise on");
    assert_eq!(record["h1"], "Quotes to practise on");
    let links = record["links"].as_array().unwrap();
    assert!(
        links[0].as_str().unwrap().ends_with("/quotes/"),
        "{links:?}"
    );
    assert!(links[1].as_str().unwrap().ends_with("/login"), "{links:?}");
}

#[test]
fn the_text_of_a_page_has_no_tags() {
    let record = quotes_page(&["--text"]);
    let text = record["text"].as_str().unwrap();
    assert!(text.starts_with("Quotes to practise on\n"), "{text}");
    assert!(!text.contains("<span"), "{text}");
    assert_eq!(record.as_object().unwrap().len(), 5);
}

#[test]
fn the_markdown_of_a_page_has_headings_and_links() {
    let record = quotes_page(&["--markdown"]);
    let text = record["markdown"].as_str().unwrap();
    assert!(text.starts_with("# [Quotes to practise on]("), "{text}");
    assert!(text.contains("[Login](http://127.0.0.1:"), "{text}");
}

#[test]
fn the_html_of_a_page_is_its_source() {
    let record = quotes_page(&["--html"]);
    let text = record["html"].as_str().unwrap();
    assert!(text.starts_with("<!DOCTYPE html>"), "{text}");
    assert!(text.contains("<span class=\"text\">"), "{text}");
}

#[test]
fn only_the_main_text_is_kept_if_wanted() {
    let text = "Ink was once made at home, of soot, water and gum. ".repeat(10);
    let page =
        format!("<nav><a href=/>Home</a></nav><h1>Ink</h1><p>{text}</p><footer>Rights</footer>");
    let url = format!("http://127.0.0.1:{}/", serve(page));
    let arguments = ["site", &url, "--no-robots", "--max-pages", "1", "--main"];
    let record = crawl(&[&arguments[..], &["--text"]].concat())
        .exits(0)
        .json();
    let fields: Vec<&String> = record.as_object().unwrap().keys().collect();
    let known = [
        "main_reason",
        "byline",
        "published",
        "site_name",
        "language",
    ];
    let expected = [
        &["url", "title", "h1", "links", "main"][..],
        &known,
        &["text"],
    ]
    .concat();
    assert_eq!(fields, expected);
    assert!(known.iter().all(|name| record[*name].is_null()), "{record}");
    assert_eq!(record["main"], true);
    let kept = record["text"].as_str().unwrap();
    assert!(
        kept.contains(text.trim()) && !kept.contains("Home") && !kept.contains("Rights"),
        "{kept}"
    );
}

#[test]
fn a_page_without_a_main_text_is_kept_whole() {
    let url = format!(
        "http://127.0.0.1:{}/",
        serve("<h1>All</h1><a href=/a>A</a>".to_owned())
    );
    let arguments = [
        "site",
        &url,
        "--no-robots",
        "--max-pages",
        "1",
        "--main",
        "--markdown",
    ];
    let record = crawl(&arguments).exits(0).json();
    assert_eq!(record["main"], false);
    let reason = record["main_reason"].as_str().unwrap();
    assert!(reason.contains("hardly any text but links"), "{reason}");
    assert!(
        record["markdown"]
            .as_str()
            .unwrap()
            .starts_with("# All\n\n[A](")
    );
}

#[test]
fn the_main_text_needs_a_form() {
    crawl(&["site", "http://127.0.0.1/", "--main"])
        .exits(2)
        .says("--text");
    crawl(&["site", "http://127.0.0.1/", "--main", "--html"]).exits(2);
}

#[test]
fn only_one_form_of_the_content_can_be_had() {
    crawl(&["site", "http://127.0.0.1/", "--text", "--html"]).exits(2);
}

/// Serves this page to whoever asks, and returns its port.
fn serve(page: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html\r\ncontent-length:";
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let asked = BufReader::new(&stream).lines();
            let _ = asked.map_while(Result::ok).find(String::is_empty);
            let _ = write!(stream, "{head} {}\r\n\r\n{page}", page.len());
        }
    });
    port
}

#[test]
fn another_host_is_out_of_scope_unless_any_is_allowed() {
    let site = PracticeSite::start().unwrap();
    let port = serve(format!("<a href={}>far away</a>", site.at("/quotes/")));
    let (start, resolve) = (
        format!("http://near.example:{port}/"),
        format!("near.example:{port}:127.0.0.1"),
    );
    let arguments = [
        "site",
        &start,
        "--no-robots",
        "--resolve",
        &resolve,
        "--max-pages",
        "2",
    ];
    let near = crawl(&arguments).exits(0).says("filtered: 1 scope");
    assert_eq!((near.records().len(), site.served().total), (1, 0));
    let any = crawl(&[&arguments[..], &["-s", "scope=any"]].concat()).exits(0);
    assert_eq!(
        (any.records().len(), site.served().hits("/quotes/")),
        (2, 1)
    );
}

#[test]
fn robots_txt_is_obeyed() {
    let site = PracticeSite::start().unwrap();
    crawl(&["site", site.at("/hazards/").as_str()])
        .exits(9)
        .says("filtered: 1 robots")
        .says("hint: the site does not want this fetched");
    assert_eq!(site.served().total, 1);
}

#[test]
fn robots_txt_is_not_asked_when_that_is_not_wanted() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/hazards/");
    let ran = crawl(&["site", url.as_str(), "--no-robots", "--max-pages", "1"]).exits(0);
    assert_eq!(ran.json()["h1"], "Hazards");
    assert_eq!(site.served().hits("/robots.txt"), 0);
}

#[test]
fn a_depth_of_one_stops_after_the_links_of_the_start() {
    let site = PracticeSite::start().unwrap();
    let ran = below(&site, "/quotes/", &["-s", "depth=1"]);
    assert_eq!(ran.records().len(), 2);
}

#[test]
fn the_scheme_of_a_local_site_may_be_left_out() {
    let site = PracticeSite::start().unwrap();
    let host = format!("127.0.0.1:{}/quotes/", site.url().port().unwrap());
    let ran = crawl(&["site", &host, "--max-pages", "1"]).exits(0);
    assert_eq!(ran.json()["url"], site.at("/quotes/").as_str());
}

#[test]
fn a_list_of_urls_is_a_place_to_start() {
    let site = PracticeSite::start().unwrap();
    let list = format!(
        "# two of them\n{}\n\n{}\n",
        site.at("/quotes/page/2/"),
        site.at("/quotes/page/3/")
    );
    let directory = Directory::new();
    directory.files.write("urls.txt", &list);
    let flags = ["-s", "delay=0", "-s", "depth=0"];
    let of_file = directory.crawl(&[&["site", "@urls.txt", "--no-job"][..], &flags].concat());
    assert_eq!(of_file.exits(0).records().len(), 2);
    let of_input =
        directory.crawl_with_input(&[&["site", "-", "--no-job"][..], &flags].concat(), &list);
    assert_eq!(of_input.exits(0).records().len(), 2);
}

#[test]
fn a_bad_line_of_a_list_is_named() {
    let directory = Directory::new();
    directory
        .files
        .write("urls.txt", "http://a.example/\nhttp://\n");
    directory
        .crawl(&["site", "@urls.txt"])
        .exits(2)
        .says("urls.txt:2: ");
    directory
        .crawl_with_input(&["site", "-"], "# nothing\n")
        .exits(4)
        .says("standard input has 0 URLs");
}

/// What a terminal shows of a crawl of one page, which the command `script` of util-linux makes; `None` without that.
#[cfg(target_os = "linux")]
fn on_a_terminal(directory: &Directory, arguments: &[&str]) -> Option<String> {
    let version = Command::new("script").arg("--version").output().ok()?;
    if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
        return None;
    }
    let line = [
        &[env!("CARGO_BIN_EXE_crawl"), "site", "--max-pages", "1"],
        arguments,
    ]
    .concat();
    // Whatever goes wrong, the test comes to an end.
    let output = Command::new("timeout")
        .args(["60", "script", "-qec", &line.join(" "), "/dev/null"])
        .current_dir(directory.files.path(""))
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_title_and_url_unless_json_is_asked_for() {
    let site = PracticeSite::start().unwrap();
    let (directory, url) = (Directory::new(), site.at("/quotes/"));
    let site = ["site", url.as_str(), "--max-pages", "1"];
    let record = directory.crawl(&site).exits(0).json();
    let Some(shown) = on_a_terminal(&directory, &[url.as_str(), "--fresh"]) else {
        return;
    };
    let row = format!("{:<46}  {url}\r\n", record["title"].as_str().unwrap());
    assert!(shown.contains(&row), "{shown}");
    assert!(shown.contains("`-O FILE` keeps all"), "{shown}");
    assert!(!shown.contains("\"url\""), "{shown}");
    let shown = on_a_terminal(&directory, &[url.as_str(), "--fresh", "-O", "-"]).unwrap();
    assert!(shown.contains(&record.to_string()), "{shown}");
}

#[test]
fn a_list_is_read_as_the_crawl_goes_on_and_taken_up_where_it_was() {
    let (site, directory) = (PracticeSite::start().unwrap(), Directory::new());
    let urls: Vec<String> = (0..9)
        .map(|n| site.at(&format!("/web/9/{n}")).to_string())
        .collect();
    directory.files.write(
        "urls.txt",
        &format!("# nine pages\n\n{}\n", urls.join("\n")),
    );
    let crawl = |flags: &[&str]| {
        let list = [
            "site", "--list", "urls.txt", "-s", "delay=0", "-s", "depth=0", "-o", "a.jsonl",
        ];
        directory.crawl(&[&list, flags].concat())
    };
    crawl(&["--max-pages", "4"]).exits(0);
    let ran = crawl(&["--continue"]).exits(0);
    ran.says("9 pages");
    let text = directory.read("a.jsonl");
    let mut found: Vec<String> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["url"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, urls);
}

#[test]
fn a_line_of_a_list_that_is_no_url_is_named() {
    let directory = Directory::new();
    directory
        .files
        .write("urls.txt", "\nmailto:ada@example.com\n");
    let crawl = |list: &str| directory.crawl(&["site", "--list", list, "--no-job"]);
    crawl("urls.txt")
        .exits(2)
        .says("urls.txt:2: not an http(s) URL");
    directory.files.write("empty.txt", "# none\n");
    crawl("empty.txt").exits(4).says("empty.txt has no URL");
    crawl("none.txt")
        .exits(4)
        .says("cannot read the list of URLs in none.txt");
}
