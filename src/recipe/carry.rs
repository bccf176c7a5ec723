//! Values that a list has of what it leads to: they travel with the request, to the item of the page behind the link.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::extract::Extract;
use super::field::Fields;
use super::selection::Place;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;

/// Under which name the values are in a request's metadata.
const CARRIED: &str = "recipe.carried";

/// A value, or what was wrong with it where it was found.
#[derive(Debug, Serialize, Deserialize)]
enum Carried {
    Value(Json),
    Fault(String),
}

/// Returns the values to carry of one element or object. A value that is not found is left out.
pub(super) fn values<'a>(
    extract: Extract<'a>,
    fields: &Fields,
    place: Place<'a>,
) -> Result<Map<String, Json>> {
    let mut values = Map::new();
    for (name, field) in fields.names.iter().zip(&fields.fields) {
        let carried = match extract.value(field, place) {
            Ok(value) => Carried::Value(json(&value)?),
            Err(fault) if fault.is_missing() => continue,
            Err(fault) => Carried::Fault(fault.message()),
        };
        values.insert(name.to_string(), json(&carried)?);
    }
    Ok(values)
}

/// The request with these values.
pub(super) fn with_values(request: Request, values: &Map<String, Json>) -> Result<Request> {
    request.with_meta(CARRIED, values)
}

/// A value that was carried to this page; `None` if there is none.
///
/// # Errors
/// [`ErrorKind::Value`] when it was wrong where it was found.
pub(super) fn carried(request: &Request, name: &str) -> Result<Option<Json>> {
    let values: Option<Map<String, Json>> = request.meta(CARRIED)?;
    let Some(value) = values.and_then(|mut values| values.remove(name)) else {
        return Ok(None);
    };
    match serde_json::from_value(value) {
        Ok(Carried::Value(value)) => Ok(Some(value)),
        Ok(Carried::Fault(why)) => {
            let message = format!("{why}, on the page that led here");
            Err(Error::new(ErrorKind::Value, message))
        }
        Err(error) => Err(Error::new(ErrorKind::Json, "a carried value").with_source(error)),
    }
}

fn json(value: &impl Serialize) -> Result<Json> {
    serde_json::to_value(value)
        .map_err(|error| Error::new(ErrorKind::Json, "a value that is carried").with_source(error))
}
