//! Sitemaps as a visit reads them: requests for the pages, or for the sitemaps, that a sitemap lists.

use std::collections::HashSet;
use std::sync::Arc;

use super::visit::{Context, Link, Outcome};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::page::sitemap::{Entries, MAX_LEVEL, MAX_LISTED, MAX_LOC, SitemapKind};
use crate::policy::robots::RobotsTxt;
use crate::policy::scope::Scope;

impl Context {
    /// Returns the sitemaps that a robots.txt lists; empty when the setting `sitemaps` is off.
    pub(super) fn listed_sitemaps(&self, file: &RobotsTxt) -> Vec<String> {
        if !self.sitemaps {
            return Vec::new();
        }
        let listed = file.sitemaps().iter();
        let listed = listed.filter(|sitemap| sitemap.len() <= MAX_LOC);
        listed.take(MAX_LISTED).cloned().collect()
    }

    pub(super) fn sitemap(&self, scope: &Scope, response: &Response, level: u8) -> Outcome {
        let url = response.url();
        let content_type = response.header("content-type");
        let read = Entries::read_as(response.body(), content_type.as_deref(), url);
        let mut entries = match read {
            Ok(entries) => entries,
            Err(error) => return Outcome::Failed(error.with_url(url)),
        };
        let is_index = entries.kind() == SitemapKind::Index;
        let (mut known, mut too_deep) = (HashSet::new(), 0);
        let page = Arc::new(url.clone());
        let links = entries.by_ref().filter_map(|entry| {
            if !entry.is_sitemap {
                let request = Request::listed(entry.loc).found_on(Some(&page));
                return Some(self.link(scope, request));
            }
            if level >= MAX_LEVEL {
                too_deep += 1;
                return None;
            }
            let request = Request::for_sitemap(entry.loc, level + 1).found_on(Some(&page));
            Some(self.link(scope, request))
        });
        let links = links.filter(|link| known.insert(link.fingerprint));
        let links: Vec<Link> = links.collect();
        if entries.is_truncated() {
            tracing::warn!(%url, "the sitemap is cut off, or has more entries than it may");
        }
        tracing::debug!(%url, entries = links.len(), is_index, "sitemap read");
        Outcome::Sitemap { links, too_deep }
    }
}
