//! Requests that are given up, handed to the spider.

use std::sync::Arc;

use super::{Context, GivenUp, Trip};
use crate::page::error::Error;
use crate::page::request::Request;
use crate::policy::scope::Scope;
use crate::queue::queued::Queued;

impl Context {
    /// Returns whether `Spider::failed` is called when this request is given up: not for requests of the engine's own.
    pub(in crate::engine) fn handles_failure(&self, request: &Request) -> bool {
        !request.is_own() && self.spider.handles_failures()
    }

    /// Tells the spider that a request is given up, where pages are parsed.
    pub(in crate::engine) async fn call_failed(
        self: Arc<Self>,
        scope: Arc<Scope>,
        queued: Queued,
        error: Error,
        trip: Option<Trip>,
    ) -> GivenUp {
        let context = Arc::clone(&self);
        let tell = Box::pin(async move {
            let request = &queued.request;
            let (fingerprint, _) = context.identity.of(request);
            let suspect = context.suspect(fingerprint).await;
            let failed = context.spider.failed(request, fingerprint, &error, suspect);
            let mut parsed = failed.await;
            let requests = std::mem::take(&mut parsed.requests).into_iter();
            // The tries of this request are not those of one like it.
            parsed.requests = requests.map(Request::never_tried).collect();
            // There is no page that its links were found on, but the one that it was found on itself.
            let page = request.shared_referrer();
            let emitted = context.emitted(&scope, request, parsed, page);
            GivenUp {
                queued,
                trip,
                error,
                emitted,
            }
        });
        self.parsers.run(tell).await
    }
}
