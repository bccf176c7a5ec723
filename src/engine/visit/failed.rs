//! Requests that are given up, handed to the spider.

use std::sync::Arc;

use super::{Context, Told, Trip};
use crate::page::error::Error;
use crate::page::request::Request;
use crate::policy::scope::Scope;
use crate::queue::queued::Queued;

impl Context {
    /// Returns whether the spider is told when this request is given up; the engine's own are no matter of it.
    pub(in crate::engine) fn hears_of(&self, request: &Request) -> bool {
        !request.is_own() && self.spider.hears_of_failures()
    }

    /// Tells the spider that a request is given up, where pages are parsed.
    pub(in crate::engine) async fn tell_failed(
        self: Arc<Self>,
        scope: Arc<Scope>,
        queued: Queued,
        error: Error,
        trip: Option<Trip>,
    ) -> Told {
        let context = Arc::clone(&self);
        let tell = Box::pin(async move {
            let request = &queued.request;
            let fingerprint = request.fingerprint(context.key);
            let suspect = context.suspect(fingerprint).await;
            let failed = context.spider.failed(request, fingerprint, &error, suspect);
            let mut told = failed.await;
            let requests = std::mem::take(&mut told.requests).into_iter();
            // The tries of this request are not those of one like it.
            told.requests = requests.map(Request::never_tried).collect();
            // There is no page that its links were found on, but the one that it was found on itself.
            let page = request.shared_referrer();
            let emitted = context.emitted(&scope, request, told, page);
            Told {
                queued,
                trip,
                error,
                emitted,
            }
        });
        self.parsers.run(tell).await
    }
}
