//! Evaluating an expression on a value, without copying more of it than is asked for.
//!
//! The crate's own way converts the whole value first, sorts the keys of every object and has no limit.

use std::borrow::Cow;

use jmespath::ast::{Ast, Comparator};
use jmespath::{Context, DEFAULT_RUNTIME, ErrorReason, Rcvar, Variable};
use serde_json::{Map, Value};

use super::expression::{Expression, place};
use crate::{Error, ErrorKind, Result};

/// How many steps an evaluation may take.
const STEPS: usize = 50_000_000;
/// How much may be copied, in bytes.
const COPIED: usize = 256 << 20;
/// What a value takes, whatever is in it.
const VALUE: usize = 64;

/// The outcome of an expression.
///
/// # Errors
///
/// [`ErrorKind::Json`] when a function cannot take what it gets, [`ErrorKind::TooLarge`] beyond the limits.
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
    /// How many are left.
    steps: usize,
    /// How many may still be copied.
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
            Ast::Literal { value, .. } => self.from_variable(value).map(Cow::Owned),
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

    /// The same for what makes lists and objects.
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

    fn project(&mut self, list: &[Value], ast: &'e Ast) -> Result<Value> {
        let mut found = Vec::new();
        for value in list {
            let value = self.run(value, ast)?;
            if !value.is_null() {
                found.push(self.own(value)?);
            }
        }
        Ok(Value::Array(found))
    }

    fn flatten(&mut self, list: &[Value]) -> Result<Value> {
        let mut flat = Vec::new();
        for value in list {
            match value {
                Value::Array(inner) => flat.append(&mut self.copy_all(inner)?),
                other => flat.push(self.copy(other)?),
            }
        }
        Ok(Value::Array(flat))
    }

    fn slice(
        &mut self,
        value: &Value,
        [start, stop]: [Option<i64>; 2],
        step: i64,
        offset: usize,
    ) -> Result<Value> {
        if step == 0 {
            return Err(self.failed("a slice cannot have the step 0", offset));
        }
        let Value::Array(list) = value else {
            return Ok(Value::Null);
        };
        let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
        let (low, high) = if step > 0 {
            (0, length)
        } else {
            (-1, length - 1)
        };
        let bound = |at: i64| if at < 0 { at + length } else { at }.clamp(low, high);
        let (first, last) = if step > 0 { (low, high) } else { (high, low) };
        let (mut at, end) = (start.map_or(first, bound), stop.map_or(last, bound));
        let mut found = Vec::new();
        while if step > 0 { at < end } else { at > end } {
            let value = usize::try_from(at).ok().and_then(|at| list.get(at));
            found.push(self.copy(value.unwrap_or(&Value::Null))?);
            at += step;
        }
        Ok(Value::Array(found))
    }

    fn compare(
        &mut self,
        comparator: &Comparator,
        left: &Value,
        right: &Value,
    ) -> Result<Found<'static>> {
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
                .to_variable(left)?
                .compare(comparator, &*self.to_variable(right)?),
        };
        Ok(Cow::Owned(outcome.map_or(Value::Null, Value::Bool)))
    }

    fn call(&mut self, value: &Value, name: &str, args: &'e [Ast], offset: usize) -> Result<Value> {
        let mut values = Vec::new();
        for arg in args {
            values.push(match arg {
                Ast::Expref { ast, .. } => Rcvar::new(Variable::Expref((**ast).clone())),
                arg => {
                    let found = self.run(value, arg)?;
                    self.to_variable(&found)?
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
            Ok(found) => self.from_variable(&found),
            Err(error) => {
                let what = match error.reason {
                    ErrorReason::Parse(what) => what,
                    ErrorReason::Runtime(what) => what.to_string(),
                };
                Err(self.failed(&format!("{name}: {}", lower(&what)), offset))
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

    fn spend(&mut self, bytes: usize) -> Result<()> {
        let left = self.bytes.checked_sub(VALUE + bytes);
        self.bytes = left.ok_or_else(|| self.too_large())?;
        Ok(())
    }

    fn own(&mut self, found: Found<'_>) -> Result<Value> {
        match found {
            Cow::Borrowed(value) => self.copy(value),
            Cow::Owned(value) => Ok(value),
        }
    }

    // As deep as the value: what was parsed has at most 128 levels.
    fn copy(&mut self, value: &Value) -> Result<Value> {
        Ok(match value {
            Value::Array(list) => {
                self.spend(0)?;
                Value::Array(self.copy_all(list)?)
            }
            Value::Object(map) => {
                self.spend(0)?;
                let mut copy = Map::new();
                for (key, value) in map {
                    self.spend(key.len())?;
                    copy.insert(key.clone(), self.copy(value)?);
                }
                Value::Object(copy)
            }
            Value::String(text) => {
                self.spend(text.len())?;
                Value::String(text.clone())
            }
            other => {
                self.spend(0)?;
                other.clone()
            }
        })
    }

    fn copy_all<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) -> Result<Vec<Value>> {
        values.into_iter().map(|value| self.copy(value)).collect()
    }

    fn to_variable(&mut self, value: &Value) -> Result<Rcvar> {
        Ok(Rcvar::new(match value {
            Value::Null => Variable::Null,
            Value::Bool(is) => Variable::Bool(*is),
            Value::Number(number) => Variable::Number(number.clone()),
            Value::String(text) => {
                self.spend(text.len())?;
                Variable::String(text.clone())
            }
            Value::Array(list) => {
                self.spend(0)?;
                let list: Result<_> = list.iter().map(|value| self.to_variable(value)).collect();
                Variable::Array(list?)
            }
            Value::Object(map) => {
                self.spend(0)?;
                let entry = |(key, value): (&String, &Value)| {
                    self.spend(key.len())?;
                    Ok((key.clone(), self.to_variable(value)?))
                };
                Variable::Object(map.iter().map(entry).collect::<Result<_>>()?)
            }
        }))
    }

    #[expect(clippy::wrong_self_convention, reason = "it counts what it copies")]
    fn from_variable(&mut self, variable: &Variable) -> Result<Value> {
        Ok(match variable {
            Variable::Null | Variable::Expref(_) => Value::Null,
            Variable::Bool(is) => Value::Bool(*is),
            Variable::Number(number) => Value::Number(number.clone()),
            Variable::String(text) => {
                self.spend(text.len())?;
                Value::String(text.clone())
            }
            Variable::Array(list) => {
                self.spend(0)?;
                let list: Result<_> = list.iter().map(|value| self.from_variable(value)).collect();
                Value::Array(list?)
            }
            Variable::Object(map) => {
                self.spend(0)?;
                let entry = |(key, value): (&String, &Rcvar)| {
                    self.spend(key.len())?;
                    Ok((key.clone(), self.from_variable(value)?))
                };
                Value::Object(map.iter().map(entry).collect::<Result<_>>()?)
            }
        })
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

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn kind(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(value)
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}
