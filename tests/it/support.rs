//! What the tests share: a spider from a closure, crawls that check their own report, and directories to write in.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::{Downloader, Filter, Finish, HttpDownloader, Report};

type Parse<I> = Box<dyn Fn(&Response, &mut Output<I>) -> Result<(), BoxError> + Send + Sync>;

/// A spider made of start requests and a closure, which remembers what it was given to parse.
pub(crate) struct Probe<I = String> {
    start: Vec<Request>,
    parse: Parse<I>,
    visited: Visited,
}

impl<I: Item> Probe<I> {
    pub(crate) fn new<R: Into<Request>>(
        start: impl IntoIterator<Item = R>,
        parse: impl Fn(&Response, &mut Output<I>) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Self {
        let start = start.into_iter().map(Into::into).collect();
        Self {
            start,
            parse: Box::new(parse),
            visited: Visited::default(),
        }
    }

    /// What was given to parse; shared, so it can be asked after the crawl has consumed the spider.
    pub(crate) fn visited(&self) -> Visited {
        self.visited.clone()
    }
}

impl Probe {
    /// A spider that emits nothing.
    pub(crate) fn only<R: Into<Request>>(start: impl IntoIterator<Item = R>) -> Self {
        Self::new(start, |_, _| Ok(()))
    }

    /// A spider that follows every link and emits the path of every page.
    pub(crate) fn links<R: Into<Request>>(start: impl IntoIterator<Item = R>) -> Self {
        Self::new(start, |response, out| {
            out.item(response.url().path().to_owned());
            out.follow_all(response.links());
            Ok(())
        })
    }
}

impl<I: Item> Spider for Probe<I> {
    type Item = I;

    fn name(&self) -> &'static str {
        "probe"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(self.start.clone())
    }

    async fn parse(&self, response: Response, out: &mut Output<I>) -> Result<(), BoxError> {
        let result = (self.parse)(&response, out);
        self.visited.0.lock().unwrap().push(response);
        result
    }
}

/// The responses that a [`Probe`] parsed, in order.
#[derive(Clone, Default)]
pub(crate) struct Visited(Arc<Mutex<Vec<Response>>>);

impl Visited {
    pub(crate) fn responses(&self) -> Vec<Response> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        self.responses()
            .iter()
            .map(|response| response.url().to_string())
            .collect()
    }

    /// The only response there was.
    pub(crate) fn one(&self) -> Response {
        let responses = self.responses();
        assert_eq!(responses.len(), 1, "{responses:?}");
        responses[0].clone()
    }
}

pub(crate) fn get(url: impl AsRef<str>) -> Request {
    Request::get(url).unwrap()
}

/// A crawl at full speed that reads no robots.txt and tries nothing twice, but for what `change` says.
pub(crate) fn quick<S: Spider>(spider: S, change: impl FnOnce(&mut Settings)) -> Crawler<S> {
    polite(spider, |settings| {
        settings.politeness.delay = Duration::ZERO;
        settings.politeness.robots = false;
        settings.failures.retries = 0;
        change(settings);
    })
}

/// A crawl with the defaults, but for what `change` says.
pub(crate) fn polite<S: Spider>(spider: S, change: impl FnOnce(&mut Settings)) -> Crawler<S> {
    let mut crawler = Crawler::new(spider);
    change(crawler.settings_mut());
    crawler
}

/// A downloader that gives up after a second what `is_timeless` says of: what never comes to an end. All else may take
/// as long as it takes, so that nothing that a busy machine is late with is told as a time-out.
pub(crate) struct Patient {
    downloader: HttpDownloader,
    is_timeless: fn(&Url) -> bool,
}

impl Patient {
    pub(crate) fn new(settings: &Settings, is_timeless: fn(&Url) -> bool) -> Self {
        let (mut settings, never) = (settings.clone(), Duration::from_hours(24));
        settings.answers.connect_timeout = never;
        settings.answers.idle_timeout = never;
        settings.answers.timeout = never;
        settings.answers.min_rate.0 = 0;
        Self {
            downloader: HttpDownloader::new(&settings).unwrap(),
            is_timeless,
        }
    }
}

impl Downloader for Patient {
    async fn fetch(&self, request: Request) -> crawlworks::Result<Response> {
        let request = if (self.is_timeless)(request.url()) {
            request.with_timeout(secs(1))
        } else {
            request
        };
        self.downloader.fetch(request).await
    }
}

/// Runs a crawl to its end and checks that the report agrees with itself.
pub(crate) async fn run<S: Spider>(crawler: Crawler<S>) -> Report {
    checked(crawler.run().await.unwrap())
}

/// The report, which must agree with itself.
pub(crate) fn checked(report: Report) -> Report {
    let ledger = report.ledger;
    assert!(ledger.balances(), "{report:#?}");
    assert_eq!(
        ledger.filtered,
        report.filtered.values().sum::<u64>(),
        "{report:#?}"
    );
    assert_eq!(
        ledger.done,
        report.pages + report.requests.redirected + report.requests.sitemaps,
        "{report:#?}"
    );
    assert_eq!(
        report.requests.retried,
        report.retries.values().sum::<u64>(),
        "{report:#?}"
    );
    if report.finish == Finish::Finished {
        assert_eq!(ledger.pending, 0, "{report:#?}");
    }
    if report.requests.robots == 0 && report.robots == crawlworks::report::Robots::default() {
        let left = report
            .filtered
            .get(&Filter::ContentType)
            .copied()
            .unwrap_or_default();
        let trips = ledger.done + ledger.failed + report.requests.retried + left;
        let answered = report.requests.total + report.cache.hits;
        assert_eq!(answered, trips, "{report:#?}");
    }
    report
}

/// A 200 with this HTML.
pub(crate) fn html(request: Request, html: impl Into<String>) -> Response {
    Response::new(request, 200).with_body("text/html; charset=utf-8", html.into())
}

/// A page that links to these.
pub(crate) fn page_of_links<U: AsRef<str>>(urls: impl IntoIterator<Item = U>) -> String {
    urls.into_iter()
        .flat_map(|url| ["<a href=\"", url.as_ref(), "\">link</a>\n"].map(str::to_owned))
        .collect()
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A directory for one test's files, deleted when the test is over.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }

    /// The path of a file, as the text that outputs take.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
