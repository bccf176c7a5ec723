//! The main text of a page: an [`Article`], without menus, headers, footers and advertisements.

mod boilerplate;
mod container;
mod known_text;
mod lead;
mod metadata;
mod names;
mod outline;
mod prose;

use std::collections::HashSet;

use serde::Serialize;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::markdown::{self, Links};
use crate::page::html::{Element, Html, NodeId};
use boilerplate::Rules;
use known_text::KnownText;
use metadata::Metadata;
use outline::Part;

/// Limits on the number of elements and texts of a page, and on its text in bytes.
const NODES: usize = 100_000;
const BYTES: usize = 4 << 20;
/// Minimum of text beside links, in bytes without white space. It also has to be a tenth of all that is no menu by its
/// name, on the page, or of what is left in its `main`.
const PROSE: i64 = 200;
/// Length of the shortest line that can be an excerpt, in bytes.
const SENTENCE: usize = 80;
/// Minimum of text on a page that says that it is an article, in bytes without white space.
const SHORT_ARTICLE: i64 = 60;

/// Main text of a page and what is known about it. It serialises with its fields in this order.
///
/// Menus, headers, footers, comments and the like are left out, told by their elements, roles, names and links. Of a page that
/// says that it is an article (Open Graph, JSON-LD, microdata, or the name of an element, such as `entry-content`) the part is
/// taken that holds it: the one that has what JSON-LD says is its text, the one that says so itself, or the one with the most
/// sentences and the fewest links and short lines. Of other pages, such as those of a manual, all that is left is kept. Where a
/// page shows hardly any text, the article is the text that JSON-LD has.
///
/// ```
/// use crawlworks::html::Html;
/// let text = "Ink was once made of soot, water and gum, and it was made at home. ".repeat(8);
/// let page = format!("<title>Ink</title><nav><a href=/>Home</a></nav><article><h1>Ink</h1><p>{text}
///     <a href=soot>Soot</a> was cheap.</p><p>{text}</p></article><footer>All rights reserved</footer>");
/// let article = Html::parse(&page, url::Url::parse("https://example.com/ink/")?).article().unwrap();
/// assert_eq!(article.title.as_deref(), Some("Ink"));
/// assert!(article.text.starts_with("Ink was once") && !article.text.contains("rights"));
/// assert!(article.markdown.contains("[Soot](https://example.com/ink/soot)"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Article {
    /// The headline, without the name of the site. A heading that repeats it is not in the text again.
    pub title: Option<String>,
    /// Author of the article.
    pub byline: Option<String>,
    /// Time of publication: a date, or a date and time, of ISO 8601. A date that can be read in two ways is left out.
    pub published: Option<String>,
    /// The name of the site that the article is on.
    pub site_name: Option<String>,
    /// The language, such as `en-GB`.
    pub language: Option<String>,
    /// Excerpt of the article: the page's description, else the first paragraph.
    pub excerpt: Option<String>,
    /// The text, a line per block.
    pub text: String,
    /// The text as Markdown, with absolute links.
    pub markdown: String,
    /// The text as HTML, with absolute links. Not safe to show to others as it is.
    pub html: String,
}

impl Html {
    /// Returns the main text of the page; `None` if it has none, such as a list of links, or is too large to be
    /// searched. [`Article::read`] reports which.
    #[must_use]
    pub fn article(&self) -> Option<Article> {
        Article::read(self).ok()
    }
}

impl Article {
    /// Finds the main text of a page.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] when the page has no main text, and [`ErrorKind::TooLarge`] for pages of more than
    /// 100,000 elements and texts or 4 MiB of text.
    pub fn read(html: &Html) -> Result<Self> {
        found(html).map_err(|error| error.with_url(html.url()))
    }

    fn of(content: &Html, known: Metadata) -> Self {
        let body = body(content);
        let text = content.root().block_text();
        let first = || {
            text.lines()
                .find(|line| line.len() > SENTENCE)
                .map(str::to_owned)
        };
        Self {
            title: known.title,
            byline: known.byline,
            published: known.published,
            site_name: known.site_name,
            language: known.language,
            excerpt: known.excerpt.or_else(first),
            markdown: markdown::of(content.root(), Links::Written),
            html: body.map(Element::inner_html).unwrap_or_default(),
            text,
        }
    }
}

fn found(html: &Html) -> Result<Article> {
    check(html)?;
    let known = Metadata::of(html);
    let mut outline = body(html).map(Part::of);
    let is_enough = outline
        .as_mut()
        .is_some_and(|outline| leave_out(outline, &known));
    let Some(outline) = outline.filter(|_| is_enough) else {
        return stated(html, known);
    };
    let kept = container(&outline, &known);
    let kept = lead::before(kept, &outline);
    let mut left_out = HashSet::new();
    for part in &kept {
        collect(part, &mut left_out);
    }
    let kept: Vec<Element<'_>> = kept.iter().map(|part| part.element).collect();
    let content = html.pruned(&kept, &left_out);
    Ok(Article::of(&content, known))
}

/// Checks that a page is small enough to be searched.
fn check(html: &Html) -> Result<()> {
    let (nodes, bytes) = html.root().size();
    if nodes <= NODES && bytes <= BYTES {
        return Ok(());
    }
    let message = format!(
        "too large to look for the main text: {nodes} elements and texts and {bytes} bytes of text, more than {NODES} or {BYTES}"
    );
    Err(Error::new(ErrorKind::TooLarge, message))
}

fn body(html: &Html) -> Option<Element<'_>> {
    html.root().children().find(|part| part.name() == "body")
}

/// Leaves out what is not the text of a page. Returns whether enough text is left.
fn leave_out(body: &mut Part<'_>, known: &Metadata) -> bool {
    let mut rules = Rules {
        titles: &known.titles,
        uses_names: true,
        is_article: known.is_article,
    };
    let mut with_links = boilerplate::leave_out(body, &rules);
    if !is_enough(body, with_links, known) {
        // Names are guesses, and one that is wrong may take all of a page away.
        *body = Part::of(body.element);
        rules.uses_names = false;
        with_links = boilerplate::leave_out(body, &rules);
    }
    is_enough(body, with_links, known)
}

/// Returns whether what is left of a page is its text. On a page that had ten times as much in lists of links, it is
/// only what stands around them: the page is an index, a table of contents.
fn is_enough(body: &Part<'_>, with_links: i64, known: &Metadata) -> bool {
    let (least, whole) = if known.is_article {
        (SHORT_ARTICLE, body.sums.text)
    } else {
        (PROSE, with_links)
    };
    let has_prose = |part: &Part<'_>, whole: i64| {
        let prose = part.unlinked();
        prose >= least && prose >= whole / 10
    };
    // One of many cards may be an `article`; what is the main content of a page is so whatever stands beside it.
    let main = || boilerplate::main_part(body).filter(|main| main.element.name() != "article");
    has_prose(body, whole) || main().is_some_and(|main| has_prose(main, main.sums.text))
}

/// Returns the part of a page that holds its text.
fn container<'p, 'a>(body: &'p Part<'a>, known: &Metadata) -> &'p Part<'a> {
    let text = known.body.as_deref().and_then(KnownText::of);
    if let Some(part) = text.and_then(|text| container::of_known(body, &text)) {
        return part;
    }
    if known.is_article || container::is_named(body) {
        container::of_article(body)
    } else {
        container::of_page(body)
    }
}

fn collect(part: &Part<'_>, left_out: &mut HashSet<NodeId>) {
    for part in part.all_parts() {
        if part.is_left_out {
            left_out.insert(part.id());
        } else {
            collect(part, left_out);
        }
    }
}

/// Returns the text that JSON-LD has, of a page which shows none.
fn stated(html: &Html, known: Metadata) -> Result<Article> {
    let Some(text) = known.body.as_deref() else {
        let message = "no main text: there is hardly any text but links";
        return Err(Error::new(ErrorKind::Missing, message));
    };
    let is_html = text.contains("</p>") || text.contains("<br");
    let page = if is_html {
        text.to_owned()
    } else {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let escaped = lines.map(|line| line.replace('&', "&amp;").replace('<', "&lt;"));
        escaped.fold(String::new(), |page, line| page + "<p>" + &line + "</p>")
    };
    let content = Html::parse(&page, html.base_url().clone());
    Ok(Article::of(&content, known))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    /// Returns a part of a manual: a few sentences, and its chapters.
    fn part(chapters: usize) -> Html {
        let sentence =
            "This part tells those who look after the pumps what each of them needs in a year.";
        let chapters: Vec<String> = (1..=chapters)
            .map(|at| format!("<dt><a href={at}>{at}. Pump number {at} of the eastern station</a>"))
            .collect();
        let chapters = chapters.concat();
        let page = format!(
            "<title>Part II</title><h1>Pumps</h1><p>{sentence} {sentence} {sentence}<p>Table of Contents<div><dl>{chapters}</dl></div>"
        );
        Html::parse(&page, Url::parse("https://a.example/2").unwrap())
    }

    #[test]
    fn what_stands_around_an_index_is_no_main_text() {
        assert!(part(9).article().is_some());
        assert_eq!(part(90).article(), None);
    }
}
