//! The main text of a page: an [`Article`], without menus, headers, footers and advertisements.

mod copy;
mod furniture;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_smoothie::{Config, Metadata, Readability};
use serde::Serialize;

use crate::html::markdown::{self, Links};
use crate::html::{Element, Html};
use crate::structured::Structured;
use crate::{Error, ErrorKind, Result};
use furniture::Furniture;

/// How much text there has to be beside links, in bytes without white space. It also has to be a tenth of all text.
const PROSE: usize = 200;

/// What stands out of a text.
const BLOCKS: &str = "h1, h2, h3, h4, h5, h6, table, ul, ol, dl, pre";
/// Content, outermost.
const CONTENT: &str =
    ":is(article, main, [role=main], section):not(:is(article, main, [role=main], section) *)";

/// The main text of a page and what is known about it. It serialises with its fields in this order.
///
/// Menus, headers, footers and the like are left out, told by their names and links, and of what remains the article is found
/// as Firefox's reader view does it. Where that would lose much, or a heading, table or list, or a line of what the page says is
/// its content (`article`, `main`, `section`), all that remains is kept.
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
    /// The headline, without the name of the site. A heading that says the same is not in the text again.
    pub title: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it was published, as the page says it: mostly in the form of RFC 3339.
    pub published: Option<String>,
    /// The language, such as `en-GB`.
    pub language: Option<String>,
    /// What it is about: the page's description, else the first paragraph.
    pub excerpt: Option<String>,
    /// The text, a line per block.
    pub text: String,
    /// The text as Markdown, with absolute links.
    pub markdown: String,
    /// The text as HTML, with absolute links. Not safe to show to others as it is.
    pub html: String,
}

impl Html {
    /// The main text of the page; `None` if it has none, such as a list of links, or is too large to look for it.
    /// [`Article::read`] says which.
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
    /// [`ErrorKind::Missing`] when there is none, and [`ErrorKind::TooLarge`] for pages of more than 100,000 elements and
    /// texts or 4 MiB of text, or fewer when they are deeply nested: finding it takes several passes, and goes from each text
    /// outwards.
    pub fn read(html: &Html) -> Result<Self> {
        found(html).map_err(|error| error.with_url(html.url()))
    }
}

fn found(html: &Html) -> Result<Article> {
    copy::check(html)?;
    let config = Config {
        // Ours has limits, and is read anyway.
        disable_json_ld: true,
        ..Config::default()
    };
    let mut reader = Readability::new("", Some(html.base_url().as_str()), Some(config))
        .map_err(|error| missing("the page has no usable URL").with_source(error))?;
    copy::head(html, &reader);
    // The crate is young, and pages are strange: what it has not thought of is no reason to have nothing.
    let known = catch_unwind(AssertUnwindSafe(|| reader.get_article_metadata(None)));
    let mut known = known.unwrap_or_default();
    let furniture = Furniture::of(html, known.title.trim());
    if furniture.prose < PROSE || furniture.prose < furniture.whole / 10 {
        return Err(missing("there is hardly any text but links"));
    }
    copy::body(html, &furniture.elements, &reader);
    let parse = |text: &str| Html::parse(text, html.base_url().clone());
    let body = reader.doc.tree.body().map(|body| body.html());
    let body = parse(body.as_deref().unwrap_or_default());
    let found = catch_unwind(AssertUnwindSafe(|| reader.parse()));
    let Ok(Ok(found)) = found else {
        return Ok(article(html, &body, known));
    };
    // It looks for both in the text, too.
    known.byline = found.byline;
    known.excerpt = found.excerpt;
    let main = parse(&found.content);
    let content = if is_most(&main, &body) { main } else { body };
    Ok(article(html, &content, known))
}

fn missing(why: &str) -> Error {
    Error::new(ErrorKind::Missing, format!("no main text: {why}"))
}

/// Whether the one has nearly all of the text of the other, and nothing less of what is content for sure.
fn is_most(main: &Html, body: &Html) -> bool {
    has_nearly_all(main, body) && has_blocks(main, body) && has_content(main, body)
}

/// As words, too: what stands out may be half a table, which is none when it is read again.
fn has_nearly_all(main: &Html, body: &Html) -> bool {
    let size = |html: &Html| {
        let text = html.root().text();
        (text.len(), text.split(' ').count())
    };
    let (main, body) = (size(main), size(body));
    main.0 * 20 >= body.0 * 19 && main.1 * 10 >= body.1 * 9
}

/// A short list of references or a table of links is little text, but no menu.
fn has_blocks(main: &Html, body: &Html) -> bool {
    let count = |html: &Html| html.select(BLOCKS).map_or(0, |found| found.len());
    count(main) >= count(body)
}

/// Whether it has each line of what the page says is its content.
fn has_content(main: &Html, body: &Html) -> bool {
    let text = main.root().block_text();
    let lines: HashSet<&str> = text.lines().collect();
    let mut parts = body.select(CONTENT).into_iter().flatten();
    parts.all(|part| part.block_text().lines().all(|line| lines.contains(line)))
}

fn article(html: &Html, content: &Html, known: Metadata) -> Article {
    let data = html.structured();
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let own = |name| filled(json_ld(&data, name));
    let body = content.root().children().find(|part| part.name() == "body");
    Article {
        title: own("headline").or(filled(Some(known.title))),
        byline: own("author").or(filled(known.byline)),
        published: own("datePublished").or(filled(known.published_time)),
        language: data.language,
        excerpt: filled(known.excerpt),
        text: content.root().block_text(),
        markdown: markdown::of(content.root(), Links::Written),
        html: body.map(Element::inner_html).unwrap_or_default(),
    }
}

/// What JSON-LD says of the article.
fn json_ld(data: &Structured, property: &str) -> Option<String> {
    let mut values = data.json_ld.things().into_iter();
    let article = values.find(|thing| thing.get("headline").is_some())?;
    named(article.get(property)?)
}

/// A text, the name of a thing, or those of several.
fn named(value: &serde_json::Value) -> Option<String> {
    if let Some(all) = value.as_array() {
        let names: Vec<String> = all.iter().filter_map(named).collect();
        return Some(names.join(", "));
    }
    let text = value.as_str().or_else(|| value.get("name")?.as_str());
    text.map(|text| text.trim().to_owned())
}
