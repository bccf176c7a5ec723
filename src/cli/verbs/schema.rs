//! `crawl schema`: what the items of a spider look like.

use std::io::{self, Write};

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::find;
use crate::cli::flags::{SettingFlags, pair};
use crate::cli::terminal;
use crate::engine::job::{self, AnyCrawler, Job};
use crate::items::quality::Schema;
use crate::model::settings::layers;

/// Print the JSON Schema of a spider's items
///
/// That of the setting `item_schema`, or of the spider itself, which its items are checked against when it runs; else the
/// one that the spider declares, as every recipe does. Exit code 1 when there is none.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl schema books > book.schema.json\n  crawl schema books -s item_schema=book.schema.json"
)]
pub(in crate::cli) struct SchemaVerb {
    /// The spider's name; `crawl list` shows them
    spider: String,

    /// An argument of the spider
    #[arg(short = 'a', value_name = "NAME=VALUE", value_parser = pair)]
    arguments: Vec<(String, String)>,

    #[command(flatten)]
    settings: SettingFlags,
}

impl SchemaVerb {
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        let job = find::spider(jobs, &self.spider)?;
        let mut crawler = job.crawler(job::Args::new(self.arguments))?;
        let name = crawler.name().to_owned();
        layers::apply(crawler.settings_mut(), &name, &self.settings.set)?;
        let told = || job.schema().map(|schema| format!("{schema:#}"));
        let Some(schema) = text(&mut crawler)?.or_else(told) else {
            terminal::say(&format!(
                "spider {name:?} has no schema of its items: `Job::item_schema` or `Crawler::item_schema` gives it one, \
                 or the setting `item_schema`"
            ));
            return Ok(Exit::Unexpected);
        };
        writeln!(io::stdout().lock(), "{schema}")?;
        Ok(Exit::Finished)
    }
}

/// Returns the schema that is in force, as text for people.
///
/// # Errors
/// Fails as [`Schema::read`] and [`Schema::new`] do.
fn text(crawler: &mut AnyCrawler) -> Result<Option<String>, Failure> {
    let schema = match &crawler.settings_mut().items.item_schema {
        Some(file) => Some(Schema::read(file)?),
        None => crawler.schema().cloned().map(Schema::new).transpose()?,
    };
    Ok(schema.map(|schema| format!("{:#}", schema.value())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use url::Url;

    use super::*;
    use crate::engine::crawler::Crawler;
    use crate::engine::site::Site;
    use crate::model::scratch::Scratch;

    fn crawler() -> Crawler<Site> {
        Crawler::new(Site::new(Vec::<Url>::new()))
    }

    #[test]
    fn the_file_takes_the_place_of_the_spiders_own() {
        let scratch = Scratch::new();
        scratch.file("items.json", r#"{"required": ["url"]}"#);
        let mut crawler = AnyCrawler::from(crawler().item_schema(json!({"type": "object"})));
        let own = text(&mut crawler).unwrap().unwrap();
        assert_eq!(own, "{\n  \"type\": \"object\"\n}");
        crawler.settings_mut().items.item_schema = Some(scratch.path("items.json"));
        assert!(text(&mut crawler).unwrap().unwrap().contains("required"));
    }

    #[test]
    fn a_bad_one_is_not_printed() {
        let mut crawler = AnyCrawler::from(crawler().item_schema(json!({"type": 7})));
        assert_eq!(text(&mut crawler).unwrap_err().exit(), Exit::Settings);
    }

    #[test]
    fn a_spider_can_have_none() {
        assert!(text(&mut crawler().into()).unwrap().is_none());
    }
}
