//! [`OwnPolicies`]: policies that are functions of the program's, each under a name.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use url::Url;

use crate::page::response::Response;

/// Function that returns whether links to this URL are followed.
type Follows = dyn Fn(&Url) -> bool + Send + Sync;
/// Function that returns whether this answer is refused.
type Refuses = dyn Fn(&Response) -> bool + Send + Sync;

/// Scope policies of a crawl.
pub(crate) type ScopePolicies = OwnPolicies<Follows>;
/// Retry policies of a crawl.
pub(crate) type RetryPolicies = OwnPolicies<Refuses>;

/// Policies of one kind, in the order in which they are asked.
pub(crate) struct OwnPolicies<F: ?Sized>(Vec<(Arc<str>, Arc<F>)>);

impl<F: ?Sized> OwnPolicies<F> {
    /// Adds a policy, which is asked after those that are there.
    pub(crate) fn add(&mut self, name: &str, policy: Arc<F>) {
        self.0.push((name.into(), policy));
    }
}

impl ScopePolicies {
    /// Returns the name of the first policy that leaves out this URL; `None` if all of them let it through. A policy that panics
    /// leaves it out under a name that says so.
    pub(crate) fn refusal(&self, url: &Url) -> Option<Arc<str>> {
        self.0.iter().find_map(|(name, follows)| {
            match catch_unwind(AssertUnwindSafe(|| follows(url))) {
                Ok(true) => None,
                Ok(false) => Some(Arc::clone(name)),
                Err(_) => {
                    tracing::warn!(%url, policy = %name, "the scope policy panicked; the link is left out");
                    Some(format!("{name} (panicked)").into())
                }
            }
        })
    }
}

impl RetryPolicies {
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

impl<F: ?Sized> Clone for OwnPolicies<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: ?Sized> Default for OwnPolicies<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: ?Sized> fmt::Debug for OwnPolicies<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}
