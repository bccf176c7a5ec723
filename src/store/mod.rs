//! Persistent state of a job: its directory, its lock, its store and its history.

pub(crate) mod state;
