//! Lookup of the recordings that are meant.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::cli::flags::find::{self, Meant};
use crate::engine::job::Job;
use crate::page::error::{Error, ErrorKind, Result};
use crate::recipe::Recipe;
use crate::testing::recording::{About, Recording};

/// Target of a check.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Checked {
    /// The directory of a recording.
    Recording(PathBuf),
    /// The file of a recipe, which is read whether it has a recording or not.
    Recipe(PathBuf),
    /// A spider that has no recording.
    Unrecorded(String),
}

/// Returns the recordings of these spiders and in these directories, and the recipes among these spiders; without a
/// word all in `dir` and in ./spiders, and the spiders that have no recording.
///
/// # Errors
/// [`Failure::Usage`] for a word that is none of them, or for a spider of the program that has no recording;
/// [`ErrorKind::File`] when a directory cannot be read.
pub(super) fn checked(jobs: &[Job], words: &[String], dir: &Path) -> Result<Vec<Checked>, Failure> {
    let mut found: Vec<Checked> = Vec::new();
    for word in words {
        for checked in of_word(jobs, word, dir)? {
            if !found.contains(&checked) {
                found.push(checked);
            }
        }
    }
    if !words.is_empty() {
        return Ok(found);
    }
    found.extend(find::files().into_iter().map(Checked::Recipe));
    let directories = within(dir)?;
    let unrecorded: Vec<String> = jobs
        .iter()
        .map(|job| job.name().to_owned())
        .filter(|name| {
            !directories
                .iter()
                .any(|directory| is_of(directory, name, name))
        })
        .collect();
    found.extend(directories.into_iter().map(Checked::Recording));
    found.extend(unrecorded.into_iter().map(Checked::Unrecorded));
    Ok(found)
}

fn of_word(jobs: &[Job], word: &str, dir: &Path) -> Result<Vec<Checked>, Failure> {
    let directory = Path::new(word);
    if Recording::is_in(directory) {
        return Ok(vec![Checked::Recording(directory.to_owned())]);
    }
    // A spider goes before a directory that happens to have its name.
    let job = match find::meant(jobs, word)? {
        Meant::Own(job) => job,
        Meant::File(file) => {
            let mut found = of_recipe(word, &file, dir)?;
            found.insert(0, Checked::Recipe(file));
            return Ok(found);
        }
        Meant::Nothing if directory.is_dir() => {
            return match within(directory)? {
                none if none.is_empty() => Err(Failure::usage(format!("no recording in {word}"))),
                directories => Ok(directories.into_iter().map(Checked::Recording).collect()),
            };
        }
        Meant::Nothing => return Err(find::unknown(jobs, word)),
    };
    let mut directories = within(dir)?;
    directories.retain(|directory| is_of(directory, word, job.name()));
    if directories.is_empty() {
        let place = dir.display();
        return Err(Failure::usage(format!(
            "no recording of {word} in {place}; `crawl record {word}` makes one"
        )));
    }
    Ok(directories.into_iter().map(Checked::Recording).collect())
}

/// Returns the recordings of a recipe, which may be broken, or have none.
fn of_recipe(word: &str, file: &Path, dir: &Path) -> Result<Vec<Checked>> {
    let recipe = Recipe::read(file);
    let stem = find::stem(file).unwrap_or(word);
    let name = recipe.as_ref().map_or(stem, Recipe::name);
    let mut directories = within(dir)?;
    // It may have been recorded by its path and be meant by its name.
    let is_its = |directory: &Path| {
        let about = About::of(directory);
        let path = about.as_ref().map(|about| Path::new(&about.spider));
        let is_by_path =
            path.is_ok_and(|path| find::is_recipe(path) && find::stem(path) == Some(stem));
        is_by_path || is_of(directory, word, name) || is_of(directory, stem, stem)
    };
    directories.retain(|directory| is_its(directory));
    Ok(directories.into_iter().map(Checked::Recording).collect())
}

/// Returns whether a recording is of this spider. A recording that cannot be read belongs to the spider whose name it
/// has.
fn is_of(directory: &Path, word: &str, name: &str) -> bool {
    match About::of(directory) {
        Ok(about) => about.spider == word || about.spider == name,
        Err(_) => directory
            .file_name()
            .is_some_and(|directory| directory == name),
    }
}

/// Returns the recordings in a directory, by name; none when it is not there. Hidden ones are being made.
fn within(dir: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| {
        Error::new(ErrorKind::File, format!("cannot read {}", dir.display())).with_source(error)
    };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut directories = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !is_hidden && Recording::is_in(&entry.path()) {
            directories.push(entry.path());
        }
    }
    directories.sort();
    Ok(directories)
}
