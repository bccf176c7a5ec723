//! Notations of a number: `1,234.5`, `1.234,5`, `1 234`, `1,23,456`.

use super::amount::digit;

/// Rule that says which mark is the decimal one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Point,
    Comma,
    /// The last of several marks, or the only one unless it looks like one between groups.
    Told,
    /// The last of several marks, or the only one, for a currency with three decimals.
    Thousandths,
}

/// Arabic decimal mark, which has no other meaning.
const ARABIC: char = '٫';

impl Notation {
    /// Returns the number in plain notation, `1234.50`; `None` if its marks make no sense. `written` begins with a digit or
    /// a mark and ends with a digit.
    pub(super) fn read(self, written: &str) -> Option<String> {
        let mark = self.mark(written);
        let (whole, fraction) = match mark.and_then(|mark| written.split_once(mark)) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (written, None),
        };
        let mut plain = grouped(whole)?;
        if let Some(fraction) = fraction {
            plain.push('.');
            for c in fraction.chars() {
                plain.push(digit(c)?);
            }
        }
        Some(plain)
    }

    /// Returns the decimal mark of this number, if it has one.
    fn mark(self, written: &str) -> Option<char> {
        if written.contains(ARABIC) {
            return Some(ARABIC);
        }
        match self {
            Self::Point => Some('.'),
            Self::Comma => Some(','),
            Self::Told | Self::Thousandths => {
                let (at, mark) = written
                    .char_indices()
                    .rfind(|(_, c)| matches!(c, '.' | ','))?;
                let before = written.get(..at)?;
                let after = written.get(at + 1..)?;
                let is_first = !before.contains(mark);
                let is_group = self == Self::Told && separates_groups(before, after);
                (is_first && !is_group).then_some(mark)
            }
        }
    }
}

/// Returns whether a single mark stands where one between groups would: `1.234`, but not `0.123` and not `1'234.500`.
fn separates_groups(before: &str, after: &str) -> bool {
    before.chars().all(|c| digit(c).is_some())
        && (1..=3).contains(&before.chars().count())
        && before.chars().next().and_then(digit) != Some('0')
        && after.chars().count() == 3
}

/// Returns the digits of a whole number; `None` if its groups are wrong.
fn grouped(whole: &str) -> Option<String> {
    let mut marks = whole.chars().filter(|&c| digit(c).is_none());
    let groups: Vec<_> = whole.split(|c| digit(c).is_none()).collect();
    if let Some(mark) = marks.next() {
        let is_one_kind = marks.all(|other| other == mark);
        if !(is_one_kind && are_groups(&groups, mark == ',')) {
            return None;
        }
    }
    let digits: String = groups.concat().chars().filter_map(digit).collect();
    let significant = digits.trim_start_matches('0');
    Some(
        if significant.is_empty() {
            "0"
        } else {
            significant
        }
        .to_owned(),
    )
}

/// Returns whether these are groups of three, or of two in the Indian way, where the last one has three.
fn are_groups(groups: &[&str], may_be_indian: bool) -> bool {
    let lengths: Vec<_> = groups.iter().map(|group| group.chars().count()).collect();
    let [first, middle @ .., last] = &lengths[..] else {
        return false;
    };
    let of = |length| (1..=length).contains(first) && middle.iter().all(|&other| other == length);
    *last == 3 && (of(3) || may_be_indian && of(2))
}
