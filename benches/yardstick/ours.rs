//! The same work by crawlworks: with robots.txt, limiter, scheduler, duplicate filter, pipeline and report.

use std::path::PathBuf;

use crawlworks::Site;
use crawlworks::prelude::*;

use crate::{Arguments, Done, Failure};

/// One page, as it is written.
#[derive(Debug, Serialize)]
struct Record {
    url: Url,
    title: String,
    h1: String,
    links: Vec<Url>,
}

/// Reads every page with a DOM.
struct Dom(Url);

impl Spider for Dom {
    type Item = Record;

    fn name(&self) -> &'static str {
        "dom"
    }

    fn start(&self) -> Result<Vec<Request>, BoxError> {
        Ok(vec![self.0.clone().into()])
    }

    async fn parse(&self, response: Response, out: &mut Output<Record>) -> Result<(), BoxError> {
        let html = response.html()?;
        let h1 = html.first("h1")?.map(Element::text).unwrap_or_default();
        let links = html.links("a")?;
        out.follow_all(links.iter().cloned());
        out.item(Record {
            url: response.url().clone(),
            title: html.title().unwrap_or_default(),
            h1,
            links,
        });
        Ok(())
    }
}

pub(crate) async fn dom(arguments: &Arguments, job: Option<PathBuf>) -> Result<Done, Failure> {
    crawl(Dom(arguments.url.clone()), arguments, job).await
}

pub(crate) async fn site(arguments: &Arguments, job: Option<PathBuf>) -> Result<Done, Failure> {
    crawl(Site::new([arguments.url.clone()]), arguments, job).await
}

async fn crawl(
    spider: impl Spider,
    arguments: &Arguments,
    job: Option<PathBuf>,
) -> Result<Done, Failure> {
    let mut crawler = Crawler::new(spider)
        .concurrency(arguments.concurrency)
        .concurrency_per_host(arguments.concurrency)
        .delay(Duration::ZERO)
        .output(&format!("{}:jsonl", arguments.out));
    crawler.settings_mut().answers.content_types = vec!["text/html".to_owned()];
    if let Some(directory) = &job {
        crawler = crawler.job(directory);
    }
    let report = crawler.run().await?;
    if let Some(directory) = &job {
        std::fs::remove_dir_all(directory)?;
    }
    Ok(Done {
        pages: report.pages,
        bytes: report.bytes.body,
        failed: report.ledger.failed,
    })
}
