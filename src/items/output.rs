//! [`AnyOutput`]: a file or a destination, by its name.

use std::fmt;
use std::path::Path;

use super::destination::listed;
use super::destination::{DestinationUrl, ErasedDestination};
use super::sink::{Format, Mode, OutputFile, scheme_of};
use crate::page::error::{Error, ErrorKind, Result};

/// Output by its name, as behind `-o` and `-O`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AnyOutput {
    File(OutputFile),
    Destination(DestinationUrl),
}

impl AnyOutput {
    /// Reads the name of an output.
    ///
    /// # Errors
    /// Those of [`OutputFile::parse`] and [`DestinationUrl::parse`].
    pub(crate) fn parse(text: &str, mode: Mode) -> Result<Self> {
        if let Some(destination) = DestinationUrl::parse(text, mode)? {
            return Ok(Self::Destination(destination));
        }
        if let Some(scheme) = scheme_of(text) {
            // Without the rest, which may hold a password.
            let message = format!(
                "no output is known for `{scheme}://`; known: files ending in {}, FILE:FORMAT, `-`, and {}",
                Format::listed(),
                listed()
            );
            return Err(Error::new(ErrorKind::Settings, message));
        }
        OutputFile::parse(text, mode).map(Self::File)
    }

    /// Puts a spider's name and the start of the run in place of `%(name)s` and `%(time)s`.
    pub(crate) fn expand(self, name: &str, time: &str) -> Self {
        match self {
            Self::File(file) => Self::File(file.expand(name, time)),
            Self::Destination(destination) => Self::Destination(destination.expand(name, time)),
        }
    }

    /// Returns the path, if it is a file in one of the formats.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(file) => file.path(),
            Self::Destination(_) => None,
        }
    }

    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Self::File(file) if file.path().is_none())
    }
}

impl fmt::Display for AnyOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.fmt(f),
            Self::Destination(destination) => destination.fmt(f),
        }
    }
}

/// Destination of a crawl: by its name, or a program's own.
pub(crate) enum AnyDestination {
    Url(DestinationUrl),
    Own(String, Box<dyn ErasedDestination>),
}

impl AnyDestination {
    /// Returns its name, without secrets.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Url(url) => url.to_string(),
            Self::Own(name, _) => name.clone(),
        }
    }

    /// Puts a spider's name and the start of the run in place of `%(name)s` and `%(time)s`.
    pub(crate) fn expand(self, name: &str, time: &str) -> Self {
        match self {
            Self::Url(url) => Self::Url(url.expand(name, time)),
            own @ Self::Own(..) => own,
        }
    }

    /// Makes the destination, with its name; it is not connected yet.
    ///
    /// # Errors
    /// Those of a name: a feature that is missing, an option with a bad value.
    pub(crate) fn open(self) -> Result<(String, Box<dyn ErasedDestination>)> {
        let name = self.name();
        match self {
            Self::Url(url) => Ok((name, url.open()?)),
            Self::Own(_, destination) => Ok((name, destination)),
        }
    }
}

impl fmt::Debug for AnyDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}
