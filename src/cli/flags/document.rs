//! A document that a verb reads: out of a file, or else fetched.

use std::borrow::Cow;
use std::path::PathBuf;

use bytes::Bytes;
use url::Url;

use crate::cli::exit::Failure;
use crate::cli::flags::FetchFlags;
use crate::cli::flags::input;
use crate::cli::one;
use crate::model::settings::Settings;
use crate::page::error;
use crate::page::request::Request;

/// Where it is.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Document {
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
    request: FetchFlags,
}

/// Content of a document.
pub(in crate::cli) struct Found {
    pub(in crate::cli) body: Bytes,
    /// `Content-Type` that the server sent; `None` for a file.
    pub(in crate::cli) content_type: Option<String>,
    pub(in crate::cli) url: Url,
}

impl Document {
    /// Returns the request for the document that is not in a file.
    ///
    /// # Errors
    /// A usage error for a header that cannot be one, and for what is no URL.
    pub(in crate::cli) fn request(&self) -> Result<Request, Failure> {
        self.request
            .request(self.url.as_deref().unwrap_or_default())
    }

    /// Applies those of the flags that are settings.
    ///
    /// # Errors
    /// Fails as [`Settings::set`] does.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) -> error::Result<()> {
        self.request.apply(settings)
    }

    /// Reads the document: its content, and the URL it comes from.
    ///
    /// # Errors
    /// Fails when the document cannot be fetched or read.
    pub(in crate::cli) fn read(self) -> Result<Found, Failure> {
        if let Some(file) = self.file {
            return Ok(Found {
                url: input::url(&self.base.unwrap_or_default())?,
                body: input::file(&file)?.into(),
                content_type: None,
            });
        }
        let response = one::page(&self.url.unwrap_or_default(), &self.request)?;
        Ok(Found {
            body: response.body().clone(),
            content_type: response.header("content-type").map(Cow::into_owned),
            url: response.url().clone(),
        })
    }
}
