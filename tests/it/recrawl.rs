//! Recrawls: what has changed since the run before, and what an unchanged page costs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crawlworks::prelude::*;
use crawlworks::report::Finish;
use crawlworks::settings::RecrawlItems;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, FromCache, Recrawled, Report};
use serde_json::Value;

use crate::support::{Probe, Scratch, get, html, page_of_links, quick, run};

const HOME: &str = "http://a.example/0";

/// A site that changes between the runs: the text of each page; those without a text are missing.
#[derive(Clone, Default)]
struct Changing {
    pages: Arc<Mutex<BTreeMap<u64, String>>>,
    /// The status of pages that fail.
    failing: Arc<Mutex<BTreeMap<u64, u16>>>,
}

impl Changing {
    fn new(pages: u64) -> Self {
        let site = Self::default();
        for page in 0..pages {
            site.set(page, "first");
        }
        site
    }

    fn set(&self, page: u64, text: &str) {
        self.pages.lock().unwrap().insert(page, text.to_owned());
    }

    fn remove(&self, page: u64) {
        self.pages.lock().unwrap().remove(&page);
    }

    fn fail(&self, page: u64, status: u16) {
        self.failing.lock().unwrap().insert(page, status);
    }

    /// Every page links to all others; every third has no tag.
    fn answer(&self, request: Request) -> Result<Response, Error> {
        let pages = self.pages.lock().unwrap();
        let page: u64 = request.url().path()[1..].parse().unwrap();
        if let Some(status) = self.failing.lock().unwrap().get(&page) {
            return Ok(Response::new(request, *status));
        }
        let Some(text) = pages.get(&page) else {
            return Ok(Response::new(request, 404));
        };
        let tag = format!("\"{text}\"");
        if !page.is_multiple_of(3)
            && request
                .header("if-none-match")
                .is_some_and(|asked| *asked == *tag)
        {
            return Ok(Response::new(request, 304));
        }
        let links = page_of_links((0..40).map(|page| format!("/{page}")));
        // Links do not change with the pages that are there, so that only the text does.
        let body = format!("<h1>{text}</h1>{links}");
        let length = body.len() as u64;
        let response = html(request, body).with_wire_bytes(length);
        if page.is_multiple_of(3) {
            Ok(response)
        } else {
            response.with_header("etag", &tag)
        }
    }

    fn fake(&self) -> FakeDownloader {
        let site = self.clone();
        FakeDownloader::new(move |request| site.answer(request))
    }
}

/// A job that is recrawled.
struct Job(Scratch);

impl Job {
    fn new() -> Self {
        Self(Scratch::new())
    }

    fn crawl(&self, site: &Changing) -> Crawler<Probe<Value>> {
        self.crawl_by(site.fake(), get(HOME))
    }

    fn crawl_by(&self, fake: FakeDownloader, start: Request) -> Crawler<Probe<Value>> {
        let probe = Probe::new([start], |response, out| {
            let path = response.url().path();
            let title = response.html()?.one("h1")?.text();
            out.item(serde_json::json!({"path": path, "title": title}));
            out.follow_all(response.links());
            Ok(())
        });
        let feed = self.0.path("feed.jsonl");
        quick(probe, |s| {
            s.disk.recrawl = true;
            s.disk.recrawl_feed = Some(feed.into());
        })
        .concurrency(1)
        .job(self.0.path("job"))
        .output(&self.0.path("items.jsonl"))
        .downloader(fake)
    }

    async fn run(&self, site: &Changing) -> Report {
        run(self.crawl(site)).await
    }

    /// The items, sorted.
    fn items(&self) -> Vec<String> {
        let text = self.0.read("items.jsonl");
        let mut items: Vec<String> = text.lines().map(str::to_owned).collect();
        items.sort_unstable();
        items
    }

    /// What the feed says of each page, by its path.
    fn feed(&self) -> BTreeMap<String, Value> {
        let text = self.0.read("feed.jsonl");
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let path = |line: &Value| {
            line["url"]
                .as_str()
                .unwrap()
                .rsplit_once('/')
                .unwrap()
                .1
                .to_owned()
        };
        lines.map(|line| (path(&line), line)).collect()
    }

    /// Drops a crawl in the middle: after so many pages.
    async fn break_off(&self, mut crawler: Crawler<Probe<Value>>, pages: u64) {
        let mut events = crawler.events();
        let enough = async move {
            let mut seen = 0;
            while seen < pages {
                if let Some(crawlworks::Event::Page { .. }) = events.next().await {
                    seen += 1;
                }
            }
        };
        tokio::select! {
            report = crawler.run() => panic!("it was not broken off: {report:?}"),
            () = enough => {}
        }
        let lock = std::fs::File::open(self.0.path("job/lock")).unwrap();
        tokio::task::spawn_blocking(move || lock.lock())
            .await
            .unwrap()
            .unwrap();
    }
}

/// New, changed, unchanged and gone.
fn counts(report: &Report) -> [u64; 4] {
    let recrawl = report.recrawl.unwrap();
    [
        recrawl.new,
        recrawl.changed,
        recrawl.unchanged,
        recrawl.gone,
    ]
}

/// A site after a first run by this job, and then changed: 2 and 3 have other texts, 4 and 9 are missing, 30 is new.
async fn changed(job: &Job) -> Changing {
    let site = Changing::new(20);
    assert_eq!(counts(&job.run(&site).await), [20, 0, 0, 0]);
    for page in [2, 3] {
        site.set(page, "second");
    }
    for page in [4, 9] {
        site.remove(page);
    }
    site.set(30, "first");
    site
}

#[tokio::test]
async fn pages_are_compared_with_the_run_before() {
    let job = Job::new();
    let site = changed(&job).await;
    assert_eq!(counts(&job.run(&site).await), [1, 2, 16, 2]);
    let feed = job.feed();
    for (page, state) in [
        ("0", "unchanged"),
        ("1", "unchanged"),
        ("2", "changed"),
        ("3", "changed"),
        ("4", "gone"),
        ("30", "new"),
    ] {
        assert_eq!(feed[page]["state"], state, "{page}");
        assert_eq!(feed[page]["previous"].is_null(), state == "new", "{page}");
    }
    assert_eq!(feed.len(), 21);
    assert_eq!(counts(&job.run(&site).await), [0, 0, 19, 0]);
}

#[tokio::test]
async fn a_recrawl_gives_what_a_full_crawl_gives() {
    let (job, full) = (Job::new(), Job::new());
    let site = changed(&job).await;
    job.run(&site).await;
    full.run(&site).await;
    assert_eq!(job.items(), full.items());
    assert_eq!(job.items().len(), 19);
}

#[tokio::test]
async fn only_the_items_of_the_chosen_pages_are_kept_and_the_others_are_counted() {
    for (chosen, kept, dropped) in [
        (RecrawlItems::All, vec!["/0", "/2", "/3", "/30"], vec![]),
        (
            RecrawlItems::Changed,
            vec!["/2", "/3", "/30"],
            vec![("unchanged page", 16)],
        ),
        (
            RecrawlItems::New,
            vec!["/30"],
            vec![("page that is not new", 2), ("unchanged page", 16)],
        ),
    ] {
        let job = Job::new();
        let site = changed(&job).await;
        let mut crawler = job.crawl(&site);
        crawler.settings_mut().disk.recrawl_items = chosen;
        let report = run(crawler).await;
        assert_eq!(counts(&report), [1, 2, 16, 2], "{chosen:?}");
        let told = report.items.dropped.iter();
        let told: Vec<_> = told.map(|(reason, count)| (&**reason, *count)).collect();
        assert_eq!(told, dropped, "{chosen:?}");
        let items = job.items();
        for page in ["/0", "/2", "/3", "/30"] {
            let is_kept = items
                .iter()
                .any(|item| item.contains(&format!("\"{page}\"")));
            assert_eq!(is_kept, kept.contains(&page), "{chosen:?} {page}");
        }
        // The links of pages that have not changed are followed all the same.
        assert_eq!(report.pages, 19);
    }
}

#[tokio::test]
async fn a_recrawl_without_changes_keeps_nothing_and_has_not_failed() {
    let job = Job::new();
    let site = Changing::new(5);
    job.run(&site).await;
    let mut crawler = job.crawl(&site);
    crawler.settings_mut().disk.recrawl_items = RecrawlItems::Changed;
    let report = run(crawler).await;
    assert_eq!((report.items.kept, report.finish), (0, Finish::Finished));
    assert_eq!(job.items(), [""; 0]);
}

#[tokio::test]
async fn pages_cannot_be_chosen_without_a_recrawl() {
    let probe = Probe::links([get(HOME)]);
    let crawler = quick(probe, |s| s.disk.recrawl_items = RecrawlItems::New);
    let error = crawler.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    let message = "the setting \"recrawl_items\" needs `recrawl=true`: other crawls do not know which pages have changed";
    assert_eq!(error.to_string(), message);
}

#[tokio::test]
async fn an_unchanged_page_costs_no_body() {
    let job = Job::new();
    let site = Changing::new(40);
    let first = job.run(&site).await;
    let again = job.run(&site).await;
    // The pages without a tag come as a whole.
    assert_eq!(again.bytes.wire, first.bytes.wire / 40 * 14);
    assert_eq!(again.bytes.body, first.bytes.body);
    assert_eq!(again.pages, 40);
    assert_eq!(again.cache, crawlworks::report::Cache::default());
}

#[tokio::test]
async fn a_spider_is_told() {
    let job = Job::new();
    let site = Changing::new(3);
    job.run(&site).await;
    site.set(2, "second");
    let probe = Probe::links([get(HOME)]);
    let visited = probe.visited();
    let crawler = quick(probe, |s| s.disk.recrawl = true)
        .job(job.0.path("job"))
        .downloader(site.fake());
    run(crawler).await;
    let told = |page: usize| {
        let responses = visited.responses();
        let response = responses
            .iter()
            .find(|r| r.url().path()[1..] == page.to_string())
            .unwrap();
        (response.recrawled(), response.from_cache())
    };
    assert_eq!(told(0), (Some(Recrawled::Unchanged), None));
    assert_eq!(
        told(1),
        (Some(Recrawled::Unchanged), Some(FromCache::Revalidated))
    );
    assert_eq!(told(2), (Some(Recrawled::Changed), None));
}

#[tokio::test]
async fn a_run_in_pieces_is_compared_like_one_in_one_piece() {
    let job = Job::new();
    let site = changed(&job).await;
    for pages in [1, 3, 5] {
        job.break_off(job.crawl(&site), pages).await;
    }
    let report = job.run(&site).await;
    assert!(report.resumed.is_some());
    assert_eq!(counts(&report), [1, 2, 16, 2]);
    let full = Job::new();
    full.run(&site).await;
    assert_eq!(job.items(), full.items());
}

#[tokio::test]
async fn a_run_that_was_given_up_is_not_what_the_next_is_compared_with() {
    let job = Job::new();
    let site = changed(&job).await;
    job.break_off(job.crawl(&site), 10).await;
    let report = run(job.crawl(&site).fresh()).await;
    assert!(report.resumed.is_none());
    assert_eq!(counts(&report), [1, 2, 16, 2]);
}

#[tokio::test]
async fn what_a_limit_left_out_is_not_gone() {
    let job = Job::new();
    let site = Changing::new(20);
    job.run(&site).await;
    let report = run(job.crawl(&site).max_pages(5)).await;
    assert_eq!(counts(&report), [0, 0, 5, 0]);
    assert_eq!(counts(&job.run(&site).await), [0, 0, 20, 0]);
}

#[tokio::test]
async fn a_page_that_fails_is_not_gone() {
    let job = Job::new();
    let site = Changing::new(20);
    job.run(&site).await;
    site.fail(5, 500);
    assert_eq!(counts(&job.run(&site).await), [0, 0, 19, 0]);
    assert_eq!(job.feed()["5"]["state"], "failed");
    site.failing.lock().unwrap().clear();
    assert_eq!(counts(&job.run(&site).await), [0, 0, 20, 0]);
}

#[tokio::test]
async fn a_page_that_comes_back_is_new() {
    let job = Job::new();
    let site = Changing::new(20);
    job.run(&site).await;
    site.remove(7);
    assert_eq!(counts(&job.run(&site).await), [0, 0, 19, 1]);
    site.set(7, "first");
    assert_eq!(counts(&job.run(&site).await), [1, 0, 19, 0]);
}

#[tokio::test]
async fn a_damaged_page_is_fetched_as_a_whole() {
    let job = Job::new();
    let site = Changing::new(5);
    job.run(&site).await;
    let shards = std::fs::read_dir(job.0.path("job/pages")).unwrap();
    for shard in shards
        .map(|shard| shard.unwrap().path())
        .filter(|path| path.is_dir())
    {
        for file in std::fs::read_dir(shard).unwrap() {
            std::fs::write(file.unwrap().path(), "x").unwrap();
        }
    }
    assert_eq!(counts(&job.run(&site).await), [5, 0, 0, 0]);
    assert_eq!(job.items().len(), 5);
}

#[tokio::test]
async fn without_a_job_there_is_nothing_to_compare_with() {
    let crawler = quick(Probe::only([get(HOME)]), |s| s.disk.recrawl = true);
    let error = crawler.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.to_string().contains("durable job"), "{error}");
}

/// A home page that leads by a redirect to a hub, which leads to so many pages and to one that is not there. This path
/// fails; there is no page by the name of "".
fn hub(pages: u64, failing: &'static str) -> FakeDownloader {
    FakeDownloader::new(move |request| {
        let body = |links: Vec<String>| format!("<h1>x</h1>{}", page_of_links(links));
        match request.url().path() {
            path if path == failing => Ok(Response::new(request, 503)),
            "/" => Ok(html(request, body(vec!["/go".to_owned()]))),
            "/go" => Response::new(request, 302).with_header("location", "/hub"),
            "/hub" => {
                let links = (0..pages).map(|page| format!("/page/{page}"));
                Ok(html(
                    request,
                    body(links.chain(["/dead".to_owned()]).collect()),
                ))
            }
            "/dead" => Ok(Response::new(request, 404)),
            _ => Ok(html(request, body(Vec::new()))),
        }
    })
}

#[tokio::test]
async fn a_page_that_nothing_leads_to_is_gone() {
    let job = Job::new();
    let crawl = async |pages| counts(&run(job.crawl_by(hub(pages, ""), get(HUB_HOME))).await);
    assert_eq!(crawl(5).await, [7, 0, 0, 0]);
    assert_eq!(crawl(4).await, [0, 1, 5, 1]);
    assert_eq!(crawl(5).await, [1, 1, 5, 0]);
}

const HUB_HOME: &str = "http://a.example/";

#[tokio::test]
async fn what_may_be_behind_a_page_that_failed_is_not_gone() {
    for failing in ["/", "/go", "/hub"] {
        for start in [get(HUB_HOME), get(HUB_HOME).any_status()] {
            let job = Job::new();
            let crawl = async |failing| {
                let crawler = job.crawl_by(hub(5, failing), start.clone());
                counts(&run(crawler).await)
            };
            assert_eq!(crawl("").await, [7, 0, 0, 0]);
            assert_eq!(crawl(failing).await[3], 0, "{failing}");
            assert_eq!(crawl("").await, [0, 0, 7, 0], "{failing}");
        }
    }
}

#[tokio::test]
async fn a_site_whose_robots_txt_cannot_be_read_is_not_gone() {
    let job = Job::new();
    for (failing, expected) in [
        ("", [7, 0, 0, 0]),
        ("/robots.txt", [0, 0, 0, 0]),
        ("", [0, 0, 7, 0]),
    ] {
        let mut crawler = job.crawl_by(hub(5, failing), get(HUB_HOME));
        crawler.settings_mut().politeness.robots = true;
        assert_eq!(counts(&run(crawler).await), expected);
    }
}

#[tokio::test]
async fn sessions_have_pages_of_their_own() {
    let job = Job::new();
    let fake = FakeDownloader::new(|request| {
        let body = format!("hello {:?}", request.session());
        Ok(html(request, body))
    });
    for expected in [[2, 0, 0, 0], [0, 0, 2, 0]] {
        let start = ["anna", "ben"].map(|name| get(HOME).with_session(name));
        let crawler = quick(Probe::only(start), |s| s.disk.recrawl = true)
            .job(job.0.path("job"))
            .downloader(fake.clone());
        assert_eq!(counts(&run(crawler).await), expected);
    }
}

#[tokio::test]
async fn a_sitemap_is_no_page() {
    let job = Job::new();
    let fake = FakeDownloader::new(|request| {
        let body = match request.url().path() {
            "/robots.txt" => "Sitemap: http://a.example/sitemap.xml",
            "/sitemap.xml" => "<urlset><url><loc>http://a.example/1</loc></url></urlset>",
            _ => "<h1>x</h1>",
        };
        Ok(html(request, body))
    });
    let mut crawler = job.crawl_by(fake, get(HOME));
    crawler.settings_mut().links.sitemaps = true;
    let report = run(crawler).await;
    assert_eq!(report.requests.sitemaps, 1);
    assert_eq!(counts(&report), [2, 0, 0, 0]);
}

#[tokio::test]
async fn cookies_that_cannot_be_saved_cost_no_comparison() {
    let job = Job::new();
    let mut crawler = job.crawl(&Changing::new(3));
    crawler.settings_mut().requests.cookies = true;
    crawler.settings_mut().requests.save_cookies = Some(job.0.path("none/jar.txt").into());
    assert!(crawler.run().await.is_err());
    assert_eq!(job.feed().len(), 3);
}

/// A 304 with another tag than the one that was asked about is no word about the page: it is asked for as a whole.
#[tokio::test(start_paused = true)]
async fn a_304_about_another_version_leaves_the_page_what_it_was() {
    let job = Job::new();
    let site = Changing::new(3);
    job.run(&site).await;
    let wrong = || {
        let site = site.clone();
        FakeDownloader::new(move |request| {
            if request.headers().contains_key("if-none-match") {
                return Response::new(request, 304).with_header("etag", "\"other\"");
            }
            site.answer(request)
        })
    };
    let again = |fake: FakeDownloader| {
        let mut crawler = job.crawl_by(fake, get(HOME));
        crawler.settings_mut().failures.retries = 1;
        run(crawler)
    };
    assert_eq!(counts(&again(wrong()).await), [0, 0, 3, 0]);
    site.set(1, "second");
    assert_eq!(counts(&again(wrong()).await), [0, 1, 2, 0]);
    assert!(!job.feed()["1"]["previous"].is_null());
    assert_eq!(counts(&job.run(&site).await), [0, 0, 3, 0]);
}
