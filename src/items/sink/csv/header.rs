//! The names of the columns, and where each field of an item goes.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::cell::{cell, defused};

/// The header of a file: at least one name, and none twice.
#[derive(Debug)]
pub(super) struct Header {
    names: Vec<String>,
    places: HashMap<String, usize>,
    is_of_file: bool,
}

impl Header {
    /// Takes the header that a file has. The error is a name that stands there twice, or empty for no name.
    pub(super) fn of_file(names: Vec<String>) -> Result<Self, String> {
        Self::new(names, true)
    }

    /// Makes a header of an item's fields. The error is the same.
    pub(super) fn of_item(fields: &Map<String, Value>, is_escaped: bool) -> Result<Self, String> {
        Self::new(names(fields.keys(), is_escaped), false)
    }

    /// Makes a header of the fields that items of several kinds may have. The error is the same.
    pub(super) fn of_columns(columns: &[String], is_escaped: bool) -> Result<Self, String> {
        Self::new(names(columns.iter(), is_escaped), false)
    }

    fn new(names: Vec<String>, is_of_file: bool) -> Result<Self, String> {
        let mut places = HashMap::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            if places.insert(name.clone(), at).is_some() {
                return Err(name.clone());
            }
        }
        if names.is_empty() {
            return Err(String::new());
        }
        Ok(Self {
            names,
            places,
            is_of_file,
        })
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns whether the file had the header before this run.
    pub(super) fn is_of_file(&self) -> bool {
        self.is_of_file
    }

    /// An item's cells in the order of the columns. The error is a field that has no column.
    pub(super) fn cells<'f>(
        &self,
        fields: &'f Map<String, Value>,
        is_escaped: bool,
    ) -> Result<Vec<String>, &'f str> {
        let mut cells = vec![String::new(); self.names.len()];
        for (name, value) in fields {
            let place = self.places.get(&written(name, is_escaped));
            let column = place.and_then(|&at| cells.get_mut(at));
            *column.ok_or(name.as_str())? = cell(value, is_escaped);
        }
        Ok(cells)
    }
}

/// The names of fields as they stand in a header.
pub(super) fn names<'f>(fields: impl Iterator<Item = &'f String>, is_escaped: bool) -> Vec<String> {
    fields.map(|name| written(name, is_escaped)).collect()
}

fn written(name: &str, is_escaped: bool) -> String {
    if is_escaped {
        defused(name).into_owned()
    } else {
        name.to_owned()
    }
}
