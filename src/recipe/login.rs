//! `[login]`: a form that is filled in before the crawl begins.

use http::Method;

use super::arguments::Arguments;
use super::keys;
use super::page::Page;
use super::reader::Reader;
use super::secrets;
use super::section::Section;
use super::start::templates;
use super::template::Template;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::form::Form;
use crate::page::request::Request;

/// The label of the page with the form.
const FORM: &str = "recipe:login";
/// The label of the page that follows.
const DONE: &str = "recipe:logged-in";

/// A form and what is written into it.
#[derive(Debug)]
pub(super) struct Login {
    url: Template,
    /// The login form; without it, the first form that has all fields.
    form: Option<String>,
    fields: Vec<(String, Template)>,
    check: Option<String>,
}

/// Step of the login that a page calls for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// No step: the page is not part of the login.
    None,
    /// The page with the form, which is sent.
    Send(Box<Request>),
    /// The page after it: the crawl begins.
    Begin,
}

impl Login {
    pub(super) fn read(recipe: &Section<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let value = recipe.get("login")?;
        let problems = &mut reader.problems;
        let section = Section::of(value, "[login]", keys::LOGIN, problems)?;
        let (url, form) = (
            section.text("url", problems),
            section.text("form", problems),
        );
        let check = section.text("check", problems);
        if section.get("url").is_none() {
            reader.add(&section.at, "[login] needs `url`: the page with the form");
        }
        if section.get("fields").is_none() {
            reader.add(&section.at, "[login] needs `fields`: what is filled in");
        }
        let fields = templates(&section, "fields", reader);
        let form = form.map(|form| reader.selector(&form));
        let check = check.map(|check| reader.selector(&check));
        Some(Self {
            url: reader.template(&url?, &[])?,
            form: form.flatten(),
            fields,
            check: check.flatten(),
        })
    }

    /// The request for the form.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when its URL is none.
    pub(super) fn start(&self, arguments: &Arguments) -> Result<Request> {
        let urls = self.url.urls(|name| arguments.get(name));
        let url = urls.first().map_or("", String::as_str);
        let request = Request::get(url).map_err(|error| {
            Error::new(ErrorKind::Settings, format!("bad URL {url:?} of [login]"))
                .with_source(error)
        })?;
        Ok(request.with_label(FORM).dont_filter())
    }

    /// The form of the page. It has all fields that are to be filled in: one that it lacks would be sent to whoever's form it is.
    fn form(&self, page: &Page<'_>) -> Result<Form> {
        let names: Vec<&str> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
        let Some(css) = &self.form else {
            return page.html()?.form_with(&names);
        };
        let form = page.html()?.form(css)?;
        let lacking: Vec<&str> = names.into_iter().filter(|name| !form.has(name)).collect();
        if lacking.is_empty() {
            return Ok(form);
        }
        let has: Vec<&str> = form.fields().map(|(name, _)| name).take(20).collect();
        let message = format!(
            "the form {css:?} of [login] has no field {}; it has {}",
            lacking.join(", "),
            has.join(", ")
        );
        Err(Error::new(ErrorKind::Missing, message).with_url(page.response().url()))
    }

    /// Returns the step of the login that this page calls for.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`] when there is no form, or the login failed.
    pub(super) fn step(&self, page: &Page<'_>, arguments: &Arguments) -> Result<Step> {
        match page.label() {
            Some(FORM) => {
                let mut form = self.form(page)?;
                for (name, text) in &self.fields {
                    form = form.with(name, text.fill(|name| arguments.stored(name)));
                }
                let request = form.submit()?.with_label(DONE).dont_filter();
                if request.method() == Method::GET && arguments.secrets().next().is_some() {
                    let message = "the form of [login] is sent in a URL, where no secret belongs";
                    return Err(Error::new(ErrorKind::Spider, message).with_url(request.url()));
                }
                Ok(Step::Send(Box::new(secrets::mark(
                    request, arguments, true,
                )?)))
            }
            Some(DONE) => {
                if let Some(check) = &self.check
                    && page.html()?.first(check)?.is_none()
                {
                    let message = format!("the login failed: nothing matches {check:?} after it");
                    let error = Error::new(ErrorKind::Missing, message);
                    return Err(error.with_url(page.response().url()));
                }
                Ok(Step::Begin)
            }
            _ => Ok(Step::None),
        }
    }
}
