//! What is known of robots.txt files survives the process, and what waits for one is not lost.

use crawlworks::prelude::*;
use crawlworks::testing::FakeDownloader;
use crawlworks::{Error, ErrorKind, Finish};

use super::{Halt, Job, stop};
use crate::support::{Probe, get, html, run, secs};

const RULES: &str = "User-agent: *\nDisallow: /1\nCrawl-delay: 30\n";

fn ten_pages(halt: &Halt) -> Probe {
    let halt = halt.clone();
    let pages = (0..10).map(|nth| get(format!("http://a.example/{nth}")));
    Probe::new(pages, move |_, _| {
        halt.page();
        Ok(())
    })
}

fn site() -> FakeDownloader {
    FakeDownloader::new(|request| match request.url().path() {
        "/robots.txt" => Ok(Response::new(request, 200).with_body("text/plain", RULES)),
        _ => Ok(html(request, "")),
    })
}

fn crawl(job: &Job, halt: &Halt, fake: &FakeDownloader) -> Crawler<Probe> {
    let crawler = job.of(ten_pages(halt), |settings| {
        settings.politeness.robots = true;
        settings.failures.retries = 2;
    });
    crawler.downloader(fake.clone())
}

#[tokio::test(start_paused = true)]
async fn a_crawl_that_goes_on_asks_for_no_robots_txt_again() {
    let (job, fake, halt) = (Job::new(), site(), Halt::after(3));
    stop(crawl(&job, &halt, &fake), &halt).await;
    let report = run(crawl(&job, &Halt::never(), &fake)).await;
    assert_eq!((report.pages, report.requests.robots), (9, 1));
    let asked = fake.urls();
    assert_eq!(
        asked
            .iter()
            .filter(|url| url.ends_with("robots.txt"))
            .count(),
        1
    );
    assert!(
        !asked.contains(&"http://a.example/1".to_owned()),
        "{asked:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_crawl_that_goes_on_keeps_the_crawl_delay_from_the_first_request_on() {
    let (job, fake, halt) = (Job::new(), site(), Halt::after(3));
    stop(crawl(&job, &halt, &fake), &halt).await;
    run(crawl(&job, &Halt::never(), &fake)).await;
    let times = fake.times();
    let gaps: Vec<Duration> = times
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect();
    assert!(
        gaps.len() == 9 && gaps.iter().all(|gap| *gap >= secs(30)),
        "{gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn another_name_asks_for_robots_txt_anew() {
    let (job, fake, halt) = (Job::new(), site(), Halt::after(3));
    stop(crawl(&job, &halt, &fake), &halt).await;
    let mut crawler = crawl(&job, &Halt::never(), &fake);
    crawler.settings_mut().requests.user_agent = "ferret/1.0".to_owned();
    assert_eq!(run(crawler).await.requests.robots, 2);
}

#[tokio::test(start_paused = true)]
async fn requests_that_wait_for_robots_txt_survive_a_stop() {
    for breaks_off in [false, true] {
        let (job, halt) = (Job::new(), Halt::after(1));
        let asked = halt.clone();
        let silent = FakeDownloader::new(move |request| {
            asked.page();
            Ok(Response::new(request, 503))
        });
        let crawler = crawl(&job, &Halt::never(), &silent);
        if breaks_off {
            job.break_off(crawler, &halt).await;
        } else {
            assert_eq!(stop(crawler, &halt).await.ledger.pending, 10);
        }
        let report = run(crawl(&job, &Halt::never(), &site())).await;
        assert_eq!((report.pages, report.ledger.seen), (9, 10));
    }
}

/// As after a reboot, before the network is there.
#[tokio::test(start_paused = true)]
async fn a_network_that_is_down_costs_nothing_although_robots_txt_is_known() {
    let (job, fake, halt) = (Job::new(), site(), Halt::after(3));
    stop(crawl(&job, &halt, &fake), &halt).await;
    let down = FakeDownloader::new(|_| Err(Error::new(ErrorKind::Connect, "no route")));
    let report = run(crawl(&job, &Halt::never(), &down)).await;
    assert_eq!((report.finish, report.pages), (Finish::Away, 3));
    let report = run(crawl(&job, &Halt::never(), &fake)).await;
    assert_eq!((report.pages, report.ledger.failed), (9, 0));
}

#[tokio::test(start_paused = true)]
async fn a_network_that_is_down_costs_no_page_that_is_tried_only_once() {
    let (job, halt) = (Job::new(), Halt::after(3));
    let once = |halt: &Halt, fake: &FakeDownloader| {
        let mut crawler = crawl(&job, halt, fake);
        crawler.settings_mut().failures.retries = 0;
        crawler
    };
    stop(once(&halt, &site()), &halt).await;
    let down = FakeDownloader::new(|_| Err(Error::new(ErrorKind::Connect, "no route")));
    assert_eq!(run(once(&Halt::never(), &down)).await.finish, Finish::Away);
    let report = run(once(&Halt::never(), &site())).await;
    assert_eq!((report.pages, report.ledger.failed), (9, 0));
}
