//! Lines about the next run of a job, below the summary: what of this run it discards, and the commands that keep it.

use std::fmt::Write as _;

use crate::cli::terminal::table::plural;
use crate::model::report::Report;

/// Returns the lines about the next run of the job of this name, which follow the summary; empty when it discards nothing,
/// or when the same command resumes the run, which the summary says.
pub(super) fn lines(report: &Report, job: &str) -> String {
    let ledger = &report.ledger;
    if report.finish.is_unfinished() || (ledger.pending == 0 && ledger.failed == 0) {
        return String::new();
    }
    let mut text = "\n  the next run starts over and discards this one; before that:".to_owned();
    if ledger.pending > 0 {
        let pages = plural(ledger.pending, "page");
        let _ = write!(
            text,
            "\n    the same command with --continue goes on with {pages}, and its limits count anew"
        );
    }
    if ledger.failed > 0 {
        let requests = plural(ledger.failed, "failed request");
        let _ = write!(
            text,
            "\n    `crawl retry-failed {job}` lets {requests} be tried again"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::crawler::Crawler;
    use crate::engine::site::Site;
    use crate::model::report::Finish;
    use crate::testing::PracticeSite;

    #[tokio::test]
    async fn what_the_next_run_discards_is_shown_with_the_way_to_keep_it() {
        let site = PracticeSite::start().unwrap();
        let crawler = Crawler::new(Site::new([site.at("/quotes/")])).max_pages(1);
        let mut report = crawler.run().await.unwrap();
        (report.ledger.pending, report.ledger.failed) = (3, 0);
        let of = |report: &Report| lines(report, "quotes");
        assert!(of(&report).contains("--continue goes on with 3 pages"));
        assert!(!of(&report).contains("retry-failed"));
        (report.ledger.pending, report.ledger.failed) = (0, 1);
        let failed = "`crawl retry-failed quotes` lets 1 failed request be tried again";
        assert!(of(&report).contains(failed) && !of(&report).contains("--continue"));
        report.finish = Finish::Stopped;
        assert_eq!(of(&report), "");
        (report.finish, report.ledger.failed) = (Finish::Finished, 0);
        assert_eq!(of(&report), "");
    }
}
