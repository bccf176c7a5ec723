//! What went wrong in other crawlers, by the name under which it was published, and does not here.

mod credentials;
mod documents;
