//! Numbers and small tables as a person reads them.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::terminal::printable_line;

/// Formats a number with its thousands apart: `1,169`.
pub(in crate::cli) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats a number of things: `1 page`, `2 pages`.
pub(in crate::cli) fn plural(number: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        count(number),
        if number == 1 { "" } else { "s" }
    )
}

/// Formats a number of bytes: `1.5 MiB`.
pub(in crate::cli) fn bytes(number: u64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "one digit behind the point is shown"
    )]
    let mut size = number as f64;
    let mut units = ["B", "KiB", "MiB", "GiB", "TiB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while size >= 1024.0 {
        let Some(next) = units.next() else { break };
        (size, unit) = (size / 1024.0, next);
    }
    if unit == "B" {
        format!("{number} B")
    } else {
        format!("{size:.1} {unit}")
    }
}

/// Formats a date and time, local: `2026-11-21 12:00`.
pub(in crate::cli) fn moment(time: Timestamp) -> String {
    let local = time.to_zoned(TimeZone::system());
    local.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Formats rows in columns of at most these widths; what is longer is cut with an ellipsis. Two spaces precede each
/// column.
pub(in crate::cli) fn table<const N: usize>(widths: [usize; N], rows: &[[String; N]]) -> String {
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, max)) in row.iter().zip(widths).enumerate() {
            let widest = rows
                .iter()
                .filter_map(|row| row.get(at))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0);
            let width = widest.min(max);
            let _ = write!(line, "  {:<width$}", cut(cell, max));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Formats one row of a table whose other rows are not known yet: cells in columns of these widths, and a last one that is
/// as wide as it is. Two spaces are between them.
pub(in crate::cli) fn row<const N: usize>(
    widths: [usize; N],
    cells: [&str; N],
    last: &str,
) -> String {
    let mut line = String::new();
    for (cell, width) in cells.into_iter().zip(widths) {
        let _ = write!(line, "{:<width$}  ", cut(cell, width));
    }
    line + &printable_line(last)
}

/// Formats one row of a table whose other rows are not known yet: cells in columns of these widths, two spaces between them.
pub(in crate::cli) fn cells(widths: &[usize], cells: &[String]) -> String {
    let mut line = String::new();
    for (cell, &width) in cells.iter().zip(widths) {
        let _ = write!(line, "{:<width$}  ", cut(cell, width));
    }
    line.truncate(line.trim_end().len());
    line
}

fn cut(text: &str, width: usize) -> String {
    let text = printable_line(text);
    if text.chars().count() <= width {
        return text.into_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), text);
        }
        assert_eq!(plural(1, "page"), "1 page");
        assert_eq!(plural(0, "page"), "0 pages");
    }

    #[test]
    fn bytes_have_units() {
        for (number, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.5 KiB"),
            (32 << 20, "32.0 MiB"),
        ] {
            assert_eq!(bytes(number), text);
        }
    }

    #[test]
    fn a_row_has_its_widths_before_the_others_are_known() {
        assert_eq!(
            row([3, 4], ["a", "long\ntitle"], "http://x/"),
            "a    lon…  http://x/"
        );
    }

    #[test]
    fn columns_are_as_wide_as_needed_and_allowed() {
        let rows = [
            ["a".to_owned(), "long title".to_owned()],
            ["bb".to_owned(), "x".to_owned()],
        ];
        assert_eq!(table([5, 6], &rows), "  a   long …\n  bb  x\n");
    }
}
