//! Store of items that wait to be used again: the last one put back is taken first, and the longest unused one is
//! removed first.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// Idle connections `T` by where they lead, `K`. It knows no clock: `now` is an argument, and never goes back.
#[derive(Debug)]
pub(super) struct Shelf<K, T> {
    /// The oldest in front. No stack is empty.
    stacks: HashMap<Arc<K>, VecDeque<Entry<T>>>,
    /// All items, from the longest unused one on.
    order: BTreeMap<u64, (Arc<K>, Instant)>,
    next: u64,
    /// The most that are kept for one key.
    depth: usize,
    /// Time for which an item is kept.
    life: Duration,
}

#[derive(Debug)]
struct Entry<T> {
    number: u64,
    item: T,
}

impl<K: Hash + Eq, T> Shelf<K, T> {
    pub(super) fn new(depth: usize, life: Duration) -> Self {
        Self {
            stacks: HashMap::new(),
            order: BTreeMap::new(),
            next: 0,
            depth,
            life,
        }
    }

    /// Puts one back; answers with the one that has to make room for it, if its stack is full.
    pub(super) fn put(&mut self, key: &Arc<K>, item: T, now: Instant) -> Option<T> {
        let number = self.next;
        self.next += 1;
        let stack = self.stacks.entry(Arc::clone(key)).or_default();
        let displaced = if stack.len() >= self.depth {
            stack.pop_front()
        } else {
            None
        };
        stack.push_back(Entry { number, item });
        self.order.insert(number, (Arc::clone(key), now));
        displaced.map(|entry| {
            self.order.remove(&entry.number);
            entry.item
        })
    }

    /// The one of this key that was put back last.
    pub(super) fn take(&mut self, key: &K) -> Option<T> {
        let stack = self.stacks.get_mut(key)?;
        let entry = stack.pop_back()?;
        if stack.is_empty() {
            self.stacks.remove(key);
        }
        self.order.remove(&entry.number);
        Some(entry.item)
    }

    /// Returns the item that [`take`](Self::take) would take.
    pub(super) fn last(&self, key: &K) -> Option<&T> {
        self.stacks.get(key)?.back().map(|entry| &entry.item)
    }

    /// The one that has not been used for the longest time, of any key.
    pub(super) fn take_oldest(&mut self) -> Option<T> {
        let (_, (key, _)) = self.order.pop_first()?;
        // The oldest of all is the oldest of its stack.
        let stack = self.stacks.get_mut(&key)?;
        let entry = stack.pop_front()?;
        if stack.is_empty() {
            self.stacks.remove(&key);
        }
        Some(entry.item)
    }

    /// Takes out the items whose time is over.
    pub(super) fn take_expired(&mut self, now: Instant) -> Vec<T> {
        let mut expired = Vec::new();
        while self.next_expiry().is_some_and(|at| at <= now) {
            expired.extend(self.take_oldest());
        }
        expired
    }

    /// Returns the time at which the next item expires; `None` when there is none.
    pub(super) fn next_expiry(&self) -> Option<Instant> {
        let (_, (_, since)) = self.order.first_key_value()?;
        Some(*since + self.life)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(15);

    fn shelf(depth: usize) -> Shelf<&'static str, u32> {
        Shelf::new(depth, LIFE)
    }

    /// Puts these on a shelf, one second after the other.
    fn filled(depth: usize, items: &[(&'static str, u32)]) -> (Shelf<&'static str, u32>, Instant) {
        let (mut shelf, mut now) = (shelf(depth), Instant::now());
        let start = now;
        for (key, item) in items {
            assert_eq!(shelf.put(&Arc::new(key), *item, now), None);
            now += Duration::from_secs(1);
        }
        (shelf, start)
    }

    fn is_empty(shelf: &Shelf<&'static str, u32>) -> bool {
        shelf.stacks.is_empty() && shelf.order.is_empty()
    }

    #[test]
    fn the_last_one_put_back_is_taken_first() {
        let (mut shelf, _) = filled(9, &[("a", 1), ("b", 2), ("a", 3)]);
        assert_eq!(shelf.take(&"a"), Some(3));
        assert_eq!(shelf.take(&"a"), Some(1));
        assert_eq!(shelf.take(&"a"), None);
        assert_eq!(shelf.take(&"b"), Some(2));
        assert!(is_empty(&shelf));
    }

    #[test]
    fn the_longest_unused_one_of_all_keys_goes_first() {
        let (mut shelf, _) = filled(9, &[("a", 1), ("b", 2), ("a", 3), ("c", 4)]);
        assert_eq!(shelf.take(&"b"), Some(2));
        let order: Vec<_> = std::iter::from_fn(|| shelf.take_oldest()).collect();
        assert_eq!(order, [1, 3, 4]);
        assert!(is_empty(&shelf));
    }

    #[test]
    fn a_full_stack_gives_up_its_oldest() {
        let (mut shelf, now) = filled(2, &[("a", 1), ("a", 2), ("b", 9)]);
        assert_eq!(shelf.put(&Arc::new("a"), 3, now), Some(1));
        assert_eq!(shelf.take_oldest(), Some(2));
        assert_eq!(shelf.take(&"a"), Some(3));
    }

    #[test]
    fn nothing_is_kept_beyond_its_time() {
        let (mut shelf, start) = filled(9, &[("a", 1), ("a", 2), ("b", 3)]);
        assert_eq!(shelf.next_expiry(), Some(start + LIFE));
        assert!(
            shelf
                .take_expired(start + LIFE - Duration::from_millis(1))
                .is_empty()
        );
        assert_eq!(
            shelf.take_expired(start + LIFE + Duration::from_secs(1)),
            [1, 2]
        );
        assert_eq!(
            shelf.next_expiry(),
            Some(start + LIFE + Duration::from_secs(2))
        );
        assert_eq!(shelf.take_expired(start + LIFE * 2), [3]);
        assert_eq!(shelf.next_expiry(), None);
        assert!(is_empty(&shelf));
    }
}
