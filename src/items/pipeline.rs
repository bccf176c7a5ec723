//! Pipelines: your own steps between `parse` and the outputs.
//!
//! Items arrive one at a time, typed, in the order in which pages were parsed. Each step keeps, changes or drops them.
//!
//! ```
//! use crawlworks::prelude::*;
//! use std::collections::HashSet;
//!
//! /// Keeps each author once.
//! #[derive(Default)]
//! struct Once(HashSet<String>);
//!
//! impl Pipeline<String> for Once {
//!     async fn process(&mut self, author: String) -> Result<Verdict<String>, BoxError> {
//!         if self.0.insert(author.clone()) { Ok(Verdict::Keep(author)) } else { Ok(Verdict::Drop("known author")) }
//!     }
//! }
//! ```

use futures_util::future::BoxFuture;

use crate::model::item::Item;
use crate::page::error::BoxError;

/// Decision of a pipeline step about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<I> {
    /// Passes the item on to the next step, changed or not.
    Keep(I),
    /// Leave it out. The reason is counted in the report.
    Drop(&'static str),
}

/// A step that every item passes, between `parse` and the outputs.
///
/// One task owns all steps, so `&mut self` needs no lock. A step that is slow slows the crawl down: memory stays
/// bounded.
pub trait Pipeline<I: Item>: Send + 'static {
    /// Runs once, before the first item: open a connection, create a table.
    ///
    /// # Errors
    /// An error ends the crawl before it begins.
    fn open(&mut self) -> impl Future<Output = Result<(), BoxError>> + Send {
        async { Ok(()) }
    }

    /// Decides about one item.
    ///
    /// # Errors
    /// An error costs this item only and is counted.
    fn process(&mut self, item: I) -> impl Future<Output = Result<Verdict<I>, BoxError>> + Send;

    /// Runs once, after the last item, also when the crawl was stopped.
    ///
    /// # Errors
    /// An error makes the crawl fail: what should have been closed may not be complete.
    fn close(&mut self) -> impl Future<Output = Result<(), BoxError>> + Send {
        async { Ok(()) }
    }
}

/// A pipeline step whose own type is forgotten; that of its items is not.
pub(crate) trait ErasedPipeline<I>: Send {
    fn open_boxed(&mut self) -> BoxFuture<'_, Result<(), BoxError>>;
    fn process_boxed(&mut self, item: I) -> BoxFuture<'_, Result<Verdict<I>, BoxError>>;
    fn close_boxed(&mut self) -> BoxFuture<'_, Result<(), BoxError>>;
}

impl<I: Item, P: Pipeline<I>> ErasedPipeline<I> for P {
    fn open_boxed(&mut self) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(self.open())
    }

    fn process_boxed(&mut self, item: I) -> BoxFuture<'_, Result<Verdict<I>, BoxError>> {
        Box::pin(self.process(item))
    }

    fn close_boxed(&mut self) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(self.close())
    }
}
