//! A [`Reader`]: what the readers of a recipe's parts share. It compiles selectors, patterns and templates, and notes what
//! is wrong with them.

use std::collections::BTreeSet;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::arguments::Argument;
use super::problem::Problems;
use super::section::{Placed, suggestion};
use super::template::Template;
use crate::page::html::Query;
use crate::page::json;

/// The largest compiled form of a pattern, in bytes.
const PATTERN: usize = 1 << 20;

/// State of reading a recipe: the parts and problems found so far.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    pub(super) problems: Problems<'t>,
    pub(super) arguments: Vec<Argument>,
    /// The arguments that something is made of.
    used: BTreeSet<String>,
    /// The values that fields want to have been carried, with where they say so.
    carried: Vec<Placed<String>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            problems: Problems::new(text),
            arguments: Vec::new(),
            used: BTreeSet::new(),
            carried: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: &Range<usize>, message: impl Into<String>) {
        self.problems.add(at, message);
    }

    /// A pattern, compiled.
    pub(super) fn pattern(&mut self, text: &Placed<&str>) -> Option<Regex> {
        let pattern = RegexBuilder::new(text.value).size_limit(PATTERN).build();
        match pattern {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let why = error.to_string();
                // The parser draws the pattern with a mark under it; its last line says what is wrong.
                let why = why.lines().last().unwrap_or_default();
                let why = why.trim_start_matches("error: ");
                self.add(
                    &text.at,
                    format!("bad regular expression {:?}: {why}", text.value),
                );
                None
            }
        }
    }

    /// A selector without an ending.
    pub(super) fn selector(&mut self, text: &Placed<&str>) -> Option<String> {
        let query = self.query(text)?;
        if query.to_string() != query.css() {
            let message = format!(
                "{:?}: elements are asked for here, so without an ending",
                text.value
            );
            self.add(&text.at, message);
            return None;
        }
        Some(query.css().to_owned())
    }

    /// A selector that may end in `::text` or `::attr(name)`.
    pub(super) fn query(&mut self, text: &Placed<&str>) -> Option<Query> {
        match Query::parse(text.value) {
            Ok(query) => Some(query),
            Err(error) => {
                self.add(&text.at, error.chain());
                None
            }
        }
    }

    /// An expression of `JMESPath`.
    pub(super) fn jmespath(&mut self, text: &Placed<&str>) -> Option<String> {
        match json::check(text.value) {
            Ok(()) => Some(text.value.to_owned()),
            Err(error) => {
                self.add(&text.at, error.chain());
                None
            }
        }
    }

    /// A text that may have arguments in it, and these further names.
    pub(super) fn template(&mut self, text: &Placed<&str>, more: &[&str]) -> Option<Template> {
        let template = self.template_with_choices(text, more)?;
        self.one(text, template)
    }

    /// A text that may have arguments in it, also secret ones: it is part of a request's headers or body.
    pub(super) fn template_with_secrets(&mut self, text: &Placed<&str>) -> Option<Template> {
        let template = self.any_template(text, &[])?;
        self.one(text, template)
    }

    fn one(&mut self, text: &Placed<&str>, template: Template) -> Option<Template> {
        if template.count() != 1 {
            self.add(
                &text.at,
                "ranges and alternatives are for start URLs; a brace itself is written twice",
            );
            return None;
        }
        Some(template)
    }

    /// Reads a template that may also have ranges and alternatives.
    pub(super) fn template_with_choices(
        &mut self,
        text: &Placed<&str>,
        more: &[&str],
    ) -> Option<Template> {
        let template = self.any_template(text, more)?;
        for name in template.names() {
            let mut secrets = self.arguments.iter().filter(|argument| argument.is_secret);
            if secrets.any(|argument| argument.name == name) {
                let message = format!(
                    "{{{name}}} is secret and would be stored here; secrets belong into headers, bodies and the fields of [login]"
                );
                self.problems.add(&text.at, message);
            }
        }
        Some(template)
    }

    fn any_template(&mut self, text: &Placed<&str>, more: &[&str]) -> Option<Template> {
        let template = match Template::parse(text.value) {
            Ok(template) => template,
            Err(why) => {
                self.add(&text.at, why);
                return None;
            }
        };
        for name in template.names() {
            let names = self.arguments.iter().map(|argument| argument.name.as_str());
            let mut names = names.chain(more.iter().copied());
            if names.clone().any(|known| known == name) {
                self.used.insert(name.to_owned());
            } else {
                let meant = suggestion(name, names.by_ref());
                let meant = if meant.is_empty() {
                    "; [args] declares arguments"
                } else {
                    &meant
                };
                self.problems
                    .add(&text.at, format!("unknown argument {{{name}}}{meant}"));
            }
        }
        Some(template)
    }

    /// Notes that a field wants a value that a rule carries.
    pub(super) fn carries(&mut self, name: &Placed<&str>) {
        self.carried.push(Placed {
            value: name.value.to_owned(),
            at: name.at.clone(),
        });
    }

    /// Reports each carried value that a field needs and no rule carries.
    pub(super) fn check_carried(&mut self, known: &[&str]) {
        for name in std::mem::take(&mut self.carried) {
            if !known.contains(&name.value.as_str()) {
                let meant = suggestion(&name.value, known.iter().copied());
                let message = format!("no [[follow]] carries {:?}{meant}", name.value);
                self.add(&name.at, message);
            }
        }
    }

    /// Reports each argument that nothing uses.
    pub(super) fn check_used(&mut self) {
        for argument in &self.arguments {
            if !self.used.contains(&argument.name) {
                let name = &argument.name;
                self.problems.add(
                    &argument.at,
                    format!("argument {name:?} is used nowhere; write {{{name}}} where its value belongs"),
                );
            }
        }
    }
}
