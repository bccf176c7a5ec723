//! [`RetryPolicies`]: functions of the user's that decide which answers are not accepted, so that the request is made again.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::page::response::Response;

type Refuses = Arc<dyn Fn(&Response) -> bool + Send + Sync>;

/// Retry policies of a crawl, in the order in which they are asked.
#[derive(Clone, Default)]
pub(crate) struct RetryPolicies(Vec<(Arc<str>, Refuses)>);

impl RetryPolicies {
    /// Adds a policy, which is asked after those that are there.
    pub(crate) fn add(&mut self, name: &str, refuses: Refuses) {
        self.0.push((name.into(), refuses));
    }

    /// Returns the name of the first policy that refuses this answer; `None` if all accept it.
    ///
    /// # Errors
    /// The panic of a policy.
    pub(crate) fn refusal(&self, answer: &Response) -> Result<Option<&str>, Box<dyn Any + Send>> {
        for (name, refuses) in &self.0 {
            if catch_unwind(AssertUnwindSafe(|| refuses(answer)))? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for RetryPolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}
