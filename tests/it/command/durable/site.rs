//! A site for crawls that are interrupted: one of its pages is answered only when the test says so, and then the crawl is
//! in the middle of its work. Every tenth page is missing until the site is mended.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// How many pages there are.
const PAGES: u64 = 60;
/// The page that has to wait.
const HELD: u64 = 30;

/// A running site; it ends with the process.
pub(in super::super) struct HeldSite {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Default)]
struct Now {
    /// Whether somebody waits for the page.
    is_asked: bool,
    is_open: bool,
    is_mended: bool,
    asked: Vec<String>,
}

impl HeldSite {
    /// How many different headings the pages have.
    pub(in super::super) const AISLES: u64 = 7;

    pub(in super::super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || state.serve(&stream));
            }
        });
        Self { address, state }
    }

    /// Where a crawl starts.
    pub(in super::super) fn url(&self) -> String {
        format!("http://{}/1", self.address)
    }

    /// Waits until a crawl has asked for the page that is held.
    pub(in super::super) fn is_asked(&self) {
        let mut now = self.state.now.lock().unwrap();
        while !now.is_asked {
            now = self.state.changed.wait(now).unwrap();
        }
        now.is_asked = false;
    }

    /// Answers whoever asks for the page from now on.
    pub(in super::super) fn open(&self) {
        self.state.now.lock().unwrap().is_open = true;
        self.state.changed.notify_all();
    }

    /// Lets every page be there.
    pub(in super::super) fn mend(&self) {
        self.state.now.lock().unwrap().is_mended = true;
    }

    /// The paths that were asked for since the last time, robots.txt aside, in order.
    pub(in super::super) fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut self.state.now.lock().unwrap().asked);
        asked.retain(|path| path != "/robots.txt");
        asked.sort_unstable();
        asked
    }

    /// The pages that are missing until the site is mended.
    pub(in super::super) fn missing() -> Vec<String> {
        let missing = (1..PAGES).filter(|page| is_missing(*page));
        let mut paths: Vec<String> = missing.map(|page| format!("/{page}")).collect();
        paths.sort_unstable();
        paths
    }
}

impl State {
    fn serve(&self, stream: &TcpStream) {
        let mut path = String::new();
        let mut lines = BufReader::new(stream).lines();
        while let Some(Ok(line)) = lines.next() {
            if line.is_empty() {
                // A crawl that was killed is not there any more.
                let _ = answer(stream, self.page(&path));
                return;
            }
            if path.is_empty() {
                path.push_str(line.split(' ').nth(1).unwrap_or_default());
            }
        }
    }

    /// What is on a page; none for one that is missing. Waits for the one that is held.
    fn page(&self, path: &str) -> Option<String> {
        let mut now = self.now.lock().unwrap();
        now.asked.push(path.to_owned());
        let page: u64 = path.trim_start_matches('/').parse().ok()?;
        if page >= PAGES || (is_missing(page) && !now.is_mended) {
            return None;
        }
        if page == HELD && !now.is_open {
            now.is_asked = true;
            self.changed.notify_all();
            while !now.is_open {
                now = self.changed.wait(now).unwrap();
            }
        }
        let links = [2 * page, 2 * page + 1, page + 7, page / 2];
        let links = links.iter().filter(|page| (1..PAGES).contains(*page));
        let links: Vec<String> = links
            .map(|page| format!("<a href=/{page}>{page}</a>\n"))
            .collect();
        let links = links.concat();
        let text = "All work and no play. ".repeat(100);
        let aisle = page % HeldSite::AISLES;
        Some(format!(
            "<title>Page {page}</title>\n<h1>Aisle {aisle}</h1>\n<p>{text}\n{links}"
        ))
    }
}

fn is_missing(page: u64) -> bool {
    page.is_multiple_of(10) && page != HELD
}

fn answer(mut stream: &TcpStream, page: Option<String>) -> std::io::Result<()> {
    let status = if page.is_some() {
        "200 OK"
    } else {
        "404 Not Found"
    };
    let page = page.unwrap_or_default();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}",
        page.len()
    )
}
