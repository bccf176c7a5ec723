//! Quotes with their authors and tags, page by page: the smallest useful spider.

use crawlworks::prelude::*;
use crawlworks::testing::PracticeSite;
use crawlworks::{Args, Job};

use crate::practice;

/// Where its practice site listens, in every process: see [`practice::start`].
const PORT: u16 = 8451;

/// What the spider finds.
#[derive(Debug, PartialEq, Serialize, Extract)]
struct Quote {
    #[extract("span.text")]
    text: String,
    #[extract("small.author")]
    author: String,
    #[extract("a.tag")]
    tags: Vec<String>,
}

struct Quotes {
    start: Url,
    /// Is up as long as the spider that crawls it.
    practice: Option<PracticeSite>,
}

/// Crawls the practice site, which `-a port=…` starts on another port, or another site with `-a url=https://…`.
pub(crate) fn job() -> Job {
    Job::new("quotes", |args: &mut Args| {
        let spider = match args.get("url")? {
            Some(url) => Quotes::at(url),
            None => Quotes::practice(practice::start(args, PORT)?),
        };
        Ok(Crawler::new(spider))
    })
    .about("100 quotes with author and tags; -a url=… crawls another site")
    .item_schema(Quote::schema())
}

impl Quotes {
    fn at(start: Url) -> Self {
        Self {
            start,
            practice: None,
        }
    }

    fn practice(site: PracticeSite) -> Self {
        Self {
            start: site.at("/quotes/"),
            practice: Some(site),
        }
    }
}

impl Spider for Quotes {
    type Item = Quote;

    fn name(&self) -> &str {
        "quotes"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.start.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<Quote>) -> Result<(), BoxError> {
        let html = response.html()?;
        for quote in html.select("div.quote")? {
            out.item(quote.extract()?);
        }
        out.follow_all(html.links("li.next a")?);
        Ok(())
    }

    /// The practice site minds no hurry. Any other site gets the polite defaults.
    fn settings(&self, mut settings: Settings) -> Settings {
        if self.practice.is_some() {
            settings.politeness.delay = Duration::ZERO;
            settings.politeness.concurrency_per_host = 16;
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use crawlworks::testing;

    use super::*;

    const PAGE: &str = r#"
        <div class="quote">
          <span class="text">“Less is <em>more</em>.”</span> <small class="author">Zoë O'Hara</small>
          <a class="tag">wit</a> <a class="tag">brevity</a>
        </div>
        <ul><li class="previous"><a href="/quotes/">Previous</a></li><li class="next"><a href="/quotes/page/3/">Next</a></li></ul>"#;

    #[tokio::test]
    async fn a_page_gives_its_quotes_and_the_next_page() {
        let spider = Quotes::at("https://example.com/quotes/".parse().unwrap());
        let out = testing::parse(&spider, "https://example.com/quotes/page/2/", PAGE)
            .await
            .unwrap();
        let quote = Quote {
            text: "“Less is more.”".to_owned(),
            author: "Zoë O'Hara".to_owned(),
            tags: vec!["wit".to_owned(), "brevity".to_owned()],
        };
        assert_eq!(out.items(), [quote]);
        assert_eq!(
            out.requests()[0].url().as_str(),
            "https://example.com/quotes/page/3/"
        );
    }

    #[tokio::test]
    async fn a_quote_without_an_author_is_an_error_that_says_so() {
        let spider = Quotes::at("https://example.com/".parse().unwrap());
        let page = "<div class=quote><span class=text>x</span></div>";
        let error = testing::parse(&spider, "https://example.com/", page)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("small.author"), "{error}");
    }

    #[tokio::test]
    async fn the_practice_site_has_a_hundred_quotes() {
        let report = Crawler::new(Quotes::practice(PracticeSite::start().unwrap()))
            .run()
            .await
            .unwrap();
        assert_eq!((report.items.kept, report.pages), (100, 10));
    }
}
