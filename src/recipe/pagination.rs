//! `[pagination]`: from one page of a list to the next.

mod body;
mod known;

use serde_json::Value as Json;

use super::arguments::Arguments;
use super::keys;
use super::labels::On;
use super::onward;
use super::page::Page;
use super::reader::Reader;
use super::section::Section;
use super::selection::Selection;
use super::start::Start;
use super::template::Template;
use crate::page::error::Result;
use crate::page::json;
use crate::page::request::Request;
use body::BodyValues;
use known::Known;

/// The most pages of one list, unless the recipe says otherwise.
const LIMIT: i64 = 1_000;
/// Key of the request metadata with the number of the page, in the requests made here.
const PAGE: &str = "recipe.page";
/// Marks of the pages before it.
const KNOWN: &str = "recipe.known";

/// Pagination of a list: the way to its next page.
#[derive(Debug)]
pub(super) struct Pagination {
    pub(super) on: On,
    next: Next,
    /// The most pages of one list.
    limit: u64,
}

#[derive(Debug)]
enum Next {
    /// A link of the page.
    Link(Selection),
    /// A relation in the `Link` header of the answer.
    Header(String),
    /// A URL in the page's JSON.
    Json(String),
    /// A request made of a value in the page's JSON.
    Cursor(String, Made),
    /// A request made of a number, until a page has nothing, or nothing new.
    Number { made: Made, first: u64, step: u64 },
}

/// Part of the next request that gets the number or cursor of the next page.
#[derive(Debug)]
enum Made {
    Url(Template),
    /// The body of the request for this page.
    Body(BodyValues),
}

impl Pagination {
    pub(super) fn read(recipe: &Section<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let value = recipe.get("pagination")?;
        let problems = &mut reader.problems;
        let section = Section::of(value, "[pagination]", keys::PAGINATION, problems)?;
        let limit = section
            .number("limit", 1..=i64::MAX, problems)
            .unwrap_or(LIMIT);
        let on = On::read(&section, reader);
        Some(Self {
            on,
            next: Next::read(&section, reader)?,
            limit: limit.unsigned_abs(),
        })
    }

    /// Refuses lists whose next pages would be asked for without what they begin with, or with what they do not have.
    pub(super) fn check(&self, starts: &[Start], reader: &mut Reader<'_>) {
        let (Next::Cursor(_, made) | Next::Number { made, .. }) = &self.next else {
            return;
        };
        for start in starts {
            let label = start.label.as_ref().map(|label| label.value.as_str());
            let message = match made {
                _ if !self.on.takes(label) => continue,
                Made::Url(_) if start.has_method_or_body() => {
                    "the `url` of [pagination] is asked for with GET and without a body: this start cannot go on so; \
                     `body` there puts the number or cursor into its body"
                }
                Made::Body(_) if !start.has_fields() => {
                    "the `body` of [pagination] changes fields of this start's `json` or `form`, and it has neither"
                }
                _ => continue,
            };
            reader.add(&start.at, message);
        }
    }

    /// The request for the page after this one. `found` are texts that say what this one brought: none when it is empty.
    ///
    /// # Errors
    /// When the page is not of the kind that the recipe says.
    pub(super) fn next(
        &self,
        page: &Page<'_>,
        arguments: &Arguments,
        is_empty: bool,
        found: impl FnOnce() -> Vec<String>,
    ) -> Result<Option<Request>> {
        if !self.on.takes(page.label()) {
            return Ok(None);
        }
        let this = page.response().request();
        // Which page of its list this is, from 1.
        let number: u64 = this.meta(PAGE)?.unwrap_or(1);
        if number >= self.limit {
            return Ok(None);
        }
        // Numbers never end by themselves: many sites show the last page again, or the first, for each number that is too
        // large. So each page carries what those before it brought.
        let mut known: Option<Known> = None;
        if matches!(self.next, Next::Number { .. }) {
            let mut pages: Known = this.meta(KNOWN)?.unwrap_or_default();
            let found = found();
            if !found.is_empty() && pages.note(&found) {
                return Ok(None);
            }
            known = Some(pages);
        }
        let Some(mut request) = self.next.request(page, arguments, number, is_empty)? else {
            return Ok(None);
        };
        if let Some(known) = known {
            request = request.with_meta(KNOWN, known)?;
        }
        let request = onward::with_headers_of(page, request)?;
        let request = request.with_meta(PAGE, number + 1)?;
        Ok(Some(match page.label() {
            Some(label) => request.with_label(label),
            None => request,
        }))
    }
}

impl Next {
    fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let problems = &mut reader.problems;
        let json = section.text("json", problems);
        let has_target = section.get("url").is_some() || section.get("body").is_some();
        if !has_target || json.is_some() {
            for key in ["first", "step"] {
                if let Some(at) = section.place(key) {
                    let message =
                        format!("{key:?} belongs to a `url` or `body` with {{page}} in it");
                    reader.add(&at, message);
                }
            }
        }
        // In this order, by which the pairs are matched below.
        let given: Vec<&str> = ["next", "link_header", "json", "url", "body"]
            .into_iter()
            .filter(|key| section.get(key).is_some())
            .collect();
        match given[..] {
            ["next"] => {
                let next = section.text("next", &mut reader.problems)?;
                Some(Self::Link(Selection::new(reader.query(&next)?)))
            }
            ["link_header"] => {
                let relation = section.text("link_header", &mut reader.problems)?;
                Some(Self::Header(relation.value.to_owned()))
            }
            ["json"] => reader.jmespath(&json?).map(Self::Json),
            ["json", "url" | "body"] => {
                let expression = reader.jmespath(&json?);
                let made = Made::read(section, "cursor", reader);
                Some(Self::Cursor(expression?, made?))
            }
            ["url" | "body"] => {
                let problems = &mut reader.problems;
                let first = section.number("first", 0..=i64::MAX, problems);
                let step = section.number("step", 1..=i64::MAX, problems);
                Some(Self::Number {
                    made: Made::read(section, "page", reader)?,
                    first: first.unwrap_or(2).unsigned_abs(),
                    step: step.unwrap_or(1).unsigned_abs(),
                })
            }
            [] => {
                let message = "[pagination] needs `next`, `link_header`, `json`, `url` or `body`";
                reader.add(&section.at, message);
                None
            }
            _ => {
                let message = "the next page is found by `next`, `link_header`, `json`, `url` or `body`, not by several \
                     (but a `json` with a `url` or `body` for its cursor)";
                reader.add(&section.at, message);
                None
            }
        }
    }

    fn request(
        &self,
        page: &Page<'_>,
        arguments: &Arguments,
        number: u64,
        is_empty: bool,
    ) -> Result<Option<Request>> {
        match self {
            Self::Link(selection) => {
                if !selection.is_elements() {
                    let text = selection.text(None, page)?;
                    return Ok(text.and_then(|text| page.resolve(&text)).map(Request::from));
                }
                let Some(element) = selection.first(None, page)? else {
                    return Ok(None);
                };
                let link = element.attr("href").or_else(|| element.attr("src"));
                Ok(link
                    .and_then(|text| page.html().ok()?.base().link(text))
                    .map(Request::from))
            }
            Self::Header(relation) => Ok(page.response().related(relation).map(Request::from)),
            Self::Json(expression) => match json::search(page.json()?, expression)? {
                Json::String(url) if !url.is_empty() => page.response().follow(&url).map(Some),
                _ => Ok(None),
            },
            Self::Cursor(expression, made) => {
                let cursor = match json::search(page.json()?, expression)? {
                    Json::String(cursor) if !cursor.is_empty() => cursor,
                    Json::Number(cursor) => cursor.to_string(),
                    _ => return Ok(None),
                };
                // It begins the list: behind the first page, that is how some APIs say that there is no more.
                if number > 1 && is_zero(&cursor) {
                    return Ok(None);
                }
                made.request(page, arguments, ("cursor", &cursor)).map(Some)
            }
            Self::Number { made, first, step } => {
                if is_empty {
                    return Ok(None);
                }
                let next = first.saturating_add((number - 1).saturating_mul(*step));
                made.request(page, arguments, ("page", &next.to_string()))
                    .map(Some)
            }
        }
    }
}

fn is_zero(cursor: &str) -> bool {
    cursor.trim().parse() == Ok(0.0)
}

impl Made {
    fn read(section: &Section<'_>, known: &str, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(url) = section.text("url", &mut reader.problems) else {
            return BodyValues::read(section, known, reader).map(Self::Body);
        };
        let template = reader.template(&url, &[known])?;
        if !template.names().any(|name| name == known) {
            let message = format!("the URL has no {{{known}}}: write it where the value belongs");
            reader.add(&url.at, message);
        }
        Some(Self::Url(template))
    }

    /// The request with arguments and one more value in it.
    fn request(
        &self,
        page: &Page<'_>,
        arguments: &Arguments,
        (known, value): (&str, &str),
    ) -> Result<Request> {
        let response = page.response();
        let get = |name: &str| {
            if name == known {
                Some(value)
            } else {
                arguments.get(name)
            }
        };
        match self {
            Self::Url(url) => {
                let urls = url.urls(get);
                let url = urls.first().map_or("", String::as_str);
                response.follow(&onward::with_query_of(response.url(), url))
            }
            Self::Body(values) => values.request(response.request(), get),
        }
    }
}
