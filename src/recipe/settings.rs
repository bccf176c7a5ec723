//! `[settings]`: what a recipe sets, for the command line to change.

use toml::de::DeValue;

use super::reader::Reader;
use super::section::Section;
use crate::model::settings::{Settings, text_of};

/// Names with values, each of which can be set.
pub(super) fn read(recipe: &Section<'_>, reader: &mut Reader<'_>) -> Vec<(String, String)> {
    let mut tried = Settings::default();
    let mut read = Vec::new();
    let mut set = |name: String, value: &toml::Spanned<DeValue<'_>>, reader: &mut Reader<'_>| {
        let text = text_of(value.get_ref())
            .map_err(|why| format!("bad value for setting {name:?}: {why}"));
        let done = text.and_then(|text| match tried.set(&name, &text) {
            Ok(()) => Ok(text),
            Err(error) => Err(error.chain()),
        });
        match done {
            Ok(text) => read.push((name, text)),
            Err(why) => reader.add(&value.span(), why),
        }
    };
    let entries: Vec<_> = recipe.entries("settings", &mut reader.problems).collect();
    for (name, value) in entries {
        match value.get_ref() {
            // `[settings.min_fill] price = 0.9` is `-s min_fill.price=0.9`.
            DeValue::Table(table) => {
                for (key, value) in table {
                    set(format!("{}.{}", name.value, key.get_ref()), value, reader);
                }
            }
            _ => set(name.value.to_owned(), value, reader),
        }
    }
    read
}
