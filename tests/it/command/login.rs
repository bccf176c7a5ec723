//! Cookie files and passwords on the command line.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use crawlworks::testing::PracticeSite;

use super::{Directory, crawl};
use crate::auth::is_proven;

/// The URL of a server that wants Digest, for so many connections.
fn guarded(connections: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming().take(connections) {
            answer(connection.unwrap());
        }
    });
    format!("http://{address}/a%20b?c")
}

fn answer(mut connection: TcpStream) {
    let reader = BufReader::new(connection.try_clone().unwrap());
    let head: Vec<String> = reader
        .lines()
        .map(Result::unwrap)
        .take_while(|line| !line.is_empty())
        .collect();
    let mut words = head[0].split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut sent = head.iter().filter_map(|line| line.split_once(": "));
    let sent = sent.find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let sent = sent.and_then(|(_, value)| value.strip_prefix("Digest"));
    let answer = match sent {
        Some(sent) if is_proven(method, target, sent) => "200 OK\r\n",
        _ => {
            "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"a b\", nonce=\"n\", qop=\"auth\", opaque=\"o\"\r\n"
        }
    };
    let end = "Content-Length: 0\r\nConnection: close\r\n\r\n";
    connection
        .write_all(format!("HTTP/1.1 {answer}{end}").as_bytes())
        .unwrap();
}

#[test]
fn a_user_name_is_enough_for_digest() {
    let url = guarded(2);
    let ran = crawl(&["fetch", &url, "--no-robots", "--json", "--user", "us:pw"]).exits(0);
    assert_eq!(ran.json()["status"], 200);
    let url = guarded(2).replace("//", "//us:wrong@");
    let ran = crawl(&["fetch", &url, "--no-robots", "--json"]).exits(0);
    assert_eq!(ran.json()["status"], 401);
}

#[test]
fn a_jar_takes_cookies_from_one_call_to_the_next() {
    let (site, directory) = (PracticeSite::start().unwrap(), Directory::new());
    let login = site.at("/login");
    directory
        .crawl(&["fetch", login.as_str(), "-c", "jar.txt"])
        .exits(0);
    let echo = site.at("/hazards/echo");
    let fetch = ["fetch", echo.as_str(), "--no-robots"];
    let with_jar = directory
        .crawl(&[&fetch[..], &["-b", "jar.txt"]].concat())
        .exits(0);
    assert!(
        with_jar.stdout.contains("[\"cookie\",\"session="),
        "{with_jar:#?}"
    );
    let with_pairs = directory
        .crawl(&[&fetch[..], &["--cookie", "a=1; b=2"]].concat())
        .exits(0);
    assert!(
        with_pairs.stdout.contains("[\"cookie\",\"a=1; b=2\"]"),
        "{with_pairs:#?}"
    );
}

#[test]
fn a_whole_site_is_crawled_with_the_cookies_of_a_file() {
    let (site, directory) = (PracticeSite::start().unwrap(), Directory::new());
    let host = site.at("/").host_str().unwrap().to_owned();
    let line = format!("{host}\tFALSE\t/\tFALSE\t0\tkept\t1\n");
    directory.files.write("jar.txt", &line);
    let start = site.at("/quotes/");
    let limits = ["--max-pages", "2", "-q", "-s", "delay=0"];
    directory
        .crawl(&[&["site", start.as_str(), "-b", "jar.txt"], &limits[..]].concat())
        .exits(0);
    let served = site.served();
    let pages: Vec<_> = served
        .requests()
        .iter()
        .filter(|seen| seen.path != "/robots.txt")
        .collect();
    assert!(
        pages
            .iter()
            .all(|seen| seen.header("cookie") == Some("kept=1")),
        "{pages:?}"
    );
    assert_eq!(pages.len(), 2);
}

#[test]
fn a_bad_cookie_file_is_an_error_with_its_line() {
    let (site, directory) = (PracticeSite::start().unwrap(), Directory::new());
    directory.files.write("jar.txt", "nothing\n");
    let url = site.at("/quotes/");
    let ran = directory.crawl(&["fetch", url.as_str(), "-b", "jar.txt"]);
    assert!(
        ran.stderr
            .contains("jar.txt, line 1: expected seven fields"),
        "{ran:#?}"
    );
    assert_ne!(ran.code, Some(0));
}
