//! The outermost fields of a JSON object, found in its text without parsing what is in them.

use std::borrow::Cow;

use memchr::memchr2;

/// The fields of an object, as name and JSON text of the value; none of what is no object.
///
/// The text must be valid JSON. Of any other text something comes out, in bounded time.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let is_object = text.trim_ascii_start().starts_with('{');
        let at = if is_object { 0 } else { text.len() };
        Self { text, at }
    }

    fn field(&mut self) -> Option<(Cow<'a, str>, &'a str)> {
        let bytes = self.text.as_bytes();
        let name = skip(bytes, self.at, |b| {
            b.is_ascii_whitespace() || b == b'{' || b == b','
        }) + 1;
        if bytes.get(name - 1) != Some(&b'"') {
            return None;
        }
        let end_of_name = end_of_string(bytes, name)?;
        let value = skip(bytes, end_of_name + 1, |b| {
            b.is_ascii_whitespace() || b == b':'
        });
        self.at = end_of_value(bytes, value)?;
        let name = unescaped(self.text.get(name..end_of_name)?);
        Some((name, self.text.get(value..self.at)?))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Cow<'a, str>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let field = self.field();
        if field.is_none() {
            self.at = self.text.len();
        }
        field
    }
}

/// Returns whether a value is filled: not `null`, `""`, `[]` or `{}`.
pub(super) fn is_filled(value: &str) -> bool {
    match value.as_bytes() {
        [b'n', ..] | [] => false,
        [b'"', rest @ ..] => rest.len() > 1,
        [b'[' | b'{', inner @ .., _] => !inner.trim_ascii().is_empty(),
        _ => true,
    }
}

/// The place of the first byte from here on that is something else.
fn skip(bytes: &[u8], at: usize, is_between: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let between = rest.iter().take_while(|byte| is_between(**byte)).count();
    at + between
}

/// The place of the quotation mark that ends a string, whose text begins here.
fn end_of_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        // What is escaped.
        at += 2;
    }
}

/// The place behind the value that begins here.
fn end_of_value(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => Some(end_of_string(bytes, at + 1)? + 1),
        b'{' | b'[' => end_of_nest(bytes, at),
        _ => Some(skip(bytes, at, |b| {
            !b.is_ascii_whitespace() && !matches!(b, b',' | b'}' | b']')
        })),
    }
}

/// The place behind the object or list that begins here.
fn end_of_nest(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => at = end_of_string(bytes, at + 1)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

fn unescaped(name: &str) -> Cow<'_, str> {
    if !name.contains('\\') {
        return Cow::Borrowed(name);
    }
    let text = serde_json::from_str(&format!("\"{name}\""));
    text.map_or(Cow::Borrowed(name), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// Generates any JSON value, a few levels deep, with texts that try to end strings and lists early.
    fn anything() -> impl Strategy<Value = Value> {
        let text = "[a-zé\"\\\\\\[\\]{},: \n\u{0}]{0,6}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::vec((text, inner), 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn scanned(text: &str) -> Map<String, Value> {
        let value = |value: &str| serde_json::from_str(value).unwrap();
        let fields = Fields::of(text).map(|(name, text)| (name.into_owned(), value(text)));
        fields.collect()
    }

    proptest! {
        #[test]
        fn the_fields_are_those_that_a_parser_finds(value in anything()) {
            let expected = value.as_object().cloned().unwrap_or_default();
            for text in [value.to_string(), format!(" {value:#} ")] {
                let found = scanned(&text);
                prop_assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
                prop_assert_eq!(&found, &expected);
            }
        }

        #[test]
        fn a_value_is_filled_if_a_parser_says_so(value in anything()) {
            let expected = match &value {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Array(list) => !list.is_empty(),
                Value::Object(fields) => !fields.is_empty(),
                Value::Bool(_) | Value::Number(_) => true,
            };
            prop_assert_eq!(is_filled(&value.to_string()), expected);
            prop_assert_eq!(is_filled(&format!("{value:#}")), expected);
        }

        #[test]
        fn text_that_is_no_json_ends_the_fields(text in "[{\\[\"\\\\:,a\\]}]{0,20}") {
            prop_assert!(Fields::of(&text).count() <= text.len());
        }
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for text in ["", "null", "7", "\"{\"", "[{\"a\":1}]", "{}", "{ }"] {
            assert_eq!(Fields::of(text).count(), 0, "{text}");
        }
    }
}
