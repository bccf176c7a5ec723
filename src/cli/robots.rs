//! `crawl robots`: may these URLs be fetched, says the site?

mod explain;
mod live;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::exit::{Exit, Failure, Outcome};
use super::{input, terminal};
use crate::identity;
use crate::policy::robots::allowed;
use crate::settings::Settings;
use explain::{Explained, Source};

/// Ask robots.txt whether URLs may be fetched
///
/// Prints `allowed URL` or `disallowed URL` for each. Exit code 0 when all are allowed, 1 when not. A robots.txt that
/// cannot be read allows nothing; one that is not there allows everything.
#[derive(Debug, clap::Args)]
pub(super) struct Robots {
    /// The URLs; with --file, paths such as /private too
    #[arg(required_unless_present = "batch", value_name = "URL")]
    urls: Vec<String>,

    /// Read robots.txt from a file instead of the URLs' sites; `-` is stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Ask as this crawler [default: the setting `user_agent`]
    #[arg(long, value_name = "NAME")]
    user_agent: Option<String>,

    /// Say why on standard error: which robots.txt, which group, which line; also its delay and its sitemaps
    #[arg(long)]
    explain: bool,

    /// Print a line of JSON for each URL instead, with all that --explain tells
    #[arg(long, conflicts_with = "explain")]
    json: bool,

    /// Answer JSON lines: {"robots","agent","url"} in, {"allowed"} out
    #[arg(long, conflicts_with_all = ["urls", "file", "user_agent", "explain", "json"])]
    batch: bool,
}

impl Robots {
    pub(super) fn run(self) -> Outcome {
        if self.batch {
            return batch();
        }
        let answers = match &self.file {
            Some(file) => self.ask_file(file)?,
            None => live::ask(&self.urls, self.user_agent.as_deref())?,
        };
        self.print(&answers)?;
        Ok(if answers.allowed.iter().all(|allowed| *allowed) {
            Exit::Finished
        } else {
            Exit::Unexpected
        })
    }

    fn ask_file(&self, path: &Path) -> Result<Answers, Failure> {
        let bytes = input::file(path)?;
        let agent = self.user_agent.clone();
        let agent = agent.unwrap_or_else(|| Settings::default().user_agent);
        self.urls.iter().try_for_each(|url| check(url))?;
        let urls = self.urls.iter();
        Ok(Answers {
            allowed: urls.map(|url| allowed(&bytes, &agent, url)).collect(),
            sources: vec![Source::file(path.display().to_string(), &bytes, &agent)],
            source_of: vec![Some(0); self.urls.len()],
            agent,
        })
    }

    /// Verdicts to standard output; why, to standard error.
    fn print(&self, answers: &Answers) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for ((url, allowed), source) in self
            .urls
            .iter()
            .zip(&answers.allowed)
            .zip(&answers.source_of)
        {
            let explained = Explained {
                url,
                allowed: *allowed,
                agent: &answers.agent,
                source: source.and_then(|source| answers.sources.get(source)),
            };
            if self.json {
                writeln!(out, "{}", explained.json())?;
                continue;
            }
            let verdict = if *allowed { "allowed" } else { "disallowed" };
            writeln!(out, "{verdict} {}", terminal::for_stdout(url))?;
            if self.explain {
                terminal::say(&explained.to_string());
            }
        }
        Ok(out.flush()?)
    }
}

/// What the sites, or a file, say to the URLs, in their order.
struct Answers {
    allowed: Vec<bool>,
    agent: String,
    sources: Vec<Source>,
    /// The place of each URL's robots.txt in `sources`.
    source_of: Vec<Option<usize>>,
}

fn batch() -> Outcome {
    input::batch(|question| {
        let (robots, agent) = (
            input::text(question, "robots")?,
            input::text(question, "agent")?,
        );
        Ok(json!({"allowed": allowed(robots.as_bytes(), agent, input::text(question, "url")?)}))
    })
}

/// With a file, a path is a question as good as a URL; anything else would be taken for `/`.
fn check(url: &str) -> Result<(), Failure> {
    if url.starts_with('/') || identity::parse(url, None).is_ok() {
        return Ok(());
    }
    let message = format!("neither an http(s) URL nor a path that begins with `/`: {url:?}");
    Err(Failure::usage(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_asked_for_paths_and_urls() {
        for good in [
            "/",
            "/private?x",
            "http://example.com/ü",
            "https://example.com",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "nonsense", "example.com/x", "ftp://example.com/", "*"] {
            assert!(matches!(check(bad), Err(Failure::Usage(_))), "{bad}");
        }
    }
}
