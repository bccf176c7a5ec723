//! An async crawler framework: spiders in, typed items out.

pub mod html;
pub use html::{Element, Html};

mod error;
pub use error::{BoxError, Error, ErrorKind, Result};

pub mod settings;
pub use settings::Settings;

// What several of them read.
pub mod charset;
pub mod identity;
