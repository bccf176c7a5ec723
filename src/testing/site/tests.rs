//! The whole site over real sockets, with a client too simple to hide anything.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use url::Url;

use super::hazards::index::HAZARDS;
use super::{ENCODED_PAGE, PracticeSite, charset_text};
use crate::page::error::ErrorKind;

/// Answer to one request on a connection of its own, as it came over the wire.
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn status(&self) -> u16 {
        self.head
            .get(9..12)
            .and_then(|code| code.parse().ok())
            .unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

fn exchange(site: &PracticeSite, request: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", site.url().port().unwrap())).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // A reset is an answer too.
    let _ = stream.read_to_end(&mut bytes);
    match bytes.windows(4).position(|end| end == b"\r\n\r\n") {
        Some(end) => Answer {
            head: String::from_utf8_lossy(&bytes[..end]).into_owned(),
            body: bytes[end + 4..].to_vec(),
        },
        None => Answer {
            head: String::new(),
            body: bytes,
        },
    }
}

fn get(site: &PracticeSite, path: &str) -> Answer {
    get_with(site, path, "")
}

fn get_with(site: &PracticeSite, path: &str, headers: &str) -> Answer {
    exchange(
        site,
        &format!("GET {path} HTTP/1.1\r\nHost: practice\r\nConnection: close\r\n{headers}\r\n"),
    )
}

fn post(site: &PracticeSite, path: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: practice\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    exchange(site, &format!("{head}{headers}\r\n{body}"))
}

/// Returns a connection in the middle of a body that never ends.
fn stall(site: &PracticeSite) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", site.url().port().unwrap())).unwrap();
    stream
        .write_all(b"GET /hazards/stall HTTP/1.1\r\nHost: practice\r\n\r\n")
        .unwrap();
    stream.read_exact(&mut [0]).unwrap();
    stream
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start)
        .skip(1)
        .map(|rest| rest.split(end).next().unwrap_or_default())
        .collect()
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Returns the pages from `path` along `li.next`.
fn follow_next(site: &PracticeSite, path: &str) -> Vec<String> {
    let (mut url, mut pages) = (site.at(path), Vec::new());
    loop {
        let page = get(site, url.path()).text();
        let next = between(&page, "<li class=\"next\"><a href=\"", "\"")
            .first()
            .map(|href| url.join(href).unwrap());
        pages.push(page);
        match next {
            Some(next) => url = next,
            None => return pages,
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, two) = (
        PracticeSite::start().unwrap(),
        PracticeSite::start().unwrap(),
    );
    let other = PracticeSite::builder().seed(2).start().unwrap();
    for path in [
        "/",
        "/quotes/",
        "/shop/page-7.html",
        "/shop/media/7.png",
        "/sitemap-shop.xml",
        "/web/1000/7",
        "/login",
    ] {
        assert_eq!(get(&one, path).body, get(&two, path).body, "{path}");
    }
    assert_ne!(get(&one, "/quotes/").body, get(&other, "/quotes/").body);
}

#[test]
fn ten_pages_show_the_hundred_quotes_and_link_to_fifty_authors() {
    let site = PracticeSite::start().unwrap();
    let pages = follow_next(&site, "/quotes/");
    assert_eq!(pages.len(), 10);
    let all = pages.concat();
    let texts: Vec<String> = between(&all, "<span class=\"text\">", "</span>")
        .into_iter()
        .map(unescape)
        .collect();
    assert_eq!(
        texts,
        site.quotes()
            .iter()
            .map(|quote| quote.text.clone())
            .collect::<Vec<_>>()
    );
    let authors: HashSet<&str> = between(&all, "href=\"/author/", "\"").into_iter().collect();
    assert_eq!(authors.len(), 50);
    assert!(
        authors
            .iter()
            .all(|slug| get(&site, &format!("/author/{slug}")).status() == 200)
    );
    assert_eq!(get(&site, "/quotes/page/11/").status(), 404);
}

#[test]
fn fifty_pages_show_the_thousand_books() {
    let site = PracticeSite::start().unwrap();
    let pages = follow_next(&site, "/shop/");
    assert_eq!(pages.len(), 50);
    let titles: Vec<String> = pages
        .iter()
        .flat_map(|page| between(page, "\" title=\"", "\""))
        .map(unescape)
        .collect();
    assert_eq!(
        titles,
        site.books()
            .iter()
            .map(|book| book.title.clone())
            .collect::<Vec<_>>()
    );
}

#[test]
fn the_fifty_categories_together_hold_every_book_once() {
    let site = PracticeSite::start().unwrap();
    let shop = get(&site, "/shop/").text();
    let categories = between(&shop, "href=\"/shop/category/", "\"");
    assert_eq!(categories.len(), 50);
    let pages = categories
        .iter()
        .flat_map(|slug| follow_next(&site, &format!("/shop/category/{slug}")))
        .collect::<Vec<_>>();
    let books: Vec<&str> = pages
        .iter()
        .flat_map(|page| between(page, "<h3><a href=\"", "\""))
        .collect();
    assert_eq!(
        (books.len(), books.iter().collect::<HashSet<_>>().len()),
        (1_000, 1_000)
    );
    assert!(pages.len() > 50, "no category has a second page");
}

#[test]
fn a_book_page_tells_the_truth() {
    let site = PracticeSite::start().unwrap();
    for book in site.books().iter().step_by(97) {
        let page = get(&site, &book.path).text();
        assert_eq!(unescape(between(&page, "<h1>", "<")[0]), book.title);
        assert_eq!(between(&page, "price_color\">", "<")[0], book.price());
        assert_eq!(between(&page, "<td>", "<")[0], book.upc);
        assert_eq!(between(&page, "</div>\n<p>", "<")[0], book.description);
        assert!(page.contains(&format!("({} available)", book.in_stock)) || book.in_stock == 0);
        assert_eq!(
            get(&site, &book.image).header("content-type"),
            Some("image/png")
        );
    }
    assert_eq!(get(&site, "/shop/book/wrong_1.html").status(), 404);
}

#[test]
fn the_api_pages_end() {
    let site = PracticeSite::start().unwrap();
    let json =
        |path: &str| serde_json::from_slice::<serde_json::Value>(&get(&site, path).body).unwrap();
    let last = json("/api/quotes?page=10");
    assert_eq!(
        (
            last["has_next"].as_bool(),
            last["quotes"].as_array().unwrap().len()
        ),
        (Some(false), 10)
    );
    assert_eq!(last["quotes"][9]["text"], site.quotes()[99].text.as_str());
    let (mut path, mut books) = ("/api/books?offset=0&limit=90".to_owned(), 0);
    loop {
        let slice = json(&path);
        books += slice["items"].as_array().unwrap().len();
        let Some(next) = slice["next"].as_str() else {
            break;
        };
        next.clone_into(&mut path);
    }
    assert_eq!(books, 1_000);
}

#[test]
fn a_search_takes_json_by_post_only() {
    let site = PracticeSite::start().unwrap();
    let author = &site.quotes()[0].author;
    let found = post(
        &site,
        "/api/search",
        "",
        &format!("{{\"author\": \"{author}\"}}"),
    );
    let found: serde_json::Value = serde_json::from_slice(&found.body).unwrap();
    assert_eq!(found["quotes"].as_array().unwrap().len(), 2);
    assert_eq!(post(&site, "/api/search", "", "author=x").status(), 400);
    assert_eq!(get(&site, "/api/search").status(), 405);
}

#[test]
fn the_account_opens_after_the_form_was_sent_with_its_token_and_cookie() {
    let site = PracticeSite::start().unwrap();
    assert_eq!(get(&site, "/account").header("location"), Some("/login"));
    let form = get(&site, "/login");
    let cookie = form
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let page = form.text();
    let token = between(&page, "name=\"csrf_token\" value=\"", "\"")[0];
    let login = |cookie: &str, password: &str| {
        let body = format!("username=us&password={password}&csrf_token={token}");
        post(&site, "/login", &format!("Cookie: {cookie}\r\n"), &body)
    };
    assert_eq!(login(&cookie, "wrong").status(), 403);
    assert_eq!(login("session=other", "secret").status(), 403);
    let welcome = login(&cookie, "secret");
    assert_eq!(
        (welcome.status(), welcome.header("location")),
        (303, Some("/account"))
    );
    let auth = welcome
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let account = get_with(&site, "/account", &format!("Cookie: {cookie}; {auth}\r\n"));
    assert!(account.text().contains("<div class=\"secret\">"));
}

#[test]
fn sitemaps_name_pages_that_exist() {
    let site = PracticeSite::start().unwrap();
    let shop = get(&site, "/sitemap-shop.xml").text();
    assert_eq!(between(&shop, "<loc>", "</loc>").len(), 1_000);
    let quotes = get(&site, "/sitemap-quotes.xml").text();
    let quotes = between(&quotes, "<loc>", "</loc>");
    assert_eq!(quotes.len(), 60);
    assert!(
        quotes
            .iter()
            .all(|loc| get(&site, Url::parse(loc).unwrap().path()).status() == 200)
    );
}

#[test]
fn every_link_of_the_front_page_leads_somewhere() {
    let site = PracticeSite::start().unwrap();
    let page = get(&site, "/").text();
    for path in between(&page, "<a href=\"", "\"") {
        assert!(
            [200, 302].contains(&get(&site, &unescape(path)).status()),
            "{path}"
        );
    }
}

#[test]
fn a_web_page_has_the_links_it_is_supposed_to_have() {
    let site = PracticeSite::start().unwrap();
    let page = get(&site, "/web/200000/123").text();
    let links: Vec<u64> = between(&page, "<a href=\"/web/200000/", "\"")
        .iter()
        .map(|id| id.parse().unwrap())
        .collect();
    assert_eq!(links, site.web_links(200_000, 123));
    assert_eq!(page.matches("<a ").count(), 60);
    assert!((9_000..12_000).contains(&page.len()), "{}", page.len());
    assert_eq!(get(&site, "/web/5/5").status(), 404);
}

#[test]
fn every_listed_hazard_exists() {
    let site = PracticeSite::start().unwrap();
    let endless = [
        "/hazards/stall",
        "/hazards/bomb/gzip",
        "/hazards/big",
        "/hazards/drip?bytes=20&ms=100",
    ];
    for (path, _) in HAZARDS
        .iter()
        .filter(|(path, _)| !endless.contains(path) && *path != "/hazards/status/404")
    {
        let path = path.replace("ms=1000", "ms=1");
        assert_ne!(get(&site, &path).status(), 404, "{path}");
    }
}

#[test]
fn flaky_pages_recover_and_each_path_by_itself() {
    let site = PracticeSite::start().unwrap();
    let statuses = |path: &str| [(); 3].map(|()| get(&site, path).status());
    assert_eq!(statuses("/hazards/flaky/2"), [503, 503, 200]);
    assert_eq!(statuses("/hazards/flaky/2?other"), [503, 503, 200]);
    assert_eq!(statuses("/hazards/retry-after/1"), [429, 200, 200]);
}

#[test]
fn redirects_hop_turn_and_end() {
    let site = PracticeSite::start().unwrap();
    assert_eq!(
        get(&site, "/hazards/redirect/2").header("location"),
        Some("/hazards/redirect/1")
    );
    assert_eq!(get(&site, "/hazards/redirect/0").status(), 200);
    assert_eq!(get(&site, "/hazards/redirect-self").status(), 302);
    assert_eq!(
        get_with(&site, "/hazards/redirect-self", "Cookie: been-here=1\r\n").status(),
        200
    );
    assert_eq!(get(&site, "/hazards/redirect-307").status(), 307);
    assert_eq!(get(&site, "/hazards/redirect-304").status(), 404);
    assert_eq!(
        get(&site, "/hazards/redirect-to?url=ftp://a/%20").header("location"),
        Some("ftp://a/ ")
    );
    assert_eq!(get(&site, "/hazards/redirect-to?url=a%0Ab").status(), 400);
}

#[test]
fn broken_answers_break_where_they_should() {
    let site = PracticeSite::start().unwrap();
    let truncated = get(&site, "/hazards/truncated");
    assert_eq!(truncated.header("content-length"), Some("1000"));
    assert!(truncated.text().contains("Half of a page") && truncated.body.len() < 1_000);
    let chunked = get(&site, "/hazards/truncated-chunked");
    assert!(chunked.text().contains("Half of a page") && !chunked.body.ends_with(b"0\r\n\r\n"));
    assert!(
        get(&site, "/hazards/not-http")
            .body
            .starts_with(b"220 practice ESMTP")
    );
    assert!(get(&site, "/hazards/empty-reply").body.is_empty());
    let mut reset = TcpStream::connect(("127.0.0.1", site.url().port().unwrap())).unwrap();
    reset
        .write_all(b"GET /hazards/reset HTTP/1.1\r\nHost: practice\r\n\r\n")
        .unwrap();
    let error = reset.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn encoded_pages_are_the_known_page() {
    let site = PracticeSite::start().unwrap();
    let gzip = get(&site, "/hazards/encoding/gzip-gzip");
    assert_eq!(gzip.header("content-encoding"), Some("gzip, gzip"));
    let once = flate2::read::GzDecoder::new(gzip.body.as_slice());
    let mut decoded = String::new();
    flate2::read::GzDecoder::new(once)
        .read_to_string(&mut decoded)
        .unwrap();
    assert_eq!(decoded, ENCODED_PAGE);
    let zstd = zstd::decode_all(get(&site, "/hazards/encoding/zstd").body.as_slice()).unwrap();
    assert_eq!(zstd, ENCODED_PAGE.as_bytes());
}

#[test]
fn a_legacy_page_names_its_encoding_where_it_was_asked_to() {
    let site = PracticeSite::start().unwrap();
    let page = get(&site, "/hazards/charset/shift_jis");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=shift_jis")
    );
    assert!(
        encoding_rs::SHIFT_JIS
            .decode(&page.body)
            .0
            .contains(charset_text("shift_jis").unwrap())
    );
    assert_eq!(
        get(&site, "/hazards/charset/shift_jis?header=no").header("content-type"),
        Some("text/html")
    );
    assert_eq!(
        get(&site, "/hazards/charset/meta-only").header("content-type"),
        Some("text/html")
    );
}

#[test]
fn what_was_served_is_counted_and_logged() {
    let site = PracticeSite::start().unwrap();
    get_with(
        &site,
        "/quotes/?a=1",
        "User-Agent: practice/1\r\nCookie: a=1\r\n",
    );
    get(&site, "/quotes/?a=1");
    get(&site, "/nowhere");
    let served = site.served();
    assert_eq!(
        (served.total, served.connections, served.max_in_flight),
        (3, 3, 1)
    );
    assert_eq!(
        (
            served.hits("/quotes/?a=1"),
            served.hits("/nowhere"),
            served.hits("/quotes/")
        ),
        (2, 1, 0)
    );
    assert_eq!(
        served.requests()[0].header("user-agent"),
        Some("practice/1")
    );
    assert_eq!(served.requests()[2].path, "/nowhere");
    assert_eq!(served.paths().map(|(_, hits)| hits).sum::<u64>(), 3);
    assert!(!served.log_is_full);
}

#[test]
fn requests_that_wait_are_in_flight_together() {
    let site = PracticeSite::builder()
        .log(false)
        .threads(2)
        .start()
        .unwrap();
    let stalled: Vec<TcpStream> = (0..8).map(|_| stall(&site)).collect();
    assert_eq!(site.served().max_in_flight, 8);
    assert!(site.served().requests().is_empty());
    drop(stalled);
}

#[test]
fn a_port_in_use_is_refused_and_free_again_after_the_drop() {
    let site = PracticeSite::start().unwrap();
    let port = site.url().port().unwrap();
    let error = PracticeSite::builder().port(port).start().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Listen);
    drop(site);
    assert!(PracticeSite::builder().port(port).start().is_ok());
}

#[tokio::test]
async fn it_starts_and_stops_inside_a_runtime() {
    let site = PracticeSite::start().unwrap();
    assert_eq!(site.url().host_str(), Some("127.0.0.1"));
    drop(site);
}

#[test]
fn dropping_the_site_closes_its_connections() {
    let site = PracticeSite::start().unwrap();
    let mut stream = stall(&site);
    drop(site);
    let _ = stream.read_to_end(&mut Vec::new());
}
