//! Lookup of the directory of a job by the name of the job or the path of the directory.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{DIRECTORY, directory_of};
use crate::cli::exit::Failure;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;
use crate::store::state::RunFile;

/// Returns the names of the jobs in ./.crawl, in order.
///
/// # Errors
/// [`ErrorKind::File`] when that directory cannot be read.
pub(super) fn names() -> Result<Vec<String>> {
    let unreadable = |error: io::Error| {
        Error::new(ErrorKind::File, format!("cannot read {DIRECTORY}")).with_source(error)
    };
    let entries = match fs::read_dir(DIRECTORY) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        // A name that is no text is none of ours.
        if let Ok(name) = entry.file_name().into_string()
            && RunFile::is_in(&entry.path())
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Returns the directory of the job of this name, or of the only one whose name begins so, or at this path.
///
/// # Errors
/// A usage error when there is no such job, or several names begin so.
pub(in crate::cli) fn find(name: &str) -> Result<PathBuf, Failure> {
    let path = Path::new(name);
    let mut components = path.components();
    // `..` is a path, and no name.
    let is_name = matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    );
    let places = [is_name.then(|| directory_of(name)), Some(path.to_owned())];
    let mut places = places.into_iter().flatten();
    if let Some(place) = places.clone().find(|place| RunFile::is_in(place)) {
        return Ok(place);
    }
    let names = names()?;
    let begin: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|known| is_name && !name.is_empty() && known.starts_with(name))
        .collect();
    match begin.as_slice() {
        [] => {}
        [only] => return Ok(directory_of(only)),
        many => {
            let message = format!("{name:?} begins several jobs: {}", many.join(", "));
            return Err(Failure::usage(message));
        }
    }
    if let Some(place) = places.find(|place| place.is_dir()) {
        let message = format!("{} is no job: it has no run.json", place.display());
        return Err(Failure::usage(message));
    }
    let suggestion = did_you_mean(name, names.iter().map(String::as_str));
    let mark = if suggestion.is_empty() { ";" } else { "" };
    let message = format!("no job {name:?}{suggestion}{mark} `crawl jobs` shows them");
    Err(Failure::usage(message))
}
