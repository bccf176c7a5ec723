//! Comparison of values, and of which values count as true.

use std::borrow::Cow;
use std::mem::{Discriminant, discriminant};

use jmespath::ast::Comparator;
use serde_json::Value;

use super::{Found, Work, wide};
use crate::page::error::Result;

impl Work<'_> {
    pub(super) fn compare(
        &mut self,
        comparator: &Comparator,
        left: &Value,
        right: &Value,
    ) -> Result<Found<'static>> {
        if let Some(outcome) = wide::compare(comparator, left, right) {
            return Ok(Cow::Owned(Value::Bool(outcome)));
        }
        let is_equal = match (left, right) {
            (Value::String(left), Value::String(right)) => Some(left == right),
            (Value::Bool(left), Value::Bool(right)) => Some(left == right),
            (left, right) if kind(left) != kind(right) => Some(false),
            _ => None,
        };
        let outcome = match (comparator, is_equal) {
            (Comparator::Equal, Some(is_equal)) => Some(is_equal),
            (Comparator::NotEqual, Some(is_equal)) => Some(!is_equal),
            // There is an order of numbers only.
            (_, Some(_)) => None,
            _ => self
                .variable(left)?
                .compare(comparator, &*self.variable(right)?),
        };
        Ok(Cow::Owned(outcome.map_or(Value::Null, Value::Bool)))
    }
}

pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn kind(value: &Value) -> Discriminant<Value> {
    discriminant(value)
}
