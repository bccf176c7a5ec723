//! A [`Plan`]: a recipe that was read and found good, as data.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml::de::DeTable;

use super::arguments::{self, Argument};
use super::follow::Follow;
use super::keys;
use super::kind::Kind;
use super::login::Login;
use super::pagination::Pagination;
use super::problem::Problem;
use super::reach;
use super::reader::Reader;
use super::section::{Section, table_of};
use super::settings;
use super::start::{self, Start};

/// The longest recipe, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// Content of a recipe.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: String,
    /// Directory of the recipe, for the files that it names.
    pub(super) directory: PathBuf,
    pub(super) about: String,
    pub(super) arguments: Vec<Argument>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) starts: Vec<Start>,
    pub(super) sitemaps: Vec<Start>,
    pub(super) follows: Vec<Follow>,
    pub(super) kinds: Vec<Kind>,
    pub(super) pagination: Option<Pagination>,
    pub(super) login: Option<Login>,
}

impl Plan {
    /// Reads a recipe; `stem` is its name unless it has one.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(super) fn read(stem: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(text);
        if text.len() > LONGEST {
            reader.add(&(0..0), format!("a recipe of more than {LONGEST} bytes"));
            return Err(reader.problems.list());
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            // What was read in spite of them may be anything.
            for error in errors {
                reader.add(&error.span().unwrap_or(0..0), error.message());
            }
            return Err(reader.problems.list());
        }
        let plan = Self::of_table(stem, table.get_ref(), &mut reader);
        if reader.problems.is_empty() {
            Ok(plan)
        } else {
            Err(reader.problems.list())
        }
    }

    fn of_table(stem: &str, table: &DeTable<'_>, reader: &mut Reader<'_>) -> Self {
        let problems = &mut reader.problems;
        let recipe = Section::new(table, 0..0, "a recipe", keys::RECIPE, problems);
        let name = recipe.text("name", problems);
        let about = recipe.text("about", problems);
        if let Some(name) = &name
            && !is_name(name.value)
        {
            problems.add(&name.at, format!("{:?} cannot be a name: use letters, digits, -, _ and ., and begin with none of - and .", name.value));
        }
        arguments::read(&recipe, reader);
        let starts = start::read(&recipe, reader);
        let plan = Self {
            directory: PathBuf::new(),
            name: name.map_or(stem, |name| name.value).to_owned(),
            about: about
                .map(|about| about.value.to_owned())
                .unwrap_or_default(),
            settings: settings::read(&recipe, reader),
            sitemaps: start::sitemaps(&recipe, &starts, reader),
            starts,
            login: Login::read(&recipe, reader),
            follows: follows(&recipe, reader),
            kinds: kinds(&recipe, reader),
            pagination: Pagination::read(&recipe, reader),
            arguments: reader.arguments.clone(),
        };
        if let Some(pagination) = &plan.pagination {
            pagination.check(&plan.starts, reader);
        }
        reader.check_used();
        let carried = plan.follows.iter().filter_map(Follow::carried);
        reader.check_carried(&carried.flatten().collect::<Vec<_>>());
        // Half a recipe does not lead where the whole one would.
        if reader.problems.is_empty() {
            reach::check(&plan, reader);
        }
        plan
    }

    /// The labels that pages can have, an empty one for none.
    pub(super) fn labels(&self) -> BTreeSet<&str> {
        let starts = self.starts.iter().map(|start| &start.label);
        let follows = self.follows.iter().map(|follow| &follow.label);
        let labels = starts.chain(follows).map(Option::as_ref);
        labels
            .map(|label| label.map_or("", |label| label.value.as_str()))
            .chain(self.has_bare_sitemaps().then_some(""))
            .collect()
    }

    /// Returns whether there are sitemaps whose URLs match no rule, and so get no label.
    pub(super) fn has_bare_sitemaps(&self) -> bool {
        let mut follows = self.follows.iter();
        !self.sitemaps.is_empty() && !follows.any(|follow| follow.on.is_of_sitemaps())
    }
}

/// Returns whether a text is a valid name of a recipe. Names become those of directories and files.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['.', '-'])
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn follows(recipe: &Section<'_>, reader: &mut Reader<'_>) -> Vec<Follow> {
    let tables = recipe.tables("follow", &mut reader.problems);
    tables
        .iter()
        .filter_map(|value| Follow::read(value, reader))
        .collect()
}

fn kinds(recipe: &Section<'_>, reader: &mut Reader<'_>) -> Vec<Kind> {
    let Some(value) = recipe.get("items") else {
        reader.add(
            &(0..0),
            "no items: write [items.NAME] and [items.NAME.fields]",
        );
        return Vec::new();
    };
    let table = table_of(value, "[items.NAME]", &mut reader.problems);
    if table.is_some_and(DeTable::is_empty) {
        reader.add(
            &value.span(),
            "no items: write [items.NAME] and [items.NAME.fields]",
        );
    }
    recipe
        .entries("items", &mut super::problem::Problems::new(""))
        .filter_map(|(name, value)| Kind::read(&name, value, reader))
        .collect()
}
