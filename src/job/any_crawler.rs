//! Where the type of a spider ends for the command line.

#[cfg(feature = "cli")]
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::crawler::Crawler;
use crate::engine::BoxFuture;
use crate::error::Result;
use crate::event::{Events, ProgressWatch};
use crate::report::Report;
use crate::settings::Settings;
use crate::sink::{OutputFile, Sink};
use crate::spider::Spider;

/// A [`Crawler`] whose spider's type is forgotten.
#[must_use = "a crawler does nothing until it is run"]
pub struct AnyCrawler(Box<dyn Erased>);

impl AnyCrawler {
    /// The spider's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The settings, to change.
    pub fn settings_mut(&mut self) -> &mut Settings {
        self.0.settings_mut()
    }

    /// See [`Crawler::events`].
    #[must_use]
    pub fn events(&mut self) -> Events {
        self.0.events()
    }

    /// See [`Crawler::progress`].
    #[must_use]
    pub fn progress(&mut self) -> ProgressWatch {
        self.0.progress()
    }

    /// See [`Crawler::output_file`].
    pub fn output_file(self, output: OutputFile) -> Self {
        Self(self.0.output_file(output))
    }

    /// See [`Crawler::sink`].
    pub fn sink(self, sink: impl Sink) -> Self {
        Self(self.0.sink(Box::new(sink)))
    }

    /// See [`Crawler::job`].
    pub fn job(self, folder: impl Into<PathBuf>) -> Self {
        Self(self.0.job(folder.into()))
    }

    /// See [`Crawler::fresh`].
    pub fn fresh(self) -> Self {
        Self(self.0.fresh())
    }

    /// See [`Crawler::job_about`].
    #[cfg(feature = "cli")]
    pub(crate) fn job_about(self, name: String, arguments: BTreeMap<String, String>) -> Self {
        Self(self.0.job_about(name, arguments))
    }

    /// See [`Crawler::run_until`].
    ///
    /// # Errors
    /// Like [`Crawler::run`].
    pub async fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Report> {
        self.0.run_until(Box::pin(stop)).await
    }
}

impl<S: Spider> From<Crawler<S>> for AnyCrawler {
    fn from(crawler: Crawler<S>) -> Self {
        Self(Box::new(crawler))
    }
}

impl fmt::Debug for AnyCrawler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyCrawler")
            .field("spider", &self.name())
            .finish_non_exhaustive()
    }
}

trait Erased: Send {
    fn name(&self) -> &str;
    fn settings_mut(&mut self) -> &mut Settings;
    fn events(&mut self) -> Events;
    fn progress(&mut self) -> ProgressWatch;
    fn output_file(self: Box<Self>, output: OutputFile) -> Box<dyn Erased>;
    fn sink(self: Box<Self>, sink: Box<dyn Sink>) -> Box<dyn Erased>;
    fn job(self: Box<Self>, folder: PathBuf) -> Box<dyn Erased>;
    fn fresh(self: Box<Self>) -> Box<dyn Erased>;
    #[cfg(feature = "cli")]
    fn job_about(
        self: Box<Self>,
        name: String,
        arguments: BTreeMap<String, String>,
    ) -> Box<dyn Erased>;
    fn run_until(
        self: Box<Self>,
        stop: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Report>>;
}

impl<S: Spider> Erased for Crawler<S> {
    fn name(&self) -> &str {
        self.spider().name()
    }

    fn settings_mut(&mut self) -> &mut Settings {
        Self::settings_mut(self)
    }

    fn events(&mut self) -> Events {
        Self::events(self)
    }

    fn progress(&mut self) -> ProgressWatch {
        Self::progress(self)
    }

    fn output_file(self: Box<Self>, output: OutputFile) -> Box<dyn Erased> {
        Box::new(Self::output_file(*self, output))
    }

    fn sink(self: Box<Self>, sink: Box<dyn Sink>) -> Box<dyn Erased> {
        Box::new(Self::sink(*self, sink))
    }

    fn job(self: Box<Self>, folder: PathBuf) -> Box<dyn Erased> {
        Box::new(Self::job(*self, folder))
    }

    fn fresh(self: Box<Self>) -> Box<dyn Erased> {
        Box::new(Self::fresh(*self))
    }

    #[cfg(feature = "cli")]
    fn job_about(
        self: Box<Self>,
        name: String,
        arguments: BTreeMap<String, String>,
    ) -> Box<dyn Erased> {
        Box::new(Self::job_about(*self, name, arguments))
    }

    fn run_until(
        self: Box<Self>,
        stop: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Report>> {
        Box::pin(Self::run_until(*self, stop))
    }
}
