//! The file of `--report`: opened before the first request, because a crawl of hours must not end in "permission denied".

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::model::report::Report;
use crate::page::error::{Error, ErrorKind, Result};

/// File that the report will be written to.
///
/// The file is emptied when it is opened, and goes when there is no report: one of an earlier run would be taken for
/// that of this one.
#[derive(Debug)]
pub(in crate::cli) struct ReportFile {
    path: PathBuf,
    /// Open file; `None` is standard output.
    file: Option<File>,
    /// True if the file is written, or left to another run.
    is_left: bool,
}

impl ReportFile {
    /// Opens the file, and makes the directories on the way to it; `-` is standard output.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when it cannot be written.
    pub(in crate::cli) fn open(path: &Path) -> Result<Self> {
        let file = if path.as_os_str() == "-" {
            None
        } else {
            Some(create(path).map_err(|error| unwritable(path, error))?)
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            is_left: false,
        })
    }

    /// Leaves the file to another run.
    pub(in crate::cli) fn leave(mut self) {
        self.is_left = true;
    }

    /// Writes the report as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when it cannot be written, [`Failure::Stdout`] when that is standard output.
    pub(in crate::cli) fn write(mut self, report: &Report) -> Result<(), Failure> {
        let mut json = serde_json::to_string_pretty(report)
            .map_err(|error| unwritable(&self.path, error.into()))?;
        json.push('\n');
        let Some(file) = &mut self.file else {
            return Ok(io::stdout().lock().write_all(json.as_bytes())?);
        };
        file.write_all(json.as_bytes())
            .map_err(|error| unwritable(&self.path, error))?;
        self.is_left = true;
        Ok(())
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        // Not a device or a pipe. Nobody is left to be told of a failure.
        let is_file = self
            .file
            .as_ref()
            .and_then(|file| file.metadata().ok())
            .is_some_and(|metadata| metadata.is_file());
        if is_file && !self.is_left {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    File::create(path)
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    let message = format!("cannot write the report {}", path.display());
    Error::new(ErrorKind::Storage, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crawl_without_a_report_leaves_none() {
        let directory =
            std::env::temp_dir().join(format!("crawlworks-report-{}", std::process::id()));
        let path = directory.join("deep/report.json");
        let file = ReportFile::open(&path).unwrap();
        assert!(path.exists());
        drop(file);
        assert!(!path.exists());
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_told_when_it_is_opened() {
        let error = ReportFile::open(Path::new("Cargo.toml/report.json")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(
            error.to_string().contains("cannot write the report"),
            "{error}"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_device_stays() {
        drop(ReportFile::open(Path::new("/dev/null")).unwrap());
        assert!(Path::new("/dev/null").exists());
    }
}
