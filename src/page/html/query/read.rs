//! Reading a query: each selector of its list, and the ending that it has.

use super::{Branch, Part};
use crate::page::error::Result;
use crate::page::html::css::{list, marks};
use crate::page::html::selector::{Problem, error, first_token};
use crate::page::suggest::did_you_mean;

/// The element that is asked.
pub(super) const ITSELF: &str = ":scope";

/// The endings that there are, as they are suggested.
const ENDINGS: [&str; 2] = ["::text", "::attr"];

/// Reads the selectors of a query.
///
/// # Errors
///
/// [`ErrorKind::Selector`](crate::ErrorKind::Selector), which shows the query and where it stops making sense.
pub(super) fn branches(query: &str) -> Result<Vec<Branch>> {
    let parts: Vec<_> = list(query)
        .into_iter()
        .map(|(start, part)| (start, part, ending(part)))
        .collect();
    let is_itself = |part: &str| part.trim() == ITSELF;
    if parts
        .iter()
        .all(|(_, part, at)| at.is_none() && !is_itself(part))
    {
        let whole = Branch {
            css: query.trim().to_owned(),
            is_deep: false,
            part: Part::Text,
        };
        check(query, 0, query)?;
        return Ok(vec![whole]);
    }
    let branch = |(start, part, at): (usize, &str, Option<usize>)| {
        let (css, ending) = part
            .split_at_checked(at.unwrap_or(part.len()))
            .unwrap_or((part, ""));
        let before = characters(query, start);
        let taken = read_ending(ending).map_err(|Wrong { at, what, hint }| {
            let column = before + characters(part, css.len() + at) + 1;
            error(query, &format!("{what} at column {column}{hint}"))
        })?;
        let (css, is_deep) = deep(css, taken.is_some());
        let css = if is_itself(css) { "" } else { css };
        if is_itself(part) {
            return Ok(Branch::default());
        }
        if !(css.is_empty() && taken.is_some()) {
            check(
                query,
                start,
                part.get(..part.len() - ending.len()).unwrap_or(part),
            )?;
        }
        Ok(Branch {
            css: css.to_owned(),
            is_deep,
            part: taken.unwrap_or_default(),
        })
    };
    parts.into_iter().map(branch).collect()
}

/// Returns the position at which the ending of a selector begins; `None` if there is no ending.
fn ending(part: &str) -> Option<usize> {
    let mut last = None;
    for mark in marks(part).filter(|mark| mark.depth == 0 && mark.is == ':') {
        if last.is_some_and(|last| last + 1 == mark.at) {
            return last;
        }
        last = Some(mark.at);
    }
    None
}

/// Returns the selector before the ending, and whether the ending is about everything in the element, as in `a ::text`
/// and `a *::text`.
fn deep(css: &str, has_ending: bool) -> (&str, bool) {
    let mut rest = css.trim();
    if !has_ending || rest.is_empty() {
        return (rest, false);
    }
    let mut is_deep = css.ends_with(|c: char| c.is_ascii_whitespace());
    while let Some(around) = rest.strip_suffix('*') {
        let outer = around.trim_end();
        let is_descendant = outer.len() < around.len() && !outer.ends_with(['>', '+', '~', '|']);
        if !outer.is_empty() && !is_descendant {
            break;
        }
        (rest, is_deep) = (outer, true);
    }
    (rest, is_deep)
}

fn check(query: &str, start: usize, css: &str) -> Result<()> {
    let before = start + css.len() - css.trim_start().len();
    match Problem::in_selector(css.trim()) {
        None => Ok(()),
        Some(problem) => Err(error(query, &problem.at(characters(query, before)))),
    }
}

fn characters(text: &str, bytes: usize) -> usize {
    text.get(..bytes).unwrap_or(text).chars().count()
}

/// Error in an ending: what is wrong, and the number of bytes of the ending before it.
struct Wrong {
    at: usize,
    what: String,
    hint: String,
}

/// Reads an ending; `None` if there is none.
fn read_ending(text: &str) -> Result<Option<Part>, Wrong> {
    let ending = text.trim_end();
    let wrong = |at: usize, what: String, hint: &str| Wrong {
        at,
        what,
        hint: hint.to_owned(),
    };
    let name = first_token(ending);
    let rest = ending.get(name.len()..).unwrap_or_default();
    let (argument, rest) = argument(rest);
    let behind = ending.len() - rest.len();
    let part = match (name.to_ascii_lowercase().as_str(), argument) {
        ("", _) => return Ok(None),
        ("::text", None) => Part::TextNodes,
        ("::text", Some(_)) => {
            return Err(wrong(
                name.len(),
                "unexpected \"(\"".to_owned(),
                "; ::text takes nothing in brackets",
            ));
        }
        ("::attr", Some(name)) if is_attribute(name.trim()) => Part::Attr(name.trim().to_owned()),
        ("::attr", _) => {
            let what = "::attr has no name of an attribute".to_owned();
            return Err(wrong(0, what, "; write ::attr(href)"));
        }
        (unknown, _) => {
            let mut hint = did_you_mean(unknown, ENDINGS);
            if hint.is_empty() {
                "; there are ::text and ::attr(name)".clone_into(&mut hint);
            }
            return Err(wrong(0, format!("unexpected {name:?}"), &hint));
        }
    };
    let token = first_token(rest.trim_start());
    if !token.is_empty() {
        let at = behind + rest.len() - rest.trim_start().len();
        let hint = format!("; nothing can follow {name}");
        return Err(wrong(at, format!("unexpected {token:?}"), &hint));
    }
    Ok(Some(part))
}

/// Returns the text in the brackets at the beginning, and the text behind the brackets.
fn argument(text: &str) -> (Option<&str>, &str) {
    text.strip_prefix('(')
        .and_then(|inner| inner.split_once(')'))
        .map_or((None, text), |(argument, rest)| (Some(argument), rest))
}

fn is_attribute(name: &str) -> bool {
    let is_other = |c: char| c.is_whitespace() || "\"'<>/=()[],\\".contains(c);
    !name.is_empty() && !name.contains(is_other)
}
