//! Columns that items want: from their schema, or from the first batch of them.

use std::collections::HashMap;

use serde_json::Value;

use super::{Dialect, Kind, Options, wrong};
use crate::page::error::Result;
use crate::page::suggest::did_you_mean;

/// Field of the items, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    /// `None`: nothing but `null` was seen, or the schema does not say.
    pub(super) kind: Option<Kind>,
    /// Every item has it, and it is never `null`.
    pub(super) required: bool,
}

/// Column that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::items::destination) struct Wanted {
    pub(super) name: String,
    /// Field that it is for, for messages.
    pub(super) field: String,
    pub(super) sql_type: String,
    pub(super) required: bool,
}

/// Returns the fields that a schema has, or `None` if it names none.
pub(super) fn of_schema(schema: &Value, depth: usize) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let node = resolved(schema, schema);
    push_properties(schema, node, "", true, depth, &mut fields);
    (!fields.is_empty()).then_some(fields)
}

fn push_properties(
    root: &Value,
    node: &Value,
    prefix: &str,
    always: bool,
    depth: usize,
    fields: &mut Vec<Field>,
) {
    let Some(properties) = node.get("properties").and_then(Value::as_object) else {
        return;
    };
    let required = node.get("required").and_then(Value::as_array);
    for (name, node) in properties {
        let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
        let node = resolved(root, node);
        let (kind, nullable) = kind_of(root, node, 0);
        let required = always && is_required && !nullable;
        let name = format!("{prefix}{name}");
        if depth > 0 && node.get("properties").is_some() {
            push_properties(root, node, &format!("{name}_"), required, depth - 1, fields);
        } else {
            fields.push(Field {
                name,
                kind,
                required,
            });
        }
    }
}

/// Follows `$ref` within the schema.
fn resolved<'a>(root: &'a Value, mut node: &'a Value) -> &'a Value {
    // A chain of references is short, or a circle.
    for _ in 0..16 {
        let target = node.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|path| root.pointer(path.strip_prefix('#')?));
        match target {
            Some(target) => node = target,
            None => break,
        }
    }
    node
}

/// Returns the kind of a value by its schema, and whether it can be `null`.
fn kind_of(root: &Value, node: &Value, level: usize) -> (Option<Kind>, bool) {
    let node = resolved(root, node);
    let mut kinds = Vec::new();
    let mut nullable = false;
    let of_value = |value: &Value| Kind::of(&value.to_string());
    if let Some(types) = node.get("type") {
        let list = types
            .as_array()
            .map_or(std::slice::from_ref(types), Vec::as_slice);
        let format = node
            .get("format")
            .and_then(Value::as_str)
            .unwrap_or_default();
        for name in list.iter().filter_map(Value::as_str) {
            kinds.push(kind_named(name, format));
        }
    } else if let Some(values) = node.get("enum").and_then(Value::as_array) {
        kinds.extend(values.iter().map(of_value));
    } else if let Some(value) = node.get("const") {
        kinds.push(of_value(value));
    } else if let Some(branches) = ["anyOf", "oneOf"]
        .iter()
        .find_map(|name| node.get(name)?.as_array())
        && level < 16
    {
        for branch in branches {
            let (kind, null) = kind_of(root, branch, level + 1);
            nullable |= null;
            kinds.extend(kind.map(Some));
        }
    }
    nullable |= kinds.contains(&None) || (kinds.is_empty() && !nullable);
    (kinds.into_iter().flatten().reduce(Kind::joined), nullable)
}

/// Returns the kind of a type of JSON Schema; `None` for `null`.
fn kind_named(name: &str, format: &str) -> Option<Kind> {
    Some(match (name, format) {
        ("null", _) => return None,
        ("boolean", _) => Kind::Boolean,
        ("integer", "int128" | "uint128") => Kind::Digits,
        ("integer", _) => Kind::Integer,
        ("number", _) => Kind::Number,
        ("string", "date-time") => Kind::DateTime,
        ("string", "date") => Kind::Date,
        ("string", "time") => Kind::Time,
        ("string", "uuid") => Kind::Uuid,
        ("string", _) => Kind::Text,
        _ => Kind::Json,
    })
}

/// Returns the columns for these fields and for the data about them, in their order.
pub(super) fn wanted(
    dialect: &Dialect,
    options: &Options,
    fields: &[Field],
    closed: bool,
) -> Result<Vec<Wanted>> {
    let mut columns = Vec::new();
    for field in chosen(options, fields, closed)? {
        let sql_type = match (options.types.get(&field.name), field.kind) {
            (Some(sql_type), _) => sql_type.clone(),
            (None, kind) => (dialect.sql_type)(kind.unwrap_or(Kind::Text)).to_owned(),
        };
        columns.push(Wanted {
            name: options.column(&field.name).to_owned(),
            field: field.name,
            sql_type,
            required: field.required,
        });
    }
    for (option, name, kind) in [
        ("run", &options.run, Kind::Text),
        ("url", &options.url, Kind::Text),
        ("kept", &options.kept, Kind::DateTime),
    ] {
        columns.extend(name.iter().map(|name| Wanted {
            name: name.clone(),
            field: format!("{option}="),
            sql_type: (dialect.sql_type)(kind).to_owned(),
            required: false,
        }));
    }
    let mut seen = HashMap::new();
    for column in &columns {
        dialect.quote(&column.name)?;
        if let Some(other) = seen.insert(dialect.folded(&column.name), &column.field) {
            let message = format!(
                "{other:?} and {:?} have the same column, {:?}; `column.FIELD=name` gives one of them another",
                column.field, column.name
            );
            return Err(wrong(message));
        }
    }
    Ok(columns)
}

/// Returns the fields that `columns=` names, in its order; without it, all.
fn chosen(options: &Options, fields: &[Field], closed: bool) -> Result<Vec<Field>> {
    if options.columns.is_empty() {
        return Ok(fields.to_vec());
    }
    let mut chosen = Vec::new();
    for name in &options.columns {
        match fields.iter().find(|field| field.name == *name) {
            Some(field) => chosen.push(field.clone()),
            None if closed => {
                let hint = did_you_mean(name, fields.iter().map(|field| field.name.as_str()));
                return Err(wrong(format!(
                    "`columns=`: items have no field {name:?}{hint}"
                )));
            }
            None => chosen.push(Field {
                name: name.clone(),
                kind: None,
                required: false,
            }),
        }
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_come_from_the_schema() {
        let schema = json!({"properties": {
            "title": {"type": "string"},
            "price": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "seen": {"type": ["string", "null"], "format": "date-time"},
            "author": {"$ref": "#/$defs/Author"},
            "any": {},
        }, "required": ["title", "price", "author", "any"], "$defs": {"Author": {
            "type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"],
        }}});
        let told = |depth| {
            let fields = of_schema(&schema, depth).unwrap();
            let one = |field: Field| (field.name, field.kind, field.required);
            fields.into_iter().map(one).collect::<Vec<_>>()
        };
        let flat = told(1);
        let text = |name: &str, kind: Kind, required| (name.to_owned(), Some(kind), required);
        assert_eq!(
            flat,
            [
                text("title", Kind::Text, true),
                text("price", Kind::Number, false),
                text("seen", Kind::DateTime, false),
                text("author_name", Kind::Text, true),
                ("any".to_owned(), None, false),
            ]
        );
        assert_eq!(told(0)[3], text("author", Kind::Json, true));
    }
}
