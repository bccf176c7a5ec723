//! A document that a verb reads: out of a file, or else fetched.

use std::path::PathBuf;

use bytes::Bytes;
use url::Url;

use super::exit::Failure;
use super::flags::PageFlags;
use super::{input, one};

/// Where it is.
#[derive(Debug, clap::Args)]
pub(super) struct Document {
    /// Where it is
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    url: Option<String>,

    /// Read it from a file; `-` is stdin
    #[arg(long, value_name = "FILE", requires = "base")]
    file: Option<PathBuf>,

    /// Where the file came from: URLs are relative to it
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    base: Option<String>,

    #[command(flatten)]
    request: PageFlags,
}

impl Document {
    /// What is in it, and its address.
    ///
    /// # Errors
    /// Whatever keeps it from being had.
    pub(super) fn read(self) -> Result<(Bytes, Url), Failure> {
        if let Some(file) = self.file {
            let base = input::url(&self.base.unwrap_or_default())?;
            return Ok((input::file(&file)?.into(), base));
        }
        let response = one::page(&self.url.unwrap_or_default(), &self.request)?;
        Ok((response.body().clone(), response.url().clone()))
    }
}
