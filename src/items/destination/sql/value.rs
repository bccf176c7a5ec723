//! Values of items as a column takes them, exactly or not at all.

use serde_json::Value;

use super::columns::{Column, Kind};

/// Value for a column of SQLite.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SqlValue {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
}

/// Largest whole number up to which a float of 64 bits has all of them.
const EXACT: u64 = 1 << 53;

/// Returns a field's value as its column takes it.
///
/// # Errors
/// The reason why it cannot: it is of another type, would lose digits, or is missing and required.
pub(super) fn converted(column: &Column, value: Option<&Value>) -> Result<SqlValue, String> {
    let value = value.unwrap_or(&Value::Null);
    let refused = |what: &str| Err(format!("{}: {what}", column.name));
    Ok(match (column.kind, value) {
        (_, Value::Null) if column.is_required => {
            return refused("there is no value, and the column needs one");
        }
        (_, Value::Null) => SqlValue::Null,
        (Kind::Boolean | Kind::Any, Value::Bool(is_true)) => SqlValue::Integer((*is_true).into()),
        (Kind::Integer | Kind::Any, Value::Number(number)) if number.is_i64() => {
            SqlValue::Integer(number.as_i64().unwrap_or_default())
        }
        (Kind::Integer, Value::Number(number)) if number.is_u64() => {
            return refused(&format!("{number} has more than 64 bits with its sign"));
        }
        (Kind::Digits, Value::Number(number)) if !number.is_f64() => {
            SqlValue::Text(number.to_string())
        }
        // A number beyond 64 bits comes as the text of its digits.
        (Kind::Digits, Value::String(text)) if is_whole(text) => SqlValue::Text(text.clone()),
        (Kind::Number | Kind::Any, Value::Number(number)) => match real(number) {
            Some(real) => SqlValue::Real(real),
            None => return refused(&format!("{number} would lose digits as a float")),
        },
        (Kind::Text | Kind::Any, Value::String(text)) => SqlValue::Text(text.clone()),
        (Kind::Json, value) | (Kind::Any, value @ (Value::Array(_) | Value::Object(_))) => {
            SqlValue::Text(value.to_string())
        }
        (kind, value) => {
            let kind = match kind {
                Kind::Boolean => "true or false",
                Kind::Integer | Kind::Digits => "a whole number",
                Kind::Number => "a number",
                Kind::Text | Kind::Json | Kind::Any => "a text",
            };
            return refused(&format!("{} is not {kind}", shown(value)));
        }
    })
}

fn real(number: &serde_json::Number) -> Option<f64> {
    let is_exact = match (number.as_i64(), number.as_u64()) {
        (Some(signed), _) => signed.unsigned_abs() <= EXACT,
        (None, Some(unsigned)) => unsigned <= EXACT,
        (None, None) => true,
    };
    number.as_f64().filter(|_| is_exact)
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns a value as JSON, cut to what a message has room for.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn column(kind: Kind) -> Column {
        Column {
            name: "x".to_owned(),
            kind,
            is_required: false,
        }
    }

    #[test]
    fn a_value_is_stored_as_it_is() {
        for (kind, value, want) in [
            (Kind::Boolean, json!(true), SqlValue::Integer(1)),
            (Kind::Integer, json!(i64::MIN), SqlValue::Integer(i64::MIN)),
            (
                Kind::Digits,
                json!(u64::MAX),
                SqlValue::Text(u64::MAX.to_string()),
            ),
            (
                Kind::Digits,
                json!("-170141183460469231731687303715884105728"),
                SqlValue::Text(i128::MIN.to_string()),
            ),
            (Kind::Number, json!(0.1), SqlValue::Real(0.1)),
            (Kind::Number, json!(7), SqlValue::Real(7.0)),
            (
                Kind::Text,
                json!("a\u{0}b"),
                SqlValue::Text("a\u{0}b".to_owned()),
            ),
            (Kind::Json, json!("a"), SqlValue::Text("\"a\"".to_owned())),
            (
                Kind::Json,
                json!([1, {"a": null}]),
                SqlValue::Text(r#"[1,{"a":null}]"#.to_owned()),
            ),
            (Kind::Any, json!("a"), SqlValue::Text("a".to_owned())),
            (Kind::Text, json!(null), SqlValue::Null),
        ] {
            assert_eq!(
                converted(&column(kind), Some(&value)),
                Ok(want),
                "{kind:?} {value}"
            );
        }
    }

    #[test]
    fn a_value_that_would_change_is_refused() {
        for (kind, value, why) in [
            (Kind::Boolean, json!(1), "x: 1 is not true or false"),
            (Kind::Integer, json!(1.5), "x: 1.5 is not a whole number"),
            (
                Kind::Integer,
                json!(u64::MAX),
                "x: 18446744073709551615 has more than 64 bits",
            ),
            (Kind::Integer, json!("7"), "x: \"7\" is not a whole number"),
            (
                Kind::Digits,
                json!("7 m"),
                "x: \"7 m\" is not a whole number",
            ),
            (
                Kind::Number,
                json!((1_u64 << 53) + 1),
                "x: 9007199254740993 would lose digits",
            ),
            (Kind::Number, json!("1.5"), "x: \"1.5\" is not a number"),
            (Kind::Text, json!(1), "x: 1 is not a text"),
            (Kind::Text, json!(["a"]), "x: [\"a\"] is not a text"),
        ] {
            let error = converted(&column(kind), Some(&value)).unwrap_err();
            assert!(error.starts_with(why), "{error}");
        }
        let required = Column {
            is_required: true,
            ..column(Kind::Text)
        };
        assert!(converted(&required, None).is_err());
    }
}
