//! Where redirects led is remembered.

use crawlworks::ErrorKind;
use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;

use super::{Halt, Job, stop};
use crate::support::{Probe, get, html, page_of_links, run};

fn moved(request: Request, to: &str) -> crawlworks::Result<Response> {
    Response::new(request, 302).with_header("location", to)
}

#[tokio::test]
async fn a_start_url_that_leads_elsewhere_widens_the_scope_for_good() {
    let job = Job::new();
    let fake = FakeDownloader::new(|request| match request.url().as_str() {
        "http://example.com/" => moved(request, "http://www.example.com/"),
        "http://www.example.com/" => {
            let links = (0..10).map(|nth| format!("/{nth}"));
            Ok(html(request, page_of_links(links)))
        }
        _ => Ok(html(
            request,
            page_of_links(["http://www.example.com/last"]),
        )),
    });
    let probe = |halt: &Halt| {
        let halt = halt.clone();
        Probe::new([get("http://example.com/")], move |response, out| {
            halt.page();
            out.item(response.url().to_string());
            out.follow_all(response.links());
            Ok(())
        })
    };
    let halt = Halt::after(1);
    let crawler = job.of(probe(&halt), |_| {}).downloader(fake.clone());
    assert_eq!(stop(crawler, &halt).await.pages, 1);
    let crawler = job.of(probe(&Halt::never()), |_| {});
    let report = run(crawler.downloader(fake)).await;
    assert_eq!((report.pages, report.ledger.filtered), (12, 0));
}

#[tokio::test]
async fn a_chain_is_as_long_as_the_setting_allows_over_all_runs() {
    let job = Job::new();
    let halt = Halt::after(3);
    let hops = halt.clone();
    let fake = FakeDownloader::new(move |request| {
        hops.page();
        let next = request.redirects().len() + 1;
        moved(request, &format!("/{next}"))
    });
    let crawler = || {
        job.of(Probe::only([get("http://a.example/0")]), |s| {
            s.failures.redirects = 5;
        })
        .downloader(fake.clone())
    };
    stop(crawler(), &halt).await;
    assert_eq!(fake.urls().len(), 3);
    let report = run(crawler()).await;
    assert_eq!(fake.urls().len(), 6);
    assert_eq!(report.errors[&ErrorKind::Redirect], 1);
    assert_eq!(report.requests.redirected, 5);
}

#[tokio::test]
async fn what_is_out_of_scope_counts_once_over_all_runs() {
    let job = Job::new();
    let fake = FakeDownloader::new(|request| {
        Ok(html(
            request,
            page_of_links(["http://b.example/", "/1", "/2"]),
        ))
    });
    let probe = |halt: &Halt| {
        let halt = halt.clone();
        Probe::<String>::new([get("http://a.example/0")], move |response, out| {
            halt.page();
            out.follow_all(response.links());
            Ok(())
        })
    };
    let halt = Halt::after(1);
    let crawler = job.of(probe(&halt), |_| {}).downloader(fake.clone());
    assert_eq!(stop(crawler, &halt).await.ledger.filtered, 1);
    let crawler = job.of(probe(&Halt::never()), |_| {});
    let report = run(crawler.downloader(fake)).await;
    assert_eq!((report.pages, report.ledger.filtered), (3, 1));
}
