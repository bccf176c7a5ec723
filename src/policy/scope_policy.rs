//! [`ScopePolicies`]: functions of the user's that decide which links belong to the crawl.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use url::Url;

type Follows = Arc<dyn Fn(&Url) -> bool + Send + Sync>;

/// Scope policies of a crawl, in the order in which they are asked.
#[derive(Clone, Default)]
pub(crate) struct ScopePolicies(Vec<ScopePolicy>);

#[derive(Clone)]
struct ScopePolicy {
    name: Arc<str>,
    /// Name under which links are counted for which the function panicked.
    panicked: Arc<str>,
    follows: Follows,
}

impl ScopePolicies {
    /// Adds a policy, which is asked after those that are there.
    pub(crate) fn add(&mut self, name: &str, follows: Follows) {
        self.0.push(ScopePolicy {
            name: name.into(),
            panicked: format!("{name} (panicked)").into(),
            follows,
        });
    }

    /// Returns the name of the first policy that leaves out this URL; `None` if all of them let it through.
    pub(crate) fn refusal(&self, url: &Url) -> Option<Arc<str>> {
        self.0.iter().find_map(|policy| policy.refusal(url))
    }
}

impl ScopePolicy {
    fn refusal(&self, url: &Url) -> Option<Arc<str>> {
        match catch_unwind(AssertUnwindSafe(|| (self.follows)(url))) {
            Ok(true) => None,
            Ok(false) => Some(Arc::clone(&self.name)),
            Err(_) => {
                tracing::warn!(%url, policy = %self.name, "the scope policy panicked; the link is left out");
                Some(Arc::clone(&self.panicked))
            }
        }
    }
}

impl fmt::Debug for ScopePolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|policy| &policy.name))
            .finish()
    }
}
