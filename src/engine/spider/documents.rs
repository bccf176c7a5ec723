//! Common parts of the spiders that read lists of pages: sitemaps and feeds.

use url::Url;

use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::request::Request;
use crate::policy::rules::{Choice, Rules};

/// Priority of further sitemaps and feed pages: behind the pages that are known, so that a queue does not hold all
/// pages there are.
pub(super) const LAST: i32 = i32::MIN;

/// Media types that servers send for sitemaps and feeds.
const MEDIA_TYPES: [&str; 11] = [
    "application/xml",
    "text/xml",
    "text/plain",
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
];

/// Adds the media types of sitemaps and feeds to those that the inner spider wants.
pub(super) fn also_take(settings: &mut Settings) {
    if !settings.answers.content_types.is_empty() {
        let types = MEDIA_TYPES.map(str::to_owned);
        settings.answers.content_types.extend(types);
    }
}

/// Returns the request for a page if the rules follow it or there are no rules. A page that a limit leaves out is
/// counted.
pub(super) fn request<I>(url: Url, rules: Option<&Rules>, out: &mut Output<I>) -> Option<Request> {
    match rules.map(|rules| rules.choice(&url)) {
        None => Some(Request::from(url)),
        Some(Choice::Follow(request)) => Some(request),
        Some(Choice::LeftOut) => {
            out.left_out_by_rules(1);
            None
        }
        Some(Choice::File) => {
            out.left_out_as_files(1);
            None
        }
        Some(Choice::No) => None,
    }
}
