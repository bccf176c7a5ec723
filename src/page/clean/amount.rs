//! Search for the number in a text: its beginning and end, and the words and marks that may stand beside it.

use std::borrow::Cow;

use super::currency::Decimals;
use super::notation::Notation;
use super::text::visible;
use super::{beside, currency, quoted, sign};

/// Returns the one number in a text, in plain notation: `-1234.50`. With [`Notation::Told`] it is an amount of money, for
/// which the rules are stricter.
///
/// # Errors
///
/// Returns an error if there is no number or more than one, if its marks make no sense, or if something beside it may
/// change it.
pub(super) fn decimal(text: &str, notation: Notation) -> Result<String, String> {
    let text = &*visible(text);
    let is_price = notation == Notation::Told;
    let number = first(text, is_price).ok_or_else(|| format!("no number in {}", quoted(text)))?;
    if first(number.after, is_price).is_some() {
        return Err(format!("more than one number in {}", quoted(text)));
    }
    number.check(text, is_price)?;
    if !is_price {
        let plain = number.read(notation, text)?;
        let is_negative =
            sign::is_in_brackets(number.before, number.after) || number.has_minus(text)?;
        return Ok(signed(plain, is_negative));
    }
    let cents = number.check_price(text)?;
    let notation = match currency::decimals(number.before, number.after) {
        Decimals::Three => Notation::Thousandths,
        Decimals::Unsure
            if number.read(notation, text)? != number.read(Notation::Thousandths, text)? =>
        {
            return Err(format!(
                "thousands or three decimals in {}? `number` or `number_comma` say which mark is the decimal one",
                quoted(text)
            ));
        }
        Decimals::Two | Decimals::Unsure => notation,
    };
    let plain = number.read(notation, text)?;
    let plain = if cents { hundredth(&plain) } else { plain };
    let is_negative = sign::of_price(number.before, number.after)
        .ok_or_else(|| format!("a minus or a dash in {}?", quoted(text)))?;
    Ok(signed(plain, is_negative))
}

/// Returns the first number in a text, which has to be whole.
///
/// # Errors
///
/// Returns an error if there is no number, or it is not whole, or may be not: `1.234`.
pub(super) fn whole(text: &str) -> Result<String, String> {
    let text = &*visible(text);
    let number = first(text, false).ok_or_else(|| format!("no number in {}", quoted(text)))?;
    number.check(text, false)?;
    let plain = Notation::Point.read(&number.written);
    match plain.filter(|plain| !plain.contains('.')) {
        Some(plain) => Ok(signed(plain, number.has_minus(text)?)),
        None => Err(format!("no whole number in {}", quoted(text))),
    }
}

/// Divides a number in plain notation by a hundred: `99` becomes `0.99`.
fn hundredth(plain: &str) -> String {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = format!("{whole:0>3}");
    let (units, cents) = digits
        .split_at_checked(digits.len() - 2)
        .unwrap_or(("0", &digits));
    format!("{units}.{cents}{fraction}")
}

fn signed(plain: String, is_negative: bool) -> String {
    let is_zero = plain.chars().all(|c| matches!(c, '0' | '.'));
    if is_negative && !is_zero {
        format!("-{plain}")
    } else {
        plain
    }
}

/// Returns the ASCII form of a digit, whatever script it is from.
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
    /// Digits, and the marks between them.
    written: Cow<'a, str>,
    after: &'a str,
}

fn first(text: &str, is_price: bool) -> Option<Found<'_>> {
    let digits = text.find(|c| digit(c).is_some())?;
    let (before, from_digit) = text.split_at_checked(digits)?;
    let mut end = digits + end(from_digit);
    // A mark right before it, with no word or other mark before that, is the decimal one: `.99`.
    let mark = before.strip_suffix(['.', ',']);
    let is_other = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',');
    let mark = mark.filter(|start| !start.ends_with(is_other));
    let before = mark.unwrap_or(before);
    let mut written = Cow::Borrowed(text.get(before.len()..end)?);
    if is_price && let Some((cents, length)) = cents_apart(&written, text.get(end..)?) {
        written = format!("{written}.{cents}").into();
        end += length;
    }
    Some(Found {
        before,
        written,
        after: text.get(end..)?,
    })
}

/// Returns the cents of a price that was typed with a space behind its mark, `250, 49 TL`, and the length of mark, space
/// and cents. `None` without a currency right behind them: they may as well be another number.
fn cents_apart<'a>(written: &str, after: &'a str) -> Option<(&'a str, usize)> {
    let digits = after
        .strip_prefix(", ")
        .or_else(|| after.strip_prefix(". "))?;
    let end = digits.find(|c| digit(c).is_none())?;
    let (cents, behind) = digits.split_at_checked(end)?;
    let is_price = written.chars().all(|c| digit(c).is_some())
        && cents.chars().count() == 2
        && currency::strip_prefix(behind.trim_start()).is_some();
    is_price.then_some((cents, after.len() - behind.len()))
}

/// Returns the end of the number that `text` begins with: a mark belongs to it if a digit follows, a space if a group does.
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
            '.' | ',' | '\'' | '’' | '٫' | '٬' | '،' => {
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
    fn read(&self, notation: Notation, text: &str) -> Result<String, String> {
        notation
            .read(&self.written)
            .ok_or_else(|| format!("no number that makes sense in {}", quoted(text)))
    }

    /// Checks that the words and signs beside a number do not change it.
    fn check(&self, text: &str, is_price: bool) -> Result<(), String> {
        let touches = |c: char| c.is_alphanumeric();
        let is_touched = self.before.ends_with(touches)
            && currency::strip_suffix(self.before).is_none()
            || self.after.starts_with(touches)
                && currency::strip_prefix(self.after).is_none()
                && currency::strip_small_coin(self.after).is_none();
        if is_touched {
            return Err(format!(
                "the number in {} has something attached to it, which may change it; a pattern can take it alone",
                quoted(text)
            ));
        }
        if let Some(word) = beside::multiple(self.after, false) {
            return Err(not_all(text, &word));
        }
        if self.written.contains(' ') && !(is_price && self.is_spaced_price()) {
            return Err(format!("one number, or more than one, in {}", quoted(text)));
        }
        Ok(())
    }

    /// Checks that the words and signs beside an amount of money are known to leave it as it is. Returns whether it counts
    /// cents.
    fn check_price(&self, text: &str) -> Result<bool, String> {
        let mut marks = self.before.chars().rev();
        if marks.next().is_some_and(is_mark) && marks.next().is_some_and(is_mark) {
            return Err(format!("no number that makes sense in {}", quoted(text)));
        }
        if beside::is_percentage(self.before, self.after) {
            return Err(format!("a percentage, not an amount, in {}", quoted(text)));
        }
        if self.before.trim_end().ends_with(['¢', '￠'])
            && currency::strip_suffix(self.before.trim_end()).is_none()
        {
            return Err(format!("cents or another currency in {}?", quoted(text)));
        }
        if let Some(behind) = currency::strip_small_coin(self.after) {
            // `£0.50 pence` may be either.
            if currency::is_in(self.before) || currency::strip_beside(behind.trim_start()).is_some()
            {
                return Err(format!("cents or a whole amount in {}?", quoted(text)));
            }
            return Ok(true);
        }
        match beside::stranger(self.after) {
            Some(word) => Err(not_all(text, &word)),
            None => Ok(false),
        }
    }

    /// Returns whether spaces in the number can only divide its groups: it is a price and nothing else, with two decimals
    /// or a currency right behind it.
    fn is_spaced_price(&self) -> bool {
        let has_currency = currency::strip_beside(self.after.trim_start()).is_some();
        (self.has_cents() || has_currency) && sign::is_alone(self.before, self.after)
    }

    /// Returns whether the number ends in a decimal mark and two digits.
    fn has_cents(&self) -> bool {
        let cents = self.written.rsplit_once(['.', ',', '٫']);
        cents.is_some_and(|(_, cents)| cents.chars().count() == 2)
    }

    fn has_minus(&self, text: &str) -> Result<bool, String> {
        sign::is_negative(self.before, self.after)
            .ok_or_else(|| format!("a minus or a dash in {}?", quoted(text)))
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',')
}

fn not_all(text: &str, word: &str) -> String {
    format!(
        "the number in {} may not be all: {word:?} behind it may change it; a pattern can take it alone",
        quoted(text)
    )
}
