//! Evaluation of an expression on a value, without copying more of the value than is asked for.
//!
//! The `jmespath` crate's own way converts the whole value first, sorts the keys of every object and has no limit.

mod compare;
mod copy;
mod function;
mod lists;
mod wide;

use std::borrow::Cow;

use jmespath::ast::Ast;
use serde_json::{Map, Value};

use super::expression::{Expression, place};
use crate::page::error::{Error, ErrorKind, Result};
use compare::is_truthy;

/// Limit on the steps of an evaluation.
const STEPS: usize = 50_000_000;
/// Limit on what an evaluation copies out of the value, in bytes.
const COPIED: usize = 256 << 20;

/// Returns the outcome of an expression.
///
/// # Errors
///
/// [`ErrorKind::Json`] if a function cannot take its arguments, [`ErrorKind::TooLarge`] beyond the limits.
pub(super) fn evaluate(value: &Value, expression: &Expression) -> Result<Value> {
    let mut work = Work {
        expression,
        steps: STEPS,
        bytes: COPIED,
    };
    let found = work.run(value, &expression.ast)?;
    work.own(found)
}

type Found<'v> = Cow<'v, Value>;

struct Work<'e> {
    expression: &'e Expression,
    /// Steps that are left.
    steps: usize,
    /// Bytes that may still be copied.
    bytes: usize,
}

impl<'e> Work<'e> {
    fn run<'v>(&mut self, value: &'v Value, ast: &'e Ast) -> Result<Found<'v>> {
        self.steps = self.steps.checked_sub(1).ok_or_else(|| self.too_large())?;
        match ast {
            Ast::Identity { .. } => Ok(Cow::Borrowed(value)),
            Ast::Field { name, .. } => Ok(borrowed(value.get(name.as_str()))),
            Ast::Index { idx, .. } => Ok(borrowed(index(value, *idx))),
            Ast::Subexpr { lhs, rhs, .. } => {
                let left = self.run(value, lhs)?;
                self.then(left, rhs)
            }
            Ast::Literal { value, .. } => self.value(value).map(Cow::Owned),
            Ast::Or { lhs, rhs, .. } => match self.run(value, lhs)? {
                left if is_truthy(&left) => Ok(left),
                _ => self.run(value, rhs),
            },
            Ast::And { lhs, rhs, .. } => match self.run(value, lhs)? {
                left if is_truthy(&left) => self.run(value, rhs),
                left => Ok(left),
            },
            Ast::Not { node, .. } => {
                let is = is_truthy(&*self.run(value, node)?);
                Ok(Cow::Owned(Value::Bool(!is)))
            }
            Ast::Condition {
                predicate, then, ..
            } => {
                if is_truthy(&*self.run(value, predicate)?) {
                    self.run(value, then)
                } else {
                    Ok(null())
                }
            }
            Ast::Comparison {
                comparator,
                lhs,
                rhs,
                ..
            } => {
                let (left, right) = (self.run(value, lhs)?, self.run(value, rhs)?);
                self.compare(comparator, &left, &right)
            }
            _ => self.run_list(value, ast),
        }
    }

    /// Evaluates the expressions that make lists and objects.
    fn run_list<'v>(&mut self, value: &'v Value, ast: &'e Ast) -> Result<Found<'v>> {
        let made = match ast {
            Ast::ObjectValues { node, .. } => match &*self.run(value, node)? {
                Value::Object(map) => Value::Array(self.copy_all(map.values())?),
                _ => Value::Null,
            },
            Ast::Projection { lhs, rhs, .. } => match &*self.run(value, lhs)? {
                Value::Array(list) => self.project(list, rhs)?,
                _ => Value::Null,
            },
            Ast::Flatten { node, .. } => match &*self.run(value, node)? {
                Value::Array(list) => self.flatten(list)?,
                _ => Value::Null,
            },
            Ast::Slice {
                start,
                stop,
                step,
                offset,
            } => {
                let range = [start.map(i64::from), stop.map(i64::from)];
                self.slice(value, range, i64::from(*step), *offset)?
            }
            Ast::MultiList { .. } | Ast::MultiHash { .. } if value.is_null() => Value::Null,
            Ast::MultiList { elements, .. } => {
                let mut list = Vec::new();
                for element in elements {
                    let found = self.run(value, element)?;
                    list.push(self.own(found)?);
                }
                Value::Array(list)
            }
            Ast::MultiHash { elements, .. } => {
                let mut map = Map::new();
                for pair in elements {
                    let found = self.run(value, &pair.value)?;
                    map.insert(pair.key.clone(), self.own(found)?);
                }
                Value::Object(map)
            }
            Ast::Function { name, args, offset } => self.call(value, name, args, *offset)?,
            // An expression that is no argument of a function has no value; and nothing else is left.
            _ => Value::Null,
        };
        Ok(Cow::Owned(made))
    }

    fn then<'v>(&mut self, left: Found<'v>, ast: &'e Ast) -> Result<Found<'v>> {
        match left {
            Cow::Borrowed(left) => self.run(left, ast),
            Cow::Owned(left) => {
                let found = self.run(&left, ast)?;
                self.own(found).map(Cow::Owned)
            }
        }
    }

    fn failed(&self, what: &str, offset: usize) -> Error {
        let text = &self.expression.text;
        let message = format!("expression {text:?}: {what}{}", place(text, offset));
        Error::new(ErrorKind::Json, message)
    }

    fn too_large(&self) -> Error {
        let message = format!(
            "expression {:?} takes more than {STEPS} steps or copies more than {} MiB",
            self.expression.text,
            COPIED >> 20
        );
        Error::new(ErrorKind::TooLarge, message)
    }
}

fn null<'v>() -> Found<'v> {
    Cow::Owned(Value::Null)
}

fn borrowed(value: Option<&Value>) -> Found<'_> {
    value.map_or_else(null, Cow::Borrowed)
}

fn index(value: &Value, index: i32) -> Option<&Value> {
    let list = value.as_array()?;
    let from_end = usize::try_from(index.unsigned_abs()).ok()?;
    let at = if index < 0 {
        list.len().checked_sub(from_end)?
    } else {
        from_end
    };
    list.get(at)
}
