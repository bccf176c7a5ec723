//! Fields in the report of a crawl that were filled too seldom.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Finish, Items};

/// Field whose fill rate is below its threshold, the setting `min_fill`: the site has changed, most likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Shortfall {
    /// Name of the field.
    pub field: String,
    /// Number of items that were [counted](Items::counted).
    pub items: u64,
    /// Number of counted items in which the field is filled.
    pub filled: u64,
    /// Share of the counted items in which the field is filled, from 0 to 1; 0 when there are no items.
    pub fill: f64,
    /// Minimum share that the setting `min_fill` asks for.
    pub min_fill: f64,
}

/// Formats as `price 12 %, not 90 %`.
impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, fill) = (&self.field, Percent(self.filled, self.items));
        // In full, but for what is an error of floating point: nobody shall read `90 %, not 90 %`.
        let wanted = (self.min_fill * 1e12).round() / 1e10;
        let why = if self.items == 0 { " (no items)" } else { "" };
        write!(f, "{field} {fill}{why}, not {wanted} %")
    }
}

/// Share in percent (a part and its whole), to a tenth and never rounded up: only a complete one is `100 %`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percent(pub(crate) u64, pub(crate) u64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(part, whole) = *self;
        // An item can have a field twice.
        let tenths = u128::from(part.min(whole)) * 1000 / u128::from(whole.max(1));
        match (tenths, tenths % 10) {
            (0, _) if part > 0 => f.write_str("<0.1 %"),
            (_, 0) => write!(f, "{} %", tenths / 10),
            (_, tenth) => write!(f, "{}.{tenth} %", tenths / 10),
        }
    }
}

/// Returns the fields that are below their thresholds. Empty for a crawl that broke off, because it has not seen
/// all items; also for one that has items, all of which were kept by a version that counted no fields.
pub(crate) fn shortfalls(
    min_fill: &BTreeMap<String, f64>,
    items: &Items,
    finish: Finish,
) -> Vec<Shortfall> {
    if finish.is_unfinished() || (items.counted == 0 && items.kept > 0) {
        return Vec::new();
    }
    let shortfall = |(field, least): (&String, &f64)| {
        let fill = items.fill(field);
        (fill < *least).then(|| Shortfall {
            field: field.clone(),
            items: items.counted,
            filled: items.fields.get(field).map_or(0, |field| field.filled),
            fill,
            min_fill: *least,
        })
    };
    min_fill.iter().filter_map(shortfall).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(kept: u64, filled: u64) -> Items {
        let mut items = Items {
            kept,
            counted: kept,
            ..Items::default()
        };
        if let Some((_, field)) = items.fields.at(0, "price", |_| false) {
            field.filled = filled;
        }
        items
    }

    fn told(least: f64, items: &Items) -> Vec<String> {
        let min_fill = BTreeMap::from([("price".to_owned(), least)]);
        let shortfalls = shortfalls(&min_fill, items, Finish::Finished);
        shortfalls.iter().map(Shortfall::to_string).collect()
    }

    #[test]
    fn a_threshold_that_is_just_reached_is_reached() {
        for (part, whole) in [(9, 10), (90, 100), (63, 70), (99_999, 111_110)] {
            assert_eq!(told(0.9, &items(whole, part)), Vec::<String>::new());
        }
        assert_eq!(told(0.9, &items(1000, 899)), ["price 89.9 %, not 90 %"]);
        assert_eq!(
            told(0.999_99, &items(1_000_000, 999_900)),
            ["price 99.9 %, not 99.999 %"]
        );
    }

    #[test]
    fn a_share_and_its_threshold_never_look_the_same() {
        for (least, filled, text) in [
            (0.9, 8_996, "price 89.9 %, not 90 %"),
            (0.900_01, 9_000, "price 90 %, not 90.001 %"),
            (0.07, 699, "price 6.9 %, not 7 %"),
            (0.29, 1, "price <0.1 %, not 29 %"),
        ] {
            assert_eq!(told(least, &items(10_000, filled)), [text]);
        }
    }

    #[test]
    fn items_that_nobody_counted_are_not_judged() {
        let mut items = items(100, 45);
        items.counted = 50;
        assert_eq!(told(0.9, &items), Vec::<String>::new());
        assert_eq!(told(0.91, &items), ["price 90 %, not 91 %"]);
        items.counted = 0;
        assert_eq!(told(0.91, &items), Vec::<String>::new());
    }

    #[test]
    fn no_items_fall_short_of_any_threshold_but_0() {
        assert_eq!(told(0.01, &items(0, 0)), ["price 0 % (no items), not 1 %"]);
        assert!(told(0.0, &items(0, 0)).is_empty());
    }

    #[test]
    fn a_field_that_no_item_has_falls_short() {
        let min_fill = BTreeMap::from([("prise".to_owned(), 0.5)]);
        let told = shortfalls(&min_fill, &items(10, 10), Finish::MaxPages);
        assert_eq!(told[0].to_string(), "prise 0 %, not 50 %");
    }

    #[test]
    fn a_crawl_that_was_stopped_is_not_judged() {
        let min_fill = BTreeMap::from([("price".to_owned(), 1.0)]);
        assert!(shortfalls(&min_fill, &items(10, 0), Finish::Stopped).is_empty());
    }

    #[test]
    fn percents_are_not_rounded_up() {
        for (part, whole, text) in [
            (0, 0, "0 %"),
            (1, 3, "33.3 %"),
            (1, 2, "50 %"),
            (1, 5_000, "<0.1 %"),
            (9_999, 10_000, "99.9 %"),
            (7, 7, "100 %"),
            (u64::MAX, u64::MAX, "100 %"),
        ] {
            assert_eq!(Percent(part, whole).to_string(), text);
        }
    }
}
