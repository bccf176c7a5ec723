//! A library without the feature `schema` has no schemas, and says so.

use std::path::Path;

use serde_json::Value;

use crate::items::sink::Record;
use crate::page::error::{Error, ErrorKind, Result};

/// Schema type without values: there is no schema.
#[derive(Debug)]
pub(crate) enum Schema {}

impl Schema {
    /// # Errors
    /// [`ErrorKind::Settings`], always.
    pub(crate) fn new(_: Value) -> Result<Self> {
        Err(missing())
    }

    /// # Errors
    /// [`ErrorKind::Settings`], always.
    pub(crate) fn read(_: &Path) -> Result<Self> {
        Err(missing())
    }

    pub(crate) fn value(&self) -> &Value {
        match *self {}
    }

    pub(super) fn check(&self, _: &Record) -> Result<(), String> {
        match *self {}
    }
}

fn missing() -> Error {
    let message = "the setting \"item_schema\" needs the feature \"schema\" of crawlworks, which this program is \
                   built without: `cargo install --path . --features schema` installs a `crawl` that has it; in a \
                   project of its own, `cargo add crawlworks --features schema` adds it";
    Error::new(ErrorKind::Settings, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_refused_and_not_ignored() {
        let error = Schema::read(Path::new("items.json")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        assert!(error.to_string().contains("--features schema"), "{error}");
    }
}
