//! The bound over all open connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Limit of the number of connections that may be open at once. Clones share the count.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    free: AtomicUsize,
    changed: Notify,
}

/// The right to one open connection; free again when it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
}

impl Slots {
    pub(super) fn new(count: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                free: AtomicUsize::new(count),
                changed: Notify::new(),
            }),
        }
    }

    /// Takes a slot; `None` if no slot is free.
    pub(super) fn take(&self) -> Option<Slot> {
        let free = &self.shared.free;
        free.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| {
            free.checked_sub(1)
        })
        .ok()?;
        Some(Slot {
            slots: self.clone(),
        })
    }

    /// Wakes one that waits: a slot is free, or a connection is idle and could be closed for one.
    pub(super) fn wake_one(&self) {
        self.shared.changed.notify_one();
    }

    /// Ready after the next [`wake_one`](Self::wake_one) that is not for another.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.shared.changed.notified()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.shared.free.fetch_add(1, Ordering::AcqRel);
        self.slots.wake_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_are_never_more_than_so_many() {
        let slots = Slots::new(2);
        let first = slots.take().unwrap();
        let _second = slots.take().unwrap();
        assert!(slots.take().is_none());
        let waiting = slots.changed();
        drop(first);
        waiting.await;
        assert!(slots.take().is_some());
    }
}
