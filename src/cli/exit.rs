//! Exit codes: one table, so that a script can tell "try again" from "fix the command".

use std::io;
use std::process::ExitCode;

use crate::model::report::{Finish, Report};
use crate::page::error::{Error, ErrorKind};

/// The table, for `--help`.
pub(super) const HELP: &str = "\
Exit codes:
   0  finished, also when a limit that you set ended it
   1  something unexpected; for a question such as `robots`: no
   2  the command line is wrong
   3  an output is full or cannot be written
   4  a setting or a file is wrong
   9  no page could be fetched (those of a login do not count), the error limit was
      reached, every item failed (the schema), or a field was filled too seldom (min_fill);
      or a host did not answer any more (max_outage): then the same command goes on, unless
      --no-job was given
  10  another run of the same job is going on
  11  stopped by a signal, after what was in flight had finished; the same command goes on
      unless --no-job was given
  13  stopped at once, by a second signal";

/// Exit code of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Finished, also when a limit that was set ended it.
    Finished = 0,
    /// Unexpected. For `robots`, `url` and `select`: the answer is no.
    Unexpected = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Storage is full or cannot be written.
    Storage = 3,
    /// The configuration is wrong.
    Settings = 4,
    /// No page could be fetched, the error limit was reached, every item failed, a field was filled too seldom, or a host
    /// is away.
    Failed = 9,
    /// Another run of the same job is going on.
    Locked = 10,
    /// Stopped by a signal.
    Stopped = 11,
    /// Stopped at once by a second signal.
    Forced = 13,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Result of a verb.
pub(super) type Outcome = Result<Exit, Failure>;

/// Reason why a command could not do what it was asked to.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// The library says no.
    Crawl(Error),
    /// Standard output cannot be written.
    Stdout(io::Error),
}

impl Failure {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Adds the place of the mistake in a file to the message.
    pub(super) fn at(self, place: &str) -> Self {
        match self {
            Self::Usage(message) => Self::Usage(format!("{place}: {message}")),
            Self::Crawl(error) => {
                let message = format!("{place}: {}", error.chain());
                Self::Crawl(Error::new(error.kind(), message))
            }
            stdout @ Self::Stdout(_) => stdout,
        }
    }

    /// Returns this as an error of the library, for a mistake that is found while a crawl is under way.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Usage(message) => Error::new(ErrorKind::Settings, message),
            Self::Crawl(error) => error,
            Self::Stdout(error) => {
                Error::new(ErrorKind::Storage, "cannot write standard output").with_source(error)
            }
        }
    }

    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Crawl(error) => of_kind(error.kind()),
            // Who closes a pipe has seen enough.
            Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Finished,
            Self::Stdout(_) => Exit::Storage,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Crawl(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stdout(error)
    }
}

fn of_kind(kind: ErrorKind) -> Exit {
    use ErrorKind as Kind;
    match kind {
        Kind::Url | Kind::Selector => Exit::Usage,
        Kind::Storage | Kind::Unreachable => Exit::Storage,
        Kind::Settings | Kind::File => Exit::Settings,
        Kind::Dns
        | Kind::Connect
        | Kind::Tls
        | Kind::Timeout
        | Kind::Slow
        | Kind::Http
        | Kind::Incomplete
        | Kind::TooLarge
        | Kind::Decode
        | Kind::ContentType
        | Kind::Status
        | Kind::Redirect
        | Kind::Robots
        | Kind::Proxy
        | Kind::Banned
        | Kind::Refused
        | Kind::Address
        | Kind::Failed => Exit::Failed,
        Kind::Locked => Exit::Locked,
        Kind::Stopped => Exit::Stopped,
        _ => Exit::Unexpected,
    }
}

pub(super) fn of_report(report: &Report) -> Exit {
    match report.finish {
        Finish::Stopped => Exit::Stopped,
        _ if report.has_failed() => Exit::Failed,
        _ => Exit::Finished,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_the_code_of_the_table() {
        let crawl = |kind| Failure::from(Error::new(kind, "x")).exit() as u8;
        assert_eq!(Failure::usage("x").exit() as u8, 2);
        assert_eq!(crawl(ErrorKind::Storage), 3);
        assert_eq!(crawl(ErrorKind::Settings), 4);
        assert_eq!(crawl(ErrorKind::Connect), 9);
        assert_eq!(crawl(ErrorKind::Failed), 9);
        assert_eq!(crawl(ErrorKind::Locked), 10);
        assert_eq!(crawl(ErrorKind::Panic), 1);
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        assert_eq!(
            Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).exit(),
            Exit::Finished
        );
        assert_eq!(
            Failure::from(io::Error::from(io::ErrorKind::StorageFull)).exit(),
            Exit::Storage
        );
    }
}
