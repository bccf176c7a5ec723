//! Recipes: what they take out of pages, where they go, and what is said of mistakes.

mod api;
mod bundled;
mod carrying;
mod extracting;
mod following;
mod guide;
mod json;
mod lists;
mod login;
mod mistakes;
mod schema;
mod secrets;
mod unique;

use crawlworks::prelude::*;
use crawlworks::recipe::{RecipeItem, RecipeSpider};
use crawlworks::testing::PracticeSite;
use crawlworks::{Args, Recipe, Report};
use serde_json::Value;

use crate::support::{Scratch, checked};

/// The spider of a recipe without arguments.
fn spider(text: &str) -> RecipeSpider {
    let recipe = Recipe::parse("test.toml", text).unwrap();
    recipe.spider(&mut Args::default()).unwrap()
}

/// What a recipe makes of a page, as `parse` returns it.
async fn parse(text: &str, response: Response) -> (Output<RecipeItem>, Result<(), BoxError>) {
    let mut out = Output::new();
    let result = spider(text).parse(response, &mut out).await;
    (out, result)
}

/// The items that a recipe finds in an HTML page.
async fn items(text: &str, html: &str) -> Vec<Value> {
    let (out, result) = parse(text, page(html)).await;
    result.unwrap();
    values(&out)
}

/// The error that a recipe comes to in an HTML page.
async fn error(text: &str, html: &str) -> String {
    let (_, result) = parse(text, page(html)).await;
    result.unwrap_err().to_string()
}

fn values(out: &Output<RecipeItem>) -> Vec<Value> {
    let value = |item| serde_json::to_value(item).unwrap();
    out.items().iter().map(value).collect()
}

fn page(html: &str) -> Response {
    let request = Request::get("http://a.example/dir/page").unwrap();
    Response::new(request, 200).with_body("text/html; charset=utf-8", html.to_owned())
}

/// Runs a recipe as a job on a practice site, and returns its report and its items.
async fn crawl(text: &str, site: &PracticeSite) -> (Report, Vec<Value>) {
    crawl_with(text, &[("url", site.at("/").as_str())]).await
}

async fn crawl_with(text: &str, args: &[(&str, &str)]) -> (Report, Vec<Value>) {
    let scratch = Scratch::new();
    let recipe = Recipe::parse("test.toml", text).unwrap();
    let args = Args::new(args.iter().copied());
    let mut crawler = recipe.job().crawler(args).unwrap();
    let settings = crawler.settings_mut();
    settings.politeness.delay = Duration::ZERO;
    settings.politeness.robots = false;
    let output = crawlworks::sink::OutputFile::parse(
        &scratch.path("items.jsonl"),
        crawlworks::sink::Mode::Overwrite,
    );
    let crawler = crawler.output_file(output.unwrap());
    let report = checked(crawler.run_until(std::future::pending()).await.unwrap());
    let items = scratch.read("items.jsonl");
    let items = items
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (report, items.collect())
}
