//! Persistent state of a job: its directory, its lock, its store and its history.

pub(crate) mod checkpoint;
pub(crate) mod dead_letter;
pub(crate) mod state;
pub(crate) mod thread;
