//! What `-a name=value` gives a spider.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;

/// The arguments of a spider: what `-a name=value` gave.
///
/// It remembers which names were asked for, so that a misspelt one is an error and not silently without effect.
///
/// ```
/// use crawlworks::Args;
/// let mut args = Args::new([("pages", "12")]);
/// assert_eq!(args.get::<u32>("pages")?, Some(12));
/// assert_eq!(args.get::<String>("tag")?, None);
/// # Ok::<(), crawlworks::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Args {
    given: BTreeMap<String, String>,
    asked: BTreeSet<String>,
    /// The values of secret ones, wherever they come from.
    secrets: BTreeMap<String, String>,
    /// What stands for a secret that is not given.
    stand_in: Option<&'static str>,
}

impl Args {
    /// Arguments by name; of two with one name the last counts.
    pub fn new<K: Into<String>, V: Into<String>>(given: impl IntoIterator<Item = (K, V)>) -> Self {
        let given = given
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            given,
            ..Self::default()
        }
    }

    /// The same, and this stands for every secret that is not given: nothing is asked that would check it.
    pub(crate) fn with_stand_in(mut self, stand_in: &'static str) -> Self {
        self.stand_in = Some(stand_in);
        self
    }

    pub(crate) fn stand_in(&self) -> Option<&'static str> {
        self.stand_in
    }

    /// Notes the value of a secret argument, which may come from elsewhere.
    pub(crate) fn note_secret(&mut self, name: &str, value: &str) {
        self.secrets.insert(name.to_owned(), value.to_owned());
    }

    /// Notes those that are given and said to be secret.
    pub(super) fn note_secrets(&mut self, is_secret: impl Fn(&str) -> bool) {
        for (name, value) in self.given.clone() {
            if is_secret(&name) {
                self.note_secret(&name, &value);
            }
        }
    }

    pub(super) fn into_secrets(self) -> BTreeMap<String, String> {
        self.secrets
    }

    /// The argument of this name; `None` when it was not given.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when the value cannot be read as a `T`.
    pub fn get<T: FromStr>(&mut self, name: &str) -> Result<Option<T>>
    where
        T::Err: fmt::Display,
    {
        self.asked.insert(name.to_owned());
        let Some(value) = self.given.get(name) else {
            return Ok(None);
        };
        value.parse().map(Some).map_err(|why| {
            Error::new(
                ErrorKind::Settings,
                format!("bad value {value:?} for argument {name:?}: {why}"),
            )
        })
    }

    /// Refuses what was given and not asked for.
    pub(super) fn check(&self, spider: &str) -> Result<()> {
        let Some(name) = self.given.keys().find(|name| !self.asked.contains(*name)) else {
            return Ok(());
        };
        let suggestion = did_you_mean(name, self.asked.iter().map(String::as_str));
        Err(Error::new(
            ErrorKind::Settings,
            format!("spider {spider:?} takes no argument {name:?}{suggestion}"),
        ))
    }
}
