//! SIGINT and SIGTERM, sent while a page is in flight: the first lets it finish, the second does not.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

#[cfg(target_os = "linux")]
use super::terminal::Terminal;
use super::{Directory, Running, json_lines};

/// A server whose only answer waits until the test gives it.
struct Held(TcpListener);

impl Held {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn url(&self) -> String {
        format!("http://{}/", self.0.local_addr().unwrap())
    }

    /// Waits for a request.
    fn request(&self) -> TcpStream {
        let (stream, _) = self.0.accept().unwrap();
        for line in BufReader::new(&stream).lines() {
            if line.unwrap().is_empty() {
                break;
            }
        }
        stream
    }
}

fn answer(mut stream: &TcpStream) {
    let page = "<title>Held</title><a href=/next>next</a>";
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}",
        page.len()
    )
    .unwrap();
}

/// Starts a crawl and returns it when its first request is in flight.
fn crawl_in_flight(directory: &Directory, server: &Held) -> (Running, TcpStream) {
    let url = server.url();
    let flags = ["--no-robots", "-s", "retries=0", "--report", "report.json"];
    let outputs = ["-O", "a.jsonl", "-O", "b.json", "-O", "c.csv:jsonl"];
    let running = directory.start(&[&["site", &url], &flags[..], &outputs].concat());
    let stream = server.request();
    (running, stream)
}

/// Reads standard error until a line says this.
fn wait_for(stderr: &mut impl BufRead, text: &str) {
    let said: Vec<String> = stderr.lines().map(Result::unwrap).collect_until(text);
    assert!(said.iter().any(|line| line.contains(text)), "{said:?}");
}

trait CollectUntil {
    fn collect_until(self, text: &str) -> Vec<String>;
}

impl<I: Iterator<Item = String>> CollectUntil for I {
    /// The lines up to the one that says this, or all.
    fn collect_until(mut self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while lines
            .last()
            .is_none_or(|line: &String| !line.contains(text))
            && let Some(line) = self.next()
        {
            lines.push(line);
        }
        lines
    }
}

fn stops_in_order(signal: &str) {
    let (directory, server) = (Directory::new(), Held::new());
    let (mut running, stream) = crawl_in_flight(&directory, &server);
    let mut stderr = running.stderr();
    running.signal(signal);
    wait_for(&mut stderr, "stopping");
    answer(&stream);
    wait_for(&mut stderr, "stopped: 1 page, 1 item");
    assert_eq!(running.end(), Some(11));
    let records = json_lines(&directory.read("a.jsonl"));
    assert_eq!(records[0]["title"], "Held");
    assert_eq!(records.len(), 1);
    assert_eq!(directory.json("b.json").as_array().unwrap(), &records);
    let report = directory.json("report.json");
    assert_eq!(report["finish"], "stopped");
    let ledger =
        serde_json::json!({"seen": 2, "done": 1, "filtered": 0, "failed": 0, "pending": 1});
    assert_eq!(report["ledger"], ledger);
}

#[test]
fn an_interrupted_crawl_finishes_what_is_in_flight_and_exits_11() {
    stops_in_order("INT");
}

#[test]
fn a_terminated_crawl_finishes_what_is_in_flight_and_exits_11() {
    stops_in_order("TERM");
}

/// As `timeout` of coreutils does, which sends it to the process and to its group.
#[test]
fn a_signal_that_comes_twice_at_once_counts_once() {
    let (directory, server) = (Directory::new(), Held::new());
    let (mut running, stream) = crawl_in_flight(&directory, &server);
    let mut stderr = running.stderr();
    running.signal_twice("TERM");
    wait_for(&mut stderr, "stopping");
    answer(&stream);
    wait_for(&mut stderr, "stopped: 1 page, 1 item");
    assert_eq!(running.end(), Some(11));
}

#[cfg(target_os = "linux")]
#[test]
fn after_two_interrupts_no_progress_stays_on_the_terminal() {
    let (directory, server) = (Directory::new(), Held::new());
    let arguments = format!("site {} --no-robots --no-job -O a.jsonl", server.url());
    let Some(mut terminal) = Terminal::open(&directory, &arguments) else {
        return;
    };
    let _unanswered = server.request();
    terminal.shows("0 pages");
    terminal.types("\u{3}");
    terminal.shows("stopping: ");
    terminal.shows("0 pages");
    terminal.types("\u{3}");
    terminal.shows("stopped at once");
    assert_eq!(terminal.ends(), (Some(13), "\r\n".to_owned()));
}

#[test]
fn a_second_signal_ends_the_crawl_at_once_with_13() {
    let (directory, server) = (Directory::new(), Held::new());
    let (mut running, _unanswered) = crawl_in_flight(&directory, &server);
    let mut stderr = running.stderr();
    running.signal("INT");
    wait_for(&mut stderr, "stopping");
    running.signal("TERM");
    wait_for(&mut stderr, "stopped at once");
    assert_eq!(running.end(), Some(13));
}

#[test]
fn a_forced_end_leaves_outputs_that_can_be_read() {
    let (directory, server) = (Directory::new(), Held::new());
    let (mut running, stream) = crawl_in_flight(&directory, &server);
    // The next page is asked for when the first one was parsed.
    answer(&stream);
    let _unanswered = server.request();
    let mut stderr = running.stderr();
    running.signal("INT");
    wait_for(&mut stderr, "stopping");
    running.signal("INT");
    assert_eq!(running.end(), Some(13));
    let text = directory.read("a.jsonl");
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    json_lines(&text);
    let array = directory.read("b.json");
    assert!(array.is_empty() || serde_json::from_str::<Vec<serde_json::Value>>(&array).is_ok());
}

#[test]
fn a_served_practice_site_ends_in_peace() {
    for signal in ["INT", "TERM"] {
        let mut serving = Directory::new().start(&["demo", "--serve", "--port", "0"]);
        assert!(serving.first_line().starts_with("http://127.0.0.1:"));
        serving.signal(signal);
        assert_eq!(serving.end(), Some(0));
    }
}
