//! `recording.toml`: how a recording was made, as far as it takes to make the same crawl of it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ABOUT, unreadable};
use crate::fetch::cassette::{MASK, Secrets, masked, masked_value};
use crate::model::text_file;
use crate::page::error::{Error, ErrorKind, Result};

/// Settings whose values may be secrets. They say how to get to a server, and a recording has none.
const LEFT_OUT: [&str; 5] = ["credentials", "headers", "proxy", "proxies", "proxies_file"];

/// Content of `recording.toml`: how a recording was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    /// The word for the spider, as after `crawl record`.
    pub(crate) spider: String,
    /// Number of pages that were parsed.
    pub(crate) pages: u64,
    /// Time of the recording.
    pub(crate) recorded: Timestamp,
    /// Fields of items that are not compared, such as a time.
    #[serde(default)]
    pub(crate) ignore: Vec<String>,
    /// Arguments of `-a`, with secrets redacted wherever they came from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) arguments: BTreeMap<String, String>,
    /// Settings of `-s`, without those that may be secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) settings: BTreeMap<String, String>,
}

impl About {
    /// Describes a recording that is made now. `secrets` are those of its arguments.
    pub(crate) fn new(
        spider: &str,
        arguments: &[(String, String)],
        settings: &[(String, String)],
        secrets: &BTreeMap<String, String>,
    ) -> Self {
        let values = Secrets::new(secrets.values().map(String::as_str));
        let argument = |(name, value): &(String, String)| {
            (name.clone(), masked(&values.in_text(value)).into_owned())
        };
        let mut arguments: BTreeMap<String, String> = arguments.iter().map(argument).collect();
        let stand_in = |value: &str| if value.is_empty() { "" } else { MASK };
        let hidden = secrets.iter();
        arguments.extend(hidden.map(|(name, value)| (name.clone(), stand_in(value).to_owned())));
        let shown = |(name, value): &(String, String)| {
            let value = masked_value(name, value)
                .unwrap_or_else(|| masked(&values.in_text(value)).into_owned());
            (name.clone(), value)
        };
        let settings = settings
            .iter()
            .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
        Self {
            spider: spider.to_owned(),
            pages: 0,
            recorded: Timestamp::now()
                .round(jiff::Unit::Second)
                .unwrap_or_default(),
            ignore: Vec::new(),
            arguments,
            settings: settings.map(shown).collect(),
        }
    }

    /// Reads the description of a recording.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when it cannot be read or is wrong; the message names file and line.
    pub(crate) fn of(directory: &Path) -> Result<Self> {
        let path = directory.join(ABOUT);
        let text = text_file::read(&path).map_err(|error| unreadable(&path, error))?;
        toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text
                .bytes()
                .take(start)
                .filter(|byte| *byte == b'\n')
                .count();
            Error::new(
                ErrorKind::File,
                format!("{}:{line}: {}", path.display(), error.message()),
            )
        })
    }

    /// # Errors
    /// [`ErrorKind::Storage`] when an argument cannot be in a file of TOML.
    pub(super) fn write(&self) -> Result<String> {
        let text = toml::to_string(self).map_err(|error| {
            Error::new(
                ErrorKind::Storage,
                "cannot write how the recording was made",
            )
            .with_source(error)
        })?;
        Ok(format!(
            "# Made by `crawl record`, for `crawl check`.\n{text}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scratch::Scratch;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn no_password_gets_into_the_file() {
        let arguments = [
            pair("url", "http://us:pw@a.example/?token=abc"),
            pair("password", "hunter2"),
        ];
        let settings = [
            pair("credentials", "http://a.example us:pw"),
            pair("depth", "2"),
        ];
        let secrets = BTreeMap::from([pair("password", "hunter2"), pair("from_env", "x")]);
        let about = About::new("books", &arguments, &settings, &secrets);
        assert!(about.arguments["url"].starts_with("http://a.example/?token=***"));
        assert_eq!(about.arguments["password"], "***");
        assert_eq!(about.arguments["from_env"], "***");
        assert_eq!(about.settings.len(), 1);
        let text = about.write().unwrap();
        assert!(!text.contains("hunter2") && !text.contains("pw"), "{text}");
        let directory = Scratch::new();
        directory.file("recording.toml", &text);
        assert_eq!(About::of(&directory.path("")).unwrap(), about);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let directory = Scratch::new();
        directory.file("recording.toml", "spider = \"x\"\npages = \"many\"\n");
        let error = About::of(&directory.path("")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains("recording.toml:2: "), "{error}");
    }
}
