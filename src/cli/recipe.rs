//! `crawl recipe`: what helps with writing recipes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::exit::{Exit, Failure, Outcome};
use super::{find, terminal};
use crate::error::{Error, ErrorKind, Result};
use crate::recipe;

/// What a new recipe is.
const NEW: &str = include_str!("recipe/new.toml");

/// Help with recipes: spiders that are TOML files
#[derive(Debug, clap::Args)]
pub(super) struct RecipeVerb {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the JSON Schema of recipes, for editors
    #[command(
        after_help = "Example:\n  crawl recipe schema > spiders/recipe.schema.json\n\nThen an editor that reads \
                            `#:schema ./recipe.schema.json` in the first line of a recipe completes and checks it."
    )]
    Schema,

    /// Say what is wrong with recipes; exit code 4 if anything is
    Check {
        /// The recipes [default: all in ./spiders]
        files: Vec<PathBuf>,
    },

    /// Write a recipe to begin with, into NAME.toml
    New {
        /// The name of the recipe; one with a slash is a path
        name: String,
    },
}

impl RecipeVerb {
    pub(super) fn run(self) -> Outcome {
        match self.what {
            What::Schema => schema(),
            What::Check { files } => check(files),
            What::New { name } => new(&name),
        }
    }
}

fn schema() -> Outcome {
    let schema = format!("{:#}", recipe::schema());
    writeln!(io::stdout().lock(), "{schema}")?;
    Ok(Exit::Finished)
}

fn check(mut files: Vec<PathBuf>) -> Outcome {
    if files.is_empty() {
        files = find::files();
    }
    if files.is_empty() {
        return Err(Failure::usage("no recipe in ./spiders: name the files"));
    }
    let mut is_good = true;
    let mut out = io::stdout().lock();
    for file in &files {
        let text = read(file)?;
        let name = file.display().to_string();
        let problems = recipe::check(&name, &text);
        is_good &= problems.is_empty();
        for problem in &problems {
            writeln!(out, "{name}:{problem}")?;
        }
        if problems.is_empty() {
            writeln!(out, "{name}: good")?;
        }
    }
    Ok(if is_good {
        Exit::Finished
    } else {
        Exit::Settings
    })
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| {
        let message = format!("cannot read the recipe {}", file.display());
        Error::new(ErrorKind::File, message).with_source(error)
    })
}

fn new(name: &str) -> Outcome {
    let path = PathBuf::from(name).with_extension("toml");
    let written = fs::File::create_new(&path).and_then(|mut file| file.write_all(NEW.as_bytes()));
    match written {
        Ok(()) => {
            let path = path.display();
            terminal::say(&format!(
                "Made {path}. Next:\n\n  crawl recipe check {path}\n  crawl run {path} --max-pages 5"
            ));
            Ok(Exit::Finished)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::usage(format!("{} exists already", path.display())))
        }
        Err(error) => {
            let message = format!("cannot write {}", path.display());
            Err(Error::new(ErrorKind::Storage, message)
                .with_source(error)
                .into())
        }
    }
}
