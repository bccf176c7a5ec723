//! Expressions that make lists: projections, flattening and slices.

use jmespath::ast::Ast;
use serde_json::Value;

use super::Work;
use crate::page::error::Result;

impl<'e> Work<'e> {
    pub(super) fn project(&mut self, list: &[Value], ast: &'e Ast) -> Result<Value> {
        let mut found = Vec::new();
        for value in list {
            let value = self.run(value, ast)?;
            if !value.is_null() {
                found.push(self.own(value)?);
            }
        }
        Ok(Value::Array(found))
    }

    pub(super) fn flatten(&mut self, list: &[Value]) -> Result<Value> {
        let mut flat = Vec::new();
        for value in list {
            match value {
                Value::Array(inner) => flat.append(&mut self.copy_all(inner)?),
                other => flat.push(self.copy(other)?),
            }
        }
        Ok(Value::Array(flat))
    }

    pub(super) fn slice(
        &mut self,
        value: &Value,
        [from, to]: [Option<i64>; 2],
        step: i64,
        offset: usize,
    ) -> Result<Value> {
        if step == 0 {
            return Err(self.failed("a slice cannot have the step 0", offset));
        }
        let Value::Array(values) = value else {
            return Ok(Value::Null);
        };
        let length = i64::try_from(values.len()).unwrap_or(i64::MAX);
        let (low, high) = if step > 0 {
            (0, length)
        } else {
            (-1, length - 1)
        };
        let bound = |at: i64| if at < 0 { at + length } else { at }.clamp(low, high);
        let (first, last) = if step > 0 { (low, high) } else { (high, low) };
        let (mut at, end) = (from.map_or(first, bound), to.map_or(last, bound));
        let mut found = Vec::new();
        while if step > 0 { at < end } else { at > end } {
            let value = usize::try_from(at).ok().and_then(|at| values.get(at));
            found.push(self.copy(value.unwrap_or(&Value::Null))?);
            at += step;
        }
        Ok(Value::Array(found))
    }
}
