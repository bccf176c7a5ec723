//! Hosts that a store has to learn of at the next commit.

use std::collections::BTreeMap;
use std::time::Duration;

use super::queued::HostId;
use super::scheduler::{Memory, Scheduler};

/// Name and pace of a host, as a store keeps them.
#[derive(Debug)]
pub struct HostState {
    /// Number of the host in its crawl.
    pub id: HostId,
    /// Name of the host.
    pub name: String,
    /// Pace that its answers asked for.
    pub pace: Memory,
}

/// Hosts that were found, or that asked for fewer requests, since the last commit.
#[derive(Debug, Default)]
pub(super) struct HostLog {
    new: Vec<(HostId, String)>,
    slowed: BTreeMap<HostId, String>,
}

impl HostLog {
    pub(super) fn found(&mut self, host: HostId, name: &str) {
        self.new.push((host, name.to_owned()));
    }

    /// Notes that a host asked for fewer requests.
    pub(super) fn slowed(&mut self, host: HostId, name: &str) {
        self.slowed.insert(host, name.to_owned());
    }

    /// Takes the states of these hosts, by their numbers.
    pub(super) fn take(&mut self, scheduler: &Scheduler, now: Duration) -> Vec<HostState> {
        let new = self.new.drain(..);
        let mut states: BTreeMap<HostId, HostState> = new
            .map(|(id, name)| {
                let pace = Memory::default();
                (id, HostState { id, name, pace })
            })
            .collect();
        for (id, name) in std::mem::take(&mut self.slowed) {
            let pace = scheduler.pace_memory(id, now);
            states.insert(id, HostState { id, name, pace });
        }
        states.into_values().collect()
    }
}
