//! `crawl check`: recorded crawls, once more without a network, held against what is expected of them; and recipes, read.

mod find;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::input;
use crate::cli::terminal;
use crate::cli::terminal::hint;
use crate::cli::terminal::table::plural;
use crate::cli::verbs::record::{DIRECTORY, indented, offline};
use crate::engine::job::Job;
use crate::page::error::{Error, ErrorKind};
use crate::recipe::{self, Problem};
use crate::testing::recording::{About, Changes, Draft, Recording, Replayed};
use find::Checked;

/// Crawl what was recorded, offline, and show what has changed
///
/// Recipes are read, too, and what is wrong with them is shown.
///
/// `crawl record` makes a recording. A check crawls it with the spider as it is now, and shows in which fields of which
/// items the outcome differs. No server is asked, no host is waited for, and nothing is written.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl check\n  crawl check books\n  crawl check tests/recorded/books --update\n\nExit codes: 0 as \
                  recorded, 1 something differs, 2 usage, or nothing to check, 4 a recording that cannot be checked, or a bad \
                  recipe"
)]
pub(in crate::cli) struct Check {
    /// Spiders, recipes, or directories of recordings [default: all in --dir and ./spiders]
    #[arg(value_name = "SPIDER|RECIPE|DIR")]
    words: Vec<String>,

    /// The directory of all recordings
    #[arg(long, value_name = "DIR", default_value = DIRECTORY)]
    dir: PathBuf,

    /// Take what the spider makes of the recorded pages now for what is expected
    #[arg(long)]
    update: bool,

    /// As a JSON object per recording, with all differences
    #[arg(long)]
    json: bool,
}

/// Result of a check.
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
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        let checked = find::checked(jobs, &self.words, &self.dir)?;
        let mut out = io::stdout().lock();
        let (mut changed, mut broken) = (false, false);
        let is_checked = |checked: &Checked| !matches!(checked, Checked::Unrecorded(_));
        let has_nothing = !checked.iter().any(is_checked);
        for checked in checked {
            match checked {
                Checked::Recording(directory) => {
                    let verdict = self.check(jobs, &directory).unwrap_or_else(Verdict::Broken);
                    match verdict {
                        Verdict::Changed {
                            is_updated: false, ..
                        } => changed = true,
                        Verdict::Broken(_) => broken = true,
                        _ => {}
                    }
                    self.show(&mut out, &directory, &verdict)?;
                }
                Checked::Recipe(file) => {
                    let problems = problems(&file)?;
                    broken |= !problems.is_empty();
                    self.show_recipe(&mut out, &file, &problems)?;
                }
                Checked::Unrecorded(_) if self.json => {}
                Checked::Unrecorded(spider) => writeln!(out, "{spider}: no recording")?,
            }
            out.flush()?;
        }
        if has_nothing {
            let place = self.dir.display();
            return Err(Failure::usage(format!(
                "nothing to check: no recording in {place} and no recipe; `crawl record SPIDER` makes a recording"
            )));
        }
        Ok(match (broken, changed) {
            (true, _) => Exit::Settings,
            (false, true) => Exit::Unexpected,
            (false, false) => Exit::Finished,
        })
    }

    fn show_recipe(
        &self,
        out: &mut impl Write,
        file: &Path,
        problems: &[Problem],
    ) -> io::Result<()> {
        let file = file.display();
        let mut told = problems.iter().map(|problem| format!("{file}:{problem}"));
        if self.json {
            let told: Vec<String> = told.collect();
            return writeln!(
                out,
                "{}",
                json!({"recipe": file.to_string(), "problems": told})
            );
        }
        if problems.is_empty() {
            return writeln!(out, "{file}: a good recipe");
        }
        told.try_for_each(|told| writeln!(out, "{}", terminal::for_stdout(&told)))
    }

    fn check(&self, jobs: &[Job], directory: &Path) -> Result<Verdict, Failure> {
        let recording = Recording::read(directory)?;
        let job = crate::cli::flags::find::noted(jobs, &recording.about.spider)?;
        let replayed = offline(&job, &recording.about, recording.exchanges.clone())?;
        let changes = Changes::between(&recording, &replayed);
        let items = recording.results.items.len();
        if changes.is_empty() {
            return Ok(Verdict::Same(recording.about, items));
        }
        let about = recording.about.clone();
        if self.update {
            if replayed.pages == 0 {
                let message = "the spider makes no page of the recording now, so it is not updated; `crawl record` with \
                               --force makes it anew";
                return Err(Error::new(ErrorKind::File, message).into());
            }
            update(directory, recording, replayed)?;
        }
        Ok(Verdict::Changed {
            about,
            items,
            changes,
            is_updated: self.update,
        })
    }

    fn show(&self, out: &mut impl Write, directory: &Path, verdict: &Verdict) -> io::Result<()> {
        if self.json {
            return writeln!(out, "{}", in_json(directory, verdict));
        }
        let name = directory
            .file_name()
            .unwrap_or(directory.as_os_str())
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

/// Returns the problems of a recipe.
fn problems(file: &Path) -> Result<Vec<Problem>, Failure> {
    let text = input::file(file)?;
    let text = String::from_utf8(text).map_err(|error| {
        let message = format!("{} is not text in UTF-8", file.display());
        Error::new(ErrorKind::Settings, message).with_source(error)
    })?;
    Ok(recipe::check(&file.display().to_string(), &text))
}

/// Writes a recording of which exactly this is expected. Pages that it has no use for now are kept: they may be asked for
/// again.
fn update(directory: &Path, recording: Recording, replayed: Replayed) -> Result<(), Error> {
    let about = About {
        pages: replayed.pages,
        ..recording.about
    };
    let mut exchanges = replayed.exchanges;
    exchanges.extend(replayed.spare);
    let recording = Recording {
        about,
        exchanges,
        results: replayed.results,
    };
    Draft::of(directory)?.finish(&recording).map(drop)
}

fn in_json(directory: &Path, verdict: &Verdict) -> Value {
    let recording = directory.display().to_string();
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
