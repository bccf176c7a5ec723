//! Lookup of the spider that the word given to a verb means: a spider of this program, or a recipe.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::cli::terminal;
use crate::engine::job::Job;
use crate::page::error::Result;
use crate::page::suggest::did_you_mean;
use crate::recipe::Recipe;

/// Directory in which recipes are looked for.
const DIRECTORY: &str = "spiders";
/// File with the extension of recipes that is not a recipe.
const SETTINGS: &str = "crawl.toml";

/// A spider that was found.
#[derive(Debug)]
pub(in crate::cli) enum Found<'a> {
    /// Spider of this program.
    Own(&'a Job),
    /// Recipe in a file.
    Recipe {
        job: Box<Job>,
        recipe: Recipe,
        file: PathBuf,
    },
}

impl Found<'_> {
    fn in_file(file: PathBuf) -> Result<Self> {
        let recipe = Recipe::read(&file)?;
        Ok(Self::Recipe {
            job: Box::new(recipe.clone().job()),
            recipe,
            file,
        })
    }

    /// Returns the arguments of a run that was given these: for a recipe also those from the environment, and its
    /// defaults.
    ///
    /// # Errors
    /// Fails when an argument is missing.
    pub(in crate::cli) fn resolved(
        &self,
        given: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        match self {
            Self::Own(_) => Ok(given),
            Self::Recipe { recipe, .. } => recipe.resolved(given),
        }
    }

    /// Returns whether these are the arguments of a recipe for which nothing is given, secret ones aside.
    pub(in crate::cli) fn is_by_default(&self, arguments: &BTreeMap<String, String>) -> bool {
        matches!(self, Self::Recipe { recipe, .. } if recipe.is_by_default(arguments))
    }

    /// Returns the file of a recipe as one and the same text, however it was named: relative to the current directory
    /// if it is below it.
    pub(in crate::cli) fn place(&self) -> Option<String> {
        let Self::Recipe { file, .. } = self else {
            return None;
        };
        let file = file.canonicalize().unwrap_or_else(|_| file.clone());
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        let below = here.ok().and_then(|here| file.strip_prefix(here).ok());
        Some(below.unwrap_or(&file).display().to_string())
    }
}

impl Deref for Found<'_> {
    type Target = Job;

    fn deref(&self) -> &Job {
        match self {
            Self::Own(job) => job,
            Self::Recipe { job, .. } => job,
        }
    }
}

/// Returns the spider of this name, or in this file.
///
/// # Errors
/// [`Failure::Usage`] when there is none, with the nearest name; [`Failure::Crawl`] when it is a recipe that cannot be
/// read.
pub(in crate::cli) fn spider<'a>(jobs: &'a [Job], word: &str) -> Result<Found<'a>, Failure> {
    if let Some(job) = jobs.iter().find(|job| job.name() == word) {
        return Ok(Found::Own(job));
    }
    if let Some(file) = file(word) {
        return Ok(Found::in_file(file)?);
    }
    let files = files();
    let recipes = files.iter().filter_map(|file| stem(file));
    let suggestion = did_you_mean(word, jobs.iter().map(Job::name).chain(recipes));
    let mark = if suggestion.is_empty() { ";" } else { "" };
    Err(Failure::usage(format!(
        "no spider {word:?}{suggestion}{mark} `crawl list` shows them"
    )))
}

/// Prints that a recipe cannot be run by its name, because a spider of the program has the name.
pub(in crate::cli) fn warn_of_shadow(jobs: &[Job], name: &str, file: &Path) {
    if jobs.iter().any(|job| job.name() == name) {
        terminal::say(&format!(
            "warning: `crawl run {name}` runs the program's own spider of that name, not the recipe {file}; that runs by \
             its path",
            file = file.display()
        ));
    }
}

/// Returns the file of the recipe of this name, or that is this file.
pub(in crate::cli) fn file(word: &str) -> Option<PathBuf> {
    if is_recipe(Path::new(word)) {
        return Some(PathBuf::from(word));
    }
    // A name is not a way out of the directory.
    if word.contains(['/', '\\']) {
        return None;
    }
    let name = format!("{word}.toml");
    let mut places = [Path::new(DIRECTORY).join(&name), PathBuf::from(&name)].into_iter();
    let is_there = |place: &PathBuf| is_recipe(place) && place.is_file();
    places.find(is_there).or_else(|| {
        let is_named = |file: &PathBuf| {
            let recipe = Recipe::read(file);
            recipe.is_ok_and(|recipe| recipe.name() == word)
        };
        files().into_iter().find(is_named)
    })
}

/// Returns the recipes in ./spiders, in the order of their names.
pub(in crate::cli) fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(DIRECTORY).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_recipe(path) && path.is_file())
        .collect();
    files.sort();
    files
}

/// Returns the stem of a file name: `shop` of `spiders/shop.toml`.
pub(in crate::cli) fn stem(file: &Path) -> Option<&str> {
    file.file_stem()?.to_str()
}

pub(in crate::cli) fn is_recipe(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml")
        && path.file_name().is_some_and(|name| name != SETTINGS)
}

/// Returns every spider that can be run, in the order in which they are listed.
pub(in crate::cli) fn all(jobs: &[Job]) -> Vec<Found<'_>> {
    let recipes = files()
        .into_iter()
        .filter_map(|file| Found::in_file(file).ok());
    jobs.iter().map(Found::Own).chain(recipes).collect()
}
