//! `crawl robots`: may these URLs be fetched, says the site?

mod explain;
mod live;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use url::Url;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::input;
use crate::cli::flags::{ExchangeFlags, SettingFlags};
use crate::cli::terminal;
use crate::model::settings::Settings;
use crate::page::error::Error;
use crate::policy::robots::{RobotsTxt, allowed, requested};
use explain::{Explained, Source};

/// Ask robots.txt whether URLs may be fetched
///
/// Prints `allowed URL` or `disallowed URL` for each. Exit code 0 when all are allowed, 1 when not. A robots.txt that
/// cannot be read allows nothing; one that is not there allows everything. URLs are read as a crawl reads them:
/// letters beyond ASCII are escaped. In a batch they should be escaped already; one that is not is allowed only if it
/// is both ways.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl robots https://example.com/ https://example.com/admin\n  \
                  crawl robots https://example.com/admin --user-agent mybot --explain\n  \
                  crawl robots --file robots.txt /private"
)]
pub(in crate::cli) struct Robots {
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

    /// Print a line of JSON for each URL instead, with all that --explain shows
    #[arg(long, conflicts_with = "explain")]
    json: bool,

    #[command(flatten)]
    settings: SettingFlags,

    #[command(flatten)]
    request: ExchangeFlags,

    /// Answer JSON lines: {"robots","agent","url"} in, {"allowed"} out
    #[arg(long, conflicts_with_all = ["urls", "file", "user_agent", "explain", "json"])]
    batch: bool,
}

impl Robots {
    pub(in crate::cli) fn run(self) -> Outcome {
        if self.batch {
            return batch();
        }
        let answers = match &self.file {
            Some(file) => self.ask_file(file)?,
            None => live::ask(&self.urls, &self.request, |settings| self.apply(settings))?,
        };
        self.print(&answers)?;
        Ok(if answers.allowed.iter().all(|allowed| *allowed) {
            Exit::Finished
        } else {
            Exit::Unexpected
        })
    }

    /// Applies those of the flags that are settings.
    fn apply(&self, settings: &mut Settings) -> Result<(), Error> {
        self.settings.apply(settings)?;
        self.request.apply(settings)?;
        if let Some(agent) = &self.user_agent {
            agent.clone_into(&mut settings.requests.user_agent);
        }
        Ok(())
    }

    fn ask_file(&self, path: &Path) -> Result<Answers, Failure> {
        let bytes = input::file(path)?;
        let agent = self.user_agent.clone();
        let agent = agent.unwrap_or_else(|| Settings::default().requests.user_agent);
        let asked: Vec<Url> = self
            .urls
            .iter()
            .map(|url| read(url))
            .collect::<Result<_, _>>()?;
        let rules = RobotsTxt::parse(&bytes).for_agent(&agent);
        Ok(Answers {
            allowed: asked.iter().map(|url| rules.allows(url)).collect(),
            sources: vec![Source::file(path.display().to_string(), &bytes, &agent)],
            source_of: vec![Some(0); asked.len()],
            asked,
            agent,
        })
    }

    /// Prints the verdicts to standard output, and the reasons to standard error.
    fn print(&self, answers: &Answers) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for (((url, asked), allowed), source) in self
            .urls
            .iter()
            .zip(&answers.asked)
            .zip(&answers.allowed)
            .zip(&answers.source_of)
        {
            let explained = Explained {
                url,
                asked,
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

/// Answers of the sites, or of a file, to the URLs, in their order.
struct Answers {
    /// The URLs as a crawl would request them.
    asked: Vec<Url>,
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

/// Reads a URL or, as a file can be asked for one too, a path; anything else is an error, as it would be taken for `/`.
fn read(url: &str) -> Result<Url, Failure> {
    requested(url).ok_or_else(|| {
        let message = format!("neither an http(s) URL nor a path that begins with `/`: {url:?}");
        Failure::usage(message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Position;

    #[test]
    fn a_file_is_asked_for_paths_and_urls() {
        let table = [
            ("/", "/"),
            ("/private?x", "/private?x"),
            ("//x", "//x"),
            ("/\u{fc} b", "/%C3%BC%20b"),
            ("http://example.com/\u{fc}", "/%C3%BC"),
            ("https://example.com", "/"),
        ];
        for (url, path) in table {
            let url = read(url).unwrap();
            assert_eq!(&url[Position::BeforePath..], path, "{url}");
        }
        for bad in ["", "nonsense", "example.com/x", "ftp://example.com/", "*"] {
            assert!(matches!(read(bad), Err(Failure::Usage(_))), "{bad}");
        }
    }
}
