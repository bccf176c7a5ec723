//! A document that a verb reads: out of a file, or else fetched.

use std::path::PathBuf;

use bytes::Bytes;
use url::Url;

use super::exit::Failure;
use super::flags::PageFlags;
use super::{input, one};

/// What is in the file, which came from `base`, or else at the URL; and its address.
///
/// # Errors
/// Whatever keeps it from being had.
pub(super) fn read(
    file: Option<PathBuf>,
    base: Option<String>,
    url: Option<String>,
    flags: &PageFlags,
) -> Result<(Bytes, Url), Failure> {
    if let Some(file) = file {
        let base = input::url(&base.unwrap_or_default())?;
        return Ok((input::file(&file)?.into(), base));
    }
    let response = one::page(&url.unwrap_or_default(), flags)?;
    Ok((response.body().clone(), response.url().clone()))
}
