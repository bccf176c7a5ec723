//! End of a run: the notes on how it ended, and the room that is given back.

use jiff::Timestamp;

use super::OpenJob;
use crate::model::report::{Finish, Report};
use crate::page::error::{Error, ErrorKind, Result};
use crate::store::state::store::Summary;
use crate::store::state::{PastRun, RunFile, State, history, store};

impl OpenJob {
    /// Notes how the crawl ended. After that nothing in this process holds the directory any more.
    ///
    /// # Errors
    /// The crawl's own error, else [`ErrorKind::Storage`] when the end cannot be noted.
    pub(crate) async fn ended(mut self, result: Result<Report>) -> Result<Report> {
        if let Some(ended) = self.store_ended.take() {
            // An error is what it ends with.
            let _ = ended.await;
        }
        let noted = self.note_end(&result);
        let report = result?;
        noted?;
        Ok(report)
    }

    fn note_end(&mut self, result: &Result<Report>) -> Result<()> {
        self.run.ended = Some(Timestamp::now());
        self.run.state = match result {
            Ok(report) if report.finish.is_unfinished() => State::Stopped,
            Ok(_) => State::Finished,
            Err(_) if self.has_begun() => State::Failed,
            Err(_) => State::New,
        };
        self.run.failure = match result {
            Ok(report) => report.why_failed(),
            Err(error) => Some(error.chain()).filter(|_| self.run.state == State::Failed),
        };
        // First, because this is what the next run looks at.
        self.run.write(&self.directory)?;
        let past = match result {
            Ok(report) => {
                self.directory.save_report(report)?;
                PastRun::of(report, self.run.resumes)
            }
            Err(error) => match self.reached(error)? {
                Some(reached) => PastRun::broken(&self.run, &reached, error),
                None => return Ok(()),
            },
        };
        history::add(&self.directory, &past)?;
        if let Ok(report) = result {
            self.trim(report);
        }
        Ok(())
    }

    /// Returns the progress of a run that was ended by this error; `None` without a commit, and for a store that is better
    /// left alone.
    fn reached(&self, error: &Error) -> Result<Option<Summary>> {
        if self.run.state != State::Failed || error.kind() == ErrorKind::Storage {
            return Ok(None);
        }
        store::summary(self.directory.path())
    }

    /// Gives room on the disk back that nothing needs any more. After this there is still all that a resumed run,
    /// `retry-failed`, a recrawl and a look at the job read.
    fn trim(&self, report: &Report) {
        let ledger = report.ledger;
        // What a limit ended can go on.
        let is_over =
            report.finish == Finish::Finished && ledger.pending == 0 && ledger.failed == 0;
        let trimmed = if is_over {
            self.directory.discard_progress()
        } else {
            store::shorten(self.directory.path())
        };
        // It costs room and nothing else.
        if let Err(error) = trimmed {
            tracing::debug!(error = error.chain(), "cannot trim the job");
        }
    }

    /// Returns whether there was a commit; without one there is nothing to go on with.
    fn has_begun(&self) -> bool {
        RunFile::read(self.directory.path())
            .is_ok_and(|run| run.is_some_and(|run| run.state != State::New))
    }
}
