//! A [`Page`] that a recipe reads: it is parsed when something is asked of it, and once.

use std::cell::OnceCell;

use serde_json::Value;
use url::Url;

use crate::page::error::Result;
use crate::page::html::Html;
use crate::page::response::Response;
use crate::page::structured::JsonLd;

#[derive(Debug)]
pub(super) struct Page<'r> {
    response: &'r Response,
    html: OnceCell<Html>,
    json: OnceCell<Value>,
    json_ld: OnceCell<JsonLd>,
}

impl<'r> Page<'r> {
    pub(super) fn new(response: &'r Response) -> Self {
        Self {
            response,
            html: OnceCell::new(),
            json: OnceCell::new(),
            json_ld: OnceCell::new(),
        }
    }

    pub(super) fn response(&self) -> &'r Response {
        self.response
    }

    pub(super) fn label(&self) -> Option<&'r str> {
        self.response.label()
    }

    pub(super) fn html(&self) -> Result<&Html> {
        if let Some(html) = self.html.get() {
            return Ok(html);
        }
        let html = self.response.html()?;
        Ok(self.html.get_or_init(|| html))
    }

    /// The page as JSON.
    pub(super) fn json(&self) -> Result<&Value> {
        if let Some(json) = self.json.get() {
            return Ok(json);
        }
        let json = self.response.json()?;
        Ok(self.json.get_or_init(|| json))
    }

    /// The JSON-LD of an HTML page.
    pub(super) fn json_ld(&self) -> Result<&JsonLd> {
        let html = self.html()?;
        Ok(self.json_ld.get_or_init(|| html.structured().json_ld))
    }

    /// The URL that the page gives as its own, by `<link rel=canonical>` or the `Link` header, else the one that it is from.
    pub(super) fn canonical(&self) -> Url {
        let written = || {
            let html = self.html().ok()?;
            let links = html.select("link[rel~=canonical i]").ok()?;
            let href = links.into_iter().find_map(|link| link.attr("href"))?;
            html.base().link(href)
        };
        written()
            .or_else(|| self.response.related("canonical"))
            .unwrap_or_else(|| self.response.url().clone())
    }

    /// Resolves a reference in the page to a URL; `None` when it is no URL.
    pub(super) fn resolve(&self, reference: &str) -> Option<Url> {
        match self.html.get() {
            Some(html) => html.base().resolve(reference),
            None => self.response.url().join(reference).ok(),
        }
    }
}
