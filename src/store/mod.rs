//! The floor of what survives a process: the directory of a job, its lock, its store, its history.

pub(crate) mod state;
