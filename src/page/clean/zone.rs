//! Offsets from UTC, given as numbers or by names that mean one offset only.

use jiff::tz::Offset;

/// Names of zones and their minutes from UTC. `IST`, `BST` of Asia and the like have several meanings and are not here; those
/// of RFC 2822 mean what it says.
const ZONES: [(&str, i32); 46] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("nst", -210),
    ("ndt", -150),
    ("adt", -180),
    ("brt", -180),
    ("art", -180),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("eat", 180),
    ("pkt", 300),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
];

/// Reads `+02:00`, `-0500`, `+2`, `GMT+1`, `EST` or `Z`; `None` for a name that is not known, or has several meanings.
pub(crate) fn zone(text: &str) -> Option<Offset> {
    let text = text.to_ascii_lowercase();
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == text) {
        return Offset::from_seconds(minutes * 60).ok();
    }
    let of_utc = text
        .strip_prefix("gmt")
        .or_else(|| text.strip_prefix("utc"));
    let signed = of_utc.unwrap_or(&text);
    let digits = signed.strip_prefix(['+', '-'])?;
    let sign = if signed.starts_with('-') { -1 } else { 1 };
    Offset::from_seconds(sign * seconds(digits)?).ok()
}

/// Reads `02:00`, `0200`, `02` or `2` as seconds.
fn seconds(digits: &str) -> Option<i32> {
    let digits = digits.replace(':', "");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (&*digits, "0"),
        3 | 4 => digits.split_at_checked(digits.len() - 2)?,
        _ => return None,
    };
    let minutes: i32 = minutes.parse().ok().filter(|minutes| *minutes < 60)?;
    Some((hours.parse::<i32>().ok()? * 60 + minutes) * 60)
}
