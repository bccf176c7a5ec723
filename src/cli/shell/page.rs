//! The page that the shell looks at, parsed once.

use std::cell::OnceCell;
use std::path::PathBuf;

use url::Url;

use crate::page::error::Result;
use crate::page::html::Html;
use crate::page::identity;
use crate::page::request::Request;
use crate::page::response::Response;

/// An answer and, as soon as it is asked for, its tree.
#[derive(Debug)]
pub(super) struct Page {
    response: Response,
    /// Request that was asked for; the request of the response may be a redirected one.
    asked: Request,
    html: OnceCell<Html>,
    /// File that the page was read from; `None` if it was fetched.
    file: Option<PathBuf>,
}

impl Page {
    pub(super) fn new(response: Response, asked: Request, file: Option<PathBuf>) -> Self {
        Self {
            response,
            asked,
            html: OnceCell::new(),
            file,
        }
    }

    pub(super) fn response(&self) -> &Response {
        &self.response
    }

    pub(super) fn asked(&self) -> &Request {
        &self.asked
    }

    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// Returns the page as a tree.
    ///
    /// # Errors
    /// [`ErrorKind::NotHtml`](crate::ErrorKind::NotHtml) when it is none.
    pub(super) fn html(&self) -> Result<&Html> {
        if let Some(html) = self.html.get() {
            return Ok(html);
        }
        let html = self.response.html()?;
        Ok(self.html.get_or_init(|| html))
    }

    /// Resolves a reference as a link on the page.
    ///
    /// # Errors
    /// [`ErrorKind::Url`](crate::ErrorKind::Url) when it leads to no http(s) URL.
    pub(super) fn join(&self, reference: &str) -> Result<Url> {
        let base = self.html().map_or(self.response.url(), Html::base_url);
        identity::parse(reference, Some(base))
    }

    /// Gives its request a label, as if it had been followed with it.
    pub(super) fn set_label(&mut self, label: &str) {
        let request = self.response.request().clone().with_label(label);
        self.response = self.response.clone().with_request(request);
        self.asked = self.asked.clone().with_label(label);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns a page of this HTML at `http://a.example/shop/`.
    pub(in crate::cli::shell) fn page(html: &str) -> Page {
        of_type("text/html", html)
    }

    /// Returns an answer of this type from there.
    pub(in crate::cli::shell) fn of_type(content_type: &str, body: &str) -> Page {
        let request = Request::get("http://a.example/shop/").unwrap();
        let response = Response::new(request.clone(), 200).with_body(content_type, body.to_owned());
        Page::new(response, request, None)
    }

    #[test]
    fn references_are_relative_to_the_base_of_the_page() {
        let url = |html: &str| page(html).join("2.html").unwrap().to_string();
        assert_eq!(url("<p>"), "http://a.example/shop/2.html");
        assert_eq!(url("<base href=/books/>"), "http://a.example/books/2.html");
    }

    #[test]
    fn a_label_stays_with_the_page() {
        let mut page = page("<p>x");
        page.set_label("book");
        assert_eq!(page.response().label(), Some("book"));
        assert_eq!(page.asked().label(), Some("book"));
    }
}
