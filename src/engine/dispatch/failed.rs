//! Requests that are given up: the part of the dispatcher that hands them to the spider.
//!
//! Until the spider has had its say the request stays in the frontier, and its last round trip is not counted. So what the
//! spider emits is committed together with the end of the request: after a kill before that, the request is made again, as
//! if for the first time.

use std::sync::Arc;
use std::time::Duration;

use super::super::visit::{Emitted, Ended, GivenUp, Link, Trip};
use super::Dispatcher;
use crate::model::report::Filter;
use crate::page::error::{Error, Result};
use crate::page::request::Request;
use crate::queue::queued::{HostId, Queued};

impl Dispatcher {
    /// Hands a request that is given up to the spider.
    pub(super) fn call_failed(
        &mut self,
        host: HostId,
        queued: Queued,
        error: Error,
        trip: Option<Trip>,
        now: Duration,
    ) {
        self.pages_in_flight += 1;
        let (context, scope) = (Arc::clone(&self.context), Arc::clone(&self.scope));
        let given_up = context.call_failed(scope, queued, error, trip);
        self.visits.spawn(Box::pin(async move {
            (host, now, Ended::GivenUp(given_up.await))
        }));
    }

    /// Settles a request that `Spider::failed` has handled.
    pub(super) fn given_up(&mut self, host: HostId, given_up: GivenUp) -> Result<()> {
        let GivenUp {
            queued,
            trip,
            error,
            emitted,
        } = given_up;
        self.pages_in_flight -= 1;
        if let Some(commits) = &mut self.commits {
            commits.visited();
        }
        self.count(false, trip);
        self.queue.settle(host, &queued);
        let links = self.emitted(&queued.request, emitted);
        self.failed(&queued.request, &error);
        self.admit(links)
    }

    /// Delivers the items that the spider emitted for a request, and counts the rest. Returns the links.
    pub(super) fn emitted(&mut self, request: &Request, emitted: Emitted) -> Vec<Link> {
        emitted.items.deliver();
        self.tally.duplicates += emitted.duplicates;
        self.tally.filtered(Filter::MaxLinks, emitted.over_limit);
        self.tally.filtered(Filter::RuleLimit, emitted.over_rules);
        self.tally.filtered(Filter::File, emitted.files);
        for list in &emitted.lists {
            self.tally.lists.count(list, request.url());
        }
        if let Some(error) = emitted.second {
            tracing::warn!(url = %request.url(), error = %error.chain(), "the spider failed on a request that was given up");
            self.tally.error(error.kind());
        }
        emitted.links
    }
}
