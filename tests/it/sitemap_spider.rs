//! [`SitemapSpider`]: the pages that sitemaps list, and sitemaps that mean no good.

use std::io::Write;

use crawlworks::feed::date;
use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{ErrorKind, Filter, Report, SitemapSpider};
use flate2::{Compression, write::GzEncoder};

use crate::support::{Probe, get, html, quick, run};

/// An inner spider that emits label and path of every page.
fn inner(start: &[&str]) -> Probe {
    Probe::new(start.iter().map(get), |response, out| {
        let label = response.label().unwrap_or("-");
        out.item(format!("{label} {}", response.url().path()));
        Ok(())
    })
}

/// Answers with these documents, and with an empty page to everything else.
fn documents(documents: &'static [(&'static str, &'static str)]) -> FakeDownloader {
    FakeDownloader::new(move |request| {
        let path = request.url().path();
        Ok(match documents.iter().find(|(known, _)| *known == path) {
            Some((_, text)) => Response::new(request, 200).with_body("application/xml", *text),
            None => html(request, ""),
        })
    })
}

fn start(path: &str) -> Request {
    get(format!("http://a.example{path}"))
}

/// What the inner spider was given, sorted, and the report.
async fn crawl(
    fake: &FakeDownloader,
    sitemap: &str,
    change: impl FnOnce(SitemapSpider<Probe>) -> SitemapSpider<Probe>,
) -> (Vec<String>, Report) {
    let probe = inner(&[]);
    let visited = probe.visited();
    let spider = change(SitemapSpider::new([start(sitemap)], probe));
    let report = run(quick(spider, |_| {}).downloader(fake.clone())).await;
    let mut paths: Vec<String> = visited
        .responses()
        .iter()
        .map(|page| page.url().path().to_owned())
        .collect();
    paths.sort_unstable();
    (paths, report)
}

const SITE: &[(&str, &str)] = &[
    (
        "/index.xml",
        "<sitemapindex><sitemap><loc>/new.xml</loc><lastmod>2026-02-01</lastmod></sitemap>\
         <sitemap><loc>/old.xml</loc><lastmod>2025-01-31</lastmod></sitemap><sitemap><loc>/list.txt</loc></sitemap></sitemapindex>",
    ),
    (
        "/new.xml",
        "<urlset xmlns:x='h'><url><loc>/n1</loc><lastmod>2026-02-01T08:00Z</lastmod><x:link rel='alternate' hreflang='de' href='/de/n1'/></url>\
         <url><loc>/n2</loc><lastmod>2025-12-31</lastmod></url><url><loc>/n3</loc></url><url><loc>/n4</loc><lastmod>2026</lastmod></url>\
         <url><loc>http://other.example/</loc></url></urlset>",
    ),
    ("/old.xml", "<urlset><url><loc>/o1</loc></url></urlset>"),
    (
        "/list.txt",
        "http://a.example/t1\nhttp://a.example/n1\nnonsense\n",
    ),
    (
        "/robots.txt",
        "Sitemap: nonsense://x\nSitemap: /new.xml\nSitemap: http://a.example/old.xml\n",
    ),
];

#[tokio::test]
async fn indexes_lists_and_url_sets_are_read() {
    let (paths, report) = crawl(&documents(SITE), "/index.xml", |spider| spider).await;
    assert_eq!(paths, ["/n1", "/n2", "/n3", "/n4", "/o1", "/t1"]);
    assert_eq!((report.pages, report.duplicates), (10, 1));
    assert_eq!(report.filtered, [(Filter::Scope, 1)].into());
}

#[tokio::test]
async fn what_has_not_changed_since_is_left_out() {
    let since = date("2026-01-15").unwrap();
    let fake = documents(SITE);
    let (paths, _) = crawl(&fake, "/index.xml", |spider| spider.since(since)).await;
    // Of /n3 and /t1 it is not known; that of /n4 may be any day of 2026.
    assert_eq!(paths, ["/n1", "/n3", "/n4", "/t1"]);
    assert!(!fake.urls().contains(&"http://a.example/old.xml".to_owned()));
}

#[tokio::test]
async fn pages_in_other_languages_are_taken_on_request() {
    let (paths, _) = crawl(&documents(SITE), "/new.xml", SitemapSpider::alternates).await;
    assert_eq!(paths, ["/de/n1", "/n1", "/n2", "/n3", "/n4"]);
}

#[tokio::test]
async fn rules_choose_pages_and_label_them() {
    let site = PracticeSite::start().unwrap();
    let rules = [
        Rule::new().allow("/author/(?<slug>[^/]+)/").label("author"),
        Rule::new().allow("/book/").label("book").limit(5),
    ];
    let probe = inner(&[]);
    let visited = probe.visited();
    let spider =
        SitemapSpider::from_robots(&site.at("/shop/"), probe).rules(Rules::new(rules).unwrap());
    let report = run(quick(spider, |_| {})).await;
    let pages = visited.responses();
    let labelled = |label| {
        pages
            .iter()
            .filter(|page| page.label() == Some(label))
            .count()
    };
    assert_eq!(
        (labelled("author"), labelled("book"), pages.len()),
        (50, 5, 55)
    );
    assert_eq!(
        report.filtered[&Filter::RuleLimit],
        site.books().len() as u64 - 5
    );
    let author = pages
        .iter()
        .find(|page| page.label() == Some("author"))
        .unwrap();
    let slug: Option<String> = author.request().meta("slug").unwrap();
    assert_eq!(author.url().path(), format!("/author/{}/", slug.unwrap()));
}

#[tokio::test]
async fn robots_txt_names_the_sitemaps() {
    let (paths, _) = crawl(&documents(SITE), "/robots.txt", |spider| spider).await;
    assert_eq!(paths, ["/n1", "/n2", "/n3", "/n4", "/o1"]);
}

#[tokio::test]
async fn a_robots_txt_that_names_none_is_an_error() {
    let fake = documents(&[("/robots.txt", "User-agent: *\n")]);
    let (paths, report) = crawl(&fake, "/robots.txt", |spider| spider).await;
    assert!(paths.is_empty());
    assert_eq!(
        (report.ledger.failed, report.errors[&ErrorKind::Spider]),
        (1, 1)
    );
}

#[tokio::test]
async fn the_inner_spider_starts_too_and_keeps_its_settings() {
    struct Picky(Probe);

    impl Spider for Picky {
        type Item = String;

        fn name(&self) -> &str {
            "picky"
        }

        fn start(&self) -> Result<Vec<Request>, BoxError> {
            Ok(vec![get("http://b.example/")])
        }

        async fn parse(
            &self,
            response: Response,
            out: &mut Output<String>,
        ) -> Result<(), BoxError> {
            self.0.parse(response, out).await
        }

        fn settings(&self, mut settings: Settings) -> Settings {
            settings.answers.content_types = vec!["text/html".to_owned()];
            settings
        }
    }

    let probe = inner(&[]);
    let visited = probe.visited();
    let spider = SitemapSpider::new([start("/old.xml")], Picky(probe));
    assert_eq!(spider.name(), "picky");
    run(quick(spider, |_| {}).downloader(documents(SITE))).await;
    let mut urls = visited.urls();
    urls.sort_unstable();
    assert_eq!(urls, ["http://a.example/o1", "http://b.example/"]);
}

#[tokio::test]
async fn pages_come_before_further_sitemaps() {
    let fake = documents(SITE);
    crawl(&fake, "/index.xml", |spider| spider).await;
    let asked = fake.urls();
    let at = |path: &str| asked.iter().position(|url| url.ends_with(path)).unwrap();
    assert!(at("/n1") < at("/list.txt"), "{asked:?}");
}

/// A site of indexes without end: each lists itself, its parent, and the next.
fn endless() -> FakeDownloader {
    FakeDownloader::new(|request| {
        let at: u32 = request.url().path().trim_matches('/').parse().unwrap_or(0);
        let locs = [at, at.saturating_sub(1), at + 1, at + 2];
        let locs = locs.map(|to| format!("<sitemap><loc>/{to}</loc></sitemap>"));
        let index = format!("<sitemapindex>{}</sitemapindex>", locs.concat());
        Ok(Response::new(request, 200).with_body("text/xml", index))
    })
}

#[tokio::test]
async fn indexes_in_indexes_and_in_circles_come_to_an_end() {
    let fake = endless();
    let (_, report) = crawl(&fake, "/0", |spider| spider).await;
    assert!(report.pages + report.ledger.failed <= 6, "{report:?}");
    assert!(report.errors[&ErrorKind::Spider] > 0);
}

#[tokio::test]
async fn an_index_of_a_thousand_is_read_to_its_end() {
    let fake = FakeDownloader::new(|request| {
        let path = request.url().path().to_owned();
        let body = if path == "/index.xml" {
            let locs = (0..1000).map(|n| format!("<sitemap><loc>/s/{n}</loc></sitemap>"));
            format!("<sitemapindex>{}</sitemapindex>", locs.collect::<String>())
        } else if path.starts_with("/s/") {
            format!("<urlset><url><loc>/p{path}</loc></url><url><loc>/same</loc></url></urlset>")
        } else {
            String::new()
        };
        Ok(Response::new(request, 200).with_body("text/xml", body))
    });
    let (paths, report) = crawl(&fake, "/index.xml", |spider| spider).await;
    assert_eq!((paths.len(), report.duplicates), (1001, 999));
}

#[tokio::test]
async fn a_sitemap_may_list_as_much_as_the_protocol_allows() {
    let fake = FakeDownloader::new(|request| {
        let locs = (0..50_010).map(|n| format!("http://a.example/{n}\n"));
        let text: String = locs.collect();
        Ok(Response::new(request, 200).with_body("text/plain", text))
    });
    let spider = SitemapSpider::new([start("/list.txt")], inner(&[]));
    let crawler = quick(spider, |settings| settings.links.depth = Some(0));
    let report = run(crawler.downloader(fake)).await;
    assert_eq!(report.filtered, [(Filter::Depth, 50_000)].into());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn crawl_body(body: Vec<u8>) -> (Vec<String>, Report) {
    let fake = FakeDownloader::new(move |request| {
        Ok(match request.url().path() {
            "/sitemap.xml.gz" => {
                Response::new(request, 200).with_body("application/gzip", body.clone())
            }
            _ => html(request, ""),
        })
    });
    crawl(&fake, "/sitemap.xml.gz", |spider| spider).await
}

#[tokio::test]
async fn gzip_is_unpacked() {
    let (paths, _) = crawl_body(gzip(b"<urlset><url><loc>/a</loc></url></urlset>")).await;
    assert_eq!(paths, ["/a"]);
}

#[tokio::test]
async fn a_gzip_bomb_gives_what_comes_before_it() {
    let start = gzip(b"<urlset><url><loc>/a</loc></url>");
    let bomb = gzip(&vec![b' '; 1 << 20]).repeat(60);
    let (paths, report) = crawl_body([start, bomb].concat()).await;
    assert_eq!((paths, report.pages), (vec!["/a".to_owned()], 2));
}

#[tokio::test]
async fn documents_that_mean_no_good_are_failed_pages() {
    for text in [
        "<!DOCTYPE urlset [<!ENTITY a 'http://a.example/x'>]><urlset><url><loc>&a;</loc></url></urlset>",
        "<html><body>Not found</body></html>",
        "Not found",
        "\u{1f}\u{8b}",
    ] {
        let (paths, report) = crawl_body(text.as_bytes().to_vec()).await;
        assert!(paths.is_empty(), "{text}");
        assert_eq!(report.errors, [(ErrorKind::Spider, 1)].into(), "{text}");
    }
    let (_, report) = crawl_body(b"\x1f\x8bnothing".to_vec()).await;
    assert_eq!(report.errors, [(ErrorKind::Spider, 1)].into());
}
