//! [`Site`], the spider behind `crawl site`: a whole site, one record per HTML page.
//!
//! ```
//! use crawlworks::prelude::*;
//! use crawlworks::{Site, testing};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let site = Site::new([Url::parse("https://example.com/")?]);
//! let page = "<title>Home</title><h1>Hello</h1><a href=/a#top>A</a><a href=/logo.png>Logo</a>";
//! let out = testing::parse(&site, "https://example.com/", page).await?;
//! assert_eq!(
//!     serde_json::to_string(&out.items()[0])?,
//!     r#"{"url":"https://example.com/","title":"Home","h1":"Hello","links":["https://example.com/a","https://example.com/logo.png"]}"#
//! );
//! assert_eq!(out.requests().len(), 1); // pictures are listed, but not followed
//! # Ok(())
//! # }
//! ```

mod record;

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use url::{Origin, Url};

use crate::engine::spider::{Seeds, Spider};
use crate::model::output::Output;
use crate::model::settings::Settings;
use crate::page::error::BoxError;
use crate::page::html::markdown::{self, Links};
use crate::page::html::{Element, Html};
use crate::page::request::Request;
use crate::page::response::Response;
use crate::policy::rules::is_page;
pub use record::{Content, MainText, SitePage};

/// Function that opens the seeds of a site.
#[derive(Clone)]
struct SeedSource(Arc<dyn Fn() -> Result<Seeds, BoxError> + Send + Sync>);

impl fmt::Debug for SeedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeedSource").finish_non_exhaustive()
    }
}

/// Crawls a whole site, without code: every HTML page becomes a [`SitePage`], and the spider follows every link to a
/// possible page, every frame, and the next page that a `<link rel=next>` names.
///
/// Pages are read as a stream of tags; a document is only built when [`content`](Self::content) asks for one.
///
/// A header of a start request is also sent for every page of its origin, and nowhere else.
#[derive(Debug, Clone)]
pub struct Site {
    start: Vec<Request>,
    seeds: Option<SeedSource>,
    headers: Vec<(Origin, HeaderMap)>,
    content: Content,
    main_only: bool,
    links: Links,
}

impl Site {
    /// Creates a spider for the site, or sites, that these URLs belong to.
    pub fn new<R: Into<Request>>(start: impl IntoIterator<Item = R>) -> Self {
        let start: Vec<Request> = start.into_iter().map(Into::into).collect();
        let headers = start.iter().map(|request| {
            let mut headers = request.headers().clone();
            if request.has_userinfo() {
                // The whole crawl has it, and does not store it with each request.
                headers.remove(http::header::AUTHORIZATION);
            }
            (request.url().origin(), headers)
        });
        Self {
            headers: headers.filter(|(_, headers)| !headers.is_empty()).collect(),
            start,
            seeds: None,
            content: Content::None,
            main_only: false,
            links: Links::default(),
        }
    }

    /// Adds start requests in a sequence that need not fit in memory; see [`Spider::seeds`]. Headers that they have are
    /// sent with them alone.
    #[must_use]
    pub fn seeds(
        mut self,
        seeds: impl Fn() -> Result<Seeds, BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.seeds = Some(SeedSource(Arc::new(seeds)));
        self
    }

    /// Adds the content of the page to each record, as its last field. Default: [`Content::None`].
    #[must_use]
    pub fn content(mut self, content: Content) -> Self {
        self.content = content;
        self
    }

    /// Restricts content of the forms text and Markdown to the main text: without menus, headers and footers, and
    /// without a heading that repeats the page's title. A page that has no main text, such as a list of links, or is
    /// too large for looking for it (see [`Article::read`](crate::Article::read)), keeps its whole content.
    /// [`SitePage::main`] reports which of the two it is.
    #[cfg(feature = "article")]
    #[must_use]
    pub fn main_text(mut self) -> Self {
        self.main_only = true;
        self
    }

    /// Leaves the URLs of links out of Markdown content, and keeps their text. Pictures stay.
    #[must_use]
    pub fn no_links(mut self) -> Self {
        self.links = Links::Left;
        self
    }

    fn request(&self, url: &Url) -> Request {
        let mut request = Request::from(url.clone());
        if !self.headers.is_empty() {
            let origin = url.origin();
            if let Some((_, headers)) = self.headers.iter().find(|(of, _)| *of == origin) {
                request.headers_mut().extend(
                    headers
                        .iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
                // They describe the body of the start request, which a link does not have.
                request.headers_mut().remove(http::header::CONTENT_TYPE);
            }
        }
        request
    }

    /// Returns the content, and the metadata of the main text if that was asked for.
    fn content_of(
        &self,
        response: &Response,
    ) -> Result<(Option<String>, Option<MainText>), BoxError> {
        let whole = |root: Element<'_>| match self.content {
            Content::Markdown => markdown::of(root, self.links),
            _ => root.block_text(),
        };
        match self.content {
            Content::None => return Ok((None, None)),
            Content::Html => return Ok((Some(response.text().into_owned()), None)),
            Content::Text | Content::Markdown => {}
        }
        let html = response.html()?;
        if !self.main_only {
            return Ok((Some(whole(html.root())), None));
        }
        let (content, main) = self.main_text_of(&html);
        let content = content.unwrap_or_else(|| whole(html.root()));
        Ok((Some(content), Some(main)))
    }

    #[cfg(feature = "article")]
    fn main_text_of(&self, html: &Html) -> (Option<String>, MainText) {
        let article = match crate::page::article::Article::read(html) {
            Ok(article) => article,
            Err(error) => {
                let reason = error.to_string();
                tracing::info!(url = %html.url(), %reason, "the whole page is kept");
                return (None, MainText::missing(reason));
            }
        };
        let content = match self.content {
            Content::Markdown if self.links == Links::Left => {
                let html = Html::parse(&article.html, html.base_url().clone());
                markdown::of(html.root(), self.links)
            }
            Content::Markdown => article.markdown,
            _ => article.text,
        };
        let main = MainText {
            reason: None,
            byline: article.byline,
            published: article.published,
            site_name: article.site_name,
            language: article.language,
        };
        (Some(content), main)
    }

    #[cfg(not(feature = "article"))]
    #[expect(clippy::unused_self, reason = "the same with the feature needs it")]
    fn main_text_of(&self, _: &Html) -> (Option<String>, MainText) {
        (
            None,
            MainText::missing("built without main texts".to_owned()),
        )
    }
}

impl Spider for Site {
    type Item = SitePage;

    fn name(&self) -> &str {
        "site"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(self.start.clone())
    }

    fn seeds(&self) -> Result<Seeds, BoxError> {
        match &self.seeds {
            Some(SeedSource(open)) => open(),
            None => Ok(Seeds::none()),
        }
    }

    async fn parse(&self, response: Response, out: &mut Output<SitePage>) -> Result<(), BoxError> {
        let page = response.scan(out.max_links());
        out.left_out(page.dropped_links);
        let mut files = 0;
        for url in page.links.iter().chain(&page.parts) {
            if is_page(url) {
                out.follow(self.request(url));
            } else {
                files += 1;
            }
        }
        out.left_out_as_files(files);
        let (content, main) = self.content_of(&response)?;
        out.item(SitePage {
            url: response.url().clone(),
            title: page.title,
            h1: page.h1,
            links: page.links,
            incomplete: response.is_incomplete(),
            kind: self.content,
            main,
            content,
        });
        Ok(())
    }

    fn settings(&self, mut settings: Settings) -> Settings {
        settings.requests.cookies = false;
        settings.answers.content_types =
            vec!["text/html".to_owned(), "application/xhtml+xml".to_owned()];
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    async fn parse(site: &Site, page: &str) -> Output<SitePage> {
        testing::parse(site, "https://example.com/", page)
            .await
            .unwrap()
    }

    fn site(content: Content) -> Site {
        Site::new([Url::parse("https://example.com/").unwrap()]).content(content)
    }

    #[tokio::test]
    async fn the_content_is_the_last_field() {
        let page = "<p>a <b>b</b><p>c";
        for (content, end) in [
            (Content::Text, r#","links":[],"text":"a b\nc"}"#),
            (
                Content::Markdown,
                r#","links":[],"markdown":"a **b**\n\nc\n"}"#,
            ),
            (Content::Html, r#","links":[],"html":"<p>a <b>b</b><p>c"}"#),
            (Content::None, r#","links":[]}"#),
        ] {
            let json =
                serde_json::to_string(&parse(&site(content), page).await.items()[0]).unwrap();
            assert!(json.ends_with(end), "{json}");
        }
    }

    #[tokio::test]
    async fn frames_and_the_next_page_are_followed_and_are_no_links() {
        let page = "<link rel=next href=/2><a href=/a>a</a><iframe src=/f></iframe><iframe src=/film.mp4></iframe>";
        let out = parse(&site(Content::None), page).await;
        let asked: Vec<_> = out
            .requests()
            .iter()
            .map(|request| request.url().path().to_owned())
            .collect();
        assert_eq!(asked, ["/a", "/2", "/f"]);
        assert_eq!(out.items()[0].links.len(), 1);
    }

    #[cfg(feature = "article")]
    #[tokio::test]
    async fn the_main_text_is_told_from_the_whole_page() {
        let text = "Words, and more words, that make one long paragraph of them all. ".repeat(20);
        let page = format!("<nav><a href=/>Home</a></nav><article><p>{text}<p>{text}</article>");
        let only_main = |content| site(content).main_text();
        for (content, page, main, starts) in [
            (Content::Text, &*page, Some(true), "Words,"),
            (Content::Markdown, &*page, Some(true), "Words,"),
            (
                Content::Text,
                "<nav>Home</nav><p>Short",
                Some(false),
                "Home",
            ),
            (Content::Html, "<p>Short", None, "<p>"),
        ] {
            let out = parse(&only_main(content), page).await;
            let record = &out.items()[0];
            assert_eq!(
                record.main.as_ref().map(MainText::is_found),
                main,
                "{content:?}"
            );
            assert!(
                record.content.as_ref().unwrap().starts_with(starts),
                "{record:?}"
            );
        }
    }

    #[tokio::test]
    async fn headers_of_the_start_go_to_its_origin_only() {
        let start = Request::get("https://example.com/")
            .unwrap()
            .with_header("authorization", "Basic x")
            .unwrap();
        let out = parse(
            &Site::new([start]),
            "<a href=/a>a</a><a href=https://other.example/>b</a>",
        )
        .await;
        assert!(out.requests()[0].header("authorization").is_some());
        assert!(out.requests()[1].header("authorization").is_none());
    }
}
