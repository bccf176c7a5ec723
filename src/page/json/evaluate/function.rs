//! Calls of the functions of the `jmespath` crate, and replacements for what they get wrong.

use serde_json::Value;

use jmespath::ast::Ast;
use jmespath::{Context, DEFAULT_RUNTIME, ErrorReason, Rcvar, Variable};

use super::{Work, wide};
use crate::page::error::Result;

impl<'e> Work<'e> {
    pub(super) fn call(
        &mut self,
        value: &Value,
        name: &str,
        args: &'e [Ast],
        offset: usize,
    ) -> Result<Value> {
        if let Some(found) = self.call_here(value, name, args)? {
            return Ok(found);
        }
        let mut values = Vec::new();
        for arg in args {
            values.push(match arg {
                Ast::Expref { ast, .. } => Rcvar::new(Variable::Expref((**ast).clone())),
                arg => {
                    let found = self.run(value, arg)?;
                    self.variable(&found)?
                }
            });
        }
        let text = &self.expression.text;
        let mut context = Context::new(text, &DEFAULT_RUNTIME);
        context.offset = offset;
        let Some(function) = DEFAULT_RUNTIME.get_function(name) else {
            return Err(self.failed(&format!("no function {name:?}"), offset));
        };
        match function.evaluate(&values, &mut context) {
            Ok(found) => self.value(&found),
            Err(error) => {
                let what = match error.reason {
                    ErrorReason::Parse(what) => what,
                    ErrorReason::Runtime(what) => what.to_string(),
                };
                Err(self.failed(&format!("{name}: {}", lower(&what)), offset))
            }
        }
    }

    /// Evaluates what the crate gets wrong: the mean of nothing, which is null by the specification, and wide numbers.
    /// `None` for other calls.
    fn call_here(&mut self, value: &Value, name: &str, args: &'e [Ast]) -> Result<Option<Value>> {
        let key = match (name, args) {
            ("avg" | "to_number" | "sort" | "max" | "min", [_]) => None,
            ("sort_by" | "max_by" | "min_by", [_, Ast::Expref { ast, .. }]) => Some(&**ast),
            _ => return Ok(None),
        };
        let Some(first) = args.first() else {
            return Ok(None);
        };
        let found = self.run(value, first)?;
        match (name, &*found) {
            ("avg", Value::Array(list)) if list.is_empty() => Ok(Some(Value::Null)),
            ("to_number", number) if wide::is_wide(number) => self.copy(number).map(Some),
            ("avg" | "to_number", _) => Ok(None),
            (_, Value::Array(list)) => self.ordered(name, list, key),
            _ => Ok(None),
        }
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}
