//! Alignment of two lists of items: which belong together when nothing names them.

use serde_json::Value;

use super::fields::likeness;

/// The largest table that is filled, in cells; what is larger is taken in order.
const LARGEST: usize = 1 << 20;

/// Returns pairs of places in the two lists, in order: those that have the most in common, all together. An item
/// without a partner is in no pair.
pub(super) fn align(expected: &[&Value], found: &[&Value]) -> Vec<(usize, usize)> {
    let same = expected
        .iter()
        .zip(found)
        .take_while(|(a, b)| a == b)
        .count();
    let rest = |list: &[&Value]| list.len() - same;
    let ends = expected.iter().rev().zip(found.iter().rev());
    let same_at_end = ends
        .take(rest(expected).min(rest(found)))
        .take_while(|(a, b)| a == b)
        .count();
    let middle = |list: &[&Value]| same..list.len() - same_at_end;
    let (a, b) = (middle(expected), middle(found));
    let between = match (expected.get(a.clone()), found.get(b.clone())) {
        (Some(a), Some(b)) if (a.len() + 1).saturating_mul(b.len() + 1) <= LARGEST => best(a, b),
        _ => (0..a.len().min(b.len())).map(|at| (at, at)).collect(),
    };
    let at_start = (0..same).map(|at| (at, at));
    let between = between.into_iter().map(|(x, y)| (a.start + x, b.start + y));
    let at_end = (0..same_at_end).map(|at| (a.end + at, b.end + at));
    at_start.chain(between).chain(at_end).collect()
}

/// Returns the pairs with the greatest sum of what they have in common, by dynamic programming.
fn best(expected: &[&Value], found: &[&Value]) -> Vec<(usize, usize)> {
    let width = found.len() + 1;
    // `sums[i * width + j]`: of what is left from `i` and `j` on.
    let mut sums = vec![0_u32; (expected.len() + 1) * width];
    let at =
        |sums: &[u32], i: usize, j: usize| sums.get(i * width + j).copied().unwrap_or_default();
    let paired = |sums: &[u32], i: usize, j: usize, a: &Value, b: &Value| {
        // Any pair is better than none: an item of which everything has changed is still a changed item.
        at(sums, i + 1, j + 1).saturating_add(likeness(a, b).saturating_mul(4).saturating_add(1))
    };
    for (i, a) in expected.iter().enumerate().rev() {
        for (j, b) in found.iter().enumerate().rev() {
            let apart = at(&sums, i + 1, j).max(at(&sums, i, j + 1));
            let sum = paired(&sums, i, j, a, b).max(apart);
            if let Some(cell) = sums.get_mut(i * width + j) {
                *cell = sum;
            }
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while let (Some(a), Some(b)) = (expected.get(i), found.get(j)) {
        let sum = at(&sums, i, j);
        if sum == paired(&sums, i, j, a, b) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if sum == at(&sums, i + 1, j) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn pairs(expected: &[Value], found: &[Value]) -> Vec<(usize, usize)> {
        let (a, b): (Vec<_>, Vec<_>) = (expected.iter().collect(), found.iter().collect());
        align(&a, &b)
    }

    #[test]
    fn an_item_that_is_gone_does_not_shift_the_others() {
        let item = |n: u32, price: u32| json!({"id": n, "title": format!("t{n}"), "price": price});
        let expected: Vec<Value> = (0..5).map(|n| item(n, 1)).collect();
        let found = [item(0, 1), item(2, 9), item(3, 9), item(4, 9)];
        assert_eq!(pairs(&expected, &found), [(0, 0), (2, 1), (3, 2), (4, 3)]);
    }

    #[test]
    fn an_item_of_which_everything_changed_is_a_changed_item() {
        assert_eq!(pairs(&[json!("a")], &[json!("b")]), [(0, 0)]);
    }

    #[test]
    fn lists_too_long_for_a_table_are_taken_in_order() {
        let list = |from: u32| (from..from + 2000).map(|n| json!(n)).collect::<Vec<_>>();
        assert_eq!(pairs(&list(0), &list(5000)).len(), 2000);
    }

    proptest! {
        #[test]
        fn pairs_are_in_order_and_none_is_in_two(
            a in prop::collection::vec(0..4_u8, 0..12),
            b in prop::collection::vec(0..4_u8, 0..12),
        ) {
            let values = |list: &[u8]| list.iter().map(|n| json!(n)).collect::<Vec<_>>();
            let pairs = pairs(&values(&a), &values(&b));
            prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
            prop_assert!(pairs.iter().all(|(x, y)| *x < a.len() && *y < b.len()));
            prop_assert!(a != b || pairs.len() == a.len());
        }
    }
}
