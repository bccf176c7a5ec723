//! `crawl robots`: may these URLs be fetched, says the site?

mod live;

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::json;

use super::exit::{Exit, Failure, Outcome};
use super::{input, terminal};
use crate::identity;
use crate::policy::robots::allowed;
use crate::settings::Settings;

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

    /// Answer JSON lines: {"robots","agent","url"} in, {"allowed"} out
    #[arg(long, conflicts_with_all = ["urls", "file", "user_agent"])]
    batch: bool,
}

impl Robots {
    pub(super) fn run(self) -> Outcome {
        if self.batch {
            return input::batch(|question| {
                let (robots, agent) = (
                    input::text(question, "robots")?,
                    input::text(question, "agent")?,
                );
                Ok(
                    json!({"allowed": allowed(robots.as_bytes(), agent, input::text(question, "url")?)}),
                )
            });
        }
        let verdicts = match &self.file {
            Some(file) => {
                let bytes = input::file(file)?;
                let agent = self
                    .user_agent
                    .unwrap_or_else(|| Settings::default().user_agent);
                self.urls.iter().try_for_each(|url| check(url))?;
                self.urls
                    .iter()
                    .map(|url| allowed(&bytes, &agent, url))
                    .collect()
            }
            None => live::ask(&self.urls, self.user_agent)?,
        };
        print(&self.urls, &verdicts)?;
        Ok(if verdicts.iter().all(|allowed| *allowed) {
            Exit::Finished
        } else {
            Exit::Unexpected
        })
    }
}

/// With a file, a path is a question as good as a URL; anything else would be taken for `/`.
fn check(url: &str) -> Result<(), Failure> {
    if url.starts_with('/') || identity::parse(url, None).is_ok() {
        return Ok(());
    }
    let message = format!("neither an http(s) URL nor a path that begins with `/`: {url:?}");
    Err(Failure::usage(message))
}

fn print(urls: &[String], verdicts: &[bool]) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (url, allowed) in urls.iter().zip(verdicts) {
        let verdict = if *allowed { "allowed" } else { "disallowed" };
        writeln!(out, "{verdict} {}", terminal::for_stdout(url))?;
    }
    Ok(out.flush()?)
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
