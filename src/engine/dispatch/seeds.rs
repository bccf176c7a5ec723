//! Start requests and seeds: the part of the dispatcher that queues what a crawl begins with.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::super::erased::panicked;
use super::super::seeding::{ENOUGH, Seeding, cannot_start};
use super::super::visit::{Context, Link};
use super::Dispatcher;
use crate::page::error::{BoxError, Result};
use crate::page::request::Request;
use crate::store::checkpoint::SeedsTaken;

impl Dispatcher {
    /// Queues the start requests of the spider, and begins to take its seeds.
    ///
    /// # Errors
    /// [`ErrorKind::Spider`](crate::ErrorKind::Spider), or the spider's own error, when it cannot start.
    pub(crate) fn seed(&mut self) -> Result<()> {
        let mut requests = self.context.spider.start().map_err(cannot_start)?;
        self.start_has_credentials = requests.iter().any(Request::has_userinfo);
        self.context.accounts.take_from(&mut requests)?;
        self.begin_with(requests)?;
        self.take_seeds(SeedsTaken::default())
    }

    /// Takes the user names and passwords again that the URLs of start requests and taken seeds had, because they are stored
    /// nowhere. A spider whose URLs had none is not asked.
    pub(super) fn take_credentials_again(&self, seeds: SeedsTaken) {
        let take = || -> std::result::Result<(), BoxError> {
            let Context {
                spider, accounts, ..
            } = &*self.context;
            if self.start_has_credentials {
                accounts.take_from(&mut spider.start()?)?;
            }
            if seeds.have_credentials {
                // Before anything starts: the first requests would be refused without them.
                for (_, seed) in (0..seeds.number).zip(spider.seeds()?) {
                    accounts.take_from(&mut [seed?])?;
                }
            }
            Ok(())
        };
        let taken = catch_unwind(AssertUnwindSafe(take))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()));
        if let Err(error) = taken {
            let error = cannot_start(error).chain();
            tracing::warn!(%error, "going on without the credentials of the start URLs");
        }
    }

    /// Begins to take the seeds behind those that an earlier process has taken.
    ///
    /// # Errors
    /// [`ErrorKind::Spider`](crate::ErrorKind::Spider), or the spider's own error, when it cannot start.
    pub(super) fn take_seeds(&mut self, taken: SeedsTaken) -> Result<()> {
        self.seeds_taken = taken;
        if taken.are_all {
            return Ok(());
        }
        let seeds = self.context.spider.seeds().map_err(cannot_start)?;
        self.seeding = Seeding::start(seeds, taken)?;
        self.seeds_taken.are_all = self.seeding.is_none();
        Ok(())
    }

    /// Returns whether the queue has room for seeds.
    pub(super) fn wants_seeds(&self) -> bool {
        self.finish.is_none() && self.queue.waiting() < ENOUGH
    }

    /// Queues the next seeds; an empty batch is the end of them.
    ///
    /// # Errors
    /// Those of the fetch stack, for a seed with a password that contradicts another's; those of the store.
    pub(super) fn seeded(&mut self, mut seeds: Vec<Request>) -> Result<()> {
        if let Some(commits) = &mut self.commits {
            commits.changed();
        }
        if seeds.is_empty() {
            self.seeding = None;
            self.seeds_taken.are_all = true;
            return Ok(());
        }
        for seed in &seeds {
            self.seeds_taken.take(seed);
        }
        self.context.accounts.take_from(&mut seeds)?;
        self.begin_with(seeds)
    }

    /// Queues requests that the crawl begins with: they define its scope.
    fn begin_with(&mut self, requests: Vec<Request>) -> Result<()> {
        // A scope of many hosts is copied only for a new one.
        if requests
            .iter()
            .any(|request| self.scope.lacks(request.url()))
        {
            let scope = Arc::make_mut(&mut self.scope);
            for request in &requests {
                scope.include(request.url());
            }
        }
        let links: Vec<Link> = requests
            .into_iter()
            .map(|request| self.context.link(&self.scope, request))
            .collect();
        self.admit(links)
    }
}
