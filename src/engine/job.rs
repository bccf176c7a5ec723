//! A [`Job`]: a spider with a name, ready for the command line to build and run.
//!
//! A program with its own spiders lists them as jobs and hands them to [`cli::run`](crate::cli::run). [`Job::crawler`]
//! returns a crawler without the type of the spider, which can only be run.
//!
//! ```
//! use crawlworks::prelude::*;
//! use crawlworks::{Args, Job, Site};
//!
//! let job = Job::new("pages", |args: &mut Args| {
//!     let url: Url = args.get("url")?.ok_or("which site? -a url=https://…")?;
//!     Ok(Crawler::new(Site::new([url])))
//! })
//! .about("Every page of a site");
//!
//! assert!(job.crawler(Args::new([("url", "https://example.com/")])).is_ok());
//! let error = job.crawler(Args::new([("url", "https://example.com/"), ("pgs", "5")])).unwrap_err();
//! assert_eq!(error.to_string(), r#"spider "pages" takes no argument "pgs""#);
//! ```

mod any_crawler;
mod args;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::engine::crawler::Crawler;
use crate::engine::spider::Spider;
use crate::page::error::{BoxError, Error, ErrorKind, Result};
pub use any_crawler::{AnyCrawler, Parsed};
pub use args::Args;

type Build = dyn Fn(&mut Args) -> Result<AnyCrawler, BoxError> + Send + Sync;

/// A named spider that a command can build and run.
pub struct Job {
    name: String,
    about: String,
    secrets: Vec<String>,
    schema: Option<Value>,
    labels: Option<BTreeSet<String>>,
    build: Box<Build>,
}

impl Job {
    /// Creates a job of this name. `build` creates the crawler from the arguments given as `-a name=value`.
    pub fn new<S, F>(name: impl Into<String>, build: F) -> Self
    where
        S: Spider,
        F: Fn(&mut Args) -> Result<Crawler<S>, BoxError> + Send + Sync + 'static,
    {
        let build = Box::new(move |args: &mut Args| build(args).map(AnyCrawler::from));
        Self {
            name: name.into(),
            about: String::new(),
            secrets: Vec::new(),
            schema: None,
            labels: None,
            build,
        }
    }

    /// Adds a description of the spider in one line, for `crawl list`.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    /// Marks an argument as secret: a job does not store its value. Another value makes another job, because the job's
    /// name ends with a part of the value's SHA-256.
    #[must_use]
    pub fn secret(mut self, argument: impl Into<String>) -> Self {
        self.secrets.push(argument.into());
        self
    }

    /// Sets the JSON Schema of the items, for `crawl schema`: that of a type which derives [`Extract`](crate::Extract)
    /// is `T::schema()`. Its properties are the [`columns`](crate::Crawler::columns) of CSV files, unless the crawler names
    /// others. Items are not validated against it, as they are of that type; `Crawler::item_schema` does
    /// that.
    #[must_use]
    pub fn item_schema(mut self, schema: Value) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Sets all labels that the spider's pages can have; an empty string stands for pages without a label.
    #[cfg(feature = "recipe")]
    pub(crate) fn labels(mut self, labels: BTreeSet<String>) -> Self {
        self.labels = Some(labels);
        self
    }

    /// Returns the labels that the spider's pages can have; `None` if they are not known.
    pub(crate) fn known_labels(&self) -> Option<&BTreeSet<String>> {
        self.labels.as_ref()
    }

    /// Returns the JSON Schema of the items; `None` if none was set.
    #[must_use]
    pub fn schema(&self) -> Option<&Value> {
        self.schema.as_ref()
    }

    /// Returns whether an argument is secret.
    #[must_use]
    pub fn is_secret(&self, argument: &str) -> bool {
        self.secrets.iter().any(|secret| secret == argument)
    }

    /// Returns the arguments that are secret.
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Returns the name, as it follows `crawl run`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the description of the spider; empty when none was given.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.about
    }

    /// Builds the crawler with these arguments.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for an argument that has a bad value or that the spider did not ask for;
    /// [`ErrorKind::Spider`] for any other error of the spider.
    pub fn crawler(&self, mut args: Args) -> Result<AnyCrawler> {
        self.built(&mut args)
    }

    /// Builds the crawler as [`crawler`](Self::crawler) does, and also returns the values of the secret arguments by
    /// name, including those from the environment.
    pub(crate) fn crawler_and_secrets(
        &self,
        mut args: Args,
    ) -> Result<(AnyCrawler, BTreeMap<String, String>)> {
        args.note_secrets(|name| self.is_secret(name));
        let crawler = self.built(&mut args)?;
        Ok((crawler, args.into_secrets()))
    }

    fn built(&self, args: &mut Args) -> Result<AnyCrawler> {
        let mut crawler = (self.build)(args).map_err(|error| match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::new(
                ErrorKind::Spider,
                format!("spider {:?} cannot start", self.name),
            )
            .with_source(error),
        })?;
        args.check(&self.name)?;
        crawler.config.known_schema.clone_from(&self.schema);
        if crawler.config.columns.is_empty()
            && let Some(Value::Object(fields)) = self
                .schema
                .as_ref()
                .and_then(|schema| schema.get("properties"))
        {
            crawler.config.columns = fields.keys().cloned().collect();
        }
        Ok(crawler)
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::site::Site;

    fn job() -> Job {
        Job::new("quotes", |args: &mut Args| {
            let pages: Option<u64> = args.get("pages")?;
            let crawler = Crawler::new(Site::new(Vec::<url::Url>::new()));
            Ok(crawler.max_pages(pages.unwrap_or(7)))
        })
    }

    #[test]
    fn arguments_reach_the_spider() {
        let mut crawler = job().crawler(Args::new([("pages", "3")])).unwrap();
        assert_eq!(crawler.settings_mut().end.max_pages, Some(3));
    }

    #[test]
    fn an_argument_that_nobody_asked_for_is_refused() {
        let error = job().crawler(Args::new([("pgaes", "3")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"spider "quotes" takes no argument "pgaes"; did you mean "pages"?"#
        );
        assert_eq!(error.kind(), ErrorKind::Settings);
    }

    #[test]
    fn a_bad_value_names_the_argument() {
        let error = job().crawler(Args::new([("pages", "many")])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        assert!(
            error
                .to_string()
                .starts_with(r#"bad value "many" for argument "pages": "#),
            "{error}"
        );
    }

    #[test]
    fn a_spider_that_cannot_start_says_why() {
        let job = Job::new("x", |_: &mut Args| {
            Err::<Crawler<Site>, BoxError>("no moon today".into())
        });
        let error = job.crawler(Args::default()).unwrap_err();
        assert_eq!(
            (error.kind(), error.chain().as_str()),
            (
                ErrorKind::Spider,
                "spider \"x\" cannot start: no moon today"
            )
        );
    }
}
