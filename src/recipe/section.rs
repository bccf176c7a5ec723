//! A table of a recipe, read key by key: every value is of the type that is asked for, or a problem at its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problems;
use crate::page::suggest::did_you_mean;

/// The longest word for which similar ones are looked for.
const WORD: usize = 64;

/// A value and where it is in the text.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) at: Range<usize>,
}

/// A table with known keys.
#[derive(Debug, Clone)]
pub(super) struct Section<'t> {
    pub(super) at: Range<usize>,
    table: &'t DeTable<'t>,
}

impl<'t> Section<'t> {
    /// Makes a section of this table; each other key in it is reported as a problem. `what` names the kind of table.
    pub(super) fn new(
        table: &'t DeTable<'t>,
        at: Range<usize>,
        what: &str,
        keys: &[&str],
        problems: &mut Problems<'_>,
    ) -> Self {
        for name in table.keys() {
            let key = name.get_ref().as_ref();
            if !keys.contains(&key) {
                let meant = suggestion(key, keys.iter().copied());
                problems.add(
                    &name.span(),
                    format!("unknown key {key:?} in {what}{meant}"),
                );
            }
        }
        Self { at, table }
    }

    /// The table in a value.
    pub(super) fn of(
        value: &'t Spanned<DeValue<'t>>,
        what: &str,
        keys: &[&str],
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let table = table_of(value, what, problems)?;
        Some(Self::new(table, value.span(), what, keys, problems))
    }

    pub(super) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    /// Returns the place of a key in the text. `None` if the section does not have it.
    pub(super) fn place(&self, key: &str) -> Option<Range<usize>> {
        Some(self.table.get_key_value(key)?.0.span())
    }

    pub(super) fn text(&self, key: &str, problems: &mut Problems<'_>) -> Option<Placed<&'t str>> {
        text_of(self.get(key)?, problems)
    }

    /// A text, or a list of texts.
    pub(super) fn texts(&self, key: &str, problems: &mut Problems<'_>) -> Vec<Placed<&'t str>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Array(values) => values
                .iter()
                .filter_map(|value| text_of(value, problems))
                .collect(),
            DeValue::String(text) => vec![placed(value, text.as_ref())],
            other => {
                let found = kind_of(other);
                problems.add(
                    &value.span(),
                    format!("expected a text or a list of texts, found {found}"),
                );
                Vec::new()
            }
        }
    }

    pub(super) fn flag(&self, key: &str, problems: &mut Problems<'_>) -> bool {
        let Some(value) = self.get(key) else {
            return false;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            wrong(value, "true or false", problems);
            false
        })
    }

    /// A whole number within these bounds.
    pub(super) fn number(
        &self,
        key: &str,
        bounds: std::ops::RangeInclusive<i64>,
        problems: &mut Problems<'_>,
    ) -> Option<i64> {
        let value = self.get(key)?;
        let Some(number) = integer_of(value.get_ref()) else {
            wrong(value, "a whole number", problems);
            return None;
        };
        if !bounds.contains(&number) {
            let (least, most) = (bounds.start(), bounds.end());
            problems.add(
                &value.span(),
                format!("{number} is not from {least} to {most}"),
            );
            return None;
        }
        Some(number)
    }

    /// The entries of the table under this key.
    pub(super) fn entries(
        &self,
        key: &str,
        problems: &mut Problems<'_>,
    ) -> impl Iterator<Item = (Placed<&'t str>, &'t Spanned<DeValue<'t>>)> + use<'t> {
        let table = self
            .get(key)
            .and_then(|value| table_of(value, &format!("{key:?}"), problems));
        table.into_iter().flatten().map(|(name, value)| {
            let placed = Placed {
                value: name.get_ref().as_ref(),
                at: name.span(),
            };
            (placed, value)
        })
    }

    /// The tables under this key, which are written `[[key]]`.
    pub(super) fn tables(
        &self,
        key: &str,
        problems: &mut Problems<'_>,
    ) -> &'t [Spanned<DeValue<'t>>] {
        match self.get(key).map(|value| (value, value.get_ref())) {
            Some((_, DeValue::Array(values))) => values,
            Some((value, _)) => {
                problems.add(&value.span(), format!("expected a list: write [[{key}]]"));
                &[]
            }
            None => &[],
        }
    }
}

pub(super) fn table_of<'t>(
    value: &'t Spanned<DeValue<'t>>,
    what: &str,
    problems: &mut Problems<'_>,
) -> Option<&'t DeTable<'t>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        wrong(value, &format!("a table for {what}"), problems);
    }
    table
}

pub(super) fn text_of<'t>(
    value: &'t Spanned<DeValue<'t>>,
    problems: &mut Problems<'_>,
) -> Option<Placed<&'t str>> {
    let text = value.get_ref().as_str();
    if text.is_none() {
        wrong(value, "a text", problems);
    }
    text.map(|text| placed(value, text))
}

pub(super) fn integer_of(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

pub(super) fn wrong(value: &Spanned<DeValue<'_>>, expected: &str, problems: &mut Problems<'_>) {
    let found = kind_of(value.get_ref());
    problems.add(&value.span(), format!("expected {expected}, found {found}"));
}

fn placed<'t>(value: &Spanned<DeValue<'_>>, text: &'t str) -> Placed<&'t str> {
    Placed {
        value: text,
        at: value.span(),
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `; did you mean …?`, or nothing.
pub(super) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    if word.len() > WORD {
        return String::new();
    }
    did_you_mean(word, known)
}
