//! `crawl check`: recorded crawls, once more without a network, held against what is expected of them.

mod find;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::exit::{Exit, Failure, Outcome};
use super::record::{FOLDER, indented, offline};
use super::table::plural;
use super::{hint, terminal};
use crate::error::Error;
use crate::job::Job;
use crate::testing::recording::{About, Changes, Draft, Recording, Replayed};
use find::Checked;

/// Crawl what was recorded, offline, and tell what has changed
///
/// `crawl record` makes a recording. A check crawls it with the spider as it is now, and tells in which fields of which
/// items the outcome differs. No server is asked, no host is waited for, and nothing is written.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl check\n  crawl check books\n  crawl check tests/recorded/books --update\n\nExit codes: 0 as \
                  recorded, 1 something differs, 2 usage, 4 a recording that cannot be checked"
)]
pub(super) struct Check {
    /// Spiders, or folders of recordings [default: all recordings in --dir]
    #[arg(value_name = "SPIDER|FOLDER")]
    words: Vec<String>,

    /// The folder of all recordings
    #[arg(long, value_name = "DIR", default_value = FOLDER)]
    dir: PathBuf,

    /// Take what the spider makes of the recorded pages now for what is expected
    #[arg(long)]
    update: bool,

    /// As a JSON object per recording, with all differences
    #[arg(long)]
    json: bool,
}

/// What a check came to.
enum Verdict {
    Same(About, usize),
    Changed {
        about: About,
        items: usize,
        changes: Changes,
        is_updated: bool,
    },
    Broken(Failure),
}

impl Check {
    pub(super) fn run(self, jobs: &[Job]) -> Outcome {
        let checked = find::recordings(jobs, &self.words, &self.dir)?;
        let mut out = io::stdout().lock();
        let (mut changed, mut broken) = (false, false);
        for checked in checked {
            match checked {
                Checked::Recording(folder) => {
                    let verdict = self.check(jobs, &folder).unwrap_or_else(Verdict::Broken);
                    match verdict {
                        Verdict::Changed {
                            is_updated: false, ..
                        } => changed = true,
                        Verdict::Broken(_) => broken = true,
                        _ => {}
                    }
                    self.show(&mut out, &folder, &verdict)?;
                }
                Checked::Unrecorded(_) if self.json => {}
                Checked::Unrecorded(spider) => writeln!(out, "{spider}: no recording")?,
            }
            out.flush()?;
        }
        Ok(match (broken, changed) {
            (true, _) => Exit::Settings,
            (false, true) => Exit::Unexpected,
            (false, false) => Exit::Finished,
        })
    }

    fn check(&self, jobs: &[Job], folder: &Path) -> Result<Verdict, Failure> {
        let recording = Recording::read(folder)?;
        let job = super::find::spider(jobs, &recording.about.spider)?;
        let replayed = offline(&job, &recording.about, recording.exchanges.clone())?;
        let changes = Changes::between(&recording, &replayed);
        let items = recording.results.items.len();
        if changes.is_empty() {
            return Ok(Verdict::Same(recording.about, items));
        }
        let about = recording.about.clone();
        if self.update {
            update(folder, recording, replayed)?;
        }
        Ok(Verdict::Changed {
            about,
            items,
            changes,
            is_updated: self.update,
        })
    }

    fn show(&self, out: &mut impl Write, folder: &Path, verdict: &Verdict) -> io::Result<()> {
        if self.json {
            return writeln!(out, "{}", in_json(folder, verdict));
        }
        let name = folder
            .file_name()
            .unwrap_or(folder.as_os_str())
            .to_string_lossy();
        let size = |about: &About, items: &usize| {
            format!(
                "{}, {}",
                plural(about.pages, "page"),
                plural(*items as u64, "item")
            )
        };
        let text = match verdict {
            Verdict::Same(about, items) => format!("{name}: {}: as recorded", size(about, items)),
            Verdict::Changed {
                about,
                items,
                changes,
                is_updated,
            } => {
                let updated = if *is_updated { "; updated" } else { "" };
                format!(
                    "{name}: {}: {}{updated}\n{}",
                    size(about, items),
                    changes.summary(),
                    indented(changes)
                )
            }
            Verdict::Broken(failure) => format!("{name}: {}", told(failure)),
        };
        writeln!(out, "{}", terminal::for_stdout(&text))
    }
}

/// Writes a recording of which exactly this is expected.
fn update(folder: &Path, recording: Recording, replayed: Replayed) -> Result<(), Error> {
    let about = About {
        pages: replayed.pages,
        ..recording.about
    };
    let recording = Recording {
        about,
        exchanges: replayed.exchanges,
        results: replayed.results,
    };
    Draft::of(folder)?.finish(&recording).map(drop)
}

fn in_json(folder: &Path, verdict: &Verdict) -> Value {
    let recording = folder.display().to_string();
    match verdict {
        Verdict::Same(about, items) => json!({
            "recording": recording, "spider": about.spider, "pages": about.pages, "items": items,
            "same": true,
        }),
        Verdict::Changed {
            about,
            items,
            changes,
            is_updated,
        } => json!({
            "recording": recording, "spider": about.spider, "pages": about.pages, "items": items,
            "same": false, "updated": is_updated, "changes": changes,
        }),
        Verdict::Broken(failure) => json!({"recording": recording, "error": told(failure)}),
    }
}

fn told(failure: &Failure) -> String {
    match failure {
        Failure::Usage(message) => message.clone(),
        Failure::Crawl(error) => {
            let hint = hint::of_error(error, hint::Dialect::Settings);
            let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
            format!("{}{hint}", error.chain())
        }
        Failure::Stdout(error) => error.to_string(),
    }
}
