//! End of a crawl: its limits of time, its progress, and the report.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::{Dispatcher, Written, step_panicked};
use crate::engine::items::Outcome;
use crate::model::event::{Event, Progress};
use crate::model::report::{End, Finish, Report, shortfalls};
use crate::page::error::Result;
use crate::store::checkpoint::Delivered;

impl Dispatcher {
    pub(super) fn time_limit(&self) -> Option<Instant> {
        self.settings
            .end
            .max_time
            .filter(|_| self.finish.is_none())
            .map(|limit| self.started + limit)
    }

    pub(super) fn check_time(&mut self) {
        let now = Instant::now();
        if self.time_limit().is_some_and(|limit| limit <= now) {
            self.stop(Finish::MaxTime);
        }
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            tracing::warn!(
                visits = self.visits.len(),
                "the grace period is over: giving up requests in flight"
            );
            self.deadline = None;
            self.has_given_up = true;
            self.visits.abort_all();
        }
    }

    /// Stops the crawl: nothing more is started, and visits in flight get the setting `grace` to finish.
    pub(super) fn stop(&mut self, finish: Finish) {
        if self.finish.is_none() {
            tracing::info!(reason = %finish, in_flight = self.visits.len(), "stopping");
            self.finish = Some(finish);
            self.deadline = Some(Instant::now() + self.settings.end.grace);
        }
    }

    pub(super) fn show_progress(&self) {
        self.context.announcer.show(self.progress());
    }

    fn progress(&self) -> Progress {
        let before = self.commits.as_ref().and_then(|commits| commits.resumed);
        let before = before.map_or(0.0, |resumed| resumed.seconds);
        Progress {
            elapsed: self.now() + Duration::try_from_secs_f64(before).unwrap_or_default(),
            pages: self.tally.pages,
            items: self.counts.kept(),
            queued: self.queue.waiting() + self.outages.suspects() as u64,
            in_flight: self.visits.len(),
            hosts: self.queue.hosts(),
            retries: self.tally.retries(),
            errors: self.tally.ledger.failed,
            bytes: self.tally.wire_bytes(),
        }
    }

    /// Waits for the last items, makes the last commit, and returns the report.
    pub(super) async fn end(mut self, spider: String, line: Written) -> Result<Report> {
        let (announcer, progress) = (self.context.announcer.clone(), self.progress());
        announcer.show(progress);
        let elapsed = self.now();
        let (pending, hosts) = (
            progress.queued + self.pages_in_flight + self.aside(),
            self.queue.hosts(),
        );
        let away = self.take_away();
        let paced = self.paced();
        self.items.end();
        let delivered = line.await.map_err(|_| step_panicked())??;
        let items = delivered.items.clone();
        announcer.show(Progress {
            items: items.kept,
            ..progress
        });
        // The last item that is wanted may have come out after the last visit was over.
        let enough = self
            .settings
            .end
            .max_items
            .is_some_and(|max| items.kept >= max);
        let finish = self.finish.unwrap_or(match enough {
            true => Finish::MaxItems,
            false if away.is_empty() => Finish::Finished,
            false => Finish::Away,
        });
        // Items that the reader did not get come again, so the crawl is not over.
        let is_refused = delivered.is_refused;
        let finish = if is_refused { Finish::Stopped } else { finish };
        let outcomes = self.deliver_all(&delivered, finish, elapsed).await?;
        let shortfalls = shortfalls(&self.settings.items.min_fill, &items, finish);
        if !is_refused {
            self.commit_last(Some(finish), delivered, elapsed).await?;
        }
        announcer.announce(|| Event::Finished { reason: finish });
        let resumed = self.commits.as_ref().and_then(|commits| commits.resumed);
        let report = self.tally.into_report(
            spider,
            End {
                finish,
                began: self.began,
                elapsed,
                resumed,
                items,
                refused: refused(outcomes),
                shortfalls,
                pending,
                hosts,
                away,
                paced,
            },
        );
        warn_of_unmatched(&report);
        Ok(report)
    }

    /// Commits all items, and waits until they are delivered: a run is not over before.
    async fn deliver_all(
        &mut self,
        delivered: &Delivered,
        finish: Finish,
        elapsed: Duration,
    ) -> Result<Vec<Outcome>> {
        let (Some(deliveries), Some(end)) = (self.deliveries.take(), delivered.outbox) else {
            return Ok(Vec::new());
        };
        if !delivered.is_refused {
            self.commit_last(None, delivered.clone(), elapsed).await?;
        }
        let grace = self.settings.end.grace;
        let within = finish.is_unfinished().then_some(grace);
        deliveries.finish(end, within).await
    }
}

/// Logs a warning for each list of a recipe that matched nothing. A crawl that broke off has not seen all pages.
fn warn_of_unmatched(report: &Report) {
    for list in &report.unmatched {
        if !report.finish.is_unfinished() {
            tracing::warn!(
                recipe = report.spider,
                kind = list.kind,
                key = list.key,
                selector = list.selector,
                pages = list.pages,
                url = list.example,
                "a list matched nothing on any page"
            );
        }
    }
}

/// Returns the numbers of refused items by destination, without those that refused none.
fn refused(outcomes: Vec<Outcome>) -> BTreeMap<String, u64> {
    let refused = outcomes.into_iter().map(|end| (end.name, end.refused));
    refused.filter(|(_, count)| *count > 0).collect()
}
