//! Lists, whose items keep their numbers whatever is around them.

use super::walk;
use super::writer::Writer;
use crate::page::html::Element;

/// The highest number of an item in CommonMark.
const HIGHEST: i64 = 999_999_999;

/// A list that is open.
#[derive(Debug)]
pub(super) struct List {
    /// The character of its markers: one of `-*` or of `.)`.
    mark: char,
    /// The number of its next item.
    next: i64,
    /// Difference between the number of one item and the next.
    step: i64,
    /// The number that a reader would give to the next item; none before the first one.
    expected: Option<i64>,
}

impl List {
    fn is_ordered(&self) -> bool {
        ".)".contains(self.mark)
    }

    /// Begins another list in the middle of this one, as a reader sees it.
    fn turn(&mut self) {
        self.mark = other(self.mark);
    }
}

fn other(mark: char) -> char {
    match mark {
        '-' => '*',
        '.' => ')',
        ')' => '.',
        _ => '-',
    }
}

pub(super) fn write(element: Element<'_>, out: &mut Writer) {
    if out.is_flat() {
        out.line.text(" ");
        walk(element, out);
        return out.line.text(" ");
    }
    let list = begin(element, out);
    out.lists.push(list);
    walk(element, out);
    out.flush();
    let list = out.lists.pop();
    out.paragraph();
    out.last_list = list
        .filter(|list| list.expected.is_some())
        .map(|list| list.mark);
}

fn begin(element: Element<'_>, out: &mut Writer) -> List {
    let is_ordered = element.name() == "ol";
    let is_reversed = is_ordered && element.attr("reversed").is_some();
    let first = match element.attr("start").and_then(integer) {
        Some(start) => start,
        None if is_reversed => i64::try_from(items(element)).unwrap_or(1),
        None => 1,
    };
    out.flush();
    // Within an item, only a list that begins with 1 may follow a line of text without an empty line.
    if out.lists.is_empty() || is_ordered && first != 1 {
        out.paragraph();
    }
    let mark = if is_ordered { '.' } else { '-' };
    let is_same = out.last_list == Some(mark);
    if is_same {
        out.paragraph();
    }
    List {
        mark: if is_same { other(mark) } else { mark },
        next: first,
        step: if is_reversed { -1 } else { 1 },
        expected: None,
    }
}

fn items(element: Element<'_>) -> usize {
    let children = element.children();
    children
        .filter(|child| child.name() == "li" && !child.is_hidden())
        .count()
}

/// A number as HTML reads it: what follows its digits does not count.
fn integer(text: &str) -> Option<i64> {
    let text = text.trim_ascii_start();
    let digits = text.trim_start_matches(['-', '+']);
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number: i64 = digits.get(..end)?.parse().ok()?;
    Some(if text.starts_with('-') {
        -number
    } else {
        number
    })
}

pub(super) fn item(element: Element<'_>, out: &mut Writer) {
    if out.is_flat() {
        out.divide();
        return walk(element, out);
    }
    out.flush();
    let (marker, text) = marker(element, out);
    out.nested(&marker, &" ".repeat(marker.len()), |out| {
        out.line.text(&text);
        walk(element, out);
    });
}

/// Returns the marker before an item, and the text before its content if the item has a number that Markdown does not
/// have.
fn marker(element: Element<'_>, out: &mut Writer) -> (String, String) {
    let Some(mut list) = out.lists.pop() else {
        // An item without a list.
        match out.last_list {
            Some('-') => out.next_line(),
            _ => out.paragraph(),
        }
        out.last_list = Some('-');
        return ("- ".to_owned(), String::new());
    };
    let number = element
        .attr("value")
        .and_then(integer)
        .filter(|_| list.is_ordered())
        .unwrap_or(list.next);
    let has_number = list.is_ordered() && (0..=HIGHEST).contains(&number);
    match list.expected {
        Some(expected) if has_number && expected != number => {
            list.turn();
            out.paragraph();
        }
        Some(_) => out.next_line(),
        None => {}
    }
    list.next = number.saturating_add(list.step);
    list.expected = Some(number.saturating_add(1));
    let marker = if has_number {
        (format!("{number}{} ", list.mark), String::new())
    } else if list.is_ordered() {
        ("- ".to_owned(), format!("{number}. "))
    } else {
        (format!("{} ", list.mark), String::new())
    };
    out.lists.push(list);
    marker
}
