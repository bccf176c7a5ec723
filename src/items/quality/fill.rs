//! Counting in how many items each field is filled.

use super::scan::{Fields, is_filled};
use crate::model::report::{Items, Types};

/// Counts the fields of an item, given as JSON text. Those that are `watched` are told apart in any case.
pub(super) fn count(items: &mut Items, json: &str, is_watched: impl Fn(&str) -> bool) {
    items.counted += 1;
    let mut next = 0;
    for (name, value) in Fields::of(json) {
        let Some((place, field)) = items.fields.at(next, &name, &is_watched) else {
            items.other_fields += 1;
            continue;
        };
        next = place + 1;
        field.filled += u64::from(is_filled(value));
        if let Some(count) = of_type(&mut field.types, value) {
            *count += 1;
        }
    }
}

/// The count for the type of a value.
fn of_type<'a>(types: &'a mut Types, value: &str) -> Option<&'a mut u64> {
    Some(match value.as_bytes().first()? {
        b'"' => &mut types.string,
        b'[' => &mut types.array,
        b'{' => &mut types.object,
        b't' | b'f' => &mut types.boolean,
        b'n' => &mut types.null,
        _ => &mut types.number,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn counted(records: &[&str]) -> Items {
        let mut items = Items::default();
        for record in records {
            items.kept += 1;
            count(&mut items, record, |name| name == "watched");
        }
        items
    }

    #[test]
    fn every_type_is_counted_and_nothing_is_not_filled() {
        let items = counted(&[
            r#"{"a":"x","b":1.5,"c":[],"d":{"e":1}}"#,
            r#"{"a":"","b":null,"c":[0],"d":{}}"#,
            r#"{"a":true,"c":false}"#,
        ]);
        let expected = json!({
            "a": {"filled": 2, "types": {"string": 2, "boolean": 1}},
            "b": {"filled": 1, "types": {"number": 1, "null": 1}},
            "c": {"filled": 2, "types": {"array": 2, "boolean": 1}},
            "d": {"filled": 1, "types": {"object": 2}},
        });
        assert_eq!(serde_json::to_value(&items.fields).unwrap(), expected);
        assert_eq!(items.fill("b").to_string(), "0.3333333333333333");
    }

    #[test]
    fn fields_keep_the_order_of_the_items() {
        let items = counted(&[r#"{"z":1,"a":1}"#, r#"{"a":1,"m":1,"z":1}"#]);
        let names: Vec<&str> = items.fields.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["z", "a", "m"]);
        assert!(items.fields.iter().all(|(_, field)| field.filled <= 2));
    }

    #[test]
    fn a_map_without_end_is_bounded_and_what_is_watched_is_counted_in_it() {
        let many: Vec<String> = (0..1000).map(|nth| format!("\"{nth}\":1")).collect();
        let record = format!("{{{},\"watched\":1}}", many.join(","));
        let items = counted(&[&record, &record]);
        assert_eq!(items.fields.iter().count(), 201);
        assert_eq!(items.other_fields, 2 * 800);
        assert_eq!(items.fields["watched"].filled, 2);
    }

    #[test]
    fn an_item_that_has_a_field_twice_does_not_fill_more_than_all() {
        let items = counted(&[r#"{"a":1,"a":2}"#]);
        assert!((items.fill("a") - 1.0).abs() < f64::EPSILON);
    }
}
