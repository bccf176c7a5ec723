//! The text of a recipe's file.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::plan::LONGEST;
use super::problem::Problem;
use crate::page::error::{Error, ErrorKind, Result};

/// Reads the file of a recipe.
///
/// # Errors
/// [`ErrorKind::File`] when it cannot be read or is no file, such as a pipe, which may never end; [`ErrorKind::Settings`]
/// when it is too long or no text.
pub(crate) fn read(path: &Path) -> Result<String> {
    let place = path.display();
    let failed = |error: io::Error| {
        Error::new(ErrorKind::File, format!("cannot read the recipe {place}")).with_source(error)
    };
    if !fs::metadata(path).map_err(failed)?.is_file() {
        let message = format!("cannot read the recipe {place}: it is not a file");
        return Err(Error::new(ErrorKind::File, message));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let most = LONGEST as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > LONGEST {
        let message = format!("{place}: a recipe of more than {LONGEST} bytes");
        return Err(Error::new(ErrorKind::Settings, message));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let problem = Problem::at(&text, good, "this is not UTF-8".to_owned());
        Error::new(ErrorKind::Settings, format!("{place}:{problem}"))
    })
}
