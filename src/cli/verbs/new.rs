//! `crawl new`: a project that builds and runs at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::terminal;
use crate::page::error::{Error, ErrorKind, Result};

/// The files of a project. `{{name}}` and `{{crawlworks}}` are filled in.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("new/Cargo.toml.in")),
    (".gitignore", include_str!("new/gitignore.in")),
    ("README.md", include_str!("new/README.md.in")),
    ("crawl.toml", include_str!("new/crawl.toml.in")),
    ("src/main.rs", include_str!("new/main.rs.in")),
    ("src/quotes.rs", include_str!("new/quotes.rs.in")),
    ("src/quotes.html", include_str!("new/quotes.html.in")),
];

/// Directory that this program was built from.
const SOURCE: &str = env!("CARGO_MANIFEST_DIR");

/// Start a project with a spider, its tests and this command line
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl new mybot\n  \
                  crawl new mybot --path ~/crawlworks")]
pub(in crate::cli) struct New {
    /// The name of the project and of its directory
    name: String,

    /// Depend on the crawlworks in this directory [default: where this program was built from, else the released one]
    #[arg(long, value_name = "DIR", env = "CRAWLWORKS_PATH")]
    path: Option<PathBuf>,
}

impl New {
    pub(in crate::cli) fn run(self) -> Outcome {
        check(&self.name)?;
        let dependency = self.dependency()?;
        let directory = Path::new(&self.name);
        write(directory, &self.name, &dependency).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Failure::usage(format!("{} exists already", directory.display()))
            }
            _ => Error::new(
                ErrorKind::Storage,
                format!("cannot write {}", directory.display()),
            )
            .with_source(error)
            .into(),
        })?;
        terminal::say(&format!(
            "Made {0}. Next:\n\n  cd {0}\n  cargo test\n  cargo run -- run quotes -O quotes.jsonl",
            self.name
        ));
        Ok(Exit::Finished)
    }

    /// Returns the dependency on this library, as a TOML value.
    fn dependency(&self) -> Result<String> {
        let path = match &self.path {
            Some(path) => Some(fs::canonicalize(path).map_err(|error| {
                Error::new(ErrorKind::File, format!("no directory {}", path.display()))
                    .with_source(error)
            })?),
            None => {
                Some(PathBuf::from(SOURCE)).filter(|source| source.join("Cargo.toml").is_file())
            }
        };
        let place = match path {
            Some(path) => format!("path = {}", toml::Value::String(path.display().to_string())),
            None => format!("version = {:?}", env!("CARGO_PKG_VERSION")),
        };
        Ok(format!(
            "{{ {place}, default-features = false, features = [\"cli\", \"derive\"] }}"
        ))
    }
}

/// Checks a name by Cargo's rules for a package, with those for a binary.
fn check(name: &str) -> Result<(), Failure> {
    let is_word = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !is_word || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(Failure::usage(format!(
            "{name:?} is no name for a project: a letter, then letters, digits, - and _"
        )));
    }
    if matches!(
        name,
        "test" | "core" | "std" | "alloc" | "proc-macro" | "crawlworks" | "tokio" | "serde"
    ) {
        return Err(Failure::usage(format!(
            "{name:?} is the name of something else already"
        )));
    }
    Ok(())
}

fn write(directory: &Path, name: &str, dependency: &str) -> io::Result<()> {
    fs::create_dir(directory)?;
    fs::create_dir(directory.join("src"))?;
    FILES.iter().try_for_each(|(file, template)| {
        fs::write(
            directory.join(file),
            template
                .replace("{{name}}", name)
                .replace("{{crawlworks}}", dependency),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_cargo_takes() {
        assert!(check("my-bot_2").is_ok());
        for name in [
            "",
            "2bot",
            "-bot",
            "my bot",
            "../bot",
            "bot/x",
            "test",
            "crawlworks",
        ] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
