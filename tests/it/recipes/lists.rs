//! Lists of many pages: by numbers that never end, by bodies that are posted, by the `Link` header; and lists in files.

use crawlworks::Recipe;
use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;

use super::{parse, spider, values};
use crate::support::{Scratch, html, quick, run};

/// How many pages are fetched of a list by number whose pages have these items; every page beyond has the last ones.
async fn fetched(pages: &'static [&'static str]) -> u64 {
    let text = "start = 'http://a.example/list?page=1'\npagination.url = '?page={page}'\n[items.row]\neach = 'b'\n\
                [items.row.fields]\nt = '::text'\nurl = { page = 'url' }";
    let site = FakeDownloader::new(move |request: Request| {
        let number: usize = request
            .url()
            .query()
            .unwrap()
            .replace("page=", "")
            .parse()
            .unwrap();
        let items = pages.get(number - 1).or(pages.last()).unwrap();
        let items = items.replace(' ', "</b><b>");
        Ok(html(
            request,
            format!("<title>page {number}</title><b>{items}</b>"),
        ))
    });
    let text = text.replace("'::text'", "{ css = ':scope', optional = true }");
    run(quick(spider(&text), |settings| settings.end.max_pages = Some(50)).downloader(site))
        .await
        .pages
}

#[tokio::test]
async fn a_list_by_number_ends_when_its_pages_bring_nothing_new() {
    assert_eq!(fetched(&["a b", "c d", "e"]).await, 5);
}

#[tokio::test]
async fn a_page_that_comes_twice_does_not_end_a_list() {
    assert_eq!(fetched(&["a b", "c d", "c d", "e f", "f e", "g"]).await, 8);
}

#[tokio::test]
async fn an_item_on_every_page_does_not_end_a_list() {
    assert_eq!(fetched(&["x a", "x b", "x c", "x d"]).await, 6);
}

#[tokio::test]
async fn a_list_is_posted_page_by_page_with_what_its_start_has() {
    let text = "start = [{ url = 'http://a.example/search', json = { q = 'ink', page = 1 } }]\n\
                pagination.body = { page = '{page}' }\n[items.row]\njson = 'rows[]'\nfields.t = '@'";
    let site = FakeDownloader::new(|request: Request| {
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            (body["q"].as_str(), request.method().as_str()),
            (Some("ink"), "POST")
        );
        let page = body["page"].as_u64().unwrap();
        let rows = if page < 4 {
            format!("[\"{page}\"]")
        } else {
            "[]".to_owned()
        };
        Ok(Response::new(request, 200)
            .with_body("application/json", format!("{{\"rows\":{rows}}}")))
    });
    let report = run(quick(spider(text), |_| {}).downloader(site)).await;
    assert_eq!((report.pages, report.items.kept), (4, 3));
}

#[tokio::test]
async fn a_cursor_is_posted_in_a_form() {
    let text = "start = [{ url = 'http://a.example/search', form = { q = 'ink' } }]\n\
                pagination = { json = 'next', body = { after = '{cursor}' } }\n[items.row]\njson = 'rows[]'\nfields.t = '@'";
    let site = FakeDownloader::new(|request: Request| {
        let next = match request.body() {
            b"q=ink" => "\"x1\"",
            b"q=ink&after=x1" => "null",
            other => panic!("{}", String::from_utf8_lossy(other)),
        };
        Ok(Response::new(request, 200).with_body(
            "application/json",
            format!("{{\"rows\":[1],\"next\":{next}}}"),
        ))
    });
    let report = run(quick(spider(text), |_| {}).downloader(site)).await;
    assert_eq!((report.pages, report.items.kept), (2, 2));
}

#[tokio::test]
async fn the_next_page_stands_in_the_link_header() {
    let text = "start = 'http://a.example/'\npagination.link_header = 'next'\n[items.row]\njson = '@'\nfields.t = 't'";
    let response = Response::new(Request::get("http://a.example/api?x=1").unwrap(), 200)
        .with_body("application/json", "{\"t\":1}")
        .with_header("link", "<?after=9>; rel=\"next\"")
        .unwrap();
    let (out, result) = parse(text, response).await;
    result.unwrap();
    assert_eq!(
        out.requests()[0].url().as_str(),
        "http://a.example/api?after=9"
    );
}

#[test]
fn starts_come_from_a_file_beside_the_recipe() {
    let scratch = Scratch::new();
    scratch.write(
        "urls.txt",
        "\u{feff}# books\nhttp://a.example/1\n\n http://a.example/2 \n",
    );
    scratch.write(
        "list.toml",
        "start = [{ file = 'urls.txt', label = 'book' }]\n[items.book]\non = 'book'\nfields.t = 'h1'",
    );
    let recipe = Recipe::read(scratch.path("list.toml")).unwrap();
    let spider = recipe.spider(&mut crawlworks::Args::default()).unwrap();
    assert!(spider.start().unwrap().is_empty());
    let starts: Vec<Request> = spider.seeds().unwrap().map(Result::unwrap).collect();
    let found: Vec<_> = starts
        .iter()
        .map(|start| (start.url().path(), start.label()))
        .collect();
    assert_eq!(found, [("/1", Some("book")), ("/2", Some("book"))]);
}

/// The seeds of a recipe that starts with the lines of `urls.txt`.
fn seeds_of_urls_txt(scratch: &Scratch) -> Seeds {
    scratch.write(
        "list.toml",
        "start = [{ file = 'urls.txt' }]\n[items.book]\nfields.t = 'h1'",
    );
    let recipe = Recipe::read(scratch.path("list.toml")).unwrap();
    let spider = recipe.spider(&mut crawlworks::Args::default()).unwrap();
    spider.seeds().unwrap()
}

#[test]
fn a_line_that_is_no_url_is_named_with_file_and_line() {
    let scratch = Scratch::new();
    scratch.write("urls.txt", "http://a.example/1\nnot a url\n");
    let mut seeds = seeds_of_urls_txt(&scratch);
    assert!(seeds.next().unwrap().is_ok());
    let error = seeds.next().unwrap().unwrap_err().to_string();
    assert!(
        error.contains("urls.txt:2: bad start URL \"not a url\""),
        "{error}"
    );
}

#[test]
fn lines_behind_the_one_that_is_taken_are_not_read() {
    let scratch = Scratch::new();
    // Far more than is read at a time, and then what is no text: reading it all would fail.
    let mut list = "http://a.example/1\n".repeat(100_001).into_bytes();
    list.push(0xff);
    std::fs::write(scratch.path("urls.txt"), list).unwrap();
    let mut seeds = seeds_of_urls_txt(&scratch);
    assert_eq!(seeds.by_ref().take(100_001).flatten().count(), 100_001);
    assert!(seeds.next().unwrap().is_err());
}

#[tokio::test]
async fn the_cell_of_a_table_or_list_is_taken_by_the_name_beside_it() {
    let text = "start = 'http://a.example/'\n[items.p.fields]\nupc = { css = 'table', pair = 'upc' }\n\
                by = { css = 'dl', pair = 'Author', list = true }\nweight = { css = 'table', pair = 'Weight', optional = true }\n\
                own = { page = 'canonical' }";
    let page = "<link rel=canonical href=/p><table><tr><th>UPC:<td>a9<tr><th>Tax<td>0</table><table><tr><td>Weight<td>3 kg</table>\
                <dl><dt>Author<dd>Ann<dd>Bob</dl>";
    let (out, result) = parse(text, super::page(page)).await;
    result.unwrap();
    let expected = serde_json::json!({"upc": "a9", "by": ["Ann", "Bob"], "weight": "3 kg", "own": "http://a.example/p"});
    assert_eq!(values(&out), [expected]);
}

/// Crawls two pages with two items each by a recipe that takes these elements or values of JSON.
async fn unmatched(list: &str, body: &'static str) -> Vec<(String, u64, String)> {
    let text = format!(
        "start = ['http://a.example/1', 'http://a.example/2']\n[items.book]\n{list}\nfields.at = {{ page = 'url' }}"
    );
    let media = if body.starts_with('{') {
        "application/json"
    } else {
        "text/html"
    };
    let site = FakeDownloader::new(move |request: Request| {
        Ok(Response::new(request, 200).with_body(media, body))
    });
    let report = run(quick(spider(&text), |settings| {
        settings.politeness.concurrency = 1;
    })
    .downloader(site))
    .await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["unmatched"].as_array().unwrap().len(),
        report.unmatched.len()
    );
    let lists = report.unmatched.into_iter();
    lists
        .map(|list| (list.selector, list.pages, list.example))
        .collect()
}

#[tokio::test]
async fn a_list_that_matches_nothing_on_any_page_is_in_the_report() {
    let first = "http://a.example/1".to_owned();
    assert_eq!(
        unmatched("each = 'article.boook'", "<article class=book>").await,
        [("article.boook".to_owned(), 2, first.clone())]
    );
    assert_eq!(
        unmatched("json = 'boooks[]'", r#"{"books":[1]}"#).await,
        [("boooks[]".to_owned(), 2, first)]
    );
}

#[tokio::test]
async fn a_list_that_matches_and_a_kind_without_one_are_not_among_those_without_a_match() {
    for list in ["each = 'article.book'", ""] {
        assert_eq!(unmatched(list, "<article class=book>").await, []);
    }
    assert_eq!(unmatched("json = 'books[]'", r#"{"books":[1]}"#).await, []);
}
