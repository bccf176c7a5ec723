//! History of the typed lines: a file in the user's state directory, for this user only.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use crate::page::error::{Error, ErrorKind, Result};

/// Maximum number of lines that are kept.
pub(super) const LINES: usize = 1000;

const FILE: &str = "crawlworks/shell_history";

/// Returns the file of the history, whose directory is there; `None` when the system does not tell of a directory for
/// this user.
///
/// # Errors
/// [`ErrorKind::Storage`] when the directory cannot be made.
pub(super) fn file() -> Result<Option<PathBuf>> {
    let Some(file) = place(|name| std::env::var_os(name).map(PathBuf::from)) else {
        return Ok(None);
    };
    if let Some(directory) = file.parent() {
        make_private(directory).map_err(|error| {
            let message = format!("cannot make the directory {}", directory.display());
            Error::new(ErrorKind::Storage, message).with_source(error)
        })?;
    }
    Ok(Some(file))
}

/// Returns the path of the history by the XDG Base Directory Specification, which has relative paths ignored; on
/// Windows by its like.
fn place(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
    let directory = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(directory.join(FILE))
}

fn make_private(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<PathBuf> {
        place(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(PathBuf::from(value))
        })
    }

    #[test]
    #[cfg(unix)]
    fn it_is_in_the_state_directory() {
        let home = ("HOME", "/home/anna");
        let expected = "/home/anna/.local/state/crawlworks/shell_history";
        assert_eq!(of(&[home]).unwrap(), Path::new(expected));
        assert_eq!(
            of(&[home, ("XDG_STATE_HOME", "state")]).unwrap(),
            Path::new(expected)
        );
        let given = of(&[home, ("XDG_STATE_HOME", "/state")]).unwrap();
        assert_eq!(given, Path::new("/state/crawlworks/shell_history"));
        assert_eq!(of(&[]), None);
    }
}
