//! The job of a crawl: where it is kept, what is found there before the crawl begins, and what is said of that.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::cli::crawl::{again, say};
use crate::cli::flags::LogFormat;
use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::table::{count, moment, plural};
use crate::cli::verbs::jobs;
use crate::engine::job::AnyCrawler;
use crate::model::event::{Event, Events};
use crate::page::error::Result;
use crate::store::state::{Directory, RunFile, State, store};

/// A job that a crawl is kept as.
#[derive(Debug)]
pub(in crate::cli) struct Durable {
    name: String,
    arguments: BTreeMap<String, String>,
    directory: PathBuf,
    begin: Begin,
}

/// Which run of the job a crawl goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Begin {
    /// One that did not finish.
    Unfinished,
    /// One that did not finish, or that a limit ended.
    GoOn,
    /// No run: the job starts over.
    Fresh,
}

/// The place of a job.
#[derive(Debug)]
pub(in crate::cli) struct Kept {
    name: String,
    directory: PathBuf,
    /// Arguments of the spider; none of them is secret.
    pub(in crate::cli) arguments: BTreeMap<String, String>,
}

/// The run that a crawl resumes.
#[derive(Debug)]
pub(in crate::cli) struct Unfinished {
    job: String,
    /// Last state of the run and its time: `killed 2026-11-21 12:00`.
    end: String,
}

impl Durable {
    /// Returns a job in this directory or, if none is given, in that of its name.
    pub(in crate::cli) fn new(
        name: String,
        arguments: BTreeMap<String, String>,
        directory: Option<PathBuf>,
        begin: Begin,
    ) -> Self {
        let directory = directory.unwrap_or_else(|| jobs::directory_of(&name));
        Self {
            name,
            arguments,
            directory,
            begin,
        }
    }

    /// Looks at the directory before anything is touched: a job that is being crawled is left alone, and one that
    /// cannot be read too.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) when the job is being crawled,
    /// [`ErrorKind::File`](crate::ErrorKind::File) when its last run cannot be read.
    pub(in crate::cli) fn look(&self) -> Result<Option<Unfinished>> {
        if let Some(holder) = Directory::peek(&self.directory)?.holder {
            return Err(holder.refuses(&self.directory));
        }
        let run = RunFile::read(&self.directory)?;
        let unfinished = run.filter(|run| match self.begin {
            Begin::Unfinished => run.state.is_unfinished(),
            Begin::GoOn => run.state != State::New,
            Begin::Fresh => false,
        });
        Ok(unfinished.map(|run| {
            let ended = jobs::ended(&run, &self.directory).map_or_else(String::new, moment);
            Unfinished {
                end: format!("{} {ended}", jobs::state(run.state, false)),
                job: run.job,
            }
        }))
    }

    /// Returns where the job is kept.
    pub(in crate::cli) fn kept(&self) -> Kept {
        Kept {
            name: self.name.clone(),
            directory: self.directory.clone(),
            arguments: self.arguments.clone(),
        }
    }

    /// Keeps the crawl as this job.
    pub(in crate::cli) fn keep(self, crawler: AnyCrawler) -> AnyCrawler {
        let mut crawler = crawler.job(self.directory);
        crawler.config.name_job(self.name, self.arguments);
        match self.begin {
            Begin::Unfinished => crawler,
            Begin::GoOn => crawler.go_on(),
            Begin::Fresh => crawler.fresh(),
        }
    }
}

impl Kept {
    /// Returns the job as a person types it behind a verb about jobs.
    pub(in crate::cli) fn word(&self) -> String {
        if self.directory == jobs::directory_of(&self.name) {
            return self.name.clone();
        }
        again::quoted(&self.directory.display().to_string())
    }

    /// Notes that the run ended because nobody reads its output any more, if it had no others than these pipes.
    pub(in crate::cli) fn note_reader_gone(&self, pipes: usize) {
        let noted = Directory::lock(&self.directory)
            .and_then(|directory| store::note_reader_gone(&directory, pipes));
        if let Err(error) = noted {
            tracing::debug!(error = error.chain(), "cannot note that nobody reads");
        }
    }
}

impl Unfinished {
    /// Waits until the crawl has resumed the run or started over, and reports that.
    pub(in crate::cli) async fn tell(self, mut events: Events, screen: Screen, format: LogFormat) {
        let text = match events.next().await {
            Some(Event::Resumed {
                pages,
                items,
                pending,
            }) => self.resumed(pages, items, pending),
            Some(Event::StartedOver { reason }) => self.started_over(reason),
            _ => return,
        };
        screen.above(|| say(text, "INFO", format));
    }

    fn started_over(&self, reason: &str) -> String {
        format!(
            "starting {} over, the last run is discarded: {reason} ({})",
            self.job, self.end
        )
    }

    fn resumed(&self, pages: u64, items: u64, pending: u64) -> String {
        let waits = if pending == 1 {
            "1 request waits".to_owned()
        } else {
            format!("{} requests wait", count(pending))
        };
        format!(
            "resuming {}: {} and {} are done, {waits} ({})",
            self.job,
            plural(pages, "page"),
            plural(items, "item"),
            self.end
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_resumed_is_told_in_one_line() {
        let unfinished = Unfinished {
            job: "quotes".to_owned(),
            end: "killed 2026-11-21 12:00".to_owned(),
        };
        for ((pages, items, pending), said) in [
            (
                (1_234, 5_678, 910),
                "resuming quotes: 1,234 pages and 5,678 items are done, 910 requests wait (killed 2026-11-21 12:00)",
            ),
            (
                (1, 0, 1),
                "resuming quotes: 1 page and 0 items are done, 1 request waits (killed 2026-11-21 12:00)",
            ),
        ] {
            assert_eq!(unfinished.resumed(pages, items, pending), said);
        }
    }
}
