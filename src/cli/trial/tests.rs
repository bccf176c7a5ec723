use super::*;
use crate::engine::crawler::Crawler;
use crate::engine::spider::Spider;
use crate::fetch::middleware::{self, Next};
use crate::model::output::Output;
use crate::model::settings::RobotsTags;
use crate::page::error::BoxError;
use crate::testing::FakeDownloader;

/// Emits the text of the page, and then does what the page says.
struct Obedient;

impl Spider for Obedient {
    type Item = String;

    fn name(&self) -> &str {
        "obedient"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        let start = Request::get("http://a.example/")?.with_label("home");
        Ok(vec![start.with_header("x-start", "1")?])
    }

    async fn parse(&self, response: Response, out: &mut Output<String>) -> Result<(), BoxError> {
        out.item(response.text().into_owned());
        out.follow(response.follow("/next")?);
        match &*response.text() {
            "panic" => panic!("as I was told"),
            "fail" => Err("as I was told".into()),
            _ => Ok(()),
        }
    }
}

fn trial_of<S: Spider>(spider: impl Fn() -> Crawler<S> + Send + Sync + 'static) -> Trial {
    let job = Job::new("x", move |_| Ok(spider()));
    Trial::open(&job, &SpiderFlags::default(), &PageFlags::default()).unwrap()
}

fn page(url: &str, text: &str) -> Response {
    Response::new(Request::get(url).unwrap(), 200).with_body("text/plain", text.to_owned())
}

fn parsed(text: &str) -> Made {
    let trial = trial_of(|| Crawler::new(Obedient));
    trial.parse(&page("http://a.example/", text)).unwrap()
}

#[test]
fn what_a_spider_emitted_before_it_failed_is_kept() {
    for (text, kind) in [("fail", ErrorKind::Spider), ("panic", ErrorKind::Panic)] {
        let made = parsed(text);
        let error = made.error.unwrap();
        assert_eq!(error.kind(), kind);
        assert!(error.chain().contains("as I was told"), "{error}");
        assert_eq!(made.items[0].json(), format!("{text:?}"));
        assert_eq!(made.requests[0].1, Verdict::Follow);
    }
    assert!(parsed("well").error.is_none());
}

#[test]
fn what_a_crawl_would_see_otherwise_is_noted() {
    let trial = trial_of(|| {
        let mut crawler = Crawler::new(Obedient);
        crawler.settings_mut().politeness.robots_tags = RobotsTags::All;
        crawler
    });
    let notes = |page: Response| trial.parse(&page).unwrap().notes;
    assert!(notes(page("http://a.example/", "")).is_empty());
    assert!(notes(page("http://b.example/", ""))[0].contains("outside the scope"));
    let noindex = page("http://a.example/", "").with_header("x-robots-tag", "noindex");
    assert!(notes(noindex.unwrap())[0].contains("noindex"));
    // A spider of whose labels nothing is known may have failed for any reason.
    assert!(notes(page("http://a.example/", "fail")).is_empty());
}

#[test]
fn a_spider_that_cannot_start_can_parse() {
    struct Lost;
    impl Spider for Lost {
        type Item = ();
        fn name(&self) -> &str {
            "lost"
        }
        fn start(&self) -> Result<Vec<Request>, BoxError> {
            panic!("no map")
        }
        async fn parse(&self, response: Response, out: &mut Output<()>) -> Result<(), BoxError> {
            out.follow(response.follow("/next")?);
            Ok(())
        }
    }
    let trial = trial_of(|| Crawler::new(Lost));
    let made = trial.parse(&page("http://a.example/", "x")).unwrap();
    assert_eq!(made.requests[0].1, Verdict::Follow);
    assert!(made.notes[0].contains("no map"), "{:?}", made.notes);
}

#[test]
fn a_spider_that_cannot_be_built_is_an_error() {
    let job = Job::new("x", |_| -> Result<Crawler<Obedient>, BoxError> {
        panic!("not today")
    });
    let error = Trial::open(&job, &SpiderFlags::default(), &PageFlags::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panic);
}

#[test]
fn pages_are_fetched_by_the_spiders_own_way() {
    let trial = trial_of(|| {
        let site = FakeDownloader::with_pages([("http://a.example/", "hello")]);
        let signed = middleware::from_fn(|request: Request, next: Next| async move {
            let answer = next.run(request).await?;
            answer.with_header("x-signed", "yes")
        });
        let mut crawler = Crawler::new(Obedient).downloader(site).middleware(signed);
        crawler.settings_mut().links.sitemaps = true;
        crawler
    });
    // Twice, as the shell does.
    for _ in 0..2 {
        let request = trial.first().unwrap().clone();
        let response = trial.fetch(request, Patience::Each).unwrap().success();
        let response = response.unwrap();
        assert_eq!(&*response.text(), "hello");
        assert_eq!(response.header("x-signed").as_deref(), Some("yes"));
    }
}

#[test]
fn a_start_url_is_asked_for_as_the_spider_does_it() {
    let trial = trial_of(|| Crawler::new(Obedient));
    let request = |url: &str, label: Option<&str>| {
        let mut flags = SpiderFlags::default();
        flags.label = label.map(str::to_owned);
        let asked = Request::get(url).unwrap();
        trial.request(asked, &flags, &PageFlags::default()).unwrap()
    };
    let start = request("http://a.example/", None);
    assert_eq!(start.label(), Some("home"));
    assert!(start.header("x-start").is_some());
    assert_eq!(
        request("http://a.example/", Some("other")).label(),
        Some("other")
    );
    assert_eq!(request("http://a.example/2", None).label(), None);
}
