//! Encodings by name, as users give and get them: the types of `encoding_rs` may change with its next version.

use encoding_rs::Encoding;

use crate::page::error::{Error, ErrorKind, Result};

/// Returns the encoding with this name or label, in upper or lower case.
///
/// # Errors
///
/// [`ErrorKind::Settings`] for one that the Encoding Standard does not know.
pub(crate) fn labelled(label: &str) -> Result<&'static Encoding> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        let message = format!("the Encoding Standard knows no encoding {label:?}");
        Error::new(ErrorKind::Settings, message)
    })
}
