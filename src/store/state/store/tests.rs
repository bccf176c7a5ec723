//! The store against a model: after every commit the whole queue, remembered by the number of the commit.

mod damage;
mod failures;
mod reading;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::model::scratch::Scratch;
use crate::model::settings::Order;
use crate::page::request::Request;
use crate::queue::frontier::disk::Remembered;
use crate::queue::frontier::{Candidate, DiskFrontier, Frontier, Taken};
use crate::queue::queued::HostId;
use crate::store::checkpoint::HostRecord;

/// The requests that wait, by their numbers.
type Queue = BTreeMap<u64, String>;

/// A frontier and its store, which are fed with requests.
struct Fed {
    store: Store,
    frontier: DiskFrontier,
    /// The queue as of each commit; the first one is that of none.
    commits: Vec<Queue>,
    queue: Queue,
    next: usize,
}

const HOST: HostId = HostId(0);
/// So little that a handful of commits makes tables.
const LITTLE: Limits = Limits {
    queue: 64 << 10,
    notes: 16 << 10,
};

impl Fed {
    fn new(directory: &Path) -> Self {
        std::fs::create_dir_all(directory).unwrap();
        Self {
            store: Store::open_with(directory, false, LITTLE).unwrap(),
            frontier: DiskFrontier::new(Order::Breadth, Remembered::default()),
            commits: vec![Queue::new()],
            queue: Queue::new(),
            next: 0,
        }
    }

    /// Adds so many requests.
    fn add(&mut self, requests: usize) {
        let key = self.store.key();
        let candidate = |nth: usize| {
            let url = format!("http://a.example/{nth}/");
            let request = Request::get(url).unwrap();
            Candidate {
                host: HOST,
                fingerprint: key.of(request.method(), request.url(), request.body()),
                request,
                force: false,
            }
        };
        let batch: Vec<Candidate> = (self.next..self.next + requests).map(candidate).collect();
        let first = self.next as u64 + 1;
        self.next += requests;
        for (number, candidate) in (first..).zip(&batch) {
            let url = candidate.request.url().to_string();
            self.queue.insert(number, url);
        }
        self.frontier.add(batch).unwrap();
    }

    /// Settles so many requests, the oldest first.
    fn settle(&mut self, requests: usize) {
        let mut left = requests;
        while left > 0 {
            match self.frontier.take(HOST, left) {
                Taken::Now(taken, has_more) => {
                    assert!(has_more || !taken.is_empty(), "nothing is left");
                    left -= taken.len();
                    for queued in taken {
                        assert!(self.queue.remove(&queued.number).is_some());
                        self.frontier.settle(HOST, &queued);
                    }
                }
                Taken::Later(range) => {
                    let arrived = self.store.read(range).unwrap();
                    self.frontier.arrived(arrived);
                }
            }
        }
    }

    /// What the next commit consists of.
    fn checkpoint(&mut self) -> Checkpoint {
        let is_first = self.commits.len() == 1;
        Checkpoint {
            changes: self.frontier.cut(),
            hosts: is_first
                .then(|| (HOST, HostRecord::new("a.example")))
                .into_iter()
                .collect(),
            dead: Vec::new(),
            scope: is_first.then(|| vec!["a.example".to_owned()]),
            records: Vec::new(),
            saved: saved(self.commits.len()),
        }
    }

    fn try_commit(&mut self) -> Result<()> {
        let checkpoint = self.checkpoint();
        self.store.commit(checkpoint, Delivered::default())?;
        self.frontier.committed();
        self.commits.push(self.queue.clone());
        Ok(())
    }

    fn commit(&mut self) {
        self.try_commit().unwrap();
    }

    /// So much work that all of the store is in use: tables, journals that were sealed, and one that is not.
    fn work(&mut self, commits: usize) {
        for _ in 0..commits {
            self.add(40);
            self.settle(if self.next > 800 { 40 } else { 10 });
            self.commit();
        }
    }

    /// Closes the store, and answers what was in it.
    fn close(self) -> Vec<Queue> {
        self.commits
    }
}

/// A record of the crawl that says of which commit it is.
fn saved(commit: usize) -> Saved {
    serde_json::from_value(json!({
        "tally": {
            "started": "2026-11-21T12:00:00Z", "pages": commit, "duplicates": 0,
            "ledger": {"seen": 0, "done": 0, "filtered": 0, "failed": 0, "pending": 0},
            "requests": {"total": 0, "robots": 0, "retried": 0, "redirected": 0},
            "bytes": {"wire": 0, "body": 0},
            "statuses": {}, "errors": {}, "filtered": {}, "retries": {},
            "robots": {"read": 0, "none": 0, "unreachable": 0},
        },
        "seconds": 0.0, "resumes": 0, "suspects": {}, "finish": null,
    }))
    .unwrap()
}

/// What is in a store that is opened anew.
struct Found {
    /// The number of the last commit; 0 when there is none.
    commit: usize,
    queue: Queue,
}

fn open(directory: &Path) -> Result<Found> {
    let mut store = Store::open_with(directory, false, LITTLE)?;
    let Some(committed) = store.load()? else {
        return Ok(Found {
            commit: 0,
            queue: Queue::new(),
        });
    };
    assert_eq!(committed.hosts, [HostRecord::new("a.example")]);
    assert_eq!(committed.scope, ["a.example"]);
    assert_eq!(committed.remembered.lanes, [(HOST, 0)]);
    let mut queue = Queue::new();
    let mut first = 0;
    loop {
        let range = Range {
            host: HOST,
            priority: 0,
            first,
            last: u64::MAX,
            newest_first: false,
            max: 256,
        };
        let path = store.path.clone();
        let requests = guarded(&path, || store.read(range))?.requests;
        let Some(newest) = requests.last() else {
            break;
        };
        first = newest.number + 1;
        for queued in &requests {
            queue.insert(queued.number, queued.request.url().to_string());
        }
    }
    Ok(Found {
        commit: usize::try_from(committed.saved.tally.pages).unwrap(),
        queue,
    })
}
