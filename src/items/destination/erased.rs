//! [`Destination`]s whose own type is forgotten.

use futures_util::future::BoxFuture;

use super::{Batch, Batching, Destination, Reached, Refusals, Run};
use crate::page::error::Result;

/// A [`Destination`] whose own type is forgotten.
pub(crate) trait ErasedDestination: Send {
    fn open_boxed<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<Reached>>;
    fn deliver_boxed<'a>(
        &'a mut self,
        batch: &'a Batch,
        refusals: &'a mut Refusals,
    ) -> BoxFuture<'a, Result<()>>;
    fn finish_boxed(&mut self) -> BoxFuture<'_, Result<()>>;
    fn batching_any(&self) -> Batching;
}

impl<D: Destination> ErasedDestination for D {
    fn open_boxed<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<Reached>> {
        Box::pin(self.open(run))
    }

    fn deliver_boxed<'a>(
        &'a mut self,
        batch: &'a Batch,
        refusals: &'a mut Refusals,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.deliver(batch, refusals))
    }

    fn finish_boxed(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.finish())
    }

    fn batching_any(&self) -> Batching {
        self.batching()
    }
}
