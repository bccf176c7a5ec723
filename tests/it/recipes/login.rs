//! Logging in by a recipe: the form is filled in, and the password is stored nowhere.

use std::path::Path;

use crawlworks::prelude::*;
use crawlworks::testing::{FakeDownloader, PracticeSite};
use crawlworks::{Args, Recipe};

use super::crawl_with;
use crate::support::{Scratch, html};

const RECIPE: &str = "start = '{url}account'\nargs = { url = {}, password = { secret = true, env = 'NO_SUCH_VARIABLE' } }\n\
                      [login]\nurl = '{url}login'\nfields = { username = 'ada', password = '{password}' }\ncheck = '.secret'\n\
                      [items.secret]\neach = '.secret'\nfields.text = { css = '', optional = true }";

fn recipe() -> String {
    RECIPE.replace("{ css = '', optional = true }", "'::text'")
}

#[tokio::test]
async fn who_logged_in_sees_the_account() {
    let site = PracticeSite::start().unwrap();
    let args = [
        ("url", site.at("/").to_string()),
        ("password", "secret".to_owned()),
    ];
    let args: Vec<(&str, &str)> = args
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let (report, items) = crawl_with(&recipe(), &args).await;
    assert_eq!((report.items.kept, items.len()), (5, 5));
}

#[tokio::test]
async fn a_login_that_fails_says_so() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/").to_string();
    // Whoever sends nothing is sent back to the form.
    let text = recipe()
        .replace("url = '{url}login'", "form = 'form'\nurl = '{url}account'")
        .replace(".secret'\n", ".secret-area'\n");
    let (report, items) = crawl_with(&text, &[("url", &url), ("password", "secret")]).await;
    assert_eq!((report.items.kept, items.len()), (0, 0));
    let error = report.errors.iter().next();
    assert!(error.is_some(), "{report:#?}");
    assert!(report.has_failed());
}

/// The report of a crawl behind a login whose form is answered so.
async fn logged_in(answer: fn(Request) -> Response) -> crawlworks::Report {
    let recipe = Recipe::parse("test.toml", &recipe()).unwrap();
    let args = Args::new([("url", "http://a.example/"), ("password", PASSWORD)]);
    let site = FakeDownloader::new(move |request: Request| {
        Ok(match request.method().as_str() {
            "POST" => answer(request),
            _ => html(
                request,
                "<form method=post><input name=username><input name=password></form>",
            ),
        })
    });
    let mut crawler = recipe.job().crawler(args).unwrap().downloader(site);
    crawler.settings_mut().politeness.robots = false;
    crawler.settings_mut().politeness.delay = Duration::ZERO;
    crawler.run_until(std::future::pending()).await.unwrap()
}

#[tokio::test]
async fn a_crawl_that_is_not_let_in_has_failed() {
    let refused = |request| Response::new(request, 403);
    let elsewhere = |request| {
        let response = Response::new(request, 302);
        response
            .with_header("location", "http://b.example/")
            .unwrap()
    };
    for answer in [refused, elsewhere] as [fn(Request) -> Response; 2] {
        let report = logged_in(answer).await;
        assert!(report.has_failed(), "{report:#?}");
    }
    let report = logged_in(|request| html(request, "<p class=secret>seen</p>")).await;
    assert_eq!((report.pages, report.requests.logins), (3, 2));
    assert!(!report.has_failed(), "{report:#?}");
}

/// A password that only those who know it send.
const PASSWORD: &str = "correct horse & battery";

/// A site whose account is seen by who sends the password.
fn site() -> FakeDownloader {
    FakeDownloader::new(|request: Request| {
        let sent = String::from_utf8(request.body().to_vec()).unwrap();
        let form = "<form method=post><input type=hidden name=t value=1><input name=username><input name=password></form>";
        Ok(match (request.method().as_str(), sent.as_str()) {
            ("POST", "t=1&username=ada&password=correct+horse+%26+battery") => {
                html(request, "<p class=secret>seen</p>")
            }
            ("GET", "") if request.url().path() == "/account" => {
                html(request, "<p class=secret>seen</p>")
            }
            _ => html(request, form),
        })
    })
}

#[tokio::test]
async fn the_password_is_not_in_the_directory_of_the_job() {
    let scratch = Scratch::new();
    let recipe = Recipe::parse("test.toml", &recipe()).unwrap();
    let args = Args::new([("url", "http://a.example/"), ("password", PASSWORD)]);
    let crawler = recipe.job().crawler(args).unwrap().downloader(site());
    let mut crawler = crawler.job(scratch.path("job"));
    crawler.settings_mut().politeness.robots = false;
    crawler.settings_mut().politeness.delay = Duration::ZERO;
    // The form waits in the queue.
    crawler.settings_mut().end.max_pages = Some(1);
    let report = crawler.run_until(std::future::pending()).await.unwrap();
    assert_eq!(report.ledger.pending, 1, "{report:#?}");
    let stored = bytes_below(Path::new(&scratch.path("job")));
    let has = |text: &str| {
        stored
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes())
    };
    assert!(has("recipe:logged-in"));
    for word in ["battery", "YmF0dGVyeQ", "JhdHRlcn", "iYXR0ZXJ5"] {
        assert!(!has(word), "{word}");
    }
}

#[tokio::test]
async fn the_password_is_sent_with_the_form() {
    let recipe = Recipe::parse("test.toml", &recipe()).unwrap();
    let args = Args::new([("url", "http://a.example/"), ("password", PASSWORD)]);
    let mut crawler = recipe.job().crawler(args).unwrap().downloader(site());
    crawler.settings_mut().politeness.robots = false;
    crawler.settings_mut().politeness.delay = Duration::ZERO;
    let report = crawler.run_until(std::future::pending()).await.unwrap();
    assert_eq!(report.items.kept, 1, "{report:#?}");
}

#[tokio::test]
async fn a_request_that_waits_has_no_password_in_it() {
    let recipe = Recipe::parse("test.toml", &recipe()).unwrap();
    let args = Args::new([("url", "http://a.example/"), ("password", PASSWORD)]);
    let crawler = recipe.job().crawler(args).unwrap();
    let login = crawler.start().unwrap().remove(0);
    let form = "<form method=post><input type=hidden name=t value=1><input name=username><input name=password></form>";
    let parsed = crawler.parse(html(login, form)).await;
    assert_eq!(
        std::str::from_utf8(parsed.requests[0].body()).unwrap(),
        "t=1&username=ada&password=%7Bpassword%7D"
    );
}

#[tokio::test]
async fn a_form_that_is_sent_in_a_url_gets_no_password() {
    let recipe = Recipe::parse("test.toml", &recipe()).unwrap();
    let args = Args::new([("url", "http://a.example/"), ("password", PASSWORD)]);
    let crawler = recipe.job().crawler(args).unwrap();
    let login = crawler.start().unwrap().remove(0);
    let parsed = crawler
        .parse(html(
            login,
            "<form><input name=username><input name=password></form>",
        ))
        .await;
    assert!(parsed.requests.is_empty());
    let error = parsed.error.unwrap().to_string();
    assert!(
        error.starts_with("the form of [login] is sent in a URL"),
        "{error}"
    );
}

/// What a login makes of a page with forms.
async fn filled_in(forms: &str, more: &str) -> Result<String, String> {
    let text = recipe().replace("check =", &format!("{more}\ncheck ="));
    let recipe = Recipe::parse("test.toml", &text).unwrap();
    let args = Args::new([("url", "http://a.example/"), ("password", PASSWORD)]);
    let crawler = recipe.job().crawler(args).unwrap();
    let login = crawler.start().unwrap().remove(0);
    let parsed = crawler.parse(html(login, forms)).await;
    match parsed.requests.first() {
        Some(request) => Ok(format!(
            "{} {}",
            request.url().path(),
            String::from_utf8_lossy(request.body())
        )),
        None => Err(parsed.error.unwrap().to_string()),
    }
}

const SEARCH: &str = "<form action=/search><input name=username></form>";
const SIGN_IN: &str =
    "<form method=post action=/in><input name=username><input name=password type=password></form>";

#[tokio::test]
async fn the_form_that_has_all_fields_is_filled_in_whatever_stands_before_it() {
    let sent = filled_in(&format!("{SEARCH}{SIGN_IN}"), "").await;
    assert_eq!(sent.unwrap(), "/in username=ada&password=%7Bpassword%7D");
}

#[tokio::test]
async fn no_password_goes_to_a_form_without_its_field() {
    let error = filled_in(SEARCH, "").await.unwrap_err();
    assert!(
        error.contains("no form of the page has the fields username, password"),
        "{error}"
    );
    let error = filled_in(
        &format!("{SEARCH}{SIGN_IN}"),
        "form = 'form[action=\"/search\"]'",
    )
    .await;
    let error = error.unwrap_err();
    assert!(
        error.contains("has no field password; it has username"),
        "{error}"
    );
}

/// All bytes of all files in a directory.
fn bytes_below(directory: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.append(&mut bytes_below(&path));
        } else {
            bytes.append(&mut std::fs::read(path).unwrap());
        }
    }
    bytes
}
