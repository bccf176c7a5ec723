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
/// Prefix of a name that means a spider of this program, also where a recipe has the name.
const OWN: &str = "spider:";

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

/// Meaning of a word that should name a spider.
#[derive(Debug)]
pub(in crate::cli) enum Meant<'a> {
    /// Spider of this program.
    Own(&'a Job),
    /// File of a recipe, which may be broken.
    File(PathBuf),
    /// No spider: there is none of this name.
    Nothing,
}

/// Returns the spider of this name, or in this file.
///
/// # Errors
/// [`Failure::Usage`] when there is none, with the nearest name, or two; [`Failure::Crawl`] when it is a recipe that
/// cannot be read.
pub(in crate::cli) fn spider<'a>(jobs: &'a [Job], word: &str) -> Result<Found<'a>, Failure> {
    match meant(jobs, word)? {
        Meant::Own(job) => Ok(Found::Own(job)),
        Meant::File(file) => Ok(Found::in_file(file)?),
        Meant::Nothing => Err(unknown(jobs, word)),
    }
}

/// Returns the spider that a job or a recording names: what it has noted is never a question.
///
/// # Errors
/// Those of [`spider`], but for a name of two: the program's own is meant, since a recipe is noted by its path.
pub(in crate::cli) fn noted<'a>(jobs: &'a [Job], word: &str) -> Result<Found<'a>, Failure> {
    own(jobs, word).map_or_else(|| spider(jobs, word), |job| Ok(Found::Own(job)))
}

/// Returns what a word means. `spider:NAME` is the program's own spider, and a path is a recipe. A name that is both asks
/// on a terminal.
///
/// # Errors
/// [`Failure::Usage`] when a name is both and nobody can be asked.
pub(in crate::cli) fn meant<'a>(jobs: &'a [Job], word: &str) -> Result<Meant<'a>, Failure> {
    match (own(jobs, word), file(word)) {
        (Some(job), Some(file)) => choose(job, file),
        (Some(job), None) => Ok(Meant::Own(job)),
        (None, Some(file)) => Ok(Meant::File(file)),
        (None, None) => Ok(own(jobs, own_name(word)).map_or(Meant::Nothing, Meant::Own)),
    }
}

fn own<'a>(jobs: &'a [Job], name: &str) -> Option<&'a Job> {
    jobs.iter().find(|job| job.name() == name)
}

/// Returns the name of the program's own spider in a word that says so, else the word.
pub(in crate::cli) fn own_name(word: &str) -> &str {
    word.strip_prefix(OWN).unwrap_or(word)
}

/// Returns the word that means the program's own spider of this name, also when a recipe has the name.
pub(in crate::cli) fn word_of_own(name: &str) -> String {
    let is_both = file(name).is_some();
    format!("{}{name}", if is_both { OWN } else { "" })
}

/// Asks which of two spiders of one name is meant.
fn choose(job: &Job, file: PathBuf) -> Result<Meant<'_>, Failure> {
    let (name, place) = (job.name(), file.display());
    let question = format!(
        "{name:?} is two spiders: 1 of this program ({OWN}{name}), 2 a recipe ({place}). Which? [1/2]"
    );
    let failed = |error| Failure::usage(format!("no answer can be read: {error}"));
    match terminal::ask(&question).map_err(failed)?.as_deref() {
        Some("1") => Ok(Meant::Own(job)),
        Some("2") => Ok(Meant::File(file)),
        Some(other) => Err(Failure::usage(format!(
            "{other:?} is neither 1 nor 2; write `{OWN}{name}` or `{place}`"
        ))),
        None => Err(Failure::usage(format!(
            "{name:?} is a spider of this program and a recipe; write `{OWN}{name}` for the spider, `{place}` for the recipe"
        ))),
    }
}

/// Returns the error about a word that means nothing, with the nearest name.
pub(in crate::cli) fn unknown(jobs: &[Job], word: &str) -> Failure {
    let files = files();
    let recipes = files.iter().filter_map(|file| stem(file));
    let suggestion = did_you_mean(own_name(word), jobs.iter().map(Job::name).chain(recipes));
    let mark = if suggestion.is_empty() { ";" } else { "" };
    Failure::usage(format!(
        "no spider {word:?}{suggestion}{mark} `crawl list` shows them"
    ))
}

/// Prints that a name means two spiders.
pub(in crate::cli) fn warn_of_two(jobs: &[Job], name: &str, file: &Path) {
    if own(jobs, name).is_some() {
        terminal::say(&format!(
            "warning: {name:?} is a spider of this program, too: `crawl run {file}` runs the recipe, `crawl run {OWN}{name}` \
             the spider",
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
