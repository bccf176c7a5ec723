//! Search for the lead of an article: a sentence about it in its header, or in a part before its text.

use super::boilerplate::is_block_name;
use super::names;
use super::outline::Part;

/// Length of the shortest lead, in bytes.
const SHORTEST: i64 = 40;
/// Characters that end a sentence.
const ENDS: &str = ".!?…。！？।؟\"”»";

/// Returns the leads of an article, and then the part that holds its text.
pub(super) fn before<'p, 'a>(container: &'p Part<'a>, body: &'p Part<'a>) -> Vec<&'p Part<'a>> {
    let mut found = Vec::new();
    search(body, container, &mut found);
    found.push(container);
    found
}

fn search<'p, 'a>(part: &'p Part<'a>, container: &'p Part<'a>, found: &mut Vec<&'p Part<'a>>) {
    let is_around = part.parts().any(|part| part.from == container.from);
    for child in part.parts().filter(|child| child.from < container.from) {
        if child.has(container) {
            search(child, container, found);
        } else if is_header(child) {
            sentences(child, found);
        } else if is_around
            && is_block_name(child)
            && names::is_lead(child.element)
            && (child.sums.worth > 0 || is_sentence(child))
        {
            found.push(child);
        }
    }
}

/// Returns whether a part is a header that has the headline in it, or had it before the headline was left out.
fn is_header(part: &Part<'_>) -> bool {
    let has_title = || part.element.first("h1").is_ok_and(|found| found.is_some());
    part.element.name() == "header" && has_title()
}

fn sentences<'p, 'a>(header: &'p Part<'a>, found: &mut Vec<&'p Part<'a>>) {
    for part in header.parts() {
        if part.element.name() == "p" && is_sentence(part) {
            found.push(part);
        } else {
            sentences(part, found);
        }
    }
}

/// Returns whether a paragraph is a sentence, so that a header with it is not that of a site.
pub(super) fn is_sentence(part: &Part<'_>) -> bool {
    part.sums.text >= SHORTEST
        && part.sums.links * 4 < part.sums.text
        && part.sums.last.is_some_and(|last| ENDS.contains(last))
        && names::of_class(part.element).is_none()
        && !names::is_caption(part.element)
}
