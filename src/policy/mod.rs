//! Policies: pure decisions about a request or an answer. They do no I/O and know no clock.
//!
//! | module | question |
//! |---|---|
//! | [`robots`] | may this URL be fetched, says the site? (RFC 9309) |
//! | `scope` | is this URL part of the crawl, says the user? |
//! | `own` | is this URL part of the crawl, and this answer accepted, says code of the program's? |
//! | `identity` | is this request one that was made already? |
//! | `trap` | does this URL belong to a trap without end? |
//! | `redirect` | where does this answer lead, and what may come along? |
//! | `referrer` | what is a site told of the page that led to it? |
//! | `refresh` | does this page lead elsewhere by itself? |
//! | `auth` | who is the crawl to this origin? |
//! | `retry` | is this failure worth another try, and when? |
//! | [`rules`] | which links are followed, and as what? |
//! | `outage` | does this exchange show that its host is away, and when is it asked again? |

pub(crate) mod auth;
pub(crate) mod identity;
pub(crate) mod outage;
pub(crate) mod own;
pub(crate) mod redirect;
pub(crate) mod referrer;
pub(crate) mod refresh;
pub(crate) mod retry;
pub mod robots;
#[doc(hidden)]
pub mod rules;
pub(crate) mod scope;
pub(crate) mod trap;
