//! Parser of fields: the short form is a query, the long form a table.

mod source;

use toml::Spanned;
use toml::de::DeValue;

use super::{Field, Fields, Kind, Otherwise, Source};
use crate::page::clean::Cleaner;
use crate::recipe::convert::{self, DateFormat, Months};
use crate::recipe::item::Value;
use crate::recipe::keys;
use crate::recipe::reader::Reader;
use crate::recipe::section::{Placed, Section, suggestion, table_of};
use crate::recipe::selection::Selection;
use crate::recipe::value::value_of;
use source::source;

/// Maximum depth of records nested in each other.
const DEPTH: usize = 8;

/// Kind of content that fields are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::recipe) enum From {
    Html,
    /// A page of JSON, which has no elements.
    Json,
    /// The JSON in a script, which has an HTML page around it.
    Script,
    /// JSON that one field took out of an HTML page.
    Part,
}

impl Fields {
    /// The fields in the table `fields` of a section.
    pub(in crate::recipe) fn read(
        section: &Section<'_>,
        from: From,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        Self::read_at(section, "fields", from, 1, reader)
    }

    /// The fields in the table `carry` of a rule.
    pub(in crate::recipe) fn read_carry(
        section: &Section<'_>,
        from: From,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        Self::read_at(section, "carry", from, 1, reader)
    }

    fn read_at(
        section: &Section<'_>,
        key: &str,
        from: From,
        depth: usize,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        let value = section.get(key)?;
        if depth > DEPTH {
            reader.add(&value.span(), format!("more than {DEPTH} levels of fields"));
            return None;
        }
        let table = table_of(value, key, &mut reader.problems)?;
        if table.is_empty() {
            reader.add(&value.span(), "no fields");
        }
        let (names, fields) = table
            .iter()
            .filter_map(|(name, value)| {
                let field = Field::read(value, from, depth, reader)?;
                Some((Box::from(name.get_ref().as_ref()), field))
            })
            .unzip::<_, _, Vec<Box<str>>, Vec<Field>>();
        let names = names.into();
        Some(Self { names, fields })
    }
}

impl Field {
    fn of(source: Source) -> Self {
        Self {
            source,
            is_list: false,
            pattern: None,
            cleaners: Vec::new(),
            map: None,
            join: None,
            kind: Kind::Any,
            otherwise: Otherwise::Error,
            fields: None,
        }
    }

    fn read(
        value: &Spanned<DeValue<'_>>,
        from: From,
        depth: usize,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        match value.get_ref() {
            DeValue::String(text) => {
                let text = Placed {
                    value: text.as_ref(),
                    at: value.span(),
                };
                let source = match from {
                    From::Html => Source::Css(Selection::new(reader.query(&text)?)),
                    From::Json | From::Script | From::Part => Source::Json(reader.jmespath(&text)?),
                };
                Some(Self::of(source))
            }
            DeValue::Table(table) => {
                let problems = &mut reader.problems;
                let section = Section::new(table, value.span(), "a field", keys::FIELD, problems);
                Self::of_table(&section, from, depth, reader)
            }
            _ => {
                let message = match from {
                    From::Html => "expected a selector or a table; a constant is { value = … }",
                    From::Json | From::Script | From::Part => {
                        "expected a JMESPath expression or a table; a constant is { value = … }"
                    }
                };
                reader.add(&value.span(), message);
                None
            }
        }
    }

    fn of_table(
        section: &Section<'_>,
        from: From,
        depth: usize,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        let source = source(section, from, reader);
        let inner = match source {
            Some(Source::Json(_) | Source::Document(_)) => from,
            Some(Source::Embedded(..) | Source::JsonLd { .. }) => From::Part,
            _ => From::Html,
        };
        let pattern = section.text("re", &mut reader.problems);
        let pattern = pattern.and_then(|text| reader.pattern(&text));
        let cleaners = cleaners(section, reader);
        let map = map(section, reader);
        let join = section.text("join", &mut reader.problems);
        let kind = kind(section, reader);
        let is_list = section.flag("list", &mut reader.problems);
        let field = Self {
            is_list,
            pattern,
            cleaners,
            map,
            join: join.map(|text| text.value.to_owned()),
            otherwise: otherwise(section, &kind, is_list, reader),
            kind,
            fields: Fields::read_at(section, "fields", inner, depth + 1, reader),
            ..Self::of(source?)
        };
        field.check(section, reader);
        Some(field)
    }

    /// Keys that mean nothing beside each other.
    fn check(&self, section: &Section<'_>, reader: &mut Reader<'_>) {
        let mut refuse = |keys: &[&str], why: &str| {
            for key in keys {
                if let Some(at) = section.place(key) {
                    reader.add(&at, format!("{key:?} {why}"));
                }
            }
        };
        if self.join.is_some() && !self.is_list {
            refuse(
                &["join"],
                "needs `list = true`: it joins the texts of a list",
            );
        }
        if self.fields.is_some() {
            let shaping = [
                "re", "clean", "map", "join", "type", "format", "months", "default",
            ];
            refuse(
                &shaping,
                "means nothing beside `fields`: write it at one of them",
            );
        }
        if let Source::Pair(..) = self.source {
            refuse(&["fields"], "means nothing beside `pair`, which is a text");
        }
        if let Source::Page(_) | Source::Constant(_) | Source::Template(_) = self.source {
            refuse(
                &["list", "fields", "optional"],
                "is for what is looked for in the page",
            );
        }
        if let Source::Css(selection) = &self.source
            && self.fields.is_some()
            && !selection.is_elements()
        {
            refuse(
                &["css"],
                "must select elements when there are `fields`: no ending",
            );
        }
        if !matches!(self.source, Source::JsonLd { .. }) {
            refuse(
                &["of"],
                "needs `json_ld` beside it: it is the type of its objects",
            );
        }
        if self.kind == Kind::Exists {
            let rest = ["list", "re", "clean", "map", "join", "default", "optional"];
            refuse(&rest, "means nothing for type \"exists\"");
        }
    }
}

fn cleaners(section: &Section<'_>, reader: &mut Reader<'_>) -> Vec<Cleaner> {
    let names = section.texts("clean", &mut reader.problems);
    let cleaner = |name: Placed<&str>| {
        let cleaner = Cleaner::named(name.value);
        if cleaner.is_none() {
            let known = Cleaner::NAMES.iter().map(|(name, _)| *name);
            let mut meant = suggestion(name.value, known.clone());
            if meant.is_empty() {
                let known: Vec<&str> = known.collect();
                meant = format!("; there are {}", known.join(", "));
            }
            reader.add(&name.at, format!("unknown cleaner {:?}{meant}", name.value));
        }
        cleaner
    };
    names.into_iter().filter_map(cleaner).collect()
}

fn map(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Vec<(String, Value)>> {
    section.get("map")?;
    let entries: Vec<_> = section.entries("map", &mut reader.problems).collect();
    let entry = |(name, value): (Placed<&str>, &Spanned<DeValue<'_>>)| {
        Some((name.value.to_owned(), value_of(value, reader)?))
    };
    Some(entries.into_iter().filter_map(entry).collect())
}

fn kind(section: &Section<'_>, reader: &mut Reader<'_>) -> Kind {
    let format = section.text("format", &mut reader.problems);
    let Some(name) = section.text("type", &mut reader.problems) else {
        if let Some(format) = &format {
            reader.add(&format.at, "\"format\" needs type = \"date\"");
        }
        if let Some(at) = section.place("months") {
            reader.add(&at, "\"months\" needs type = \"date\"");
        }
        return Kind::Any;
    };
    let Some(kind) = Kind::named(name.value) else {
        let names = Kind::NAMES.map(|(name, _)| name);
        let mut meant = suggestion(name.value, names);
        if Cleaner::named(name.value).is_some() {
            let example = if name.value == "price" {
                ", type = \"number\""
            } else {
                ""
            };
            meant = format!("; it is a cleaner: clean = [{:?}]{example}", name.value);
        } else if meant.is_empty() {
            meant = format!("; there are {}", names.join(", "));
        }
        reader.add(&name.at, format!("unknown type {:?}{meant}", name.value));
        return Kind::Any;
    };
    let months = months(section, reader);
    if kind != Kind::Date(None) {
        for key in ["format", "months"] {
            if let Some(at) = section.place(key) {
                reader.add(&at, format!("{key:?} needs type = \"date\""));
            }
        }
        return kind;
    }
    if let Some(format) = &format
        && let Err(why) = DateFormat::check(format.value)
    {
        reader.add(&format.at, format!("bad format {:?}: {why}", format.value));
    }
    let pattern = format.map(|format| format.value.to_owned());
    Kind::Date((pattern.is_some() || months.is_some()).then_some(DateFormat { pattern, months }))
}

/// The names of the months in the language of the page, from the first to the twelfth; several for one with `|` between them.
fn months(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Months> {
    let at = section.place("months")?;
    let texts = section.texts("months", &mut reader.problems);
    let months = Months::new(texts.iter().map(|text| text.value));
    if months.is_none() {
        reader.add(
            &at,
            "expected the names of twelve months, from January on, each once",
        );
    }
    months
}

fn otherwise(
    section: &Section<'_>,
    kind: &Kind,
    is_list: bool,
    reader: &mut Reader<'_>,
) -> Otherwise {
    let is_optional = section.flag("optional", &mut reader.problems);
    let Some(value) = section.get("default") else {
        return if is_optional {
            Otherwise::Null
        } else {
            Otherwise::Error
        };
    };
    if is_optional {
        let at = section.place("optional").unwrap_or_default();
        reader.add(
            &at,
            "a field with a default is never null: leave `optional` out",
        );
    }
    let Some(default) = value_of(value, reader) else {
        return Otherwise::Null;
    };
    let is_joined = section.get("join").is_some();
    if is_list && !is_joined && !matches!(default, Value::List(_)) {
        reader.add(&value.span(), "the default of a list is a list, such as []");
    } else if is_joined && !matches!(default, Value::Text(_)) {
        reader.add(&value.span(), "the default of joined texts is a text");
    }
    if section.get("map").is_none() && !is_list && !convert::is_of(&default, kind) {
        let message = format!(
            "the default is not of the field's type, {}",
            convert::named(kind)
        );
        reader.add(&value.span(), message);
    }
    Otherwise::Default(default)
}
