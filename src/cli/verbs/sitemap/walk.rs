//! The pages of a sitemap, and of those that it lists.

use super::Listed;
use crate::cli::terminal;
use crate::engine::spider::Spider;
use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::error::BoxError;
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::sitemap::{Entries, MAX_ENTRIES, MAX_LEVEL};

/// Metadata name of a sitemap's nesting level: 1 for the one that was named.
const LEVEL: &str = "level";

/// Spider whose items are the pages that sitemaps list; it fetches none of them.
pub(super) struct Walk(pub(super) Request);

impl Spider for Walk {
    type Item = Listed;

    fn name(&self) -> &str {
        "sitemap"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone()])
    }

    fn settings(&self, mut settings: Settings) -> Settings {
        settings.links.max_links = settings.links.max_links.max(MAX_ENTRIES);
        settings
    }

    async fn parse(&self, response: Response, out: &mut Output<Listed>) -> Result<(), BoxError> {
        let url = response.url();
        let level: u8 = response.request().meta(LEVEL)?.unwrap_or(1);
        let content_type = response.header("content-type");
        let read = Entries::read_as(response.body(), content_type.as_deref(), url);
        let mut entries = read.map_err(|error| error.with_url(url))?;
        let mut too_deep = 0_u64;
        for entry in entries.by_ref() {
            if !entry.is_sitemap {
                out.item(Listed::new(entry, Some(url)));
            } else if level < MAX_LEVEL {
                out.follow(Request::from(entry.loc).with_meta(LEVEL, level + 1)?);
            } else {
                too_deep += 1;
            }
        }
        for what in left_out(&entries, too_deep) {
            terminal::say(&format!("{url}: {what}"));
        }
        Ok(())
    }
}

/// Tells what of a sitemap is not listed.
fn left_out(entries: &Entries<'_>, too_deep: u64) -> Vec<String> {
    let mut told = Vec::new();
    if entries.skipped() > 0 {
        let skipped = entries.skipped();
        told.push(format!("entries without a usable URL, skipped: {skipped}"));
    }
    if entries.is_truncated() {
        told.push(
            "there may be more: it is too long, breaks off, or is malformed further on".to_owned(),
        );
    }
    if too_deep > 0 {
        told.push(format!(
            "sitemaps nested more than {MAX_LEVEL} deep are not read: {too_deep}"
        ));
    }
    told
}
