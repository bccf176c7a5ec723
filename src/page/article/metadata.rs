//! Metadata that a page gives of its article: title, author, date, site and language, and its text.

use jiff::fmt::temporal::Pieces;
use serde_json::Value;

use crate::page::clean::{self, Cleaner};
use crate::page::html::{Element, Html, Place, collapse, decode};
use crate::page::structured::{MicrodataItem, Structured};

/// Types of schema.org that are articles. In JSON-LD, so are others that end in `Article`, `Posting` or `Report`.
const TYPES: [&str; 9] = [
    "Article",
    "NewsArticle",
    "BlogPosting",
    "LiveBlogPosting",
    "ReportageNewsArticle",
    "OpinionNewsArticle",
    "AnalysisNewsArticle",
    "SocialMediaPosting",
    "Report",
];
/// Characters that divide a title from the name of the site.
const BESIDE: [char; 7] = ['-', '|', '–', '—', '·', '•', '»'];
const AUTHORS: &str = "[rel~=author], [itemprop~=author] [itemprop~=name], [itemprop~=author], .byline-name, .author-name, \
    .byline__name, .p-author, .byline, .author";
const DATES: &str = "[itemprop~=datePublished], time[pubdate], time.published, time.entry-date, time.dt-published, \
    time.date, article time[datetime], main time[datetime]";
/// Length of the longest name, in bytes.
const NAME: usize = 120;

/// Metadata that a page gives of its article. Nothing is guessed: a date that can be read in two ways is left out.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// `true` when the page says that it is an article.
    pub(super) is_article: bool,
    pub(super) title: Option<String>,
    /// Titles, also as headings may have them.
    pub(super) titles: Vec<String>,
    pub(super) byline: Option<String>,
    pub(super) published: Option<String>,
    pub(super) site_name: Option<String>,
    pub(super) language: Option<String>,
    pub(super) excerpt: Option<String>,
    /// Text of the article, as JSON-LD has it.
    pub(super) body: Option<String>,
}

impl Metadata {
    pub(super) fn of(html: &Html) -> Self {
        let data = html.structured();
        let source = Source {
            html,
            json: json_article(&data),
            item: TYPES
                .iter()
                .find_map(|name| data.microdata.of_type(name).into_iter().next()),
            data: &data,
        };
        let site_name = source.site_name();
        let titles = source.titles(site_name.as_deref());
        Self {
            is_article: source.is_article(),
            title: titles.first().cloned(),
            byline: source.byline(site_name.as_deref()),
            published: source.published(),
            language: source.language(),
            excerpt: source.excerpt(),
            body: source.json_text("articleBody").map(|text| plain(&text)),
            titles,
            site_name,
        }
    }
}

struct Source<'a> {
    html: &'a Html,
    data: &'a Structured,
    json: Option<&'a Value>,
    item: Option<&'a MicrodataItem>,
}

impl Source<'_> {
    fn is_article(&self) -> bool {
        let graph = &self.data.open_graph;
        let is_typed = graph
            .get("og:type")
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("article"));
        is_typed
            || graph.get("article:published_time").is_some()
            || self.json.is_some()
            || self.item.is_some()
            || self
                .html
                .first("[itemprop~=articleBody], .hentry, .h-entry")
                .is_ok_and(|found| found.is_some())
    }

    fn json_text(&self, property: &str) -> Option<String> {
        let value = self.json?.get(property)?;
        let text = value
            .as_str()
            .or_else(|| value.as_array()?.first()?.as_str())?;
        filled(text).map(str::to_owned)
    }

    fn meta(&self, names: &[&str]) -> Option<String> {
        let stated = |name: &&str| {
            let graph = self.data.open_graph.values(name).find_map(filled);
            graph.or_else(|| {
                self.data
                    .meta
                    .all(name)
                    .iter()
                    .find_map(|text| filled(text))
            })
        };
        names.iter().find_map(stated).map(line)
    }

    /// Returns the title, and what else may be in its place, such as the title of the window.
    fn titles(&self, site_name: Option<&str>) -> Vec<String> {
        let headline = self.json_text("headline").map(|text| line(&text));
        let shared = self.meta(&["og:title", "twitter:title", "parsely-title", "dc.title"]);
        let window = self.data.title.clone();
        let heading = self.html.first("h1").ok().flatten().map(Element::text);
        // A heading that is in the title is the title without the name of the site.
        let heading = heading.filter(|heading| {
            let mut longer = [&shared, &window].into_iter().flatten();
            !heading.is_empty() && longer.any(|title| is_beside(title, heading))
        });
        let all = [headline, heading, shared, window.clone()]
            .into_iter()
            .flatten();
        let mut titles: Vec<String> = all
            .map(|title| without_site(&title, site_name).to_owned())
            .chain(window)
            .collect();
        titles.dedup();
        titles
    }

    fn byline(&self, site_name: Option<&str>) -> Option<String> {
        let is_name = |name: &String| {
            !name.is_empty()
                && name.len() <= NAME
                && !name.contains("://")
                && !name.starts_with("www.")
                && name.chars().any(char::is_alphabetic)
        };
        let json = || {
            named(
                self.json?
                    .get("author")
                    .or_else(|| self.json?.get("creator"))?,
            )
        };
        let meta = || {
            self.meta(&[
                "author",
                "article:author",
                "og:article:author",
                "dc.creator",
                "dcterms.creator",
                "parsely-author",
                "sailthru.author",
                "byl",
                "cxenseparse:author",
                "twitter:data1-author",
            ])
        };
        let item = || {
            let item = self.item?;
            let own = item.item("author").and_then(|author| author.text("name"));
            own.or_else(|| item.text("author")).map(line)
        };
        let shown = || {
            let mut found = self.html.select(AUTHORS).ok()?;
            found.find_map(|element| {
                Some(element.text())
                    .filter(is_name)
                    .filter(|text| text != "Author")
            })
        };
        let cleaned = |name: String| Some(without_by(&name).to_owned()).filter(is_name);
        let stated = json()
            .and_then(cleaned)
            .or_else(|| meta().and_then(cleaned))
            .or_else(|| item().and_then(cleaned));
        let shown = || shown().and_then(cleaned);
        // The name of the site is the author where no other is.
        match stated.filter(|name| site_name != Some(name)) {
            Some(name) => Some(name),
            None => shown(),
        }
    }

    fn published(&self) -> Option<String> {
        let stated = self.json_text("datePublished").and_then(|text| iso(&text));
        let meta = || {
            let names = [
                "article:published_time",
                "og:published_time",
                "article:published",
                "datepublished",
                "dc.date.issued",
                "dcterms.issued",
                "dc.date",
                "dcterms.date",
                "dcterms.created",
                "dc.date.created",
                "parsely-pub-date",
                "sailthru.date",
                "pubdate",
                "publishdate",
                "publish-date",
                "publish_date",
                "publication_date",
                "date",
                "ptime",
                "cxenseparse:recs:publishtime",
            ];
            names
                .iter()
                .find_map(|name| self.meta(&[name]).and_then(|text| iso(&text)))
        };
        let item = || iso(self.item?.text("datePublished")?);
        let shown = || {
            let mut found = self.html.select(DATES).ok()?;
            found.find_map(|element| {
                let value = element.attr("datetime").or_else(|| element.attr("content"));
                iso(value?)
            })
        };
        stated.or_else(meta).or_else(item).or_else(shown)
    }

    fn site_name(&self) -> Option<String> {
        let publisher = || named(self.json?.get("publisher")?);
        let site = || {
            named(
                self.data
                    .json_ld
                    .of_type("WebSite")
                    .into_iter()
                    .find_map(|site| site.get("name"))?,
            )
        };
        let name = self
            .meta(&["og:site_name"])
            .or_else(publisher)
            .or_else(|| self.meta(&["application-name"]));
        name.or_else(site)
            .filter(|name| !name.is_empty() && !name.contains("://"))
    }

    fn language(&self) -> Option<String> {
        let own = self.data.language.as_deref().and_then(language);
        let json = || language(self.json?.get("inLanguage")?.as_str()?);
        own.or_else(|| language(&self.meta(&["og:locale"])?))
            .or_else(json)
    }

    fn excerpt(&self) -> Option<String> {
        let json = || self.json_text("description").map(|text| line(&text));
        self.meta(&["og:description", "description", "twitter:description"])
            .or_else(json)
    }
}

/// Returns the first article in JSON-LD: a list of articles is on other pages than those of articles.
fn json_article(data: &Structured) -> Option<&Value> {
    let things = data.json_ld.things();
    let own = things.into_iter().find(|thing| {
        let kind = thing.get("@type");
        let mut kinds = kind
            .into_iter()
            .chain(kind.and_then(Value::as_array).into_iter().flatten());
        kinds.any(|kind| kind.as_str().is_some_and(is_article_type))
    });
    own.or_else(|| {
        TYPES
            .iter()
            .find_map(|name| data.json_ld.of_type(name).into_iter().next())
    })
}

fn is_article_type(kind: &str) -> bool {
    let is_manual = ["TechArticle", "APIReference"]
        .iter()
        .any(|manual| kind.ends_with(manual));
    !is_manual
        && (kind.ends_with("Article") || kind.ends_with("Posting") || kind.ends_with("Report"))
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Returns a text in one line, and undoes HTML escaping that was done once too often.
fn line(text: &str) -> String {
    collapse(&decode(text, Place::Text))
}

/// Returns a text without tags, with its lines.
fn plain(text: &str) -> String {
    decode(text, Place::Text).into_owned()
}

/// Returns a text, the name of a thing, or the names of several.
fn named(value: &Value) -> Option<String> {
    if let Some(all) = value.as_array() {
        let mut names: Vec<String> = all.iter().filter_map(named).collect();
        names.dedup();
        return Some(names.join(", ")).filter(|names| !names.is_empty());
    }
    let text = value.as_str().or_else(|| value.get("name")?.as_str())?;
    Some(line(text)).filter(|name| !name.is_empty())
}

fn without_by(name: &str) -> &str {
    let name = name.trim();
    let rest = name
        .get(..3)
        .filter(|by| by.eq_ignore_ascii_case("by "))
        .and_then(|by| name.get(by.len()..));
    rest.unwrap_or(name).trim()
}

/// Returns whether a heading is in a title beside something else.
fn is_beside(title: &str, heading: &str) -> bool {
    let before = title.strip_prefix(heading).map(str::trim_start);
    let after = title.strip_suffix(heading).map(str::trim_end);
    title == heading
        || before.is_some_and(|rest| rest.starts_with(BESIDE))
        || after.is_some_and(|rest| rest.ends_with(BESIDE))
}

fn without_site<'a>(title: &'a str, site_name: Option<&str>) -> &'a str {
    let rest = site_name
        .and_then(|name| title.strip_suffix(name))
        .map(str::trim_end);
    let rest = rest
        .and_then(|rest| rest.strip_suffix(BESIDE))
        .map(str::trim_end);
    rest.filter(|rest| !rest.is_empty()).unwrap_or(title)
}

/// Returns a date, or a time, of ISO 8601; `None` if the text can be read in two ways or is no day of the calendar.
fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    let is_whole = Pieces::parse(text).is_ok_and(|pieces| {
        clean::is_dated(pieces.date()) && pieces.time_zone_annotation().is_none()
    });
    if is_whole {
        return Some(text.replacen(' ', "T", 1));
    }
    let time = Cleaner::Timestamp.clean(text);
    time.or_else(|_| clean::date(text)).ok()
}

/// Returns a language tag such as `en-GB`, also when it is written `en_GB`; `None` if the text is no such tag.
fn language(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let is_first = parts.next().is_some_and(|first| {
        matches!(first.len(), 2 | 3) && first.chars().all(|c| c.is_ascii_alphabetic())
    });
    let is_tag = is_first
        && parts.all(|part| {
            matches!(part.len(), 1..=8) && part.chars().all(|c| c.is_ascii_alphanumeric())
        });
    is_tag.then_some(tag)
}
