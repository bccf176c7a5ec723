//! An async crawler framework: spiders in, typed items out.

mod error;
pub use error::{BoxError, Error, ErrorKind, Result};
