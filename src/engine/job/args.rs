//! Arguments of a spider, given as `-a name=value`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;

/// Arguments of a spider, given on the command line as `-a name=value`.
///
/// `Args` records which names the spider asks for, so that a misspelt name is an error and not silently without effect.
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
    /// Values of the secret arguments, wherever they come from.
    secrets: BTreeMap<String, String>,
    /// Value used for a secret argument that is not given.
    stand_in: Option<&'static str>,
}

impl Args {
    /// Creates arguments from names and values; of two with the same name, the last counts.
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

    /// Uses `stand_in` as the value of every secret argument that is not given: for building a crawler where nothing
    /// checks the secret.
    pub(crate) fn with_stand_in(mut self, stand_in: &'static str) -> Self {
        self.stand_in = Some(stand_in);
        self
    }

    pub(crate) fn stand_in(&self) -> Option<&'static str> {
        self.stand_in
    }

    /// Records the value of a secret argument, which may come from outside these arguments.
    pub(crate) fn note_secret(&mut self, name: &str, value: &str) {
        self.secrets.insert(name.to_owned(), value.to_owned());
    }

    /// Records the values of the given arguments that are secret.
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

    /// Returns the argument of this name; `None` when it was not given.
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

    /// Returns an error for an argument that was given and that the spider did not ask for.
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
