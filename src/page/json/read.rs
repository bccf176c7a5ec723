//! Reader of all JSON: answers, scripts, attributes, JSON-LD, feeds, and the items that a crawl writes.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::before::{assigned, before, is_over, without_space};
use super::number::{self, Wide};
use super::repair::readings;
use crate::page::error::{Error, ErrorKind, Result};

/// Reads JSON as sites have it in answers, scripts and attributes.
///
/// Around it there may be a byte order mark, white space, `<!-- … -->` or `CDATA`, a guard such as Google's `)]}'` or
/// `while(1);`, and a `;`. It may be assigned, `window.__DATA__ = {…};`, or be the argument of a function,
/// `callback({…});`, also behind `typeof callback === 'function' &&`: then it is the value of the
/// first assignment or call. If that is no object or list, as in `var n = 1; var data = {…}`, it is the first object or list
/// that is assigned after it, should there be one. What comes behind its end is another statement, which is not looked at.
///
/// Several documents are the list of them: one after the other, a line each (JSON lines), or as text sequences (RFC 7464).
/// Documents that are no objects or lists need a line of their own then.
///
/// Text that is not JSON is repaired: commas too many, comments of JavaScript and HTML, line breaks in strings, escapes of
/// JavaScript (`\'`, `\x26`), and a text that is encoded once too often (`&quot;`). Half of a surrogate pair is U+FFFD.
/// Values that are no numbers are `null`: `NaN`, `Infinity`, `undefined`, and what is beyond `f64`, such as `1e400`.
///
/// **A whole number that 64 bits cannot hold is the text of its digits**, so that an id stays what it is on its way to the
/// outputs: a [`Value`] has no room for it as a number. [`search`](super::search) still compares and sorts it as one.
///
/// ```
/// use crawlworks::json;
/// assert_eq!(json::parse("<!-- var a = [1, 2]; run(a) -->")?, serde_json::json!([1, 2]));
/// assert_eq!(json::parse("{\"id\": 12345678901234567890123}")?["id"], "12345678901234567890123");
/// assert_eq!(json::parse("{\"a\": 1}\n{\"a\": NaN}\n")?, serde_json::json!([{"a": 1}, {"a": null}]));
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
    if !number::has_long_digits(text)
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    let found = documents::<Value>(text, Wide::Text);
    if let Some(error) = found.error {
        return Err(error);
    }
    let mut values = found.documents;
    Ok(match values.len() {
        0 | 1 => values.pop().unwrap_or_default(),
        _ => Value::Array(values),
    })
}

/// Reads the documents of a text one by one, up to the first mistake, which is returned, too. There may be no documents.
pub(crate) fn parse_all(text: &str) -> (Vec<Value>, Option<Error>) {
    let found = documents(text, Wide::Text);
    (found.documents, found.error.filter(|_| !found.is_nothing))
}

/// Reads JSON, as [`parse`] does, into a type of one's own. A wide number is a text for whoever takes one, else a number.
///
/// # Errors
///
/// [`ErrorKind::Json`] when it is not JSON, or not of this type.
pub(crate) fn typed<T: DeserializeOwned>(text: &str) -> Result<T> {
    let is_wide = number::has_long_digits(text);
    // Of what is JSON but not of the type, the place in the text is told, not in what is made of it.
    let mut unfit = None;
    if !is_wide {
        match serde_json::from_str(text) {
            Ok(value) => return Ok(value),
            Err(error) => unfit = Some(error).filter(serde_json::Error::is_data),
        }
    }
    let kinds = [Wide::Text, Wide::Number];
    for wide in kinds.into_iter().take(1 + usize::from(is_wide)) {
        for reading in readings(text, wide) {
            let Some(json) = strict(&reading) else {
                continue;
            };
            match serde_json::from_str(&json) {
                Ok(value) => return Ok(value),
                Err(error) if error.is_data() => {
                    unfit.get_or_insert(error);
                    break;
                }
                Err(_) => {}
            }
        }
    }
    Err(match unfit {
        Some(error) => Error::new(ErrorKind::Json, error.to_string()),
        None => parse(text).err().unwrap_or_else(nothing),
    })
}

/// Returns the JSON of a reading in a form that a strict reader takes: without what is around it, several documents as a
/// list. `None` if it makes no sense.
fn strict(reading: &str) -> Option<Cow<'_, str>> {
    let found = read::<IgnoredAny>(reading);
    if found.error.is_some() {
        return None;
    }
    let part = |(start, end): &(usize, usize)| reading.get(*start..*end).unwrap_or_default();
    let all: Vec<&str> = found.places.iter().map(part).collect();
    Some(match all[..] {
        [only] => Cow::Borrowed(only),
        _ => Cow::Owned(format!("[{}]", all.join(","))),
    })
}

/// Documents found in one reading of a text.
struct Found<D> {
    documents: Vec<D>,
    /// Beginnings and ends of the documents.
    places: Vec<(usize, usize)>,
    error: Option<Error>,
    /// Set if the mistake is that there is nothing at all.
    is_nothing: bool,
}

/// Returns the documents of the first reading of a text that makes sense as a whole, else of the one with most of them.
fn documents<D: DeserializeOwned>(text: &str, wide: Wide) -> Found<D> {
    let mut best: Option<Found<D>> = None;
    let mut is_settled = false;
    for (at, reading) in readings(text, wide).enumerate() {
        let found = read::<D>(&reading);
        if found.error.is_none() {
            return found;
        }
        // What is repaired is not the mistake, as long as the places are those of the text.
        let is_told = !is_settled && (at == 0 || reading.len() == text.len());
        is_settled |= at > 0 && is_told && !found.is_nothing;
        let is_more = |best: &Found<D>| found.documents.len() > best.documents.len();
        if best.as_ref().is_none_or(|best| is_told || is_more(best)) {
            best = Some(found);
        }
    }
    best.unwrap_or_else(|| Found {
        error: Some(nothing()),
        ..Found::default()
    })
}

impl<D> Default for Found<D> {
    fn default() -> Self {
        Self {
            documents: Vec::new(),
            places: Vec::new(),
            error: None,
            is_nothing: false,
        }
    }
}

fn read<D: DeserializeOwned>(text: &str) -> Found<D> {
    let (mut at, is_statement) = before(text);
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    if is_statement {
        at += first_assigned(rest(at)).unwrap_or_default();
    }
    let mut found = Found::default();
    if is_over(rest(at)) {
        (found.error, found.is_nothing) = (Some(nothing()), true);
        return found;
    }
    loop {
        at = text.len() - without_space(rest(at)).len();
        let (value, length) = match first_value(rest(at)) {
            Ok(read) => read,
            Err(error) => {
                found.error = Some(bad(text, at, &error));
                return found;
            }
        };
        found.documents.push(value);
        found.places.push((at, at + length));
        let end = at + length;
        if is_statement || is_over(rest(end)) {
            return found;
        }
        let next = text.len() - without_space(rest(end)).len();
        if !is_apart(
            rest(at),
            text.get(end..next).unwrap_or_default(),
            rest(next),
        ) {
            let message = format!("not JSON: it goes on{}", place_in(text, next));
            found.error = Some(Error::new(ErrorKind::Json, message));
            return found;
        }
        at = next;
    }
}

/// Returns whether `next` may be another document: it begins like one, and is an object or a list, as the one before is, or
/// stands on a line of its own.
fn is_apart(this: &str, between: &str, next: &str) -> bool {
    let is_closed = |text: &str| text.starts_with(['{', '[']);
    let is_value = |c: char| c.is_ascii_digit() || "\"-tfn".contains(c);
    let has_line = between.contains(['\n', '\r', '\u{1e}']);
    (is_closed(this) && is_closed(next))
        || (has_line && (is_closed(next) || next.starts_with(is_value)))
}

fn nothing() -> Error {
    Error::new(ErrorKind::Json, "not JSON: there is nothing")
}

/// Returns the position of the first object or list that is assigned, if the first value is something else.
fn first_assigned(json: &str) -> Option<usize> {
    if json.starts_with(['{', '[']) {
        return None;
    }
    let behind = first_value::<IgnoredAny>(json).map_or(0, |(_, length)| length);
    Some(behind + assigned(json.get(behind..).unwrap_or_default())?)
}

/// Returns the value at the beginning, and its length.
fn first_value<D: DeserializeOwned>(json: &str) -> serde_json::Result<(D, usize)> {
    // A number or word ends where something else begins, which the parser does not know of.
    let is_word = !json.starts_with(['{', '[', '"']);
    if is_word {
        let end = json.find(|c: char| c.is_whitespace() || ";,)<\0\u{1e}".contains(c));
        let word = json.get(..end.unwrap_or(json.len())).unwrap_or_default();
        return Ok((serde_json::from_str(word)?, word.len()));
    }
    let mut values = serde_json::Deserializer::from_str(json).into_iter();
    match values.next() {
        Some(value) => Ok((value?, values.byte_offset())),
        None => Ok((serde_json::from_str("")?, 0)),
    }
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

/// Returns ` at line 2 column 7, before "}"`.
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
