//! Verdict on a crawl as a whole: whether it failed, and why.

use super::{Finish, Report};
use crate::page::error::{Error, ErrorKind, Result};

impl Report {
    /// Returns this report, or an error if the crawl [failed](Self::has_failed) as a whole. A crawl that a limit ended, or
    /// that was [stopped](Finish::Stopped), has not failed.
    ///
    /// # Errors
    /// [`ErrorKind::Failed`] with the reason, where the command `crawl` ends with exit code 9.
    ///
    /// ```
    /// use crawlworks::prelude::*;
    /// use crawlworks::{ErrorKind, Site, testing::FakeDownloader};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), BoxError> {
    /// let site = FakeDownloader::new(|request| Ok(Response::new(request, 404)));
    /// let crawler = Crawler::new(Site::new([Url::parse("https://example.com/")?])).downloader(site);
    /// let error = crawler.run().await?.into_result().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Failed);
    /// assert_eq!(error.to_string(), "no page could be fetched: 1 × 404");
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_result(self) -> Result<Self> {
        match self.why_failed() {
            Some(why) => Err(Error::new(ErrorKind::Failed, why)),
            None => Ok(self),
        }
    }

    /// Returns whether the crawl failed as a whole: it had something to fetch and got no page (those of a login do not
    /// count), hit the error limit, was left with hosts that are [away](Self::away), lost every item because something
    /// [failed](super::Items::failed) on it, or [fell short](Self::shortfalls) of a threshold.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.why_failed().is_some()
    }

    /// Returns whether there were items and none could be kept, for example because none fits the schema. `false` for a
    /// crawl that broke off, because it has not seen all items.
    pub(crate) fn has_lost_all_items(&self) -> bool {
        !self.finish.is_unfinished() && self.items.kept == 0 && !self.items.failed.is_empty()
    }

    /// Returns whether the crawl had something to fetch and got no page, except those of a login.
    pub(crate) fn has_no_page(&self) -> bool {
        self.finish == Finish::Finished
            && self.pages == self.requests.logins
            && self.ledger.seen > 0
    }

    /// Returns why the crawl [failed](Self::has_failed), on one line; `None` if it did not.
    pub(crate) fn why_failed(&self) -> Option<String> {
        let told = |why: &str, what: &str| match what {
            "" => why.to_owned(),
            what => format!("{why}: {what}"),
        };
        Some(match self.finish {
            Finish::MaxErrors => told("max_errors reached", &self.failed.to_string()),
            Finish::Away => {
                let first = self.away.first();
                told("a host is away", first.map_or("", |away| &away.origin))
            }
            _ if self.has_no_page() => self.why_no_page(),
            _ if self.has_lost_all_items() => {
                let failed = self.items.failed.iter();
                let most = failed.max_by_key(|(_, number)| **number);
                told("no item could be kept", most.map_or("", |(why, _)| why))
            }
            _ if !self.shortfalls.is_empty() => {
                let fields: Vec<String> = self.shortfalls.iter().map(ToString::to_string).collect();
                told("fields below min_fill", &fields.join("; "))
            }
            _ => return None,
        })
    }

    /// Returns why a crawl that has no page has none.
    fn why_no_page(&self) -> String {
        let mut kinds = self.failed.kinds.keys();
        let what = match (kinds.next(), self.pages) {
            (Some(first), _) if first.is_of_spider() && kinds.all(|kind| kind.is_of_spider()) => {
                "no page that was fetched could be read"
            }
            (_, 0) => "no page could be fetched",
            _ => "no page but those of the login could be fetched",
        };
        if self.ledger.failed > 0 {
            return format!("{what}: {}", self.failed);
        }
        let most = self.filtered.iter().max_by_key(|(_, number)| **number);
        match most {
            Some((reason, number)) => format!("{what}: {number} filtered by {reason}"),
            None => what.to_owned(),
        }
    }
}
