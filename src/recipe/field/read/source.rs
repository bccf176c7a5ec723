//! Parser of the source of a field: one of eight keys.

use toml::Spanned;
use toml::de::DeValue;

use super::From;
use crate::recipe::field::{Fact, Source};
use crate::recipe::item::Value;
use crate::recipe::reader::Reader;
use crate::recipe::section::{Placed, Section, suggestion};
use crate::recipe::selection::Selection;
use crate::recipe::value::value_of;

pub(super) fn source(section: &Section<'_>, from: From, reader: &mut Reader<'_>) -> Option<Source> {
    let keys = [
        "css", "pair", "json", "document", "json_ld", "page", "carried", "value",
    ];
    let given: Vec<&str> = keys
        .into_iter()
        .filter(|key| section.get(key).is_some())
        .collect();
    let problems = &mut reader.problems;
    match given[..] {
        ["css"] if from != From::Json => {
            let text = section.text("css", problems)?;
            Some(Source::Css(Selection::new(reader.query(&text)?)))
        }
        ["css", "json"] if from != From::Json => {
            let (css, json) = (
                section.text("css", problems)?,
                section.text("json", problems)?,
            );
            let (query, expression) = (reader.query(&css), reader.jmespath(&json));
            Some(Source::Embedded(Selection::new(query?), expression?))
        }
        ["css", "pair"] if from != From::Json => pair(section, reader),
        ["json"] if from != From::Html => {
            let text = section.text("json", problems)?;
            Some(Source::Json(reader.jmespath(&text)?))
        }
        ["document"] => {
            let text = section.text("document", problems)?;
            if matches!(from, From::Html | From::Part) {
                reader.add(
                    &text.at,
                    "`document` is the whole JSON around an item: only kinds with `json` have one",
                );
                return None;
            }
            Some(Source::Document(reader.jmespath(&text)?))
        }
        ["json_ld"] => {
            let text = section.text("json_ld", problems)?;
            let of = section.text("of", problems);
            if let Some(of) = of.as_ref().filter(|of| of.value.trim().is_empty()) {
                reader.add(&of.at, "no type: write `of = \"Product\"`");
            }
            Some(Source::JsonLd {
                expression: reader.jmespath(&text)?,
                of: of.map(|of| of.value.trim().to_owned()),
            })
        }
        ["page"] => fact(&section.text("page", problems)?, reader).map(Source::Page),
        ["carried"] => {
            let name = section.text("carried", problems)?;
            reader.carries(&name);
            Some(Source::Carried(name.value.to_owned()))
        }
        ["value"] => constant(section.get("value")?, reader),
        [] => {
            let source = if from == From::Html { "css" } else { "json" };
            let message =
                format!("a field needs `{source}`, `json_ld`, `page`, `carried` or `value`");
            reader.add(&section.at, message);
            None
        }
        ["pair", ..] => {
            let at = section.place("pair").unwrap_or_default();
            reader.add(
                &at,
                "`pair` needs `css` beside it: the table or `dl` that has the name",
            );
            None
        }
        ["json"] => {
            let at = section.place("json").unwrap_or_default();
            reader.add(&at, "this page is HTML: `json` needs `css` beside it, for the script that has it; for a page of JSON the item kind has `json`");
            None
        }
        [key @ "css", ..] if from == From::Json => {
            let at = section.place(key).unwrap_or_default();
            reader.add(
                &at,
                "this is taken out of JSON, which has no elements: use `json`",
            );
            None
        }
        [_, second, ..] => {
            let at = section.place(second).unwrap_or_default();
            reader.add(
                &at,
                format!(
                    "a value comes from one place: `{}` is there already",
                    given.first().unwrap_or(&"")
                ),
            );
            None
        }
        _ => None,
    }
}

fn pair(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Source> {
    let css = section.text("css", &mut reader.problems)?;
    let name = section.text("pair", &mut reader.problems)?;
    let css = Placed {
        value: &*reader.selector(&css)?,
        at: css.at,
    };
    let selection = Selection::new(reader.query(&css)?);
    Some(Source::Pair(selection, name.value.to_owned()))
}

fn fact(text: &Placed<&str>, reader: &mut Reader<'_>) -> Option<Fact> {
    let known = Fact::NAMES.iter().find(|(name, _)| *name == text.value);
    if known.is_none() {
        let names = Fact::NAMES.map(|(name, _)| name);
        let meant = suggestion(text.value, names);
        reader.add(
            &text.at,
            format!(
                "unknown {:?}: a page has {}{meant}",
                text.value,
                names.join(", ")
            ),
        );
    }
    known.map(|(_, fact)| *fact)
}

fn constant(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Source> {
    let DeValue::String(text) = value.get_ref() else {
        return value_of(value, reader).map(Source::Constant);
    };
    let text = Placed {
        value: text.as_ref(),
        at: value.span(),
    };
    let template = reader.template(&text, &[])?;
    let is_fixed = template.names().next().is_none();
    Some(if is_fixed {
        Source::Constant(Value::Text(template.fill(|_| None)))
    } else {
        Source::Template(template)
    })
}
