//! The number in a text: where it begins and ends, and its sign.

use super::notation::Notation;
use super::quoted;

/// The one number in a text, in plain notation: `-1234.50`.
///
/// # Errors
///
/// When there is none, or more than one, or its marks make no sense.
pub(super) fn decimal(text: &str, notation: Notation) -> Result<String, String> {
    let number = first(text).ok_or_else(|| format!("no number in {}", quoted(text)))?;
    if first(number.after).is_some() {
        return Err(format!("more than one number in {}", quoted(text)));
    }
    let plain = notation.read(number.written);
    let plain = plain.ok_or_else(|| format!("no number that makes sense in {}", quoted(text)))?;
    Ok(number.signed(plain))
}

/// The first number in a text, which has to be whole.
///
/// # Errors
///
/// When there is none, or it is not whole.
pub(super) fn whole(text: &str) -> Result<String, String> {
    let number = first(text).ok_or_else(|| format!("no number in {}", quoted(text)))?;
    let plain = Notation::Told.read(number.written);
    match plain.filter(|plain| !plain.contains('.')) {
        Some(plain) => Ok(number.signed(plain)),
        None => Err(format!("no whole number in {}", quoted(text))),
    }
}

/// The ASCII form of a digit, whatever script it is from.
pub(super) fn digit(c: char) -> Option<char> {
    let zeros = ['0', '٠', '۰', '०', '０'];
    let value = zeros
        .iter()
        .filter_map(|&zero| u32::from(c).checked_sub(u32::from(zero)))
        .find(|&value| value < 10)?;
    char::from_digit(value, 10)
}

/// A number in a text.
struct Found<'a> {
    before: &'a str,
    /// Digits and marks between them.
    written: &'a str,
    after: &'a str,
}

fn first(text: &str) -> Option<Found<'_>> {
    let digits = text.find(|c| digit(c).is_some())?;
    let (before, from_digit) = text.split_at_checked(digits)?;
    let end = digits + end(from_digit);
    // A mark right before it, with no word before that, is the decimal one: `.99`.
    let mark = before.strip_suffix(['.', ',']);
    let mark = mark.filter(|start| !start.ends_with(char::is_alphanumeric));
    let before = mark.unwrap_or(before);
    Some(Found {
        before,
        written: text.get(before.len()..end)?,
        after: text.get(end..)?,
    })
}

/// Where the number ends that `text` begins with: a mark belongs to it if a digit follows, a space if a group does.
fn end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let mut end = 0;
    let mut run = 0;
    while let Some((at, c)) = chars.next() {
        if digit(c).is_some() {
            run += 1;
            end = at + c.len_utf8();
            continue;
        }
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let belongs = match c {
            '.' | ',' | '\'' | '’' | '٫' | '٬' => {
                chars.peek().is_some_and(|&(_, c)| digit(c).is_some())
            }
            ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' => run <= 3 && begins_with_group(rest),
            _ => false,
        };
        if !belongs {
            break;
        }
        run = 0;
    }
    end
}

fn begins_with_group(text: &str) -> bool {
    text.chars()
        .take_while(|&c| digit(c).is_some())
        .take(4)
        .count()
        == 3
}

impl Found<'_> {
    fn signed(&self, plain: String) -> String {
        let is_zero = plain.chars().all(|c| matches!(c, '0' | '.'));
        if self.is_negative() && !is_zero {
            format!("-{plain}")
        } else {
            plain
        }
    }

    /// `-12`, `-£12`, `£-12`, `EUR -12`, `(12)`, `(£12)`; but not `route-12` and not `price - 12`.
    fn is_negative(&self) -> bool {
        let (before, after) = (self.before.trim_start(), self.after.trim_end());
        let bracketed = before.strip_prefix('(').zip(after.strip_suffix(')'));
        if bracketed.is_some_and(|(before, after)| !before.contains(')') && !after.contains('(')) {
            return true;
        }
        let is_minus = |c: char| matches!(c, '-' | '−' | '–');
        match before.strip_suffix(is_minus) {
            Some(word) => !word.ends_with(char::is_alphanumeric) || is_currency_code(word),
            None => before.starts_with(is_minus),
        }
    }
}

fn is_currency_code(word: &str) -> bool {
    word.len() == 3 && word.chars().all(|c| c.is_ascii_uppercase())
}
