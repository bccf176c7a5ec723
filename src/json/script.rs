//! Reading JSON from where sites put it: bare, in a comment, in an assignment or in the call of a function.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::repair::readings;
use crate::{Error, ErrorKind, Result};

/// What may stand before the JSON: an assignment, `window["x"].y =`, or the name of a function and a bracket.
static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"^(?:(?:export\s+)?(?:var|let|const)\s+)?{NAME}\s*(?:=|\()\s*"
    ))
    .ok()
});
/// An object or a list that is assigned further on.
static ASSIGNED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?:^|[\s;,{{}}]){NAME}\s*=\s*[\[{{]")).ok());
const NAME: &str = r#"[\p{L}_$][\p{L}\p{N}_$]*(?:\s*\.\s*[\p{L}_$][\p{L}\p{N}_$]*|\s*\[\s*(?:"[^"\n]*"|'[^'\n]*'|\d+)\s*\])*"#;
/// Comments that hide scripts from old readers, and what keeps an answer from being run as a script.
const COVERS: [&str; 7] = [
    "<!--",
    "<![CDATA[",
    "//<![CDATA[",
    "// <![CDATA[",
    "/*<![CDATA[*/",
    ")]}',",
    ")]}'",
];

/// Reads JSON as sites have it in answers, scripts and attributes.
///
/// Around it there may be a byte order mark, white space, `<!-- … -->` or `CDATA`, Google's `)]}'`, and a `;`. It may be
/// assigned, `window.__DATA__ = {…};`, or be the argument of a function, `callback({…});`: then it is the value of the
/// first assignment or call. If that is no object or list, as in `var n = 1; var data = {…}`, it is the first object or list
/// that is assigned after it, should there be one. What comes behind its end is another statement, which is not looked at.
///
/// What is not JSON is repaired as in JSON-LD: commas too many, comments, line breaks in strings, and a text that is encoded
/// once too often (`&quot;`).
///
/// ```
/// use crawlworks::json;
/// assert_eq!(json::parse("<!-- var a = [1, 2]; run(a) -->")?, serde_json::json!([1, 2]));
/// let error = json::parse("{\"a\": 1,\n \"b\": }").unwrap_err();
/// assert_eq!(error.to_string(), "not JSON: expected value at line 2 column 7, before \"}\"");
/// # Ok::<(), crawlworks::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Json`] with line and column: also for what only JavaScript understands, such as names without quotes, and
/// for what is nested more than 127 levels deep.
pub fn parse(text: &str) -> Result<Value> {
    let mut told = None;
    for reading in readings(text) {
        match read(&reading) {
            Ok(value) => return Ok(value),
            // What is repaired is not the mistake, as long as the places are those of the text.
            Err(error) if told.is_none() || reading.len() == text.len() => told = Some(error),
            Err(_) => {}
        }
    }
    Err(told.unwrap_or_else(nothing))
}

fn read(text: &str) -> Result<Value> {
    let (mut before, is_statement) = before(text);
    if is_statement {
        before += assigned(text.get(before..).unwrap_or_default()).unwrap_or_default();
    }
    let json = text.get(before..).unwrap_or_default();
    if is_over(json) {
        return Err(nothing());
    }
    let (value, rest) = first_value(json).map_err(|error| bad(text, before, &error))?;
    if is_statement || is_over(rest) {
        return Ok(value);
    }
    let place = text.len() - rest.trim_start().len();
    let message = format!("not JSON: it goes on{}", place_in(text, place));
    Err(Error::new(ErrorKind::Json, message))
}

fn nothing() -> Error {
    Error::new(ErrorKind::Json, "not JSON: there is nothing")
}

/// Where the first object or list that is assigned begins, if the first value is something else.
fn assigned(json: &str) -> Option<usize> {
    if json.starts_with(['{', '[']) {
        return None;
    }
    let rest = first_value(json).map_or(json, |(_, rest)| rest);
    let found = ASSIGNED.as_ref()?.find(rest)?;
    Some(json.len() - rest.len() + found.end() - 1)
}

/// The value at the beginning, and what comes behind it.
fn first_value(json: &str) -> serde_json::Result<(Value, &str)> {
    // A number or word ends where something else begins, which the parser does not know of.
    let is_word = !json.starts_with(['{', '[', '"']);
    let end = json.find(|c: char| is_word && (c.is_whitespace() || ";,)<".contains(c)));
    let (json, behind) = json
        .split_at_checked(end.unwrap_or(json.len()))
        .unwrap_or((json, ""));
    if is_word {
        return Ok((serde_json::from_str(json)?, behind));
    }
    let mut values = serde_json::Deserializer::from_str(json).into_iter();
    let value = values.next().transpose()?.unwrap_or_default();
    Ok((value, json.get(values.byte_offset()..).unwrap_or_default()))
}

/// How much stands before the JSON, and whether that makes it a statement of a script.
fn before(text: &str) -> (usize, bool) {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some(inner) = COVERS.iter().find_map(|cover| rest.strip_prefix(cover)) {
        rest = inner.trim_start();
    }
    let before = BEFORE.as_ref().and_then(|before| before.find(rest));
    // `true` and the like are no names.
    let length = before.map_or(0, |found| found.end());
    (text.len() - rest.len() + length, length > 0)
}

/// Whether nothing more comes but the end of what is around.
fn is_over(rest: &str) -> bool {
    let mut rest = rest.trim_start();
    let ends = [
        ";", "-->", "//]]>", "// ]]>", "/*]]>*/", "]]>", "//-->", "// -->",
    ];
    while let Some(others) = ends.iter().find_map(|end| rest.strip_prefix(end)) {
        rest = others.trim_start();
    }
    rest.is_empty()
}

fn bad(text: &str, before: usize, error: &serde_json::Error) -> Error {
    let json = text.get(before..).unwrap_or_default();
    let start: usize = json
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    // Columns are counted in bytes, and from 1.
    let mut at = (before + start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let what = error.to_string();
    let what = what
        .rsplit_once(" at line ")
        .map_or(what.as_str(), |(what, _)| what);
    let what = match what {
        "recursion limit exceeded" => "nested more than 127 levels deep",
        what if error.is_eof() => {
            return Error::new(
                ErrorKind::Json,
                format!("not JSON: it ends too early ({what})"),
            );
        }
        what => what,
    };
    Error::new(
        ErrorKind::Json,
        format!("not JSON: {what}{}", place_in(text, at)),
    )
}

/// ` at line 2 column 7, before "}"`.
fn place_in(text: &str, at: usize) -> String {
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    let next: String = rest.chars().take(20).collect();
    format!(" at line {line} column {column}, before {next:?}")
}
