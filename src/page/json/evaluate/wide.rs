//! Whole numbers that 64 bits cannot hold, which are texts of digits here: they are ordered as numbers.

use std::cmp::Ordering;

use jmespath::ast::{Ast, Comparator};
use serde_json::Value;

use super::Work;
use crate::page::error::Result;
use crate::page::json::number;

/// Returns whether a value is the text of a whole number that 64 bits cannot hold.
pub(super) fn is_wide(value: &Value) -> bool {
    value.as_str().is_some_and(number::is_wide)
}

/// Compares two numbers, of which at least one is wide. `None` for anything else.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => {
            let are_wide = number::is_wide(left) && number::is_wide(right);
            are_wide.then(|| number::order(left, right))
        }
        (Value::String(wide), Value::Number(number)) if number::is_wide(wide) => {
            Some(match number.as_f64() {
                Some(fraction) if number.is_f64() => {
                    // Beyond 64 bits a fraction is as good as the nearest it knows.
                    wide.parse::<f64>().ok()?.partial_cmp(&fraction)?
                }
                _ => number::order(wide, &number.to_string()),
            })
        }
        (Value::Number(_), Value::String(_)) => order(right, left).map(Ordering::reverse),
        _ => None,
    }
}

/// Evaluates a comparison of two numbers, of which at least one is wide. `None` if it is left to JMESPath.
pub(super) fn compare(comparator: &Comparator, left: &Value, right: &Value) -> Option<bool> {
    let is = |holds: fn(Ordering) -> bool| order(left, right).map(holds);
    match comparator {
        Comparator::LessThan => is(Ordering::is_lt),
        Comparator::LessThanEqual => is(Ordering::is_le),
        Comparator::GreaterThan => is(Ordering::is_gt),
        Comparator::GreaterThanEqual => is(Ordering::is_ge),
        Comparator::Equal | Comparator::NotEqual => None,
    }
}

impl<'e> Work<'e> {
    /// Evaluates `sort`, `max` and `min`, or the same `_by` a key, if the list is ordered by numbers only and one of them
    /// is wide; `None` for other lists.
    pub(super) fn ordered(
        &mut self,
        name: &str,
        list: &[Value],
        key: Option<&'e Ast>,
    ) -> Result<Option<Value>> {
        let mut keyed = Vec::with_capacity(list.len());
        for value in list {
            let found = match key {
                Some(key) => self.run(value, key)?.into_owned(),
                None => value.clone(),
            };
            if !found.is_number() && !is_wide(&found) {
                return Ok(None);
            }
            keyed.push((found, value));
        }
        if !keyed.iter().any(|(found, _)| is_wide(found)) {
            return Ok(None);
        }
        keyed.sort_by(|(one, _), (other, _)| whole_order(one, other));
        let mut values = keyed.into_iter().map(|(_, value)| value);
        let chosen = match name {
            "max" | "max_by" => values.next_back(),
            "min" | "min_by" => values.next(),
            _ => return self.copy_all(values).map(Value::Array).map(Some),
        };
        chosen.map(|value| self.copy(value)).transpose()
    }
}

/// Compares any two numbers.
fn whole_order(one: &Value, other: &Value) -> Ordering {
    let small = || one.as_f64().partial_cmp(&other.as_f64());
    order(one, other).or_else(small).unwrap_or(Ordering::Equal)
}
