//! The floor of the queue: the scheduler says when a request may start, the frontier keeps those that wait. Both are
//! synchronous; time is an argument.

pub(crate) mod frontier;
pub(crate) mod queued;
pub(crate) mod scheduler;
