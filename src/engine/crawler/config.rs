//! The configuration of a crawl, as far as it does not depend on the types of the spider and its items.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::fetch::downloader::ErasedDownloader;
use crate::fetch::middleware::ErasedMiddleware;
use crate::items::output::{AnyDestination, AnyOutput};
use crate::items::sink::{AnySink, OutputFile};
use crate::model::event::Announcer;
use crate::model::settings::Settings;
use crate::page::error::Error;
use crate::policy::own::{IdentityPolicies, RetryPolicies, ScopePolicies};
use crate::store::state::{Plan, Unique};

/// Configuration of a crawl: what [`Crawler`](super::Crawler) and [`AnyCrawler`](crate::job::AnyCrawler) have in common.
pub(crate) struct Config {
    pub(crate) settings: Settings,
    pub(crate) middlewares: Vec<Box<dyn ErasedMiddleware>>,
    pub(crate) downloader: Option<Box<dyn ErasedDownloader>>,
    pub(crate) outputs: Vec<OutputFile>,
    pub(crate) sinks: Vec<AnySink>,
    pub(crate) destinations: Vec<AnyDestination>,
    /// JSON Schema that items are checked against; the schema itself is not validated yet.
    pub(crate) schema: Option<serde_json::Value>,
    /// JSON Schema that the items are known to have, for destinations with columns.
    pub(crate) known_schema: Option<serde_json::Value>,
    pub(crate) columns: Vec<String>,
    pub(crate) job: Option<Plan>,
    pub(crate) fresh: bool,
    /// `true` to go on with a run that a limit ended.
    pub(crate) goes_on: bool,
    /// File that the requests which are given up are written into.
    pub(crate) failed_file: Option<PathBuf>,
    pub(crate) announcer: Announcer,
    pub(crate) scope_policies: ScopePolicies,
    pub(crate) identity_policies: IdentityPolicies,
    pub(crate) retry_policies: RetryPolicies,
    /// `true` if nothing is retried and no host is waited for, because the crawl replays a cassette and there is no host.
    pub(crate) never_waits: bool,
    /// Error of the first bad argument to a builder method; returned when the crawl is run.
    pub(crate) error: Option<Error>,
}

/// Middlewares of a crawler, outermost first, and its own downloader if it has one.
pub(crate) struct FetchStack {
    pub(crate) middlewares: Vec<Box<dyn ErasedMiddleware>>,
    pub(crate) downloader: Option<Box<dyn ErasedDownloader>>,
}

impl Config {
    /// Creates a configuration with these settings and nothing else.
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            middlewares: Vec::new(),
            downloader: None,
            outputs: Vec::new(),
            sinks: Vec::new(),
            destinations: Vec::new(),
            schema: None,
            known_schema: None,
            columns: Vec::new(),
            job: None,
            fresh: false,
            goes_on: false,
            failed_file: None,
            announcer: Announcer::default(),
            scope_policies: ScopePolicies::default(),
            identity_policies: IdentityPolicies::default(),
            retry_policies: RetryPolicies::default(),
            never_waits: false,
            error: None,
        }
    }

    /// Adds an output that was named.
    pub(crate) fn output(&mut self, output: AnyOutput) {
        match output {
            AnyOutput::File(file) => self.outputs.push(file),
            AnyOutput::Destination(url) => self.destinations.push(AnyDestination::Url(url)),
        }
    }

    /// Makes the crawl a durable job in this directory.
    pub(crate) fn keep_in(&mut self, directory: PathBuf) {
        if let Some(plan) = &mut self.job {
            plan.directory = directory;
            return;
        }
        self.job = Some(Plan {
            directory,
            fresh: false,
            goes_on: false,
            name: None,
            arguments: BTreeMap::new(),
            unique: Unique::Nothing,
            identity: Vec::new(),
            failed: None,
            quality: BTreeMap::new(),
        });
    }

    /// Sets the name of the job and the arguments of its spider. Has no effect without a job.
    pub(crate) fn name_job(&mut self, name: String, arguments: BTreeMap<String, String>) {
        if let Some(plan) = &mut self.job {
            plan.name = Some(name);
            plan.arguments = arguments;
        }
    }

    /// Takes the middlewares and the downloader out of the configuration.
    pub(crate) fn take_fetch_stack(&mut self) -> FetchStack {
        FetchStack {
            middlewares: std::mem::take(&mut self.middlewares),
            downloader: self.downloader.take(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("settings", &self.settings)
            .field("middlewares", &self.middlewares.len())
            .field("outputs", &self.outputs)
            .finish_non_exhaustive()
    }
}
