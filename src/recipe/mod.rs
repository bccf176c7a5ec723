//! Recipes: a spider in one TOML file, for which no compiler is needed.
//!
//! ```
//! use crawlworks::prelude::*;
//! use crawlworks::recipe::Recipe;
//! use crawlworks::testing::PracticeSite;
//! use crawlworks::Args;
//!
//! let recipe = Recipe::parse("sayings.toml", r#"
//! start = ["{url}"]
//! args.url = "http://127.0.0.1:8000/quotes/"
//! settings.delay = "0s"
//! pagination.next = "li.next a"
//!
//! [items.saying]
//! each = "div.quote"
//! [items.saying.fields]
//! text = "span.text"
//! tags = { css = "a.tag", list = true }
//! "#)?;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> crawlworks::Result<()> {
//! # let recipe = Recipe::parse("sayings.toml", "start = ['{url}']\nargs.url = 'http://127.0.0.1:8000/'\nsettings.delay = '0s'\npagination.next = 'li.next a'\nitems.saying = { each = 'div.quote', fields = { text = 'span.text' } }")?;
//! let site = PracticeSite::start()?;
//! let mut args = Args::new([("url", site.at("/quotes/"))]);
//! let report = Crawler::new(recipe.spider(&mut args)?).run().await?;
//! assert_eq!(report.items.kept, 100);
//! # Ok(())
//! # }
//! # main()?;
//! # Ok::<(), crawlworks::Error>(())
//! ```
//!
//! What is wrong with one is told with its place, all at once:
//!
//! ```
//! let problems = crawlworks::recipe::check("shop.toml", "strat = ['https://example.com/']\n[items.book.fields]\ntitle = 'h1:frist'");
//! let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
//! assert!(told.contains(&r#"1:1: unknown key "strat" in a recipe; did you mean "start"?"#.to_owned()));
//! assert!(told.iter().any(|problem| problem.starts_with("3:9: bad selector")));
//! ```
//!
//! The whole format is in the [guide](crate::guide::recipes).

mod arguments;
mod carry;
mod convert;
mod extract;
mod field;
mod file;
mod follow;
mod item;
mod keys;
mod kind;
mod labels;
mod login;
mod onward;
mod page;
mod pagination;
mod plan;
mod problem;
mod reach;
mod reader;
mod schema;
mod secrets;
mod section;
mod selection;
mod settings;
mod spider;
mod start;
mod template;
mod value;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::crawler::Crawler;
use crate::engine::job::{Args, Job};
use crate::engine::spider::{SitemapSpider, Spider};
use crate::page::error::{Error, ErrorKind, Result};
use arguments::Arguments;
pub use item::RecipeItem;
use kind::Kind;
use plan::Plan;
pub use problem::Problem;
pub use schema::schema;
use secrets::Secrets;
pub use spider::RecipeSpider;

pub(crate) use arguments::RECIPE;
pub(crate) use file::read as read_file;

/// A recipe that was read and found good.
#[derive(Debug, Clone)]
pub struct Recipe {
    plan: Arc<Plan>,
}

impl Recipe {
    /// Reads the recipe in a file. Without a `name` in it, it is called as the file is: `shop` for `shop.toml`.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when it cannot be read, [`ErrorKind::Settings`] with all that is wrong with it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::parse(&path.display().to_string(), &file::read(path)?)
    }

    /// Reads a recipe. `name` is that of its file, for what is wrong with it.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] with all that is wrong with it, each as `shop.toml:3:7: …`.
    ///
    /// ```
    /// use crawlworks::recipe::Recipe;
    /// let text = "start = ['http://a.example/']\n[items.page]\nfields.title = 'h1'\neahc = 'p'";
    /// let error = Recipe::parse("pages.toml", text).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     r#"pages.toml:4:1: unknown key "eahc" in [items.page]; did you mean "each"?"#
    /// );
    /// ```
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let mut plan = Plan::read(stem(name), text).map_err(|problems| {
            let told: Vec<String> = problems
                .iter()
                .map(|problem| format!("{name}:{problem}"))
                .collect();
            let told = match &told[..] {
                [one] => one.clone(),
                all => format!("{} mistakes in {name}\n  {}", all.len(), all.join("\n  ")),
            };
            Error::new(ErrorKind::Settings, told)
        })?;
        plan.directory = Path::new(name)
            .parent()
            .map(Path::to_owned)
            .unwrap_or_default();
        Ok(Self {
            plan: Arc::new(plan),
        })
    }

    /// The name, as after `crawl run`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.plan.name
    }

    /// Returns the description of the recipe; empty when it has none.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.plan.about
    }

    /// Returns the JSON Schema (draft 2020-12) of its items.
    #[must_use]
    pub fn schema(&self) -> Value {
        schema::of_items(&self.plan.kinds)
    }

    /// Returns the values of all arguments of a run: those given, those of the environment and the defaults.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when an argument is missing.
    pub(crate) fn resolved(
        &self,
        given: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        Ok(self.arguments(&mut Args::new(given))?.into_values())
    }

    /// Returns whether these are the values of all arguments when nothing is given, those of secret ones aside.
    pub(crate) fn is_by_default(&self, values: &BTreeMap<String, String>) -> bool {
        let mut stored = self.plan.arguments.iter().filter(|one| !one.is_secret);
        stored.all(|one| one.is_default(values.get(&one.name).map(String::as_str)))
    }

    fn arguments(&self, given: &mut Args) -> Result<Arguments> {
        // An empty one is as good as none.
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Arguments::new(&self.plan.arguments, given, variable)
    }

    /// The spider, with these arguments. Secret ones are not in its requests, and sitemaps are not among them:
    /// [`job`](Self::job) brings what puts those in and reads these.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when an argument is missing, or makes no URL of a start.
    pub fn spider(&self, args: &mut Args) -> Result<RecipeSpider> {
        RecipeSpider::new(Arc::clone(&self.plan), self.arguments(args)?)
    }

    /// The spider with the pages that the sitemaps list.
    fn of_sitemaps(&self, mut spider: RecipeSpider) -> Result<SitemapSpider<RecipeSpider>> {
        let mut sitemaps = Vec::new();
        for sitemap in &self.plan.sitemaps {
            sitemaps.append(&mut sitemap.requests(&spider.arguments, &self.plan.directory)?);
        }
        let rules = spider.links.sitemaps.take();
        let spider = SitemapSpider::new(sitemaps, spider);
        Ok(match rules {
            Some(rules) => spider.rules(rules),
            None => spider,
        })
    }

    /// The recipe as a job, for [`cli::run`](crate::cli::run) or a program of your own.
    #[must_use]
    pub fn job(self) -> Job {
        let (name, about) = (self.plan.name.clone(), self.plan.about.clone());
        let schema = self.schema();
        let labels = self.plan.labels().into_iter().map(str::to_owned).collect();
        let arguments = &self.plan.arguments;
        let secrets: Vec<String> = arguments
            .iter()
            .filter(|argument| argument.is_secret)
            .map(|argument| argument.name.clone())
            .collect();
        let job = if self.plan.sitemaps.is_empty() {
            Job::new(name, move |args: &mut Args| {
                let spider = self.spider(args)?;
                let secrets = Secrets::new(&spider.arguments);
                Ok(self.crawler(spider, secrets))
            })
        } else {
            Job::new(name, move |args: &mut Args| {
                let spider = self.spider(args)?;
                let secrets = Secrets::new(&spider.arguments);
                Ok(self.crawler(self.of_sitemaps(spider)?, secrets))
            })
        };
        let job = job.about(about).item_schema(schema).labels(labels);
        secrets.into_iter().fold(job, Job::secret)
    }

    /// A crawl that fills in what is secret, and has items with the same key once.
    fn crawler<S: Spider<Item = RecipeItem>>(
        &self,
        spider: S,
        secrets: Option<Secrets>,
    ) -> Crawler<S> {
        let mut columns: Vec<String> = Vec::new();
        for name in self.plan.kinds.iter().flat_map(|kind| &*kind.fields.names) {
            if !columns.iter().any(|known| **known == **name) {
                columns.push(name.to_string());
            }
        }
        let mut crawler = Crawler::new(spider).columns(columns);
        if let Some(secrets) = secrets {
            crawler = crawler.middleware(secrets);
        }
        if self.plan.kinds.iter().any(Kind::is_unique) {
            crawler = crawler.unique_by(RecipeItem::key);
        }
        crawler
    }
}

/// Returns all mistakes in a recipe, in the order of its text; an empty list when it is good. `name` is that of its
/// file.
#[must_use]
pub fn check(name: &str, text: &str) -> Vec<Problem> {
    Plan::read(stem(name), text).err().unwrap_or_default()
}

/// `shop` of `spiders/shop.toml`.
fn stem(name: &str) -> &str {
    let stem = Path::new(name)
        .file_stem()
        .and_then(std::ffi::OsStr::to_str);
    stem.unwrap_or(name)
}
