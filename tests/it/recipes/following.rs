//! Where recipes go: starts, rules and pages of lists.

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Args, Recipe};
use serde_json::json;

use super::{page, parse, spider};
use crate::support::{html, quick, run};

/// The start URLs of a recipe with these arguments.
fn starts(text: &str, args: &[(&str, &str)]) -> Vec<String> {
    let recipe = Recipe::parse(
        "test.toml",
        &format!("{text}\n[items.page]\non='*'\nfields.t = 'h1'"),
    );
    let mut args = Args::new(args.iter().copied());
    let spider = recipe.unwrap().spider(&mut args).unwrap();
    let starts = spider.start().unwrap();
    starts
        .iter()
        .map(|request| request.url().to_string())
        .collect()
}

fn urls<I>(out: &Output<I>) -> Vec<(&str, Option<&str>)> {
    let url = |request| (Request::url(request).as_str(), Request::label(request));
    out.requests().iter().map(url).collect()
}

#[test]
fn starts_are_ranges_alternatives_and_arguments() {
    let text =
        "start = ['http://a.example/{1..2}/', 'http://b.example/{x,y}?q={q}']\nargs.q = 'a b'";
    assert_eq!(
        starts(text, &[]),
        [
            "http://a.example/1/",
            "http://a.example/2/",
            "http://b.example/x?q=a+b",
            "http://b.example/y?q=a+b"
        ]
    );
    assert_eq!(
        starts(
            "start = '{url}'\nargs.url = {}",
            &[("url", "http://c.example/")]
        ),
        ["http://c.example/"]
    );
}

#[test]
fn an_argument_without_a_default_has_to_be_given() {
    let text = "start = '{url}'\nargs.url = { about = 'the shop' }\n[items.page]\nfields.t = 'h1'";
    let recipe = Recipe::parse("test.toml", text).unwrap();
    let error = recipe.job().crawler(Args::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"the argument "url" is missing (the shop): give -a url=…"#
    );
}

#[test]
fn an_argument_that_is_not_declared_is_refused() {
    let text = "start = '{url}'\nargs.url = 'http://a.example/'\n[items.page]\nfields.t = 'h1'";
    let recipe = Recipe::parse("shop.toml", text).unwrap();
    let error = recipe.job().crawler(Args::new([("ulr", "x")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"spider "shop" takes no argument "ulr"; did you mean "url"?"#
    );
}

#[test]
fn a_start_has_method_headers_and_body() {
    let text = "args.q = 'x\"y'\n[[start]]\nurl = 'http://a.example/'\nlabel = 'found'\nheaders = { Accept = '*/*' }\n\
                json = { query = '{q}', n = 1 }\n[items.page]\non = 'found'\nfields.t = 'h1'";
    let start = spider(text).start().unwrap().remove(0);
    assert_eq!(start.method(), "POST");
    assert_eq!(start.label(), Some("found"));
    assert_eq!(start.header("accept").unwrap(), "*/*");
    assert_eq!(start.body(), br#"{"query":"x\"y","n":1}"#);
}

#[tokio::test]
async fn a_link_goes_by_the_first_rule_that_takes_it() {
    let text = "start = 'http://a.example/'\n[[follow]]\nwithin = 'ul'\nallow = '/book/'\nlabel = 'book'\n\
                [[follow]]\nwithin = 'ul'\ndeny = 'secret'\n[items.page]\non = '*'\nfields.t = { css = 'h1', optional = true }";
    let links = "<a href='/no'>x</a><ul><a href='/book/1'>x</a><a href='/secret'>x</a><a href='/list'>x</a></ul>";
    let (out, result) = parse(text, page(links)).await;
    result.unwrap();
    assert_eq!(
        urls(&out),
        [
            ("http://a.example/book/1", Some("book")),
            ("http://a.example/list", None)
        ]
    );
}

#[tokio::test]
async fn urls_in_json_are_followed() {
    let text = "start = 'http://a.example/'\n[[follow]]\njson = 'items[].url'\nlabel = 'item'\nlimit = 2\n\
                [items.page]\non = 'item'\nfields.t = 'h1'";
    let json = r#"{"items": [{"url": "/1"}, {"url": "http://a.example/2"}, {"url": "/3"}]}"#;
    let request = Request::get("http://a.example/api").unwrap();
    let response = Response::new(request, 200).with_body("application/json", json);
    let (out, result) = parse(text, response).await;
    result.unwrap();
    assert_eq!(
        urls(&out),
        [
            ("http://a.example/1", Some("item")),
            ("http://a.example/2", Some("item"))
        ]
    );
}

#[tokio::test]
async fn the_pages_of_a_sitemap_go_by_their_rules() {
    let site = PracticeSite::start().unwrap();
    let text = "sitemaps = '{url}sitemap.xml'\nargs.url = {}\n\
                [[follow]]\non = 'sitemap'\nallow = '/shop/book/'\nlabel = 'book'\nlimit = 5\n\
                [items.book]\non = 'book'\nfields.title = 'h1'";
    let (report, items) = super::crawl(text, &site).await;
    assert_eq!((report.items.kept, items.len()), (5, 5), "{report:#?}");
}

/// A crawl whose pages are numbered, with items up to a page.
async fn paged(pagination: &str, items_up_to: u32) -> (u64, u64) {
    let text = format!(
        "start = 'http://a.example/list?page=1'\npagination = {{ {pagination} }}\n\
         [items.row]\neach = 'p'\nfields.t = 'b'"
    );
    let site = FakeDownloader::new(move |request: Request| {
        let number: u32 = request
            .url()
            .query_pairs()
            .next()
            .unwrap()
            .1
            .parse()
            .unwrap();
        let row = if number <= items_up_to {
            format!("<p><b>{number}</b></p>")
        } else {
            String::new()
        };
        let next = number + 1;
        let next = format!("{row}<a class=next href='?page={next}'>on</a>");
        Ok(html(request, next))
    });
    let report = run(quick(spider(&text), |_| {}).downloader(site)).await;
    (report.pages, report.items.kept)
}

#[tokio::test]
async fn pages_by_number_end_where_nothing_is() {
    assert_eq!(paged("url = '/list?page={page}'", 4).await, (5, 4));
    assert_eq!(
        paged("url = '/list?page={page}', first = 3, step = 2", 6).await,
        (4, 3)
    );
}

#[tokio::test]
async fn a_list_without_an_end_ends_at_the_limit() {
    assert_eq!(paged("next = 'a.next', limit = 7", 3).await, (7, 3));
    assert_eq!(
        paged("next = 'a.next::attr(href)', limit = 7", 3).await,
        (7, 3)
    );
    assert_eq!(
        paged("url = '/list?page={page}', limit = 7", 99).await,
        (7, 7)
    );
}

#[tokio::test]
async fn the_next_page_has_the_label_of_its_list() {
    let text = "start = [{ url = 'http://a.example/', label = 'list' }]\n[pagination]\non = 'list'\nnext = 'a'\n\
                [items.row]\non = 'list'\neach = 'p'\nfields.t = 'b'";
    let request = Request::get("http://a.example/")
        .unwrap()
        .with_label("list");
    let response = Response::new(request, 200).with_body("text/html", "<a href='/2'>on</a>");
    let (out, result) = parse(text, response).await;
    result.unwrap();
    assert_eq!(urls(&out), [("http://a.example/2", Some("list"))]);
    assert_eq!(json!(out.items().len()), 0);
}

#[tokio::test]
async fn a_limit_counts_what_its_rule_takes_of_all_pages_it_is_for() {
    let recipe = "start = 'http://a.example/'\n[[follow]]\non = ['', 'x']\nlabel = 'x'\nlimit = 1\n\
                  [items.page]\non = '*'\nfields.t = 'h1'";
    let spider = spider(recipe);
    let mut found = Vec::new();
    for (label, link) in [(None, "/1"), (Some("x"), "/2"), (Some("x"), "/1")] {
        let mut request = Request::get("http://a.example/").unwrap();
        if let Some(label) = label {
            request = request.with_label(label);
        }
        let text = format!("<h1>t</h1><a href={link}>x</a>");
        let page = Response::new(request, 200).with_body("text/html", text);
        let mut out = Output::new();
        spider.parse(page, &mut out).await.unwrap();
        found.extend(
            out.requests()
                .iter()
                .map(|found| found.url().path().to_owned()),
        );
    }
    assert_eq!(found, ["/1", "/1"]);
}
