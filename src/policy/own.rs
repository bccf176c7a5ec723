//! [`OwnPolicies`]: policies that are functions of the program's, each under a name.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use url::Url;

use crate::page::request::Request;
use crate::page::response::Response;

/// Function that returns whether links to this URL are followed.
type Follows = dyn Fn(&Url) -> bool + Send + Sync;
/// Function that returns whether this answer is refused.
type Refuses = dyn Fn(&Response) -> bool + Send + Sync;
/// Function that returns the identity of a request; `None` for the usual one.
type Identifies = dyn Fn(&Request) -> Option<String> + Send + Sync;

/// Scope policies of a crawl.
pub(crate) type ScopePolicies = OwnPolicies<Follows>;
/// Retry policies of a crawl.
pub(crate) type RetryPolicies = OwnPolicies<Refuses>;

/// Identity policies of a crawl.
pub(crate) type IdentityPolicies = OwnPolicies<Identifies>;

/// Policies of one kind, in the order in which they are asked.
pub(crate) struct OwnPolicies<F: ?Sized>(Vec<(Arc<str>, Arc<F>)>);

impl<F: ?Sized> OwnPolicies<F> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the names of the policies.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.0.iter().map(|(name, _)| name.to_string());
        names.collect()
    }

    /// Returns the name under which a policy's decision is counted: one that panicked has a name that says so.
    pub(crate) fn name(&self, by: DecidedBy) -> String {
        let policy = self.0.get(usize::from(by.place));
        let name = policy.map_or("", |(name, _)| name);
        if by.has_panicked {
            format!("{name} (panicked)")
        } else {
            name.to_owned()
        }
    }

    /// Adds a policy, which is asked after those that are there.
    pub(crate) fn add(&mut self, name: &str, policy: Arc<F>) {
        self.0.push((name.into(), policy));
    }
}

/// Place of a policy among those of its kind, and whether it panicked. A link has such places, so they are small: up to a size
/// of 128 bytes it is moved without a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DecidedBy {
    /// Those behind the 255th share its name in reports.
    place: u8,
    has_panicked: bool,
}

impl DecidedBy {
    fn new(place: usize, has_panicked: bool) -> Self {
        Self {
            place: u8::try_from(place).unwrap_or(u8::MAX),
            has_panicked,
        }
    }
}

impl ScopePolicies {
    /// Returns the first policy that leaves out this URL; `None` if all of them let it through. One that panics leaves it out,
    /// too.
    pub(crate) fn refusal(&self, url: &Url) -> Option<DecidedBy> {
        (0..).zip(&self.0).find_map(|(place, (name, follows))| {
            let follows = catch_unwind(AssertUnwindSafe(|| follows(url)));
            if follows.is_err() {
                tracing::warn!(%url, policy = %name, "the scope policy panicked; the link is left out");
            }
            let has_panicked = follows.is_err();
            (!follows.unwrap_or(false)).then(|| DecidedBy::new(place, has_panicked))
        })
    }
}

impl IdentityPolicies {
    /// Returns the identity that the first policy gives a request that gives it one; `None` if none does. One that panics gives
    /// none, and no other is asked.
    pub(crate) fn identity(&self, request: &Request) -> Option<(DecidedBy, Option<String>)> {
        for (place, (name, identifies)) in (0..).zip(&self.0) {
            match catch_unwind(AssertUnwindSafe(|| identifies(request))) {
                Ok(None) => {}
                Ok(identity) => return Some((DecidedBy::new(place, false), identity)),
                Err(_) => {
                    let url = request.url();
                    tracing::warn!(%url, policy = %name, "the identity policy panicked; the request has its usual identity");
                    return Some((DecidedBy::new(place, true), None));
                }
            }
        }
        None
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
