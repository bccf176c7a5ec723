//! Which spider is meant by the word that verbs take for one: one of this program, or a recipe.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::exit::Failure;
use crate::error::Result;
use crate::job::Job;
use crate::recipe::Recipe;
use crate::settings::did_you_mean;

/// Where recipes are looked for.
const FOLDER: &str = "spiders";
/// A file with the ending of recipes that is none.
const SETTINGS: &str = "crawl.toml";

/// A spider that was found.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// One of this program.
    Own(&'a Job),
    /// One in a file.
    Recipe(Job),
}

impl Deref for Found<'_> {
    type Target = Job;

    fn deref(&self) -> &Job {
        match self {
            Self::Own(job) => job,
            Self::Recipe(job) => job,
        }
    }
}

/// The spider of this name, or in this file.
///
/// # Errors
/// [`Failure::Usage`] when there is none, with the nearest name; [`Failure::Crawl`] when it is a recipe that cannot be
/// read.
pub(super) fn spider<'a>(jobs: &'a [Job], word: &str) -> Result<Found<'a>, Failure> {
    if let Some(job) = jobs.iter().find(|job| job.name() == word) {
        return Ok(Found::Own(job));
    }
    if let Some(recipe) = recipe(word)? {
        return Ok(Found::Recipe(recipe.job()));
    }
    let files = files();
    let recipes = files.iter().filter_map(|file| stem(file));
    let suggestion = did_you_mean(word, jobs.iter().map(Job::name).chain(recipes));
    let mark = if suggestion.is_empty() { ";" } else { "" };
    Err(Failure::usage(format!(
        "no spider {word:?}{suggestion}{mark} `crawl list` shows them"
    )))
}

/// The recipe of this name in ./spiders or here, or in this file.
fn recipe(word: &str) -> Result<Option<Recipe>> {
    if is_recipe(Path::new(word)) {
        return Recipe::read(word).map(Some);
    }
    // A name is not a way out of the folder.
    if word.contains(['/', '\\']) {
        return Ok(None);
    }
    let file = format!("{word}.toml");
    let places = [Path::new(FOLDER).join(&file), PathBuf::from(&file)];
    for place in places {
        if is_recipe(&place) && place.is_file() {
            return Recipe::read(place).map(Some);
        }
    }
    let named = |file: &PathBuf| {
        Recipe::read(file)
            .ok()
            .filter(|recipe| recipe.name() == word)
    };
    Ok(files().iter().find_map(named))
}

/// The recipes in ./spiders, in the order of their names.
pub(super) fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(FOLDER).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_recipe(path) && path.is_file())
        .collect();
    files.sort();
    files
}

/// `shop` of `spiders/shop.toml`.
pub(super) fn stem(file: &Path) -> Option<&str> {
    file.file_stem()?.to_str()
}

fn is_recipe(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml")
        && path.file_name().is_some_and(|name| name != SETTINGS)
}

/// Every spider, in the order in which they are listed.
pub(super) fn all(jobs: &[Job]) -> Vec<Found<'_>> {
    jobs.iter().map(Found::Own).collect()
}
