//! Search for the element that holds the article: stated in the page, named, or told by where its prose is.

use super::known_text::KnownText;
use super::names::{self, Hint};
use super::outline::{Part, Sums};

/// Part with how surely it says that it is the article's.
type Hinted<'p, 'a> = (Hint, &'p Part<'a>);

/// Returns the part that holds the article of a page that says that it is one.
pub(super) fn of_article<'p, 'a>(body: &'p Part<'a>) -> &'p Part<'a> {
    let best = best(body);
    innermost(hinted(body, best.sums.value).unwrap_or(best))
}

/// Returns the part that holds the text of a page that does not say that it is an article: the one `article` of the
/// page, or the like, if nothing but a few lines is beside that, else the part that holds all that may be content.
pub(super) fn of_page<'p, 'a>(body: &'p Part<'a>) -> &'p Part<'a> {
    let mut articles = Vec::new();
    collect(body, &mut articles);
    articles
        .retain(|(hint, part)| *hint == Hint::Article && part.sums.value * 5 >= body.sums.worth);
    if let Some((_, first)) = articles.first()
        && articles.iter().all(|(_, part)| first.has(part))
        && has_nearly_all(&body.sums, &first.sums)
    {
        return first;
    }
    let mut part = body;
    while let Some(within) = part.parts().find(|within| has_all(part, within)) {
        part = within;
    }
    part
}

/// Returns whether only a few sentences of the rest are lost, and none of the headings, tables, lists of terms and
/// code.
fn has_nearly_all(all: &Sums, own: &Sums) -> bool {
    own.worth * 4 >= all.worth * 3 && own.headings == all.headings && own.solids == all.solids
}

/// Returns whether the text of a page is in one element that is named like the element of an article's text.
pub(super) fn is_named(body: &Part<'_>) -> bool {
    let best = best(body);
    let mut found = Vec::new();
    collect(body, &mut found);
    let mut texts = found
        .iter()
        .filter(|(hint, part)| *hint >= Hint::Text && part.sums.value * 10 >= best.sums.value);
    let Some((_, first)) = texts.next() else {
        return false;
    };
    first.sums.value * 2 >= best.sums.value && texts.all(|(_, part)| first.has(part))
}

/// Returns whether the inner part has all sentences, headings, tables, lists of terms and code of the outer one, and
/// nearly all of its other text.
fn has_all(whole: &Part<'_>, within: &Part<'_>) -> bool {
    let (all, own) = (&whole.sums, &within.sums);
    own.is_block
        && own.text * 20 >= all.text * 19
        && own.worth == all.worth
        && own.headings == all.headings
        && own.solids == all.solids
        && !matches!(
            within.element.name(),
            "p" | "ul" | "ol" | "dl" | "table" | "blockquote"
        )
}

/// Returns the part with the highest value.
fn best<'p, 'a>(body: &'p Part<'a>) -> &'p Part<'a> {
    let mut best = body;
    body.each(&mut |part| {
        let is_leaf = matches!(
            part.element.name(),
            "p" | "li"
                | "blockquote"
                | "pre"
                | "ul"
                | "ol"
                | "tr"
                | "tbody"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
        );
        if !is_leaf && part.sums.is_block && part.sums.value >= best.sums.value {
            best = part;
        }
    });
    best
}

/// Returns the innermost part that has nearly all of this one.
fn innermost<'p, 'a>(mut part: &'p Part<'a>) -> &'p Part<'a> {
    let is_holder = |within: &&Part<'_>, worth: i64| {
        let is_text = matches!(
            within.element.name(),
            "p" | "ul" | "ol" | "blockquote" | "table" | "pre" | "dl"
        );
        !is_text
            && within.sums.is_block
            && within.sums.worth > 0
            && within.sums.worth * 10 >= worth * 9
    };
    while let Some(within) = part
        .parts()
        .find(|within| is_holder(within, part.sums.worth) && within.sums.solids == part.sums.solids)
    {
        part = within;
    }
    part
}

/// Returns the largest of the parts that say most surely that they hold the article, if it has enough of the best value
/// that there is; where several hold parts of the article, the part that holds them all.
fn hinted<'p, 'a>(body: &'p Part<'a>, best: i64) -> Option<&'p Part<'a>> {
    let mut found = Vec::new();
    collect(body, &mut found);
    for (hint, share) in [
        (Hint::Stated, 5),
        (Hint::Text, 4),
        (Hint::Article, 4),
        (Hint::Main, 2),
    ] {
        let parts = || {
            found
                .iter()
                .filter(|(own, _)| *own == hint)
                .map(|(_, part)| *part)
        };
        let Some(largest) = parts().rev().max_by_key(|part| part.sums.value) else {
            continue;
        };
        if largest.sums.value * share < best {
            continue;
        }
        let apart = |part: &&Part<'_>| {
            part.sums.value * 5 >= largest.sums.value && !part.has(largest) && !largest.has(part)
        };
        let (mut from, mut to) = (largest.from, largest.to);
        for part in parts().filter(apart) {
            (from, to) = (from.min(part.from), to.max(part.to));
        }
        let all = around(body, from, to);
        let has_more = hint >= Hint::Article && all.sums.value * 10 >= largest.sums.value * 11;
        return Some(if has_more { all } else { largest });
    }
    None
}

fn collect<'p, 'a>(body: &'p Part<'a>, found: &mut Vec<Hinted<'p, 'a>>) {
    body.each(&mut |part| {
        if part.sums.value > 0 && part.sums.is_block {
            found.extend(names::hint(part.element).map(|hint| (hint, part)));
        }
    });
}

/// Returns the innermost part that has all of these places.
fn around<'p, 'a>(mut part: &'p Part<'a>, from: usize, to: usize) -> &'p Part<'a> {
    while let Some(within) = part
        .parts()
        .find(|within| within.from <= from && to <= within.to)
    {
        part = within;
    }
    part
}

/// Returns the part of which most is in a text that is known from elsewhere, if it has at least half of that text.
pub(super) fn of_known<'p, 'a>(body: &'p Part<'a>, known: &KnownText) -> Option<&'p Part<'a>> {
    let mut best = (body, i64::MIN);
    let mut found = 0;
    match_known(body, known, &mut best, &mut found);
    let (part, value) = best;
    (value > 0 && found * 2 >= known.length && part.sums.worth > 0).then_some(part)
}

/// Returns how much more of a part's text is known than is not.
fn match_known<'p, 'a>(
    part: &'p Part<'a>,
    known: &KnownText,
    best: &mut (&'p Part<'a>, i64),
    found: &mut i64,
) -> i64 {
    let mut value = 0;
    if part.parts().any(|within| within.sums.is_block) {
        let mut within = 0;
        for child in part.parts().filter(|child| child.sums.is_block) {
            value += match_known(child, known, best, found);
            within += child.sums.text;
        }
        // What stands between its blocks.
        value -= part.sums.text - within;
    } else if known.has(part) {
        *found += part.sums.text;
        value = part.sums.text;
    } else {
        value = -part.sums.text;
    }
    let is_list = matches!(
        part.element.name(),
        "p" | "li" | "ul" | "ol" | "blockquote" | "table"
    );
    if !is_list && value >= best.1 {
        *best = (part, value);
    }
    value
}
