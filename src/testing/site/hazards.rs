//! `/hazards/`: what goes wrong on the web, one file a kind. Any method is answered.

pub(super) mod broken;
pub(super) mod charsets;
pub(super) mod echo;
pub(super) mod encodings;
pub(super) mod failures;
pub(super) mod index;
pub(super) mod mazes;
pub(super) mod redirects;
pub(super) mod timing;
pub(super) mod traps;
pub(super) mod types;

pub use charsets::charset_text;
pub use encodings::ENCODED_PAGE;
