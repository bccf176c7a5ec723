//! `crawl recipe`: what helps with writing recipes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::find;
use crate::cli::terminal;
use crate::engine::job::Job;
use crate::page::error::{Error, ErrorKind};
use crate::recipe::{self, Recipe};

/// Text of a new recipe.
const NEW: &str = include_str!("recipe/new.toml");

/// Help with recipes: spiders that are TOML files
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  crawl recipe new spiders/shop\n  \
                  crawl recipe check spiders/shop.toml\n  \
                  crawl recipe schema > spiders/recipe.schema.json")]
pub(in crate::cli) struct RecipeVerb {
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
    pub(in crate::cli) fn run(self, jobs: &[Job]) -> Outcome {
        match self.what {
            What::Schema => schema(),
            What::Check { files } => check(files, jobs),
            What::New { name } => new(&name),
        }
    }
}

fn schema() -> Outcome {
    let schema = format!("{:#}", recipe::schema());
    writeln!(io::stdout().lock(), "{schema}")?;
    Ok(Exit::Finished)
}

fn check(mut files: Vec<PathBuf>, jobs: &[Job]) -> Outcome {
    if files.is_empty() {
        files = find::files();
    }
    if files.is_empty() {
        return Err(Failure::usage("no recipe in ./spiders: name the files"));
    }
    let mut is_good = true;
    let mut out = io::stdout().lock();
    for file in &files {
        let problems = problems(file);
        is_good &= problems.is_empty();
        for problem in &problems {
            writeln!(out, "{problem}")?;
        }
        if let ([], Ok(recipe)) = (&problems[..], Recipe::read(file)) {
            writeln!(out, "{}: good", file.display())?;
            find::warn_of_two(jobs, recipe.name(), file);
        }
    }
    Ok(if is_good {
        Exit::Finished
    } else {
        Exit::Settings
    })
}

/// Returns the problems of a recipe, among them that it cannot be read.
fn problems(file: &Path) -> Vec<String> {
    let name = file.display();
    match recipe::read_file(file) {
        Ok(text) => recipe::check(&name.to_string(), &text)
            .iter()
            .map(|problem| format!("{name}:{problem}"))
            .collect(),
        Err(error) => vec![error.chain()],
    }
}

/// Writes a new recipe, and makes the directory that it is to be in.
fn create(path: &Path) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::File::create_new(path)?.write_all(NEW.as_bytes())
}

fn new(name: &str) -> Outcome {
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    let path = PathBuf::from(format!("{stem}.toml"));
    if !find::is_recipe(&path) {
        return Err(Failure::usage(format!(
            "{} cannot be a recipe: choose another name",
            path.display()
        )));
    }
    match create(&path) {
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
