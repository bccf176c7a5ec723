//! `crawl list`: the spiders of this program, and the recipes in ./spiders.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::exit::{Exit, Outcome};
use crate::cli::flags::find;
use crate::cli::terminal;
use crate::cli::terminal::table::table;
use crate::engine::job::Job;
use crate::page::error::Result;
use crate::recipe::Recipe;

/// List the spiders
///
/// Those of this program and the recipes in ./spiders. A recipe that cannot be read is listed with what is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl list\n  \
                  crawl list --json | jq -r .name")]
pub(in crate::cli) struct List {
    /// As a JSON object per spider
    #[arg(long)]
    json: bool,
}

/// A row: a spider of the program, or a file.
enum Row<'a> {
    Own(&'a Job),
    Recipe(PathBuf, Result<Recipe>),
}

impl List {
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        let recipes = find::files().into_iter().map(|file| {
            let recipe = Recipe::read(&file);
            Row::Recipe(file, recipe)
        });
        let rows: Vec<Row<'_>> = jobs.iter().map(Row::Own).chain(recipes).collect();
        let mut out = io::stdout().lock();
        if self.json {
            for row in &rows {
                writeln!(out, "{}", row.json())?;
            }
        } else {
            let is_own = |name: &str| jobs.iter().any(|job| job.name() == name);
            let rows: Vec<_> = rows.iter().map(|row| row.text(is_own)).collect();
            write!(out, "{}", table([24, 120], &rows))?;
            out.flush()?;
            terminal::say("\nRun one with `crawl run NAME`.");
        }
        Ok(Exit::Finished)
    }
}

impl Row<'_> {
    /// Returns the cells of the row. Of two spiders with one name each is shown as the word that runs it.
    fn text(&self, is_own: impl Fn(&str) -> bool) -> [String; 2] {
        match self {
            Self::Own(job) => [find::word_of_own(job.name()), job.description().to_owned()],
            Self::Recipe(file, Ok(recipe)) if is_own(recipe.name()) => {
                [file.display().to_string(), recipe.description().to_owned()]
            }
            Self::Recipe(_, Ok(recipe)) => {
                [recipe.name().to_owned(), recipe.description().to_owned()]
            }
            Self::Recipe(file, Err(error)) => {
                let name = find::stem(file).unwrap_or_default().to_owned();
                [name, format!("cannot be run: {}", first_of(&error.chain()))]
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Own(job) => json!({"name": job.name(), "about": job.description()}),
            Self::Recipe(file, Ok(recipe)) => {
                json!({"name": recipe.name(), "about": recipe.description(), "file": file})
            }
            Self::Recipe(file, Err(error)) => {
                json!({"name": find::stem(file), "file": file, "problem": first_of(&error.chain())})
            }
        }
    }
}

/// Returns the first mistake of a recipe, or the only one.
fn first_of(error: &str) -> &str {
    match error.split_once("\n  ") {
        Some((_, all)) => all.lines().next().unwrap_or_default(),
        None => error,
    }
}
