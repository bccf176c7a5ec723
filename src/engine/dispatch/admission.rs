//! Admission of requests to the frontier: the part of the dispatcher that drops duplicates and requests that do not
//! belong to the crawl.

use super::super::visit::{Link, is_in_own_chain};
use super::Dispatcher;
use crate::model::event::Event;
use crate::model::report::{Filter, TrapKind};
use crate::page::error::Result;
use crate::page::identity::Fingerprint;
use crate::page::request::Request;
use crate::policy::own::DecidedBy;
use crate::queue::frontier::Candidate;

/// Request that will never belong to the crawl.
struct Refused {
    request: Request,
    fingerprint: Fingerprint,
    reason: Filter,
    /// Policy of the user's that left it out, if one did.
    by: Option<DecidedBy>,
}

impl Dispatcher {
    /// Drops duplicates and requests that do not belong to the crawl, and queues the rest.
    pub(super) fn admit(&mut self, links: Vec<Link>) -> Result<()> {
        let mut batch = Vec::with_capacity(links.len());
        let (mut refused, mut with_session) = (Vec::new(), Vec::new());
        for link in links {
            if let Some(policy) = link.identified_by {
                self.tally.identified(&self.context.identity.policy(policy));
            }
            match link.verdict {
                Ok(()) if link.is_mirrored => self.mirrored(&link.request, link.fingerprint),
                Ok(()) if link.has_session => with_session.push(link),
                Ok(()) if self.admitted.has_limit() => self.admit_limited(link, &mut batch),
                Ok(()) => batch.push(self.candidate(link.request, link.fingerprint)),
                Err(Filter::Scope) => {
                    self.out_of_scope(link.request, link.fingerprint, &mut batch);
                }
                // The same URL may be found again less deep, so this says nothing about it.
                Err(Filter::Depth) => self.sorted_out(&link.request, Filter::Depth),
                Err(reason) => refused.push(Refused {
                    request: link.request,
                    fingerprint: link.fingerprint,
                    reason,
                    by: link.left_out_by,
                }),
            }
        }
        self.refuse(&refused);
        self.store(batch)?;
        if with_session.is_empty() {
            return Ok(());
        }
        // Last, so that the URL of a page without a session id goes first.
        let mut batch = Vec::with_capacity(with_session.len());
        for link in with_session {
            self.admit_limited(link, &mut batch);
        }
        self.store(batch)
    }

    /// Admits a new page, unless the limit for pages of its kind is reached.
    fn admit_limited(&mut self, link: Link, batch: &mut Vec<Candidate>) {
        let is_new = self.is_new(link.fingerprint);
        // Each further URL of a page counts once as well.
        let is_new_url = link.has_session && self.is_new_url(&link.request);
        let mut candidate = self.candidate(link.request, link.fingerprint);
        let request = &candidate.request;
        if !is_new && !candidate.force {
            if is_new_url {
                self.trapped(request, TrapKind::Session);
            } else {
                self.tally.duplicates += 1;
            }
            return;
        }
        // A start request, which a person named, is never one too many.
        let is_counted = is_new && !request.is_start();
        match self.admitted.admit(request.url()) {
            Err(Filter::Trap) if is_counted => self.trapped(request, TrapKind::Pattern),
            Err(reason) if is_counted => self.sorted_out(request, reason),
            _ => {
                // It has been marked as seen above.
                candidate.force = true;
                batch.push(candidate);
            }
        }
    }

    fn is_new(&mut self, fingerprint: Fingerprint) -> bool {
        self.queue.mark_seen(&[fingerprint]).contains(&true)
    }

    /// Returns whether exactly this URL is new, for a page whose URL contains a session id.
    fn is_new_url(&mut self, request: &Request) -> bool {
        let exact = request.fingerprint(self.context.key);
        self.queue.mark_foreign(exact)
    }

    /// Counts requests that will never belong to the crawl, each request once.
    fn refuse(&mut self, refused: &[Refused]) {
        let fingerprints: Vec<Fingerprint> = refused.iter().map(|one| one.fingerprint).collect();
        let are_new = self.queue.mark_seen(&fingerprints);
        for (one, is_new) in refused.iter().zip(are_new) {
            if is_new {
                self.leave_out(&one.request, one.reason, one.by);
            } else {
                self.tally.duplicates += 1;
            }
        }
    }

    /// Counts a request that was filtered by its URL.
    fn leave_out(&mut self, request: &Request, reason: Filter, by: Option<DecidedBy>) {
        if let Some(policy) = by {
            self.tally.left_out(&self.scope.policy(policy));
        }
        // A URL that is left out for another reason may be of any length, and is not checked.
        let is_trap = reason == Filter::Trap;
        let kind = is_trap.then(|| self.scope.trap(request.url())).flatten();
        match kind {
            Some(kind) => self.trapped(request, kind),
            None => self.sorted_out(request, reason),
        }
    }

    /// Counts, once, a link that leads further down among pages that mirror each other. The same request may also be
    /// found elsewhere, and belong to the crawl there.
    fn mirrored(&mut self, request: &Request, fingerprint: Fingerprint) {
        if self.queue.mark_foreign(fingerprint) {
            self.trapped(request, TrapKind::Mirror);
        } else {
            self.tally.duplicates += 1;
        }
    }

    fn trapped(&mut self, request: &Request, kind: TrapKind) {
        self.tally.trapped(kind, request.url());
        self.admitted.tell(kind, request.url());
        self.sorted_out(request, Filter::Trap);
    }

    /// Queues the requests that belong to the crawl and are new.
    fn store(&mut self, batch: Vec<Candidate>) -> Result<()> {
        let added = self.queue.add(batch)?;
        self.tally.duplicates += added.duplicates;
        self.tally.ledger.seen += added.stored.len() as u64;
        Ok(())
    }

    fn candidate(&mut self, request: Request, fingerprint: Fingerprint) -> Candidate {
        Candidate {
            host: self.queue.host(request.url()),
            fingerprint,
            force: request.is_unfiltered()
                || is_in_own_chain(&request)
                || self.context.identity.is_in_own_chain(&request, fingerprint),
            request,
        }
    }

    /// Counts a request that is out of scope, once; the visit that found it may not have known the newest scope.
    fn out_of_scope(
        &mut self,
        request: Request,
        fingerprint: Fingerprint,
        batch: &mut Vec<Candidate>,
    ) {
        match self.scope.check(&request) {
            Ok(()) => match self.scope.refusal(&request) {
                None => {
                    let (fingerprint, _) = self.context.identity.of(&request);
                    batch.push(self.candidate(request, fingerprint));
                }
                by => self.refuse(&[Refused {
                    request,
                    fingerprint,
                    reason: Filter::Policy,
                    by,
                }]),
            },
            Err(reason) if self.queue.mark_foreign(fingerprint) => {
                self.leave_out(&request, reason, None);
            }
            Err(_) => self.tally.duplicates += 1,
        }
    }

    fn sorted_out(&mut self, request: &Request, reason: Filter) {
        tracing::trace!(url = %request.url(), %reason, "filtered");
        self.tally.filtered(reason, 1);
        self.context.announcer.announce(|| Event::Filtered {
            url: request.url().clone(),
            reason,
        });
    }
}
