//! The flags that say which spider looks at a page, and as what.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::Value;

use crate::cli::flags::{SettingFlags, pair};
use crate::engine::job;
use crate::model::settings::Settings;
use crate::page::error::Result;
use crate::page::request::Request;

/// Which spider, and what it knows of the page.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Spider")]
pub(in crate::cli) struct SpiderFlags {
    /// The spider; `crawl list` shows them
    #[arg(long, value_name = "SPIDER")]
    pub(in crate::cli) spider: Option<String>,

    /// An argument of the spider
    #[arg(short = 'a', value_name = "NAME=VALUE", value_parser = pair)]
    arguments: Vec<(String, String)>,

    #[command(flatten)]
    pub(super) settings: SettingFlags,

    /// The kind of page, for a spider that distinguishes pages by the label of their request
    #[arg(long, value_name = "LABEL")]
    pub(in crate::cli) label: Option<String>,

    /// Metadata of the page's request, such as `page=3` or `'name="Anna"'`
    #[arg(long, value_name = "KEY=JSON", value_parser = metadata)]
    meta: Vec<(String, Value)>,
}

impl SpiderFlags {
    /// Returns the spider's arguments; of two with one name the last counts.
    pub(super) fn arguments(&self) -> job::Args {
        let arguments: BTreeMap<String, String> = self.arguments.iter().cloned().collect();
        job::Args::new(arguments)
    }

    /// Applies those of these flags that are settings, where there is no spider.
    ///
    /// # Errors
    /// Fails as [`Settings::set`] does.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) -> Result<()> {
        self.settings.apply(settings)
    }

    /// Returns whether the flags give the page a label or metadata.
    pub(super) fn describe_page(&self) -> bool {
        self.label.is_some() || !self.meta.is_empty()
    }

    /// Returns the request with its label and metadata.
    ///
    /// # Errors
    /// Fails as [`Request::with_meta`] does.
    pub(in crate::cli) fn on(&self, mut request: Request) -> Result<Request> {
        if let Some(label) = &self.label {
            request = request.with_label(label.as_str());
        }
        for (key, value) in &self.meta {
            request = request.with_meta(key, value)?;
        }
        Ok(request)
    }
}

fn metadata(text: &str) -> Result<(String, Value), String> {
    let (key, value) = pair(text).map_err(|_| "expected KEY=JSON")?;
    let value = serde_json::from_str(&value).map_err(|error| {
        format!("{value:?} is no JSON ({error}); text needs quotes: '\"text\"'")
    })?;
    Ok((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_json() {
        let number = metadata("page=3").unwrap();
        assert_eq!(number, ("page".to_owned(), Value::from(3)));
        assert_eq!(metadata(r#"a="b=c""#).unwrap().1, Value::from("b=c"));
        for (bad, why) in [
            ("page", "expected KEY=JSON"),
            ("name=Anna", "text needs quotes"),
        ] {
            assert!(metadata(bad).unwrap_err().contains(why), "{bad}");
        }
    }
}
