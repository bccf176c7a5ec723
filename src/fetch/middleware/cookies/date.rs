//! Reads the date of an `Expires` attribute, in whatever order and spelling it comes (RFC 6265bis, section 5.1.1).

use jiff::civil::Date;
use jiff::tz::TimeZone;

const MONTHS: [&[u8]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// Parts of a date that were found so far; of each part the first one counts.
#[derive(Default)]
struct Parts {
    time: Option<[i8; 3]>,
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
}

/// Seconds since 1970; `None` when a part is missing or there is no such time.
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let mut parts = Parts::default();
    for token in text
        .split(|byte| is_delimiter(*byte))
        .filter(|t| !t.is_empty())
    {
        parts.take(token);
    }
    let Parts {
        time: Some([hour, minute, second]),
        day: Some(day),
        month: Some(month),
        year: Some(year),
    } = parts
    else {
        return None;
    };
    let year = match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    };
    if year < 1601 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let date = Date::new(year, month, day).ok()?;
    let time = date.at(hour, minute, second, 0).to_zoned(TimeZone::UTC);
    time.ok().map(|time| time.timestamp().as_second())
}

impl Parts {
    /// Takes a token for the first part that is missing and that it can be.
    fn take(&mut self, token: &[u8]) {
        if self.time.is_none()
            && let Some(time) = time(token)
        {
            self.time = Some(time);
        } else if self.day.is_none()
            && let Some(day) = number(token, 1, 2)
        {
            self.day = i8::try_from(day).ok();
        } else if self.month.is_none()
            && let Some(month) = month(token)
        {
            self.month = Some(month);
        } else if self.year.is_none() {
            self.year = number(token, 2, 4);
        }
    }
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2F | 0x3B..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E)
}

/// Three numbers with colons between them; anything that is no digit may follow.
fn time(token: &[u8]) -> Option<[i8; 3]> {
    let mut fields = token.splitn(3, |byte| *byte == b':');
    let (hour, minute, second) = (fields.next()?, fields.next()?, fields.next()?);
    let whole = |field: &[u8]| field.iter().all(u8::is_ascii_digit);
    if !whole(hour) || !whole(minute) {
        return None;
    }
    let field = |field| number(field, 1, 2).and_then(|n| i8::try_from(n).ok());
    Some([field(hour)?, field(minute)?, field(second)?])
}

fn month(token: &[u8]) -> Option<i8> {
    let start = token.get(..3)?;
    let index = MONTHS
        .iter()
        .position(|month| start.eq_ignore_ascii_case(month))?;
    i8::try_from(index + 1).ok()
}

/// The number that a token begins with, if it has so many digits.
fn number(token: &[u8], least: usize, most: usize) -> Option<i16> {
    let length = token
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let digits = token
        .get(..length)
        .filter(|_| (least..=most).contains(&length))?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_kind_are_read() {
        let same = 784_111_777;
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "1994 november 6th 8:49:37x",
            "08:49:37 6 nov 94",
            "Sun,06/NOVember/1994@08:49:37",
        ] {
            assert_eq!(parse(text.as_bytes()), Some(same), "{text}");
        }
        for (text, seconds) in [
            ("01 Jan 1970 00:00:00", 0),
            ("Mon, 10-Dec-2007 17:02:24 GMT", 1_197_306_144),
            ("01 Jan 69 00:00:00", 3_124_224_000),
            ("01 Jan 70 00:00:00", 0),
            ("Thu, 01 Jan 1601 00:00:00 GMT", -11_644_473_600),
            ("Wed, 29 Feb 2012 12:00:00 GMT", 1_330_516_800),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "Thu, 01 Jan 1970",
            "Sun, 06 Nov 1994 24:00:00",
            "Sun, 06 Nov 1994 08:60:00",
            "Sun, 06 Nov 1994 08:49:61",
            "Tue, 29 Feb 2011 12:00:00",
            "Sun, 32 Nov 1994 08:49:37",
            "Fri, 01 Jan 1600 00:00:00",
            "Sun, 006 Nov 1994 08:49:37",
            "Sun, 06 Nov 19940 08:49:37",
            "Sun, 06 Nob 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49",
            "Sun, 06 Nov 1994 08:49:370",
            "\u{ff11}4 Nov",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
