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
    pub(super) fn of_item(fields: &Map<String, Value>) -> Result<Self, String> {
        Self::new(names(fields), false)
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

    /// Whether the file had it before this run.
    pub(super) fn is_of_file(&self) -> bool {
        self.is_of_file
    }

    /// An item's cells in the order of the columns. The error is a field that has no column.
    pub(super) fn cells<'f>(&self, fields: &'f Map<String, Value>) -> Result<Vec<String>, &'f str> {
        let mut cells = vec![String::new(); self.names.len()];
        for (name, value) in fields {
            let place = self.places.get(defused(name).as_ref());
            let column = place.and_then(|&at| cells.get_mut(at));
            *column.ok_or(name.as_str())? = cell(value);
        }
        Ok(cells)
    }
}

/// What an item's fields are called in a header.
pub(super) fn names(fields: &Map<String, Value>) -> Vec<String> {
    fields
        .keys()
        .map(|name| defused(name).into_owned())
        .collect()
}
