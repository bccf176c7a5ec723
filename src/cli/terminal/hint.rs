//! Hints on what a person may try next, in the words that the verb in question understands.

mod unmatched;

use std::error::Error as _;
use std::io;

use crate::cli::terminal::cause::Cause;
use crate::model::replace::Unusable;
use crate::model::report::{Filter, Finish, Report};
use crate::page::error::{Error, ErrorKind};
use crate::store::state::Mismatch;

/// Words of the message about a body that is too large, and of no other message.
const BODY: &str = "body larger than ";

/// Form in which a verb takes settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Dialect {
    /// `--no-robots`: every verb with the flags of a request.
    Flags,
    /// `-s robots=false`: `run`.
    Settings,
    /// No settings: `jobs` and `retry-failed` only look after what `run` and `site` have left.
    Jobs,
}

/// Returns a hint on what may help after this error.
pub(in crate::cli) fn of_error(error: &Error, dialect: Dialect) -> Option<String> {
    if error.kind() == ErrorKind::Storage {
        return of_storage(error, dialect).map(str::to_owned);
    }
    if let Some(hint) = of_job(error) {
        return Some(hint.to_owned());
    }
    // Why a robots.txt cannot be read says more than that it cannot.
    let kind = error
        .source()
        .and_then(|cause| cause.downcast_ref::<Error>())
        .map_or(error.kind(), Error::kind);
    of_failure(kind, &error.chain(), dialect)
}

/// Returns a hint on what may help after a crawl that ended by itself and has nothing to show, or too little.
pub(in crate::cli) fn of_report(
    report: &Report,
    cause: Option<&Cause>,
    dialect: Dialect,
) -> Option<String> {
    if report.items.kept == 0
        && !report.finish.is_unfinished()
        && let Some(list) = report.unmatched.first()
    {
        return Some(unmatched::hint(list));
    }
    if report.pages > 0 && !report.shortfalls.is_empty() {
        return Some(
            "has the site changed? `crawl select URL CSS` shows what its pages have".to_owned(),
        );
    }
    if report.pages > 0 || report.finish != Finish::Finished {
        return None;
    }
    match cause? {
        Cause::Failed { kind, message, .. } => of_failure(*kind, message, dialect),
        Cause::Filtered {
            reason: Filter::Scope,
            url,
        } => Some(format!(
            "the start URL leads to another site: begin with {url}"
        )),
        Cause::Filtered { reason, .. } => of_filter(*reason, dialect),
    }
}

fn of_failure(kind: ErrorKind, message: &str, dialect: Dialect) -> Option<String> {
    Some(match kind {
        ErrorKind::Dns => "is the name spelt right? is this machine online?".to_owned(),
        ErrorKind::Connect => "is the server up, and is this its port?".to_owned(),
        ErrorKind::Timeout => format!("{} waits longer", dialect.with("timeout", "2m")),
        ErrorKind::Slow => "`CRAWL_MIN_RATE=0` waits for any server".to_owned(),
        ErrorKind::Tls if message.contains("InvalidContentType") => {
            "no TLS is spoken there; is it http://?".to_owned()
        }
        ErrorKind::Tls => format!(
            "is the certificate to be trusted? then `CRAWL_CA_FILE=FILE`, or {}",
            dialect.switch("insecure", true),
        ),
        ErrorKind::Http | ErrorKind::Incomplete if message.contains("HTTP/2") => {
            "`CRAWL_HTTP2=false` asks by HTTP/1.1 only".to_owned()
        }
        ErrorKind::Robots => of_filter(Filter::Robots, dialect)?,
        ErrorKind::TooLarge if message.contains(BODY) && message.contains(" times ") => {
            "`CRAWL_MAX_RATIO=0` takes any".to_owned()
        }
        // Pictures, cells and texts have limits that are no settings.
        ErrorKind::TooLarge if message.contains(BODY) => {
            format!("{} allows more", dialect.with("max_body", "64MiB"))
        }
        _ => return None,
    })
}

fn of_filter(reason: Filter, dialect: Dialect) -> Option<String> {
    Some(match reason {
        Filter::Robots => format!(
            "the site does not want this fetched; {} does not ask it",
            dialect.switch("robots", false)
        ),
        Filter::RobotsUnreachable => format!(
            "a robots.txt that cannot be read means: keep out; {} does not ask for it",
            dialect.switch("robots", false)
        ),
        Filter::ContentType if dialect == Dialect::Flags => {
            "only HTML is read here; `crawl fetch URL` shows anything".to_owned()
        }
        Filter::ContentType => "`-s content_types=` takes every type".to_owned(),
        _ => return None,
    })
}

/// Returns a hint for an error that keeps a crawl from resuming its job, or from beginning it.
fn of_job(error: &Error) -> Option<&'static str> {
    if error.kind() == ErrorKind::Locked {
        return Some("let it end, or stop it; `crawl jobs` shows them all");
    }
    let mismatch = error.source()?.downcast_ref::<Mismatch>()?;
    Some(match mismatch {
        Mismatch::Outputs { .. } => {
            "the same outputs go on with it, `--fresh` starts over, `--job DIR` is another job"
        }
        Mismatch::Unique { .. } => {
            "the same `unique` goes on with it, `--fresh` starts over, `--job DIR` is another job"
        }
        Mismatch::Identity { .. } => {
            "the same policies go on with it, `--fresh` starts over, `--job DIR` is another job"
        }
        Mismatch::Job { .. } => "`--fresh` starts over, `--job DIR` is another job",
    })
}

/// Returns a hint for an error of storage if the system refuses to write; a file that cannot be continued has its own
/// message.
fn of_storage(error: &Error, dialect: Dialect) -> Option<&'static str> {
    use io::ErrorKind as Io;
    let mut cause = error.source();
    if is_full(error) {
        return Some("make room, and the same command goes on; or write to another disk");
    }
    if matches!(cause, Some(cause) if cause.is::<Unusable>()) && dialect != Dialect::Jobs {
        return Some("`--job DIR` keeps the crawl elsewhere, `--no-job` in memory only");
    }
    while let Some(inner) = cause {
        match inner.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(Io::PermissionDenied | Io::ReadOnlyFilesystem) => {
                return Some("is this directory yours to write to?");
            }
            _ => cause = inner.source(),
        }
    }
    None
}

/// Returns whether the error comes from a full disk.
fn is_full(error: &Error) -> bool {
    use io::ErrorKind as Io;
    let mut cause = error.source();
    while let Some(inner) = cause {
        let kind = inner.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(Io::StorageFull | Io::QuotaExceeded)) {
            return true;
        }
        cause = inner.source();
    }
    false
}

impl Dialect {
    fn with(self, setting: &str, value: &str) -> String {
        match self {
            Self::Settings => format!("`-s {setting}={value}`"),
            _ => format!("`--{} {value}`", setting.replace('_', "-")),
        }
    }

    fn switch(self, setting: &str, on: bool) -> String {
        match self {
            Self::Settings => format!("`-s {setting}={on}`"),
            _ if on => format!("`--{setting}`"),
            _ => format!("`--no-{setting}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::replace::unusable;

    fn hint(error: &Error, dialect: Dialect) -> String {
        of_error(error, dialect).unwrap_or_default()
    }

    #[test]
    fn a_hint_names_what_the_verb_has() {
        let error = Error::new(ErrorKind::Robots, "robots.txt forbids it");
        assert!(hint(&error, Dialect::Flags).contains("`--no-robots`"));
        assert!(hint(&error, Dialect::Settings).contains("`-s robots=false`"));
        let error = Error::new(ErrorKind::TooLarge, "body larger than 9 bytes");
        assert!(hint(&error, Dialect::Flags).contains("`--max-body 64MiB`"));
        assert!(hint(&error, Dialect::Settings).contains("`-s max_body=64MiB`"));
    }

    #[test]
    fn what_goes_wrong_over_http_2_may_go_right_without() {
        for (kind, message) in [
            (ErrorKind::Http, "the server broke off the HTTP/2 exchange"),
            (
                ErrorKind::Incomplete,
                "the HTTP/2 stream was reset before its end",
            ),
        ] {
            let error = Error::new(kind, message);
            assert!(hint(&error, Dialect::Flags).contains("`CRAWL_HTTP2=false`"));
        }
        assert_eq!(
            hint(
                &Error::new(ErrorKind::Http, "the answer is not HTTP"),
                Dialect::Flags
            ),
            ""
        );
    }

    #[test]
    fn what_a_page_asks_for_is_no_matter_of_its_body() {
        let hint = |message: &str| hint(&Error::new(ErrorKind::TooLarge, message), Dialect::Flags);
        assert_eq!(
            hint("the table has more than 1,000,000 cells, 3 times as many"),
            ""
        );
        assert_eq!(hint("a srcset of more than 10,000 pictures"), "");
        assert!(hint("body larger than 200 times what came over the wire").contains("MAX_RATIO"));
        assert!(hint("robots.txt: body larger than 5 bytes").contains("max-body"));
    }

    #[test]
    fn why_robots_txt_cannot_be_read_decides() {
        let dns = Error::new(ErrorKind::Dns, "the host name does not resolve");
        let error = Error::new(ErrorKind::Robots, "robots.txt cannot be read").with_source(dns);
        assert!(hint(&error, Dialect::Flags).starts_with("is the name spelt right?"));
    }

    #[test]
    fn plain_http_behind_https_is_told_from_a_bad_certificate() {
        let tls = |why: &str| Error::new(ErrorKind::Tls, "TLS failed").with_source(why);
        let error = tls("received corrupt message of type InvalidContentType");
        assert!(hint(&error, Dialect::Flags).contains("http://"));
        let error = tls("invalid peer certificate: UnknownIssuer");
        assert!(hint(&error, Dialect::Flags).contains("`--insecure`"));
    }

    #[test]
    fn a_job_that_cannot_go_on_is_told_what_can() {
        let mismatch = Mismatch::Outputs {
            had: vec![],
            asked: vec![],
        };
        let error = Error::new(ErrorKind::Settings, "cannot resume").with_source(mismatch);
        assert!(hint(&error, Dialect::Settings).contains("`--fresh` starts over"));
        let error = Error::new(ErrorKind::Locked, "is already being crawled");
        assert!(hint(&error, Dialect::Jobs).contains("stop it"));
        let error = Error::new(ErrorKind::Settings, "bad value");
        assert_eq!(hint(&error, Dialect::Settings), "");
    }

    #[test]
    fn a_directory_that_cannot_hold_the_job_need_not() {
        let error = |kind| {
            unusable(
                "write",
                Path::new(".crawl/quotes/run.json"),
                io::Error::from(kind),
            )
        };
        let denied = error(io::ErrorKind::PermissionDenied);
        assert!(hint(&denied, Dialect::Flags).contains("`--no-job`"));
        assert!(hint(&denied, Dialect::Jobs).contains("is this directory yours"));
        let full = error(io::ErrorKind::StorageFull);
        assert!(hint(&full, Dialect::Flags).contains("the same command goes on"));
    }

    #[test]
    fn only_the_systems_refusals_blame_disk_and_directory() {
        let storage = |kind| {
            Error::new(ErrorKind::Storage, "cannot write a").with_source(io::Error::from(kind))
        };
        assert!(hint(&storage(io::ErrorKind::StorageFull), Dialect::Flags).contains("room"));
        assert!(
            hint(&storage(io::ErrorKind::PermissionDenied), Dialect::Flags).contains("directory")
        );
        assert_eq!(
            hint(&storage(io::ErrorKind::IsADirectory), Dialect::Flags),
            ""
        );
        let unfit = Error::new(
            ErrorKind::Storage,
            "cannot append to a.csv: line 3 is cut off",
        );
        assert_eq!(hint(&unfit, Dialect::Flags), "");
    }
}
