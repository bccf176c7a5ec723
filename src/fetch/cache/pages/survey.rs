//! The end of a run: all pages are gone through, counted and told.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::runs::End;
use super::{Before, Met, Pages, compare};
use crate::fetch::cache::stored::Head;
use crate::model::report::{self, Filter, Finish, Report};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::response::Recrawled;

impl Pages {
    /// Counts the pages into the report and, unless the run goes on some day, writes the feed and makes the run the one
    /// that the next is compared with.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the feed cannot be written, or the pages cannot be gone through.
    pub(crate) async fn conclude(self, report: &mut Report) -> Result<()> {
        let (finish, has_holes) = (report.finish, has_holes(report));
        let surveyed = tokio::task::spawn_blocking(move || self.survey(finish, has_holes));
        let panicked =
            |error| Error::new(ErrorKind::Panic, "no survey of the pages").with_source(error);
        report.recrawl = Some(surveyed.await.map_err(panicked)??);
        Ok(())
    }

    /// In this order, a kill at any moment leaves a job whose next run is compared with the right one.
    fn survey(&self, finish: Finish, has_holes: bool) -> Result<report::Recrawl> {
        let has_holes = has_holes || self.has_failures.load(Ordering::Relaxed);
        let is_whole = !has_holes && !self.runs.is_partial() && !self.store.is_broken();
        let is_complete = finish == Finish::Finished && is_whole;
        let is_over = !finish.is_unfinished();
        let mut feed = Feed::open(self.feed.as_deref().filter(|_| is_over))?;
        let mut counts = report::Recrawl::default();
        let mut gone = Vec::new();
        for found in self.store.walk().map_err(|error| self.unreadable(error))? {
            let Some(head) = found.head else { continue };
            let (is_met, before) = (self.has_met(&head), self.before(&head));
            if is_complete && !is_met || is_gone(&head) {
                gone.push(found.path);
            }
            let state = match (is_met, &head.page) {
                (true, Some(page)) if page.met == Met::Failed => None,
                (true, Some(page)) if page.met == Met::Fetched => {
                    Some(compare(&head, before.as_ref()))
                }
                _ if before.is_some() && (is_met || is_complete) => Some(Recrawled::Gone),
                _ => continue,
            };
            counts.add(state);
            feed.write(&head, state, is_met, before.as_ref())?;
        }
        feed.close()?;
        if is_over {
            let end = if is_complete {
                End::Complete
            } else {
                End::Limited
            };
            self.runs.ended(end)?;
            self.tidy(if is_complete { gone } else { Vec::new() });
        }
        Ok(counts)
    }

    fn has_met(&self, head: &Head) -> bool {
        let run = head.page.as_ref().map(|page| page.run);
        run == Some(self.runs.number())
    }

    /// Removes the files of pages that are gone, and unfinished files. A page whose file cannot be removed counts as gone
    /// all the same: later runs recognize it by its number.
    fn tidy(&self, gone: Vec<PathBuf>) {
        let unfinished = self.store.unfinished().into_iter().flatten();
        for path in gone.into_iter().chain(unfinished) {
            let _ = fs::remove_file(path);
        }
    }

    fn unreadable(&self, error: io::Error) -> Error {
        let message = format!("cannot read {}", self.directory.display());
        Error::new(ErrorKind::Storage, message).with_source(error)
    }
}

/// Returns whether the run may have left out pages that exist: it reached nothing, or something failed that may have
/// led to them. A page that is missing leads nowhere.
fn has_holes(report: &Report) -> bool {
    let missing = [404, 410].map(|status| report.statuses.get(&status).copied().unwrap_or(0));
    // What was said of robots.txt is no word about a page.
    let missing = missing
        .iter()
        .sum::<u64>()
        .saturating_sub(report.robots.none);
    report.pages == 0
        || report.ledger.failed > missing
        || report.filtered.contains_key(&Filter::RobotsUnreachable)
}

fn is_gone(head: &Head) -> bool {
    head.page.as_ref().is_some_and(|page| page.met == Met::Gone)
}

impl report::Recrawl {
    /// A page that failed is in none of the four.
    fn add(&mut self, state: Option<Recrawled>) {
        match state {
            Some(Recrawled::New) => self.new += 1,
            Some(Recrawled::Changed) => self.changed += 1,
            Some(Recrawled::Unchanged) => self.unchanged += 1,
            Some(Recrawled::Gone) => self.gone += 1,
            None => {}
        }
    }
}

/// The file with a line per page, in the order of the pages' names: the same in every run.
struct Feed(Option<(BufWriter<File>, PathBuf, PathBuf)>);

impl Feed {
    fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let file = File::create(&new).map_err(|error| unwritable(path, error))?;
        Ok(Self(Some((BufWriter::new(file), new, path.to_owned()))))
    }

    fn write(
        &mut self,
        head: &Head,
        state: Option<Recrawled>,
        is_met: bool,
        before: Option<&Before>,
    ) -> Result<()> {
        let Some((file, _, path)) = &mut self.0 else {
            return Ok(());
        };
        writeln!(file, "{}", line(head, state, is_met, before))
            .map_err(|error| unwritable(path, error))
    }

    /// Puts it into its place, whole.
    fn close(self) -> Result<()> {
        let Some((file, new, path)) = self.0 else {
            return Ok(());
        };
        let closed = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&new, &path));
        closed.map_err(|error| unwritable(&path, error))
    }
}

fn line(head: &Head, state: Option<Recrawled>, is_met: bool, before: Option<&Before>) -> Value {
    let name = match state {
        Some(Recrawled::New) => "new",
        Some(Recrawled::Changed) => "changed",
        Some(Recrawled::Unchanged) => "unchanged",
        Some(Recrawled::Gone) => "gone",
        None => "failed",
    };
    let is_there = is_met && !matches!(state, None | Some(Recrawled::Gone));
    let time = |time| jiff::Timestamp::try_from(time).ok();
    json!({
        "url": head.url,
        "state": name,
        "status": is_there.then(|| head.status.as_u16()),
        "sha256": is_there.then_some(&head.sha256),
        "time": is_there.then(|| time(head.received)),
        "previous": before.map(|before| json!({"sha256": before.sha256, "time": time(before.time)})),
    })
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("cannot write {}", path.display()),
    )
    .with_source(error)
}
