//! Copies of parts of values, and of the arguments and results of the crate's functions: counted, so that they are bounded.

use std::borrow::Cow;

use jmespath::{Rcvar, Variable};
use serde_json::{Map, Value};

use super::{Found, Work};
use crate::page::error::Result;

/// Bytes that are counted for a value, whatever is in it.
const VALUE: usize = 64;

impl Work<'_> {
    fn spend(&mut self, bytes: usize) -> Result<()> {
        let left = self.bytes.checked_sub(VALUE + bytes);
        self.bytes = left.ok_or_else(|| self.too_large())?;
        Ok(())
    }

    pub(super) fn own(&mut self, found: Found<'_>) -> Result<Value> {
        match found {
            Cow::Borrowed(value) => self.copy(value),
            Cow::Owned(value) => Ok(value),
        }
    }

    // As deep as the value: what was parsed has at most 128 levels.
    pub(super) fn copy(&mut self, value: &Value) -> Result<Value> {
        self.spend(value.as_str().map_or(0, str::len))?;
        Ok(match value {
            Value::Array(list) => Value::Array(self.copy_all(list)?),
            Value::Object(map) => {
                let mut copy = Map::new();
                for (key, value) in map {
                    self.spend(key.len())?;
                    copy.insert(key.clone(), self.copy(value)?);
                }
                Value::Object(copy)
            }
            other => other.clone(),
        })
    }

    pub(super) fn copy_all<'v>(
        &mut self,
        values: impl IntoIterator<Item = &'v Value>,
    ) -> Result<Vec<Value>> {
        values.into_iter().map(|value| self.copy(value)).collect()
    }

    pub(super) fn variable(&mut self, value: &Value) -> Result<Rcvar> {
        self.spend(value.as_str().map_or(0, str::len))?;
        Ok(Rcvar::new(match value {
            Value::Null => Variable::Null,
            Value::Bool(is) => Variable::Bool(*is),
            Value::Number(number) => Variable::Number(number.clone()),
            Value::String(text) => Variable::String(text.clone()),
            Value::Array(list) => {
                let list: Result<_> = list.iter().map(|value| self.variable(value)).collect();
                Variable::Array(list?)
            }
            Value::Object(map) => {
                let entry = |(key, value): (&String, &Value)| {
                    self.spend(key.len())?;
                    Ok((key.clone(), self.variable(value)?))
                };
                Variable::Object(map.iter().map(entry).collect::<Result<_>>()?)
            }
        }))
    }

    pub(super) fn value(&mut self, variable: &Variable) -> Result<Value> {
        self.spend(variable.as_string().map_or(0, String::len))?;
        Ok(match variable {
            Variable::Null | Variable::Expref(_) => Value::Null,
            Variable::Bool(is) => Value::Bool(*is),
            Variable::Number(number) => Value::Number(number.clone()),
            Variable::String(text) => Value::String(text.clone()),
            Variable::Array(list) => {
                let list: Result<_> = list.iter().map(|value| self.value(value)).collect();
                Value::Array(list?)
            }
            Variable::Object(map) => {
                let entry = |(key, value): (&String, &Rcvar)| {
                    self.spend(key.len())?;
                    Ok((key.clone(), self.value(value)?))
                };
                Value::Object(map.iter().map(entry).collect::<Result<_>>()?)
            }
        })
    }
}
