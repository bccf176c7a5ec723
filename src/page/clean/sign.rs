//! Detection of negative numbers in a text, where a dash may be something else and brackets mostly are.

use super::currency;

/// Returns whether a number is negative; `None` where a mark may be a minus or a dash.
///
/// A minus touches the number or its currency, and follows white space, a bracket or nothing: `-£12`, `£-12`, `Total: -12`;
/// in `route-12` and `A - 12` it is a dash. `Price:-12`, `- 12` and `12.50-` leave it open.
pub(super) fn is_negative(before: &str, after: &str) -> Option<bool> {
    let mut behind = after.chars();
    if behind.next().is_some_and(is_minus) && !behind.next().is_some_and(char::is_alphanumeric) {
        return None;
    }
    if let Some(outer) = before.strip_suffix(is_minus) {
        if currency::strip_suffix(outer).is_some() {
            return Some(true);
        }
        return if outer.ends_with(char::is_alphanumeric) {
            Some(false)
        } else {
            may_precede(outer).then_some(true)
        };
    }
    let outer = before.trim_end();
    let Some(outer) = currency::strip_suffix(outer) else {
        return is_dash(outer);
    };
    match outer.strip_suffix(is_minus) {
        Some(outer) => may_precede(outer).then_some(true),
        None => is_dash(outer.trim_end()),
    }
}

/// Returns whether an amount of money is negative; `None` where a mark may be a minus or a dash.
///
/// It is stricter than [`is_negative`]: an amount that begins with a minus, or is in brackets as accountants write it, is
/// never positive. Between a minus and the number there may be an unknown currency, `-USh 18.20`, if it is written as one.
pub(super) fn of_price(before: &str, after: &str) -> Option<bool> {
    if is_in_brackets(before, after) {
        return Some(true);
    }
    if before.trim() == "(" && after.trim() == ")" {
        return None;
    }
    let begins = before.trim_start().trim_start_matches('(');
    if let Some(rest) = begins.strip_prefix(is_minus) {
        let is_sure = is_negative(before, after) == Some(true);
        return (is_sure || is_currency_like(rest.trim_end())).then_some(true);
    }
    if let Some(outer) = before.strip_suffix(is_minus)
        && currency::strip_suffix(outer).is_none()
        && is_currency_like(outer.trim_start())
    {
        return None;
    }
    is_negative(before, after)
}

/// Returns whether a text may be an unknown currency: few letters or signs without white space, the first no small letter.
fn is_currency_like(text: &str) -> bool {
    (1..=5).contains(&text.chars().count())
        && !text.contains(|c: char| c.is_whitespace() || is_minus(c))
        && !text.starts_with(char::is_lowercase)
}

/// Returns whether brackets are all around an amount and its currency: the minus of accountants, `(£12.50)`. Without a
/// currency it is rather a count, `(1,234)`, and with words a remark.
pub(super) fn is_in_brackets(before: &str, after: &str) -> bool {
    let inner = before.trim().strip_prefix('(');
    let Some((before, after)) = inner.zip(after.trim().strip_suffix(')')) else {
        return false;
    };
    let left = currency::strip_suffix(before.trim());
    let right = currency::strip_beside(after.trim());
    (left.is_some() || right.is_some())
        && left.unwrap_or(before).trim().is_empty()
        && right.unwrap_or(after).trim().is_empty()
}

/// Returns whether there is nothing beside the number but a currency, a sign and brackets.
pub(super) fn is_alone(before: &str, after: &str) -> bool {
    let is_mark = |c: char| c.is_whitespace() || is_minus(c) || "()".contains(c);
    let (before, after) = (
        before.trim_end_matches(is_mark),
        after.trim_start_matches(is_mark),
    );
    let before = currency::strip_suffix(before).unwrap_or(before);
    let after = currency::strip_beside(after).unwrap_or(after);
    before.chars().chain(after.chars()).all(is_mark)
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '−' | '–' | '‐' | '‑' | '﹣' | '－')
}

fn may_precede(outer: &str) -> bool {
    outer.is_empty() || outer.ends_with(|c: char| c.is_whitespace() || c == '(')
}

/// Returns `Some(false)`, not negative, without a dash, or for a dash that divides the number from something beside it;
/// else `None`.
fn is_dash(outer: &str) -> Option<bool> {
    let words = outer.trim_end_matches(is_minus);
    (words.len() == outer.len() || !words.trim().is_empty()).then_some(false)
}
