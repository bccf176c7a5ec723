//! `[args]`: what `-a name=value` can say, with defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::de::DeValue;

use super::keys;
use super::reader::Reader;
use super::section::{Section, wrong};
use super::template;
use crate::engine::job::Args;
use crate::page::error::{Error, ErrorKind, Result};

/// Name under which a recipe that is run by its path is stored, so no argument can have this name.
pub(crate) const RECIPE: &str = "recipe";

/// An argument that a recipe declares.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) name: String,
    about: String,
    default: Option<String>,
    /// The environment variable that is looked at before the default.
    variable: Option<String>,
    /// `true` if the value of the argument must not be stored.
    pub(super) is_secret: bool,
    pub(super) at: Range<usize>,
}

/// The arguments of one run by name.
#[derive(Clone, Default)]
pub(super) struct Arguments(BTreeMap<String, Given>);

#[derive(Debug, Clone)]
struct Given {
    value: String,
    /// Placeholder stored instead of a secret value. `None` if the argument is not secret.
    stand_in: Option<String>,
}

impl Arguments {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        Some(&self.0.get(name)?.value)
    }

    /// Returns the value of an argument as it may be stored: for a secret, its placeholder.
    pub(super) fn stored(&self, name: &str) -> Option<&str> {
        let given = self.0.get(name)?;
        Some(given.stand_in.as_ref().unwrap_or(&given.value))
    }

    /// Returns all arguments as they were given, secrets too.
    pub(super) fn into_values(self) -> BTreeMap<String, String> {
        let values = self.0.into_iter();
        values.map(|(name, given)| (name, given.value)).collect()
    }

    /// The secrets by name.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        let secrets = self.0.iter().filter(|(_, given)| given.stand_in.is_some());
        secrets.map(|(name, given)| (name.as_str(), given.value.as_str()))
    }

    /// Returns the values of the declared arguments: the given value, else that of the environment variable, else the
    /// default.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when there is none of them.
    pub(super) fn new(
        declared: &[Argument],
        given: &mut Args,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let mut values = BTreeMap::new();
        for argument in declared {
            let value = match given.get(&argument.name)? {
                Some(value) => Some(value),
                None => argument.variable.as_deref().and_then(&variable),
            };
            let value = value.or_else(|| argument.default.clone());
            let stand_in = || given.stand_in().filter(|_| argument.is_secret);
            let value = value.or_else(|| stand_in().map(str::to_owned));
            let value = value.ok_or_else(|| argument.is_missing())?;
            if argument.is_secret {
                given.note_secret(&argument.name, &value);
            }
            values.insert(argument.name.clone(), argument.given(value));
        }
        Ok(Self(values))
    }

    /// A text without the values of secrets: what stands for them is in their place.
    pub(super) fn masked(&self, text: String) -> String {
        let secrets = self.secrets().filter(|(_, value)| !value.is_empty());
        secrets.fold(text, |text, (name, value)| {
            text.replace(value, &format!("{{{name}}}"))
        })
    }

    /// The values when nothing is given, if there is a default for each of these names.
    pub(super) fn defaults<'a>(
        declared: &[Argument],
        mut names: impl Iterator<Item = &'a str>,
    ) -> Option<Self> {
        let values: BTreeMap<_, _> = declared
            .iter()
            .filter_map(|argument| {
                let value = argument.default.clone()?;
                Some((argument.name.clone(), argument.given(value)))
            })
            .collect();
        names
            .all(|name| values.contains_key(name))
            .then_some(Self(values))
    }
}

impl fmt::Debug for Arguments {
    /// The names; the values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Argument {
    /// Returns whether this is the value of the argument when nothing is given.
    pub(super) fn is_default(&self, value: Option<&str>) -> bool {
        self.default.as_deref() == value
    }

    fn given(&self, value: String) -> Given {
        let stand_in = self.is_secret.then(|| format!("{{{}}}", self.name));
        Given { value, stand_in }
    }

    fn is_missing(&self) -> Error {
        let name = &self.name;
        let about = if self.about.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.about)
        };
        let variable = self
            .variable
            .as_ref()
            .map_or_else(String::new, |variable| format!(", or set {variable}"));
        let message =
            format!("the argument {name:?} is missing{about}: give -a {name}=…{variable}");
        Error::new(ErrorKind::Settings, message)
    }
}

/// Reads `[args]` into the reader, for the templates that come.
pub(super) fn read(recipe: &Section<'_>, reader: &mut Reader<'_>) {
    for (name, value) in recipe.entries("args", &mut reader.problems) {
        if !template::is_name(name.value) {
            reader.add(
                &name.at,
                format!(
                    "{:?} cannot be the name of an argument; use letters, digits, - and _",
                    name.value
                ),
            );
        } else if name.value == RECIPE {
            reader.add(
                &name.at,
                "an argument cannot be called \"recipe\": a job keeps its file so",
            );
        }
        let mut argument = Argument {
            name: name.value.to_owned(),
            about: String::new(),
            default: None,
            variable: None,
            is_secret: false,
            at: name.at,
        };
        match value.get_ref() {
            DeValue::Table(table) => {
                let problems = &mut reader.problems;
                let section =
                    Section::new(table, value.span(), "an argument", keys::ARGUMENT, problems);
                let text = |key, problems: &mut _| {
                    section
                        .text(key, problems)
                        .map(|text| text.value.to_owned())
                };
                argument.about = text("about", problems).unwrap_or_default();
                argument.variable = text("env", problems);
                argument.is_secret = section.flag("secret", problems);
                argument.default = section.get("default").and_then(|value| {
                    let text = scalar(value.get_ref());
                    if text.is_none() {
                        wrong(value, "a text, a number, or true or false", problems);
                    }
                    text
                });
            }
            value_of => {
                argument.default = scalar(value_of);
                if argument.default.is_none() {
                    wrong(
                        value,
                        "a default, or a table with `default`, `about`, `env`",
                        &mut reader.problems,
                    );
                }
            }
        }
        reader.arguments.push(argument);
    }
}

/// A value that is one word.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}
