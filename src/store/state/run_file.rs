//! `run.json`: the run that a job's directory holds, and whether it has ended.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::RUN;
use super::directory::{Directory, read};
use crate::items::output::AnyDestination;
use crate::items::sink::OutputFile;
use crate::model::replace::replace;
use crate::model::replace::unusable;
use crate::page::error::{BoxError, Error, ErrorKind, Result};

/// Format that is written, and the only one that is read.
const FORMAT: u64 = 1;

/// Last run of a job that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunFile {
    format: u64,
    /// Name of the job.
    pub(crate) job: String,
    /// Name of the job's spider.
    pub(crate) spider: String,
    /// Version of crawlworks that began the run.
    version: String,
    pub(crate) state: State,
    /// Time at which the run began, however often it was resumed.
    pub(crate) started: Timestamp,
    /// Time at which the run came to its state; `None` while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Timestamp>,
    /// Reason why the run failed; `None` if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
    /// Number of times that the run was resumed.
    #[serde(default)]
    pub(crate) resumes: u32,
    /// Arguments of the spider.
    #[serde(default)]
    pub(crate) arguments: BTreeMap<String, String>,
    /// Outputs as [`Self::outputs_of`] describes them.
    #[serde(default)]
    pub(crate) outputs: Vec<String>,
    /// Rule by which the items are unique; `None` when the version that began the run did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unique: Option<Unique>,
    /// Names of the program's policies by which requests are told apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) identity: Vec<String>,
    /// Requirements for the quality of the items, by setting and as text; none of them can be a secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) quality: BTreeMap<String, String>,
    /// `true` if the run failed because nobody read its only outputs, pipes, any more: the next run starts over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reader_gone: bool,
}

/// Rule by which the items of a run are unique. The next process can use the keys of the items only with the same rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unique {
    /// Items need not be unique.
    Nothing,
    /// Items are unique by these fields together, sorted.
    Fields(Vec<String>),
    /// Items are unique by the result of a function of the program, or of a recipe.
    Function,
}

impl fmt::Display for Unique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Fields(names) => f.write_str(&names.join(" and ")),
            Self::Function => f.write_str("what the spider says"),
        }
    }
}

/// State of a run: whether it goes on, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// The run is being prepared; whatever is found with it is of an earlier run and to be cleared.
    New,
    /// The run goes on or, when nobody holds the lock, was killed.
    Running,
    /// The run was stopped by a signal, or by a host that is away.
    Stopped,
    /// The run was ended by an error, such as a full disk.
    Failed,
    /// The run is complete, or was ended by a limit that was set.
    Finished,
}

impl State {
    /// Returns whether the next run of the job resumes this one.
    pub(crate) fn is_unfinished(self) -> bool {
        matches!(self, Self::Running | Self::Stopped | Self::Failed)
    }
}

#[derive(Deserialize)]
struct Header {
    format: u64,
}

impl RunFile {
    /// Returns a run that begins now and is yet to be prepared.
    pub(crate) fn new(
        job: String,
        spider: String,
        arguments: BTreeMap<String, String>,
        outputs: Vec<String>,
    ) -> Self {
        Self {
            format: FORMAT,
            job,
            spider,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            state: State::New,
            started: Timestamp::now(),
            ended: None,
            failure: None,
            resumes: 0,
            arguments,
            outputs,
            unique: None,
            identity: Vec::new(),
            quality: BTreeMap::new(),
            reader_gone: false,
        }
    }

    /// Returns this run in the state `Running`.
    pub(crate) fn running(self) -> Self {
        let state = State::Running;
        Self { state, ..self }
    }

    /// Returns whether this directory holds a run, be it readable or not.
    pub(crate) fn is_in(directory: &Path) -> bool {
        directory.join(RUN).is_file()
    }

    /// Returns the run that this directory holds; `None` when it holds none.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when the file cannot be read, or was written in another format.
    pub(crate) fn read(directory: &Path) -> Result<Option<Self>> {
        let path = directory.join(RUN);
        let Some(content) = read(&path)? else {
            return Ok(None);
        };
        // Alone: only in our own format do the other fields mean what they do here.
        let Header { format } =
            serde_json::from_slice(&content).map_err(|error| damaged(&path, &error))?;
        if format > FORMAT {
            let why = format!(
                "it was written by a newer crawlworks, in format {format}, and this one reads format {FORMAT}"
            );
            return Err(unreadable(&path, why));
        }
        if format < FORMAT {
            let why = format!("it has format {format}, and this crawlworks reads format {FORMAT}");
            return Err(damaged(&path, &why));
        }
        serde_json::from_slice(&content)
            .map(Some)
            .map_err(|error| damaged(&path, &error))
    }

    /// Writes the run into its directory, in the place of the one before.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when the file cannot be written; then the one before stays.
    pub(crate) fn write(&self, directory: &Directory) -> Result<()> {
        let path = directory.path().join(RUN);
        let mut json = serde_json::to_vec_pretty(self)
            .map_err(|error| unusable("write", &path, error.into()))?;
        json.push(b'\n');
        replace(&path, &json)
    }

    /// Returns outputs as they are remembered: path and format, such as `quotes.txt:csv`; `-` is standard output. Then the
    /// names of destinations, without passwords.
    pub(crate) fn outputs_of(
        outputs: &[OutputFile],
        destinations: &[AnyDestination],
    ) -> Vec<String> {
        let destinations = destinations.iter().map(AnyDestination::name);
        let files = outputs.iter().map(ToString::to_string);
        files.chain(destinations).collect()
    }

    /// Returns the time at which the run began, in local time, as `%(time)s` in the name of an output has it.
    pub(crate) fn time(&self) -> String {
        let local = self.started.to_zoned(TimeZone::system());
        local.strftime("%Y-%m-%dT%H-%M-%S").to_string()
    }

    /// Refuses to resume the run as this job, with these outputs, or with items that are unique or requests that are told apart
    /// by these rules, unless they are the run's own.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`], caused by a [`Mismatch`].
    pub(crate) fn check(
        &self,
        directory: &Path,
        job: &str,
        outputs: &[String],
        (unique, identity): (&Unique, &[String]),
    ) -> Result<()> {
        let mismatch = if self.job != job {
            Mismatch::Job {
                had: self.job.clone(),
                asked: job.to_owned(),
            }
        } else if self.outputs != outputs {
            Mismatch::Outputs {
                had: self.outputs.clone(),
                asked: outputs.to_vec(),
            }
        } else if let Some(had) = self.unique.as_ref().filter(|had| *had != unique) {
            Mismatch::Unique {
                had: had.clone(),
                asked: unique.clone(),
            }
        } else if self.identity != identity {
            Mismatch::Identity {
                had: self.identity.clone(),
                asked: identity.to_vec(),
            }
        } else {
            return Ok(());
        };
        let message = format!(
            "cannot resume the unfinished run in {}",
            directory.display()
        );
        Err(Error::new(ErrorKind::Settings, message).with_source(mismatch))
    }
}

fn unreadable(path: &Path, why: impl Into<BoxError>) -> Error {
    Error::new(ErrorKind::File, format!("cannot read {}", path.display())).with_source(why)
}

/// Returns the error for a file that nobody can read. Not even a fresh run writes over it, because nobody knows what it
/// was.
fn damaged(path: &Path, why: &impl fmt::Display) -> Error {
    unreadable(path, format!("{why}; remove the directory to start over"))
}

/// Reason why an unfinished run is not resumed.
#[derive(Debug)]
pub(crate) enum Mismatch {
    /// The run is of another job, or of the same job with other arguments.
    Job { had: String, asked: String },
    /// The run's items go elsewhere.
    Outputs {
        had: Vec<String>,
        asked: Vec<String>,
    },
    /// The run's items are unique by something else.
    Unique { had: Unique, asked: Unique },
    /// The run's requests are told apart by other policies.
    Identity {
        had: Vec<String>,
        asked: Vec<String>,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Job { had, asked } => write!(f, "it is of job {had}, not of {asked}"),
            Self::Outputs { had, asked } => {
                write!(f, "it writes to {}, not to {}", listed(had), listed(asked))
            }
            Self::Unique { had, asked } => {
                write!(
                    f,
                    "its items are unique by {had}, not by {asked} (`unique`)"
                )
            }
            Self::Identity { had, asked } => {
                let (had, asked) = (identities(had), identities(asked));
                write!(
                    f,
                    "its requests are told apart by {had}, not by {asked} (`identity_by`)"
                )
            }
        }
    }
}

/// Returns the policies by which requests are told apart.
fn identities(names: &[String]) -> String {
    match names {
        [] => "their URLs".to_owned(),
        names => names.join(" and "),
    }
}

impl std::error::Error for Mismatch {}

fn listed(outputs: &[String]) -> String {
    if outputs.is_empty() {
        "standard output".to_owned()
    } else {
        outputs.join(" and ")
    }
}

#[cfg(test)]
mod tests;
