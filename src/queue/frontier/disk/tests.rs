//! The disk frontier against the plainest one there could be: a sorted map, which a crash sets back to the last commit.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proptest::prelude::*;

use super::*;
use crate::page::request::Request;

/// Bounds that a handful of requests reaches.
const NARROW: Bounds = Bounds {
    all: 12,
    lane: 6,
    read: 3,
};

/// A store in memory, which the frontier's changes are applied to.
#[derive(Default, Clone)]
struct Stored {
    queue: BTreeMap<[u8; Key::LENGTH], Vec<u8>>,
    seen: Vec<u64>,
    lanes: BTreeSet<(HostId, i32)>,
    last: u64,
}

impl Stored {
    fn apply(&mut self, changes: Changes) {
        for put in changes.puts.into_values() {
            self.queue.insert(put.key.to_bytes(), put.record);
        }
        for key in changes.done {
            assert!(self.queue.remove(&key.to_bytes()).is_some(), "{key:?}");
        }
        self.seen.extend(changes.seen);
        self.lanes.extend(changes.lanes);
        self.last = changes.last;
    }

    fn read(&self, range: Range) -> Arrived {
        let (first, last) = range.ends();
        let mut found = self.queue.range(first.to_bytes()..=last.to_bytes());
        let next = || {
            if range.newest_first {
                found.next_back()
            } else {
                found.next()
            }
        };
        let queued = |(key, record): (&[u8; Key::LENGTH], &Vec<u8>)| {
            let key = Key::from_bytes(key).unwrap();
            Queued {
                number: key.number,
                request: record::decode(record, key.priority).unwrap(),
            }
        };
        let requests = std::iter::from_fn(next).take(range.max).map(queued);
        Arrived {
            range,
            requests: requests.collect(),
        }
    }

    fn open(&self, order: Order) -> DiskFrontier {
        let mut remembered = Remembered {
            lanes: self.lanes.iter().copied().collect(),
            last: self.last,
            ..Remembered::default()
        };
        for fingerprint in &self.seen {
            assert!(remembered.seen.insert(*fingerprint), "stored twice");
        }
        let mut frontier = DiskFrontier::new(order, remembered);
        frontier.bounds = NARROW;
        frontier
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// URLs by number, all of one host and priority.
    Add {
        host: u32,
        priority: i32,
        urls: Vec<u64>,
    },
    Take {
        host: u32,
        max: usize,
    },
    /// Gives back what was taken last, but for so many.
    GiveBack {
        started: usize,
    },
    /// One of those that were started comes to its end, or is tried again.
    Settle {
        which: usize,
    },
    Retry {
        which: usize,
    },
    Cut,
    Committed,
    /// The store answers what it was asked.
    Read,
    Crash,
}

/// Number, priority and attempt of what is in the queue, by host.
type Pending = BTreeMap<u32, BTreeMap<u64, (i32, u32)>>;

struct Run {
    order: Order,
    frontier: DiskFrontier,
    stored: Stored,
    /// A commit under way: the store as it is with it, and the model.
    under_way: Option<(Stored, Pending, BTreeSet<u64>)>,
    reads: Vec<Range>,
    /// Hosts and priorities of which a part is being read.
    waiting: BTreeSet<(u32, i32)>,
    out: Vec<(u32, Queued)>,
    taken: Vec<(u32, Queued)>,
    pending: Pending,
    committed: Pending,
    seen: BTreeSet<u64>,
    committed_seen: BTreeSet<u64>,
}

impl Run {
    fn new(order: Order) -> Self {
        Self {
            order,
            frontier: Stored::default().open(order),
            stored: Stored::default(),
            under_way: None,
            reads: Vec::new(),
            waiting: BTreeSet::new(),
            out: Vec::new(),
            taken: Vec::new(),
            pending: Pending::new(),
            committed: Pending::new(),
            seen: BTreeSet::new(),
            committed_seen: BTreeSet::new(),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Add {
                host,
                priority,
                urls,
            } => self.add(host, priority, &urls),
            Step::Take { host, max } => {
                self.take(host, max);
            }
            Step::GiveBack { started } => self.give_back(started),
            Step::Settle { which } => self.settle(which),
            Step::Retry { which } => self.retry(which),
            Step::Cut if self.under_way.is_none() => {
                let mut stored = self.stored.clone();
                stored.apply(self.frontier.cut());
                self.under_way = Some((stored, self.pending.clone(), self.seen.clone()));
            }
            Step::Cut => {}
            Step::Committed => self.commit(),
            Step::Read => self.read(),
            Step::Crash => self.crash(),
        }
    }

    fn add(&mut self, host: u32, priority: i32, urls: &[u64]) {
        let candidate = |url: &u64| Candidate {
            host: HostId(host),
            fingerprint: Fingerprint::from(*url),
            request: Request::get(format!("http://h{host}.example/{url}"))
                .unwrap()
                .with_priority(priority),
            force: false,
        };
        if self.order == Order::Depth {
            // As the dispatcher does: the newest go first, so what the scheduler holds goes back below them.
            self.give_back(1);
        }
        let first = self.frontier.last + 1;
        let fresh = urls.iter().filter(|url| self.seen.insert(**url)).count();
        let batch = urls.iter().map(candidate).collect();
        let added = self.frontier.add(batch).unwrap();
        assert_eq!(added.stored.len(), fresh);
        assert_eq!(added.duplicates, (urls.len() - fresh) as u64);
        for number in (first..).take(fresh) {
            let pending = self.pending.entry(host).or_default();
            pending.insert(number, (priority, 0));
        }
    }

    /// Returns the host's next requests: those that are pending and not out.
    fn expected(&self, host: u32) -> Vec<u64> {
        let out: HashSet<u64> = self.out.iter().map(|(_, queued)| queued.number).collect();
        let Some(pending) = self.pending.get(&host) else {
            return Vec::new();
        };
        let waiting = pending.iter().filter(|(number, _)| !out.contains(number));
        let mut next: Vec<(i32, u64)> = waiting.map(|(n, (p, _))| (*p, *n)).collect();
        next.sort_by_key(|(priority, number)| match self.order {
            Order::Breadth => (-priority, i64::try_from(*number).unwrap()),
            Order::Depth => (-priority, -i64::try_from(*number).unwrap()),
        });
        next.into_iter().map(|(_, number)| number).collect()
    }

    /// Takes; answers whether there was anything to take or to wait for.
    fn take(&mut self, host: u32, max: usize) -> bool {
        // What the scheduler holds of a host goes back before more is asked for when something newer has arrived.
        self.give_back(usize::MAX);
        let expected = self.expected(host);
        match self.frontier.take(HostId(host), max) {
            Taken::Later(range) => {
                assert!(self.waiting.insert((host, range.priority)), "asked twice");
                self.reads.push(range);
                true
            }
            Taken::Now(requests, more) => {
                let numbers: Vec<u64> = requests.iter().map(|queued| queued.number).collect();
                assert!(numbers.len() <= max);
                assert_eq!(numbers, expected[..numbers.len()], "of {expected:?}");
                assert!(more || numbers.len() == expected.len(), "{expected:?}");
                assert!(!numbers.is_empty() || !more || self.waits_for(host));
                for queued in requests {
                    let pending = &self.pending[&host][&queued.number];
                    let found = (queued.request.priority(), queued.request.attempt());
                    assert_eq!(found, *pending);
                    self.taken.push((host, queued.clone()));
                    self.out.push((host, queued));
                }
                more || !numbers.is_empty()
            }
        }
    }

    fn waits_for(&self, host: u32) -> bool {
        self.waiting.iter().any(|(waiting, _)| *waiting == host)
    }

    fn give_back(&mut self, started: usize) {
        let back: Vec<(u32, Queued)> = self.taken.drain(..).skip(started).collect();
        let Some((host, _)) = back.first() else {
            return;
        };
        let host = HostId(*host);
        self.out
            .retain(|(_, out)| !back.iter().any(|(_, queued)| queued.number == out.number));
        let requests = back.into_iter().map(|(_, queued)| queued).collect();
        self.frontier.give_back(host, requests);
    }

    fn started(&mut self, which: usize) -> Option<(u32, Queued)> {
        self.taken.clear();
        let which = which.checked_rem(self.out.len())?;
        Some(self.out.remove(which))
    }

    fn settle(&mut self, which: usize) {
        if let Some((host, queued)) = self.started(which) {
            self.frontier.settle(HostId(host), &queued);
            let pending = self.pending.get_mut(&host).unwrap();
            assert!(pending.remove(&queued.number).is_some());
        }
    }

    /// A retry stays with the scheduler, so it remains out.
    fn retry(&mut self, which: usize) {
        if let Some((host, queued)) = self.started(which) {
            let again = Queued {
                number: queued.number,
                request: queued.request.tried_again(),
            };
            self.frontier.replace(HostId(host), &again).unwrap();
            let pending = self.pending.get_mut(&host).unwrap();
            pending.get_mut(&queued.number).unwrap().1 += 1;
            self.out.push((host, again));
        }
    }

    fn commit(&mut self) {
        if let Some((stored, pending, seen)) = self.under_way.take() {
            self.stored = stored;
            self.committed = pending;
            self.committed_seen = seen;
            self.frontier.committed();
        }
    }

    fn read(&mut self) {
        for range in std::mem::take(&mut self.reads) {
            self.waiting.remove(&(range.host.0, range.priority));
            self.frontier.arrived(self.stored.read(range));
        }
    }

    fn crash(&mut self) {
        // The store may have a commit of which the process never heard.
        if let Some((stored, pending, seen)) = self.under_way.take() {
            self.stored = stored;
            self.committed = pending;
            self.committed_seen = seen;
        }
        self.frontier = self.stored.open(self.order);
        self.pending = self.committed.clone();
        self.seen = self.committed_seen.clone();
        self.reads.clear();
        self.waiting.clear();
        self.out.clear();
        self.taken.clear();
    }

    /// Everything that is pending comes out, once, in order.
    fn drain(&mut self) {
        for host in 0..HOSTS {
            while self.take(host, 2) {
                self.taken.clear();
                self.read();
            }
            assert_eq!(self.expected(host), Vec::<u64>::new());
        }
    }
}

const HOSTS: u32 = 3;

fn step() -> impl Strategy<Value = Step> {
    let host = 0..HOSTS;
    prop_oneof![
        4 => (host.clone(), -1..2_i32, prop::collection::vec(0..400_u64, 1..8))
            .prop_map(|(host, priority, urls)| Step::Add { host, priority, urls }),
        4 => (host, 1..5_usize).prop_map(|(host, max)| Step::Take { host, max }),
        1 => (0..3_usize).prop_map(|started| Step::GiveBack { started }),
        3 => any::<usize>().prop_map(|which| Step::Settle { which }),
        1 => any::<usize>().prop_map(|which| Step::Retry { which }),
        3 => Just(Step::Cut),
        3 => Just(Step::Committed),
        3 => Just(Step::Read),
        1 => Just(Step::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_it_hands_up_what_is_pending_in_order(
        steps in prop::collection::vec(step(), 1..120),
        depth_first in any::<bool>(),
    ) {
        let mut run = Run::new(if depth_first { Order::Depth } else { Order::Breadth });
        for step in steps {
            run.step(step);
        }
        run.drain();
        run.crash();
        run.drain();
    }
}

#[test]
fn one_host_with_many_requests_keeps_few_of_them_in_memory() {
    for order in [Order::Breadth, Order::Depth] {
        let mut run = Run::new(order);
        for batch in 0..40 {
            let urls: Vec<u64> = (batch * 20..batch * 20 + 20).collect();
            run.step(Step::Add {
                host: 0,
                priority: 0,
                urls,
            });
            run.step(Step::Cut);
            run.step(Step::Committed);
            assert!(run.frontier.in_memory <= 30, "{}", run.frontier.in_memory);
        }
        run.drain();
    }
}

#[test]
fn many_hosts_with_many_requests_have_one_or_two_each_in_memory() {
    for order in [Order::Breadth, Order::Depth] {
        let (mut run, hosts) = (Run::new(order), 50);
        for host in 0..hosts {
            let first = u64::from(host) * 10;
            let urls: Vec<u64> = (first..first + 10).collect();
            run.add(host, 0, &urls);
            run.step(Step::Cut);
            run.step(Step::Committed);
        }
        let most = NARROW.all + NARROW.lane + 2 * hosts as usize;
        assert!(run.frontier.in_memory <= most);
        for host in 0..hosts {
            // The scheduler keeps what it is given.
            run.taken.clear();
            run.take(host, 10);
            run.read();
            run.take(host, 10);
            assert!(run.frontier.in_memory <= most, "{}", run.frontier.in_memory);
        }
    }
}

#[test]
fn what_is_done_before_a_commit_never_gets_to_the_store() {
    let mut run = Run::new(Order::Breadth);
    run.step(Step::Add {
        host: 0,
        priority: 0,
        urls: vec![1, 2],
    });
    run.step(Step::Take { host: 0, max: 1 });
    run.step(Step::Settle { which: 0 });
    let changes = run.frontier.cut();
    assert_eq!((changes.puts.len(), changes.done.len()), (1, 0));
    assert_eq!(changes.seen.len(), 2);
}
