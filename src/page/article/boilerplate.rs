//! Detection of what is not the text of a page, by elements, roles, names and links: menus, headers, footers, comments
//! and the like.

use std::collections::HashSet;

use super::lead;
use super::names::{self, Sign};
use super::outline::{Part, Piece};
use crate::page::html::{Element, NodeId};

const ROLES: [&str; 10] = [
    "navigation",
    "banner",
    "contentinfo",
    "search",
    "complementary",
    "menu",
    "menubar",
    "dialog",
    "alert",
    "alertdialog",
];
/// Elements that only text has: their class may say anything.
const TEXT: [&str; 18] = [
    "html",
    "body",
    "article",
    "main",
    "p",
    "pre",
    "blockquote",
    "figure",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "dd",
    "dt",
    "code",
    "li",
];
/// Selector of the fields that ask who somebody is, or what is looked for.
const FIELDS: &str =
    "textarea, input[type=email], input[type=password], input[type=search], input[type=tel]";
/// Characters that divide a title from the name of the site.
const BESIDE: [char; 7] = ['-', '|', '–', '—', '·', '•', '»'];
/// Length of the longest caption, in bytes.
const CAPTION: i64 = 400;

/// Headings of lists of links that belong to a text.
const REFERENCES: [&str; 21] = [
    "references",
    "see also",
    "notes",
    "footnotes",
    "bibliography",
    "literature",
    "further reading",
    "external links",
    "citations",
    "einzelnachweise",
    "literatur",
    "siehe auch",
    "weblinks",
    "références",
    "notes et références",
    "voir aussi",
    "bibliographie",
    "referencias",
    "bibliografía",
    "参考文献",
    "примечания",
];

/// Length of the longest heading over references, in bytes.
const HEADING: i64 = 60;

/// Facts about a page that are known before anything of it is left out.
pub(super) struct Rules<'a> {
    /// Headline, in the forms that a heading may have it in.
    pub(super) titles: &'a [String],
    /// `true` when classes and ids count.
    pub(super) uses_names: bool,
    /// `true` when the page says that it is an article.
    pub(super) is_article: bool,
}

/// Leaves out what is not the text of a page. Returns the length of the text before lists of links without a name went,
/// too.
pub(super) fn leave_out(body: &mut Part<'_>, rules: &Rules<'_>) -> i64 {
    body.weigh();
    let mut holders = HashSet::new();
    if let Some(main) = main_part(body) {
        body.each(&mut |part| {
            if part.has(main) {
                holders.insert(part.id());
            }
        });
    }
    let mut search = Search {
        rules,
        has_title: false,
        whole: body.sums.worth,
        holders: &holders,
    };
    search.mark(body, Around::default());
    body.weigh();
    if rules.is_article {
        leave_out_captions(body);
    }
    let with_links = body.sums.text;
    let menus = Menus {
        holders: &holders,
        has_main: !holders.is_empty(),
        is_article: rules.is_article,
    };
    menus.mark(body, false);
    body.weigh();
    with_links
}

/// Returns the largest element that says that it is an article or the main content. A comment may be an `article`, too.
pub(super) fn main_part<'p, 'a>(body: &'p Part<'a>) -> Option<&'p Part<'a>> {
    let mut largest: Option<&Part<'_>> = None;
    let mut pending = vec![body];
    while let Some(part) = pending.pop() {
        let is_comment = !is_main(part.element)
            && is_block_name(part)
            && names::of_class(part.element) == Some(Sign::Sure);
        if is_comment && part.element.name() != "body" && !part.sums.has_title {
            continue;
        }
        if is_main(part.element)
            && largest.is_none_or(|largest| part.unlinked() > largest.unlinked())
        {
            largest = Some(part);
        }
        pending.extend(part.parts());
    }
    largest
}

/// Returns whether an element is marked as an article, or as the main content of its page.
fn is_main(element: Element<'_>) -> bool {
    let role = element.attr("role").map(str::trim);
    let property = element.attr("itemprop").unwrap_or_default();
    matches!(element.name(), "article" | "main")
        || role == Some("main")
        || property == "articleBody"
}

/// Returns whether the names of an element count: those of words in a line, and of elements that only text has, say
/// nothing.
pub(super) fn is_block_name(part: &Part<'_>) -> bool {
    part.sums.is_block && !part.is_heading() && !TEXT.contains(&part.element.name())
}

/// Kinds of elements around an element.
#[derive(Default, Clone, Copy)]
struct Around {
    /// An article or a part of one: the header in it is not the page's.
    is_text: bool,
    /// A heading, the cell of a table, or code, whose content stays as it is.
    is_whole: bool,
    /// A chapter, in which ids are the titles of other chapters.
    is_chapter: bool,
}

struct Search<'a> {
    rules: &'a Rules<'a>,
    /// `true` when the headline was found.
    has_title: bool,
    /// Sum of what speaks for an article in the whole page.
    whole: i64,
    /// Elements that have the main content in them.
    holders: &'a HashSet<NodeId>,
}

impl Search<'_> {
    fn mark(&mut self, part: &mut Part<'_>, around: Around) {
        let element = part.element;
        if self.is_title(part) {
            self.has_title = true;
            part.is_left_out = true;
            return;
        }
        let is_holder = self.holders.contains(&part.id()) || element.name() == "body";
        if !is_holder && self.is_boilerplate(part, around) {
            part.is_left_out = true;
            return;
        }
        let around = Around {
            is_text: around.is_text || is_main(element) || element.name() == "section",
            is_whole: around.is_whole
                || part.is_heading()
                || matches!(element.name(), "th" | "dt" | "summary" | "pre" | "code"),
            is_chapter: around.is_chapter || names::is_chapter(element),
        };
        for part in part.parts_mut() {
            self.mark(part, around);
        }
    }

    fn is_boilerplate(&self, part: &Part<'_>, around: Around) -> bool {
        let has_half = part.sums.worth * 2 > self.whole;
        match part.element.name() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" => return false,
            "button" => return !around.is_whole && part.sums.headings == 0,
            "nav" | "dialog" | "select" | "textarea" | "menu" => return true,
            "aside" => return !(around.is_text && is_aside_text(part)),
            "header" if !around.is_text => return !has_lead(part),
            "footer" if !around.is_text => return true,
            "form" if !has_half && !part.sums.has_title => {
                return part.sums.worth == 0 || has_field(part.element);
            }
            _ => {}
        }
        let role = part.element.attr("role").map(str::trim);
        if role.is_some_and(|role| ROLES.contains(&role)) {
            return true;
        }
        if !self.rules.uses_names || around.is_whole {
            return false;
        }
        match self.sign(part, around) {
            Some(Sign::Sure) => !part.sums.has_title,
            Some(Sign::Likely) => !part.sums.has_title && part.sums.worth * 3 < self.whole,
            Some(Sign::Social) => {
                !part.sums.has_title && !part.sums.has_quote && part.sums.worth * 3 < self.whole
            }
            None => false,
        }
    }

    /// Returns the sign that the names of an element give. Ids are mostly the titles of chapters, unless the page is an
    /// article.
    fn sign(&self, part: &Part<'_>, around: Around) -> Option<Sign> {
        if !is_block_name(part) {
            return None;
        }
        let element = part.element;
        let is_section = element.name() == "section";
        let id = match () {
            () if is_section || around.is_chapter => None,
            () if self.rules.is_article => names::of_id(element),
            () if around.is_text => None,
            () => names::of_start_of_id(element),
        };
        names::of_class(element)
            .max(id)
            .max(names::of_custom(element))
    }

    /// Returns whether a heading repeats the title. An `h1` may stand in the title beside the name of the site.
    fn is_title(&self, part: &Part<'_>) -> bool {
        let name = part.element.name();
        if self.has_title || !matches!(name, "h1" | "h2" | "h3") {
            return false;
        }
        let text = part.element.text();
        let is_beside = |title: &str| {
            let before = title.strip_prefix(&*text).map(str::trim_start);
            let after = title.strip_suffix(&*text).map(str::trim_end);
            before.is_some_and(|rest| rest.starts_with(BESIDE))
                || after.is_some_and(|rest| rest.ends_with(BESIDE))
        };
        let mut titles = self.rules.titles.iter();
        !text.is_empty() && titles.any(|title| text == *title || name == "h1" && is_beside(title))
    }
}

/// Returns whether an `aside` is a quotation, a note, or a few sentences, and not a heading with links or an offer.
fn is_aside_text(part: &Part<'_>) -> bool {
    let role = part.element.attr("role").unwrap_or_default();
    if role == "note" || role.starts_with("doc-") {
        return true;
    }
    let is_prose = part.sums.worth > 0 || part.sums.has_quote;
    is_prose
        && part.sums.links * 3 <= part.sums.text
        && part.sums.headings == 0
        && !has_field(part.element)
        && names::of_class(part.element).is_none()
}

/// Returns whether the header of a page has its headline, and a sentence about it.
fn has_lead(part: &Part<'_>) -> bool {
    let mut has_sentence = false;
    part.each(&mut |part| {
        has_sentence |= part.element.name() == "p" && lead::is_sentence(part);
    });
    part.sums.has_title && has_sentence
}

fn has_field(element: Element<'_>) -> bool {
    element.first(FIELDS).is_ok_and(|found| found.is_some())
}

/// Returns whether hardly anything but links is left of a part. Terms and rows have little more than links when they
/// are many.
fn is_linked(part: &Part<'_>, text: i64, links: i64) -> bool {
    match part.element.name() {
        "dl" | "table" => links * 5 > text * 4,
        _ => links * 2 > text,
    }
}

/// Returns whether a part begins with a heading over references.
fn has_references(part: &Part<'_>) -> bool {
    let first = part.parts().find(|part| part.sums.text > 0);
    first.is_some_and(is_of_references)
}

/// Returns whether a heading, alone in an element or not, announces references.
fn is_of_references(part: &Part<'_>) -> bool {
    if part.sums.headings != 1 || part.sums.text > HEADING {
        return false;
    }
    let is_heading = |within: &&Part<'_>| within.is_heading() && within.sums.text == part.sums.text;
    let Some(heading) = Some(part).into_iter().chain(part.parts()).find(is_heading) else {
        return false;
    };
    let text = heading.element.text().to_lowercase();
    REFERENCES.contains(&text.trim_matches(|letter: char| !letter.is_alphabetic()))
}

/// Leaves out the captions of pictures.
fn leave_out_captions(part: &mut Part<'_>) {
    for part in part.parts_mut() {
        let is_named = || {
            is_block_name(part) && names::is_caption(part.element) && part.sums.worth < 2 * CAPTION
        };
        if part.element.name() == "figcaption" || is_named() {
            part.is_left_out = true;
        } else {
            leave_out_captions(part);
        }
    }
}

/// Search for blocks that are hardly anything but links.
struct Menus<'a> {
    holders: &'a HashSet<NodeId>,
    /// `true` when the page says which part is its content.
    has_main: bool,
    is_article: bool,
}

impl Menus<'_> {
    /// Leaves out menus within a part. Returns how much text is left of the part, and how much of it in links.
    fn mark(&self, part: &mut Part<'_>, is_content: bool) -> (i64, i64) {
        let name = part.element.name();
        let is_headed = is_main(part.element) || name == "section" && !self.has_main;
        let is_content = is_content || is_headed && part.sums.headings > 0;
        let (mut text, mut links) = (0, 0);
        let mut is_introduced = false;
        for piece in &mut part.content {
            match piece {
                Piece::Text(own) => text += own.length,
                Piece::Part(child) if child.is_left_out => {}
                Piece::Part(child) => {
                    let (own, linked) = self.mark(child, is_content);
                    let is_list = matches!(child.element.name(), "ul" | "ol" | "dl" | "table");
                    let is_menu = is_linked(child, own, linked) && self.may_be(child, is_content);
                    if is_menu && !(is_list && is_introduced) {
                        child.is_left_out = true;
                        continue;
                    }
                    text += own;
                    links += linked;
                    if own > 0 {
                        is_introduced =
                            matches!(child.sums.last, Some(':' | '：')) || is_of_references(child);
                    }
                }
            }
        }
        if name == "a" && part.element.attr("href").is_some() {
            links = text;
        }
        (text, links)
    }

    /// Returns whether a part that is linked may be a menu. In content, all but a bare row of links may be nothing but
    /// links; in an article only tables may.
    fn may_be(&self, part: &Part<'_>, is_content: bool) -> bool {
        if self.holders.contains(&part.id()) {
            return false;
        }
        match part.element.name() {
            "div" | "section" if is_content && has_references(part) => false,
            "div" => !is_content || self.is_article || !part.sums.has_blocks,
            "ul" | "ol" | "section" => !is_content || self.is_article,
            "dl" | "table" => !is_content,
            _ => false,
        }
    }
}
