//! `[pagination]`: from one page of a list to the next.

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
use crate::error::Result;
use crate::json;
use crate::request::Request;

/// The most pages of one list, unless the recipe says otherwise.
const LIMIT: i64 = 1_000;
/// Which page this is, in the requests that come from here.
const PAGE: &str = "recipe.page";

/// How the next page is found.
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
    /// A URL in the page's JSON.
    Json(String),
    /// A URL made of a value in the page's JSON.
    Cursor(String, Template),
    /// A URL made of a number, until a page has nothing.
    Number {
        url: Template,
        first: u64,
        step: u64,
    },
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

    /// Refuses lists that begin with what a URL cannot tell: their next pages would be asked for without it.
    pub(super) fn check(&self, starts: &[Start], reader: &mut Reader<'_>) {
        if !matches!(self.next, Next::Cursor(..) | Next::Number { .. }) {
            return;
        }
        for start in starts.iter().filter(|start| start.has_method_or_body()) {
            let label = start.label.as_ref().map(|label| label.value.as_str());
            if self.on.takes(label) {
                reader.add(
                    &start.at,
                    "the `url` of [pagination] is asked for with GET and without a body: this start cannot go on so",
                );
            }
        }
    }

    /// The request for the page after this one; `is_empty` when this one had nothing.
    ///
    /// # Errors
    /// When the page is not of the kind that the recipe says.
    pub(super) fn next(
        &self,
        page: &Page<'_>,
        arguments: &Arguments,
        is_empty: bool,
    ) -> Result<Option<Request>> {
        if !self.on.takes(page.label()) {
            return Ok(None);
        }
        // Which page of its list this is, from 1.
        let number: u64 = page.response().request().meta(PAGE)?.unwrap_or(1);
        if number >= self.limit {
            return Ok(None);
        }
        let Some(request) = self.next.request(page, arguments, number, is_empty)? else {
            return Ok(None);
        };
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
        let next = section.text("next", problems);
        let json = section.text("json", problems);
        let url = section.text("url", problems);
        let first = section.number("first", 0..=i64::MAX, problems);
        let step = section.number("step", 1..=i64::MAX, problems);
        if url.is_none() || json.is_some() {
            for key in ["first", "step"] {
                if let Some(at) = section.place(key) {
                    reader.add(
                        &at,
                        format!("{key:?} belongs to a `url` with {{page}} in it"),
                    );
                }
            }
        }
        match (next, json, url) {
            (Some(next), None, None) => Some(Self::Link(Selection::new(reader.query(&next)?))),
            (None, Some(json), None) => reader.jmespath(&json).map(Self::Json),
            (None, Some(json), Some(url)) => {
                let expression = reader.jmespath(&json);
                let template = reader.template(&url, &["cursor"])?;
                if !template.names().any(|name| name == "cursor") {
                    reader.add(
                        &url.at,
                        "the URL has no {cursor}: write it where the value of `json` belongs",
                    );
                }
                Some(Self::Cursor(expression?, template))
            }
            (None, None, Some(url)) => {
                let template = reader.template(&url, &["page"])?;
                if !template.names().any(|name| name == "page") {
                    reader.add(
                        &url.at,
                        "the URL has no {page}: write it where the number belongs",
                    );
                }
                Some(Self::Number {
                    url: template,
                    first: first.unwrap_or(2).unsigned_abs(),
                    step: step.unwrap_or(1).unsigned_abs(),
                })
            }
            (Some(_), ..) => {
                let message =
                    "the next page is found by `next`, or by `json`, or by `url`, not by several";
                reader.add(&section.at, message);
                None
            }
            (None, None, None) => {
                reader.add(&section.at, "[pagination] needs `next`, `json` or `url`");
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
            Self::Json(expression) => match json::search(page.json()?, expression)? {
                Json::String(url) if !url.is_empty() => page.response().follow(&url).map(Some),
                _ => Ok(None),
            },
            Self::Cursor(expression, url) => {
                let cursor = match json::search(page.json()?, expression)? {
                    Json::String(cursor) if !cursor.is_empty() => cursor,
                    Json::Number(cursor) => cursor.to_string(),
                    _ => return Ok(None),
                };
                filled(url, page, arguments, ("cursor", &cursor)).map(Some)
            }
            Self::Number { url, first, step } => {
                if is_empty {
                    return Ok(None);
                }
                let next = first.saturating_add((number - 1).saturating_mul(*step));
                filled(url, page, arguments, ("page", &next.to_string())).map(Some)
            }
        }
    }
}

/// The request for a template with arguments and one more value.
fn filled(
    url: &Template,
    page: &Page<'_>,
    arguments: &Arguments,
    (known, value): (&str, &str),
) -> Result<Request> {
    let urls = url.urls(|name| {
        if name == known {
            Some(value)
        } else {
            arguments.get(name)
        }
    });
    let url = urls.first().map_or("", String::as_str);
    let response = page.response();
    response.follow(&onward::with_query_of(response.url(), url))
}
