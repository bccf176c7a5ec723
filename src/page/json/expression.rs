//! Compiled JMESPath expressions, and the errors of those that do not compile.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use jmespath::ast::Ast;
use jmespath::{DEFAULT_RUNTIME, ErrorReason, JmespathError};

use super::number::{self, Wide};
use crate::page::compiled::{Compiled, remembered};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;

/// Limit on the length of an expression, in bytes.
const LENGTH: usize = 16 << 10;
/// Limit on the nesting of an expression, and on steps such as `.a` that follow each other: its parser has no limit of its
/// own.
const DEPTH: usize = 150;
/// Names of the functions that exist.
const FUNCTIONS: [&str; 26] = [
    "abs",
    "avg",
    "ceil",
    "contains",
    "ends_with",
    "floor",
    "join",
    "keys",
    "length",
    "map",
    "max",
    "max_by",
    "merge",
    "min",
    "min_by",
    "not_null",
    "reverse",
    "sort",
    "sort_by",
    "starts_with",
    "sum",
    "to_array",
    "to_number",
    "to_string",
    "type",
    "values",
];

thread_local! {
    static COMPILED: RefCell<Compiled<Expression>> = RefCell::default();
}

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) text: String,
    pub(super) ast: Ast,
}

/// Returns the compiled form of an expression.
///
/// # Errors
///
/// [`ErrorKind::Selector`], which shows the expression and where it stops making sense.
pub(super) fn compile(expression: &str) -> Result<Rc<Expression>> {
    remembered(&COMPILED, expression, |text| {
        if text.trim().is_empty() {
            return Err(bad(text, "it is empty"));
        }
        if text.len() > LENGTH || depth(text) > DEPTH {
            return Err(bad(
                text.get(..40).unwrap_or_default(),
                "it is too long or too deeply nested",
            ));
        }
        let literals = with_wide_literals(text);
        let ast = jmespath::parse(&literals).map_err(|error| unparsed(text, &error))?;
        check_functions(text, &ast)?;
        Ok(Expression {
            text: text.to_owned(),
            ast,
        })
    })
}

fn bad(text: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Selector,
        format!("bad expression {text:?}: {what}"),
    )
}

fn unparsed(text: &str, error: &JmespathError) -> Error {
    let what = match &error.reason {
        ErrorReason::Parse(what) => what.clone(),
        ErrorReason::Runtime(what) => what.to_string(),
    };
    // It ends in the token as the parser calls it, which says nothing to a person.
    let what = what.split(" -- found").next().unwrap_or_default();
    let what = what.trim().replace('\n', " ");
    let place = place(text, error.offset);
    bad(
        text,
        &format!("{what}{place}{}", unquoted(text, error.offset)),
    )
}

/// Returns a hint for the name around a place which JMESPath does not take as it is: `a-b`, `@type`, `og:title`.
fn unquoted(text: &str, offset: usize) -> String {
    let is_part = |c: char| c.is_alphanumeric() || "_-@:$#/".contains(c);
    let (before, behind) = text.split_at_checked(offset).unwrap_or((text, ""));
    let start = before.trim_end_matches(is_part).len();
    let end = offset + behind.len() - behind.trim_start_matches(is_part).len();
    let name = text.get(start..end).unwrap_or_default();
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_name = name.contains(char::is_alphabetic)
        && (!is_plain || name.starts_with(|c: char| c.is_ascii_digit()));
    if is_name {
        format!("; a key with such signs is quoted: {name:?}")
    } else {
        String::new()
    }
}

/// Returns the expression with the numbers in its literals that 64 bits cannot hold written as texts, as they are in the
/// values.
fn with_wide_literals(text: &str) -> Cow<'_, str> {
    if !text.contains('`') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(quote) = rest.chars().next() {
        let length = match quote {
            '`' | '\'' | '"' => quoted_length(rest, quote),
            c => c.len_utf8(),
        };
        let part = rest.get(..length).unwrap_or_default();
        if quote == '`' {
            out.push_str(&number::with_wide(part, Wide::Text));
        } else {
            out.push_str(part);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(out)
}

/// Returns the length of the quoted text at the beginning, with its quotes.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

#[cfg(feature = "recipe")]
/// Returns whether the outcome of an expression is the answer to a question, and no value of the JSON.
pub(super) fn is_condition(ast: &Ast) -> bool {
    match ast {
        Ast::Comparison { .. } | Ast::Not { .. } => true,
        Ast::And { lhs, rhs, .. } | Ast::Or { lhs, rhs, .. } => {
            is_condition(lhs) || is_condition(rhs)
        }
        Ast::Subexpr { rhs, .. } => is_condition(rhs),
        Ast::Function { name, .. } => {
            matches!(name.as_str(), "contains" | "starts_with" | "ends_with")
        }
        _ => false,
    }
}

/// Returns ` at column 5`, or ` at line 2 column 5` for a text of several lines.
pub(super) fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.lines().count().max(1);
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    if text.contains('\n') {
        format!(" at line {line} column {column}")
    } else {
        format!(" at column {column}")
    }
}

/// Returns an upper bound of the depth of an expression's tree: the brackets open around a place, and the steps before it.
fn depth(text: &str) -> usize {
    let mut around = Vec::new();
    let (mut now, mut most) = (0_usize, 0);
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => drop(chars.next()),
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(' | '[' | '{') => {
                now += 1;
                around.push(now);
            }
            (None, ')' | ']' | '}') => now = around.pop().map_or(now, |open| open + 1),
            (None, ',') => now = around.last().copied().unwrap_or_default(),
            (None, '.' | '|' | '&' | '!' | '=' | '<' | '>' | ':') => now += 1,
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn check_functions(text: &str, ast: &Ast) -> Result<()> {
    if let Ast::Function { name, offset, .. } = ast
        && DEFAULT_RUNTIME.get_function(name).is_none()
    {
        let hint = did_you_mean(name, FUNCTIONS);
        // The parser notes where the bracket is.
        let start = offset.saturating_sub(name.len());
        let start = if text
            .get(start..)
            .is_some_and(|rest| rest.starts_with(name.as_str()))
        {
            start
        } else {
            *offset
        };
        return Err(bad(
            text,
            &format!("no function {name:?}{}{hint}", place(text, start)),
        ));
    }
    parts(ast)
        .into_iter()
        .try_for_each(|part| check_functions(text, part))
}

/// Returns the expressions that one is made of.
fn parts(ast: &Ast) -> Vec<&Ast> {
    match ast {
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => vec![lhs, rhs],
        Ast::Condition {
            predicate, then, ..
        } => vec![predicate, then],
        Ast::Expref { ast, .. } => vec![ast],
        Ast::Flatten { node, .. } | Ast::Not { node, .. } | Ast::ObjectValues { node, .. } => {
            vec![node]
        }
        Ast::Function { args, .. } => args.iter().collect(),
        Ast::MultiList { elements, .. } => elements.iter().collect(),
        Ast::MultiHash { elements, .. } => elements.iter().map(|pair| &pair.value).collect(),
        Ast::Identity { .. }
        | Ast::Field { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => Vec::new(),
    }
}
