//! The number in a text: where it begins and ends, and what may stand beside it.

use super::notation::Notation;
use super::{currency, quoted, sign};

/// What multiplies a number that it follows.
const MULTIPLES: [&str; 13] = [
    "thousand", "million", "millions", "billion", "mn", "mln", "bn", "mio", "mrd", "tsd", "lakh",
    "lakhs", "crore",
];
/// Those that are units elsewhere: metres, kelvins.
const MULTIPLES_OF_PRICES: [&str; 3] = ["k", "m", "b"];

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
    let is_price = notation == Notation::Told;
    number.check(text, is_price)?;
    let plain = notation.read(number.written);
    let plain = plain.ok_or_else(|| format!("no number that makes sense in {}", quoted(text)))?;
    let is_negative =
        sign::is_in_brackets(number.before, number.after) || number.has_minus(text)?;
    Ok(signed(plain, is_negative))
}

/// The first number in a text, which has to be whole.
///
/// # Errors
///
/// When there is none, or it is not whole, or may be not: `1.234`.
pub(super) fn whole(text: &str) -> Result<String, String> {
    let number = first(text).ok_or_else(|| format!("no number in {}", quoted(text)))?;
    number.check(text, false)?;
    let plain = Notation::Point.read(number.written);
    match plain.filter(|plain| !plain.contains('.')) {
        Some(plain) => Ok(signed(plain, number.has_minus(text)?)),
        None => Err(format!("no whole number in {}", quoted(text))),
    }
}

fn signed(plain: String, is_negative: bool) -> String {
    let is_zero = plain.chars().all(|c| matches!(c, '0' | '.'));
    if is_negative && !is_zero {
        format!("-{plain}")
    } else {
        plain
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
    // A mark right before it, with no word or other mark before that, is the decimal one: `.99`.
    let mark = before.strip_suffix(['.', ',']);
    let is_other = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',');
    let mark = mark.filter(|start| !start.ends_with(is_other));
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
    /// What stands beside the number must not change it, and a space in it must not divide it.
    fn check(&self, text: &str, is_price: bool) -> Result<(), String> {
        let touches = |c: char| c.is_alphanumeric();
        let is_touched = self.before.ends_with(touches)
            && currency::strip_suffix(self.before).is_none()
            || self.after.starts_with(touches) && currency::strip_prefix(self.after).is_none();
        if is_touched {
            return Err(format!(
                "the number in {} has something attached to it, which may change it; a pattern can take it alone",
                quoted(text)
            ));
        }
        let word = self.after.trim_start();
        let word = word
            .split(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if word.starts_with(char::is_numeric)
            || MULTIPLES.contains(&word.as_str())
            || is_price && MULTIPLES_OF_PRICES.contains(&word.as_str())
        {
            return Err(format!(
                "the number in {} is not all: {word:?} changes it",
                quoted(text)
            ));
        }
        let may_have_space =
            is_price && self.has_cents() && sign::is_alone(self.before, self.after);
        if self.written.contains(' ') && !may_have_space {
            return Err(format!("one number, or more than one, in {}", quoted(text)));
        }
        Ok(())
    }

    /// Whether a decimal mark and two digits end it.
    fn has_cents(&self) -> bool {
        let cents = self.written.rsplit_once(['.', ',', '٫']);
        cents.is_some_and(|(_, cents)| cents.chars().count() == 2)
    }

    fn has_minus(&self, text: &str) -> Result<bool, String> {
        sign::is_negative(self.before, self.after)
            .ok_or_else(|| format!("a minus or a dash in {}?", quoted(text)))
    }
}
