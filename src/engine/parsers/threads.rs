//! A pool of as many threads as are wanted, not counting threads whose job takes long.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use tokio::runtime::Handle;

/// Interval between two checks of the threads: a thread that is at the same job for a whole interval is replaced.
const LOOK_EVERY: Duration = Duration::from_millis(100);

pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Pool of parsing threads.
pub(super) struct Threads {
    /// Runtime in whose context jobs run, so that they can spawn tasks in it and use its timers.
    runtime: Handle,
    wanted: usize,
    state: Mutex<State>,
    /// Notified for each job that an idle thread is woken for.
    work: Condvar,
    /// Notified when there are threads to watch, and at the end.
    watch: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Number of jobs begun so far.
    begun: u64,
    /// Numbers of the jobs that are running.
    at_work: Vec<u64>,
    /// Numbers of the running jobs whose threads are replaced.
    replaced: Vec<u64>,
    threads: usize,
    idle: usize,
    /// Number of idle threads that were woken.
    woken: usize,
    has_watcher: bool,
    is_watched: bool,
    is_over: bool,
}

impl Threads {
    pub(super) fn new(runtime: Handle, wanted: usize) -> Arc<Self> {
        Arc::new(Self {
            runtime,
            wanted: wanted.max(1),
            state: Mutex::default(),
            work: Condvar::new(),
            watch: Condvar::new(),
        })
    }

    /// Runs a job as soon as a thread is free; at once, on this thread, when no thread can be started.
    pub(super) fn give(self: &Arc<Self>, job: Job) {
        let mut state = self.state();
        state.jobs.push_back(job);
        let is_new_to_watch = !std::mem::replace(&mut state.is_watched, true);
        let has_idle = state.idle > state.woken;
        if has_idle {
            state.woken += 1;
        } else {
            self.add_threads(&mut state);
        }
        let alone = (state.threads == 0)
            .then(|| state.jobs.pop_back())
            .flatten();
        drop(state);
        if has_idle {
            self.work.notify_one();
        }
        if is_new_to_watch {
            self.watch.notify_one();
        }
        if let Some(job) = alone {
            job();
        }
    }

    /// Lets all threads end when nothing is left to do.
    pub(super) fn end(&self) {
        self.state().is_over = true;
        self.work.notify_all();
        self.watch.notify_all();
    }

    /// Starts the threads that are missing for the waiting jobs, and the thread that watches them.
    fn add_threads(self: &Arc<Self>, state: &mut State) {
        if !state.has_watcher {
            let threads = Arc::clone(self);
            let watcher = Builder::new().name("crawl-watch".to_owned());
            state.has_watcher = watcher.spawn(move || threads.watch()).is_ok();
        }
        let mut waiting = state.jobs.len();
        while waiting > 0 && state.threads - state.replaced.len() < self.wanted {
            let threads = Arc::clone(self);
            let thread = Builder::new().name("crawl-parse".to_owned());
            if thread.spawn(move || threads.work()).is_err() {
                // The threads that there are do the job.
                return;
            }
            state.threads += 1;
            waiting -= 1;
        }
    }

    /// Runs one job after the other.
    fn work(&self) {
        let _runtime = self.runtime.enter();
        let mut state = self.state();
        loop {
            while let Some(job) = state.jobs.pop_front() {
                let number = state.begun;
                state.begun += 1;
                state.at_work.push(number);
                drop(state);
                job();
                state = self.state();
                state.at_work.retain(|other| *other != number);
                if let Some(at) = state.replaced.iter().position(|other| *other == number) {
                    state.replaced.swap_remove(at);
                    state.threads -= 1;
                    return;
                }
            }
            if state.is_over {
                state.threads -= 1;
                return;
            }
            state.idle += 1;
            state = self
                .work
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
            state.woken = state.woken.saturating_sub(1);
        }
    }

    /// Replaces threads whose job takes long, as long as there is anything to watch.
    fn watch(self: &Arc<Self>) {
        let mut state = self.state();
        while !state.is_over {
            if !state.is_watched {
                state = self
                    .watch
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let begun = state.begun;
            let waited = self.watch.wait_timeout(state, LOOK_EVERY);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            let State {
                at_work, replaced, ..
            } = &mut *state;
            let is_held = |number: &&u64| **number < begun && !replaced.contains(number);
            let held: Vec<u64> = at_work.iter().filter(is_held).copied().collect();
            replaced.extend(held);
            self.add_threads(&mut state);
            state.is_watched = !state.jobs.is_empty() || state.at_work.len() > state.replaced.len();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads")
            .field("wanted", &self.wanted)
            .finish_non_exhaustive()
    }
}
