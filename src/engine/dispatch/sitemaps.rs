//! Sitemaps that robots.txt lists: the part of the dispatcher that queues them.

use url::Url;

use super::super::visit::Link;
use super::Dispatcher;
use crate::page::error::Result;
use crate::page::identity;
use crate::page::identity::origin;
use crate::page::request::Request;

impl Dispatcher {
    /// Returns whether the sitemaps of this request's site are wanted: with the setting `sitemaps`, for a start
    /// request.
    pub(super) fn wants_sitemaps(&self, request: &Request) -> bool {
        self.settings.links.sitemaps && request.is_start() && !request.is_own()
    }

    /// Queues the sitemaps that the robots.txt of this URL's origin lists, unless that was done before.
    pub(super) fn queue_sitemaps(&mut self, url: &Url) -> Result<()> {
        let listed = self.book.take_sitemaps(origin(url));
        let links: Vec<Link> = listed
            .iter()
            .filter_map(|sitemap| identity::parse(sitemap, Some(url)).ok())
            .map(|sitemap| {
                let request = Request::for_sitemap(sitemap, 1);
                self.context.link(&self.scope, request)
            })
            .collect();
        self.admit(links)
    }
}
