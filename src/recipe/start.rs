//! `start`: the requests that a recipe begins with.

use std::ops::Range;
use std::path::{Path, PathBuf};

use http::Method;
use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::arguments::Arguments;
use super::keys;
use super::labels;
use super::onward;
use super::reader::Reader;
use super::secrets;
use super::section::{Placed, Section, text_of, wrong};
use super::template::Template;
use super::value::{filled, json_of};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::{Request, url_list};

/// The most start URLs of a recipe.
const MOST: u64 = 100_000;

/// One or many start requests.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) label: Option<Placed<String>>,
    pub(super) at: Range<usize>,
    urls: Urls,
    method: Option<Method>,
    headers: Vec<(String, Template)>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Urls {
    Template(Template),
    /// A file with a URL in each line, as seen from the recipe's directory.
    File(PathBuf),
}

#[derive(Debug, Clone)]
enum Body {
    Empty,
    /// Text sent as it is: braces are no templates.
    Raw(String),
    /// Its texts are templates.
    Json(Value),
    Form(Vec<(String, Template)>),
}

/// Reads `start`, which a recipe without sitemaps must have.
pub(super) fn read(recipe: &Section<'_>, reader: &mut Reader<'_>) -> Vec<Start> {
    let Some(value) = recipe.get("start") else {
        if recipe.get("sitemaps").is_some() {
            return Vec::new();
        }
        reader.add(&(0..0), "no `start`: write start = [\"https://…\"]");
        return Vec::new();
    };
    let starts: Vec<Start> = match value.get_ref() {
        DeValue::Array(values) => values
            .iter()
            .filter_map(|value| Start::read(value, reader))
            .collect(),
        DeValue::String(_) => Start::read(value, reader).into_iter().collect(),
        _ => {
            wrong(value, "a list of URLs", &mut reader.problems);
            return Vec::new();
        }
    };
    if matches!(value.get_ref(), DeValue::Array(values) if values.is_empty()) {
        reader.add(&value.span(), "no start URL");
    }
    let count = count(&starts);
    if count > MOST {
        reader.add(
            &value.span(),
            format!(
                "{count} start URLs are too many: at most {MOST}; page by page goes [pagination]"
            ),
        );
    }
    starts
}

impl Start {
    fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        if let DeValue::Table(table) = value.get_ref() {
            let problems = &mut reader.problems;
            let section = Section::new(table, value.span(), "[[start]]", keys::START, problems);
            return Self::of_table(&section, reader);
        }
        let text = text_of(value, &mut reader.problems)?;
        Some(Self::of_url(url(&text, reader)?, text.at))
    }

    fn of_url(url: Template, at: Range<usize>) -> Self {
        Self {
            label: None,
            at,
            urls: Urls::Template(url),
            method: None,
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    fn of_table(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let label = labels::label(section, reader);
        let method = method(section, reader);
        let headers = templates(section, "headers", reader);
        let body = body(section, reader);
        let file = section.text("file", &mut reader.problems);
        let (at, urls) = match (section.text("url", &mut reader.problems), file) {
            (Some(text), None) => (text.at.clone(), Urls::Template(url(&text, reader)?)),
            (None, Some(file)) => (file.at, Urls::File(file.value.into())),
            (Some(_), Some(file)) => {
                reader.add(
                    &file.at,
                    "a start has a `url`, or a `file` of URLs, not both",
                );
                return None;
            }
            (None, None) => {
                if section.get("url").is_none() && section.get("file").is_none() {
                    reader.add(&section.at, "a start without `url` or `file`");
                }
                return None;
            }
        };
        Some(Self {
            label,
            at,
            urls,
            method,
            headers,
            body,
        })
    }

    /// Opens the file of URLs, when there is one: its requests, one after the other.
    ///
    /// # Errors
    /// [`ErrorKind::File`] for a list that cannot be opened; in the sequence, [`ErrorKind::Settings`] for what is no URL.
    pub(super) fn listed(
        &self,
        arguments: &Arguments,
        directory: &Path,
    ) -> Result<Option<impl Iterator<Item = Result<Request>> + Send + use<>>> {
        let Urls::File(file) = &self.urls else {
            return Ok(None);
        };
        let file = directory.join(file);
        let lines = url_list::open(&file)?;
        let (start, arguments) = (self.clone(), arguments.clone());
        Ok(Some(lines.map(move |read| {
            let (line, url) = read?;
            start.of_line(&file, line, &url, &arguments)
        })))
    }

    /// Returns the request of a line of the file of URLs.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for what is no URL.
    fn of_line(
        &self,
        file: &Path,
        line: usize,
        url: &str,
        arguments: &Arguments,
    ) -> Result<Request> {
        self.request(url, arguments).map_err(|error| {
            let message = format!("{}:{line}: {}", file.display(), error.chain());
            Error::new(error.kind(), message)
        })
    }

    /// Returns whether the URLs are in a file.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.urls, Urls::File(_))
    }

    /// The requests, with these arguments. `directory` is that of the recipe.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] for what is no URL, [`ErrorKind::File`] for a list that cannot be read.
    pub(super) fn requests(&self, arguments: &Arguments, directory: &Path) -> Result<Vec<Request>> {
        let urls = match &self.urls {
            Urls::Template(url) => url.urls(|name| arguments.get(name)),
            Urls::File(file) => {
                let file = directory.join(file);
                let list = url_list::read(&file, MOST)?;
                let list = list.iter();
                return list
                    .map(|(line, url)| self.of_line(&file, *line, url, arguments))
                    .collect();
            }
        };
        urls.iter()
            .map(|url| self.request(url, arguments))
            .collect()
    }

    fn request(&self, url: &str, arguments: &Arguments) -> Result<Request> {
        let value = |name: &str| arguments.stored(name);
        let mut request = Request::get(url).map_err(|error| {
            Error::new(ErrorKind::Settings, format!("bad start URL {url:?}")).with_source(error)
        })?;
        request = match &self.body {
            Body::Empty => request,
            Body::Raw(text) => request.with_method(Method::POST).with_body(text.clone()),
            Body::Json(json) => request.with_json(&filled(json, &value))?,
            Body::Form(fields) => request.with_form(
                fields
                    .iter()
                    .map(|(name, text)| (name.clone(), text.fill(value))),
            ),
        };
        for (name, text) in &self.headers {
            request = request.with_header(name, &text.fill(value))?;
        }
        if let Some(method) = &self.method {
            request = request.with_method(method.clone());
        }
        if let Some(label) = &self.label {
            request = request.with_label(label.value.as_str());
        }
        let request =
            onward::with_headers_noted(request, self.headers.iter().map(|(name, _)| name))?;
        secrets::mark(request, arguments, !matches!(self.body, Body::Raw(_)))
    }

    /// Returns whether the body has fields that can be changed one by one.
    pub(super) fn has_fields(&self) -> bool {
        matches!(self.body, Body::Json(_) | Body::Form(_))
    }

    /// Returns whether the request is more than a `GET` of a URL with headers.
    pub(super) fn has_method_or_body(&self) -> bool {
        let is_get = self
            .method
            .as_ref()
            .is_none_or(|method| method == Method::GET);
        !is_get || !matches!(self.body, Body::Empty)
    }
}

/// Returns the number of requests that the start entries stand for.
fn count(starts: &[Start]) -> u64 {
    let counts = starts.iter().map(|start| match &start.urls {
        Urls::Template(url) => url.count(),
        // It is counted when it is read.
        Urls::File(_) => 1,
    });
    counts.fold(0, u64::saturating_add)
}

/// Reads `sitemaps`: what lists the pages. Together with the start URLs they must not be too many.
pub(super) fn sitemaps(
    recipe: &Section<'_>,
    starts: &[Start],
    reader: &mut Reader<'_>,
) -> Vec<Start> {
    if let (Some(at), true) = (recipe.place("sitemaps"), recipe.get("login").is_some()) {
        reader.add(&at, "sitemaps cannot wait for [login]");
    }
    let Some(value) = recipe.get("sitemaps") else {
        return Vec::new();
    };
    if matches!(value.get_ref(), DeValue::Array(values) if values.is_empty()) {
        reader.add(&value.span(), "no sitemap");
    }
    let texts = recipe.texts("sitemaps", &mut reader.problems);
    let sitemaps: Vec<Start> = texts
        .iter()
        .filter_map(|text| Some(Start::of_url(url(text, reader)?, text.at.clone())))
        .collect();
    let (before, count) = (count(starts), count(&sitemaps));
    // Too many starts are told of already.
    if before <= MOST && before.saturating_add(count) > MOST {
        let message = format!("{count} sitemaps are too many: at most {MOST} with the start URLs");
        reader.add(&value.span(), message);
    }
    sitemaps
}

/// A URL with ranges; one that depends on nothing that has to be given must be good.
fn url(text: &Placed<&str>, reader: &mut Reader<'_>) -> Option<Template> {
    let url = reader.template_with_choices(text, &[])?;
    if url.count() <= MOST
        && let Some(arguments) = Arguments::defaults(&reader.arguments, url.names())
        && let Some(first) = url.urls(|name| arguments.get(name)).first()
        && let Err(error) = Request::get(first)
    {
        reader.add(
            &text.at,
            format!("bad start URL {first:?}: {}", error.chain()),
        );
    }
    Some(url)
}

fn method(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Method> {
    let text = section.text("method", &mut reader.problems)?;
    let method = Method::from_bytes(text.value.to_ascii_uppercase().as_bytes());
    if method.is_err() {
        reader.add(&text.at, format!("{:?} is no method of HTTP", text.value));
    }
    method.ok()
}

/// Names with templates: headers, or the fields of a form.
pub(super) fn templates(
    section: &Section<'_>,
    key: &str,
    reader: &mut Reader<'_>,
) -> Vec<(String, Template)> {
    section
        .entries(key, &mut reader.problems)
        .filter_map(|(name, value)| {
            let text = text_of(value, &mut reader.problems)?;
            let template = reader.template_with_secrets(&text)?;
            if key == "headers"
                && let Err(error) = Request::get("http://a.example/")
                    .and_then(|request| request.with_header(name.value, "x"))
            {
                reader.add(&name.at, error.chain());
            }
            Some((name.value.to_owned(), template))
        })
        .collect()
}

fn body(section: &Section<'_>, reader: &mut Reader<'_>) -> Body {
    let given: Vec<_> = ["body", "json", "form"]
        .into_iter()
        .filter_map(|key| section.place(key))
        .collect();
    if let [_, second, ..] = &given[..] {
        reader.add(second, "only one of `body`, `json` and `form` can be sent");
    }
    if let Some(text) = section.text("body", &mut reader.problems) {
        return Body::Raw(text.value.to_owned());
    }
    if let Some(value) = section.get("json") {
        return json_of(value, reader).map_or(Body::Empty, Body::Json);
    }
    if section.get("form").is_some() {
        return Body::Form(templates(section, "form", reader));
    }
    Body::Empty
}
