//! The directory of a durable job: its lock, the progress of its run, and what is left of the runs before.
//!
//! | file | what |
//! |---|---|
//! | `lock` | held by the process that crawls; its number is in it |
//! | `run.json` | the run: its job, its arguments and outputs, and whether it has ended ([`RunFile`]) |
//! | `frontier/` | what the crawl has seen and what it has yet to do; goes at the end of a run that left nothing |
//! | `dead-letter.jsonl` | the requests that were given up ([`DeadLetter`](crate::store::dead_letter::DeadLetter)) |
//! | `outbox/` | the items that go to destinations ([`Outbox`](crate::items::outbox::Outbox)) |
//! | `refused.jsonl` | the items that a destination refused; `refused-2.jsonl` and so on for further ones |
//! | `parsing` | which requests are being parsed |
//! | `streamed` | which items the reader of a stream has had since the last commit |
//! | `report.json` | the report of the last run |
//! | `history.jsonl` | a line for each of the last runs ([`PastRun`]) |
//! | `pages/` | what a recrawl keeps of each page, from run to run |
//!
//! The directory is its user's alone: URLs and arguments can be secrets.

mod directory;
mod failed_file;
pub(crate) mod history;
mod lock;
mod open;
mod parsing;
mod run_file;
pub(crate) mod store;
mod streamed;

pub(crate) use directory::Directory;
pub(crate) use failed_file::FailedFile;
pub(crate) use history::PastRun;
pub(crate) use open::{OpenJob, Plan};
pub(crate) use parsing::{Parse, Parsing};
pub(crate) use run_file::Mismatch;
pub(crate) use run_file::{RunFile, State, Unique};
pub(crate) use streamed::{Had, Note, Streamed};

const LOCK: &str = "lock";
pub(crate) const RUN: &str = "run.json";
const FRONTIER: &str = "frontier";
/// Name of the store while it is removed.
const DISCARDED: &str = "frontier.old";
pub(crate) const PARSING: &str = "parsing";
const OUTBOX: &str = "outbox";
const STREAMED: &str = "streamed";
const REPORT: &str = "report.json";
const HISTORY: &str = "history.jsonl";
const PAGES: &str = "pages";
