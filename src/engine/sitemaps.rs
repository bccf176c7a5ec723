//! What a visit makes of a sitemap: requests for the pages, or for the sitemaps, that it lists.

use std::collections::HashSet;

use super::visit::{Context, Outcome};
use crate::policy::robots::RobotsTxt;
use crate::policy::scope::Scope;
use crate::request::Request;
use crate::response::Response;
use crate::sitemap::{self, MAX_LEVEL, MAX_LISTED, MAX_LOC, SitemapKind};

impl Context {
    /// The sitemaps that a robots.txt lists, if they are wanted.
    pub(super) fn listed_sitemaps(&self, file: &RobotsTxt) -> Vec<String> {
        if !self.sitemaps {
            return Vec::new();
        }
        let listed = file.sitemaps().iter();
        let listed = listed.filter(|sitemap| sitemap.len() <= MAX_LOC);
        listed.take(MAX_LISTED).cloned().collect()
    }

    pub(super) fn sitemap(&self, scope: &Scope, response: &Response, level: u8) -> Outcome {
        let sitemap = match sitemap::parse(response.body(), response.url()) {
            Ok(sitemap) => sitemap,
            Err(error) => return Outcome::Failed(error.with_url(response.url())),
        };
        let url = response.url();
        if sitemap.truncated {
            tracing::warn!(%url, "the sitemap is cut off, or has more entries than it may");
        }
        let is_index = sitemap.kind == SitemapKind::Index;
        tracing::debug!(%url, entries = sitemap.entries.len(), is_index, "sitemap read");
        if is_index && level >= MAX_LEVEL {
            let too_deep = sitemap.entries.len() as u64;
            let links = Vec::new();
            return Outcome::Sitemap { links, too_deep };
        }
        let mut known = HashSet::with_capacity(sitemap.entries.len());
        let links = sitemap.entries.into_iter().map(|entry| {
            if is_index {
                self.link(scope, Request::for_sitemap(entry.loc, level + 1))
            } else {
                self.link(scope, Request::listed(entry.loc))
            }
        });
        let links = links.filter(|link| known.insert(link.fingerprint));
        Outcome::Sitemap {
            links: links.collect(),
            too_deep: 0,
        }
    }
}
