//! A trial: one durable crawl in as many runs as it takes, with all that is checked after each of them and at the end.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::crawl::Crawl;
use super::graph::Graph;
use super::log::Log;
use super::outputs::{LINES, Outputs, length};
use super::random::Random;
use super::summary::Summary;
use super::truth::{RUN, Truth};
use crate::support::Scratch;

/// Visits in flight: also the most that a kill may cost.
pub(super) const CONCURRENCY: usize = 16;
/// The directory of the job.
pub(super) const JOB: &str = "job";
/// Where the last run writes its report.
pub(super) const REPORT: &str = "report.json";
/// Where a run's last words go.
const SAID: &str = "said.txt";

/// When a run is interrupted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    /// So long after its start: nothing is waited for, any moment will do.
    After(Duration),
    /// When the server has given so many answers more.
    Answers(u64),
    /// When the length of an output has changed by so many bytes.
    Bytes(u64),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Killed,
    Stopped,
    Finished,
}

pub(super) struct Trial {
    pub(super) truth: Truth,
    pub(super) random: Random,
    pub(super) seed: u64,
    pub(super) directory: Scratch,
    /// How each run ended.
    pub(super) ends: Vec<End>,
    /// What the files held after the last run.
    pub(super) outputs: Outputs,
    /// Files that a kill left with half a record.
    pub(super) torn: usize,
    pub(super) began: Instant,
}

impl Trial {
    pub(super) fn new(seed: u64, pages: u64) -> Self {
        Self {
            truth: Truth::serve(Graph::new(seed, pages)),
            random: Random::new(seed, u64::MAX),
            seed,
            directory: Scratch::new(),
            ends: Vec::new(),
            outputs: Outputs::default(),
            torn: 0,
            began: Instant::now(),
        }
    }

    /// Starts the next run of the crawl; the command is the same every time.
    pub(super) fn start(&self) -> Crawl {
        self.start_as(self.ends.len(), SAID)
    }

    /// Starts the crawl beside a run that is at work, and returns the exit code.
    ///
    /// # Panics
    /// When it asked the server for anything.
    pub(super) fn start_beside(&self) -> Option<i32> {
        let run = self.ends.len() + 1;
        let status = self.start_as(run, "said-beside.txt").end();
        assert!(!self.truth.log(|log| log.knows(run)));
        status.code()
    }

    fn start_as(&self, run: usize, said: &str) -> Crawl {
        let (url, header) = (self.truth.url(0), format!("headers={RUN}: {run}"));
        let concurrency = format!("concurrency={CONCURRENCY}");
        let per_host = format!("concurrency_per_host={CONCURRENCY}");
        let mut arguments = vec!["site", &url, "-q", "--job", JOB, "--report", REPORT];
        arguments.extend(Outputs::flags());
        for setting in [
            "delay=0",
            "adaptive_delay=false",
            "retries=3",
            // No page has the key of another, and every field is filled: neither may change anything.
            "unique=url",
            "min_fill=title=1,links=1",
            &concurrency,
            &per_host,
            &header,
        ] {
            arguments.extend(["-s", setting]);
        }
        Crawl::start(&self.directory.path(""), said, &arguments)
    }

    /// A moment within what is left to do, so that as many interruptions as are still wanted find their place.
    pub(super) fn moment(&mut self, interruptions: u64) -> Moment {
        let most = 2 * self.remaining() / (interruptions + 2);
        match self.random.below(10) {
            0 => Moment::After(Duration::from_micros(self.random.below(60_000))),
            1 if most > 0 => Moment::Bytes(1 + self.random.below(300 * most)),
            _ => Moment::Answers(1 + self.random.below(most + 1)),
        }
    }

    /// Waits for the moment; false when the run ends before.
    pub(super) fn wait(&self, crawl: &mut Crawl, moment: Moment) -> bool {
        match moment {
            Moment::After(time) => {
                let began = Instant::now();
                crawl.wait_until(|| began.elapsed() >= time)
            }
            Moment::Answers(more) => {
                let answered = self.answered() + more;
                crawl.wait_until(|| self.answered() >= answered)
            }
            Moment::Bytes(change) => {
                let before = length(&self.directory, LINES);
                crawl.wait_until(|| length(&self.directory, LINES).abs_diff(before) >= change)
            }
        }
    }

    /// Requests that an uninterrupted crawl would still have to make.
    pub(super) fn remaining(&self) -> u64 {
        self.truth.log(Log::remaining)
    }

    /// Answers that the server has given so far.
    fn answered(&self) -> u64 {
        self.truth.log(|log| log.answered)
    }

    /// Kills a run. Returns whether something is left to do.
    pub(super) fn kill(&mut self, crawl: Crawl) -> bool {
        self.ended(crawl.kill(), End::Killed)
    }

    /// Waits for the end of a run that was told to stop. Returns whether something is left to do.
    pub(super) fn stop(&mut self, crawl: Crawl) -> bool {
        self.ended(crawl.end(), End::Stopped)
    }

    /// Waits for the end of a run that has nothing in its way any more.
    pub(super) fn end(&mut self, crawl: Crawl) {
        self.ended(crawl.end(), End::Finished);
    }

    /// Lets the crawl finish, unless it has done so, and looks at all that it has done.
    pub(super) fn finish(mut self) -> Summary {
        if self.ends.last() != Some(&End::Finished) {
            self.end(self.start());
        }
        Summary::of(&self)
    }

    /// Takes down how a run ended and checks the files that it left. A run may always have been faster than what was to
    /// interrupt it.
    fn ended(&mut self, status: ExitStatus, end: End) -> bool {
        let run = format!("seed {}, run {}, {end:?}", self.seed, self.ends.len());
        let said = || format!("{run}: {status}: {}", self.directory.read(SAID));
        let end = if status.success() { End::Finished } else { end };
        match end {
            End::Finished => assert!(status.success(), "{}", said()),
            End::Stopped => assert_eq!(status.code(), Some(11), "{}", said()),
            // SIGTERM ends it too, as long as it is not prepared for that, and so does what SIGTERM has set off.
            End::Killed => assert!(
                matches!(status.signal(), Some(9 | 15)) || status.code() == Some(11),
                "{}",
                said()
            ),
        }
        let outputs = Outputs::read(&self.directory, end == End::Killed)
            .unwrap_or_else(|why| panic!("{run}: {why}"));
        // What a killed run did not commit belongs to visits that were still in their slots.
        let may_cut = match self.ends.last() {
            Some(End::Killed) => CONCURRENCY,
            _ => 0,
        };
        let cut = self.outputs.cut_by(&outputs);
        assert!(cut <= may_cut, "{run}: it cut off {cut} records");
        self.torn += outputs.torn;
        self.outputs = outputs;
        self.ends.push(end);
        end != End::Finished
    }
}
