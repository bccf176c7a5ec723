//! Comparing a path with a rule's pattern, both brought to one normal form first.
//!
//! The normal form (RFC 9309 section 2.2.2) is plain ASCII: escapes of unreserved characters are decoded, all other
//! escapes have upper-case digits, and what a URL cannot hold is escaped. `*` and `$` are special in a pattern only,
//! so a literal one is `%2A` or `%24` in either.

use std::borrow::Cow;

use memchr::memmem;

use super::index::{Steps, TooCostly};

/// Number of bytes of a path that are searched in one step.
const STEP: usize = 32;

/// A rule's pattern in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Text of the pattern. Every `*` is a wildcard and stands alone; a final `$` is the end of the path.
    pub(super) text: Box<str>,
    /// Length of the pattern for precedence: every `*` that was written counts.
    pub(super) octets: u32,
}

/// Brings a rule's pattern to its normal form. `None` when it cannot match any path: it starts with neither `/` nor
/// `*`.
pub(super) fn normalise_pattern(written: &[u8]) -> Option<Pattern> {
    if !matches!(written.first(), Some(b'/' | b'*')) {
        return None;
    }
    let (body, end) = written
        .strip_suffix(b"$")
        .map_or((written, ""), |body| (body, "$"));
    let mut normal = String::with_capacity(written.len());
    let (mut left_out, mut added) = (0, 0);
    for octet in octets(body) {
        match octet {
            Octet::Plain(b'*') if normal.ends_with('*') => left_out += 1,
            Octet::Plain(b'*') => normal.push('*'),
            octet => {
                // Escaped only to be told from the end of a path: it counts as what it is in a request.
                added += usize::from(matches!(octet, Octet::Plain(b'$'))) * 2;
                push(&mut normal, octet);
            }
        }
    }
    normal.push_str(end);
    let octets = u32::try_from(normal.len() + left_out - added).unwrap_or(u32::MAX);
    Some(Pattern {
        text: normal.into(),
        octets,
    })
}

/// Brings the path and query of a URL to normal form.
///
/// Characters outside ASCII are left as they are and so match nothing but wildcards: they cannot appear in a request,
/// and which octets they stand for is for the URL parser to say, not for this.
pub(super) fn normalise_path(path: &str) -> Cow<'_, str> {
    if path.bytes().all(is_plain) {
        return Cow::Borrowed(path);
    }
    let mut normal = String::with_capacity(path.len());
    for octet in octets(path.as_bytes()) {
        match octet {
            Octet::Plain(byte) if !byte.is_ascii() => normal.push(char::from(byte)),
            octet => push(&mut normal, octet),
        }
    }
    Cow::Owned(normal)
}

/// Part of a pattern after its literal beginning.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail<'a> {
    /// Anything may follow.
    Open,
    /// Nothing may follow.
    End,
    /// Any text, followed by a match of this rest of the pattern: the part that begins after a `*`.
    Wild(&'a str),
}

impl Tail<'_> {
    /// Splits a pattern in normal form into its literal beginning and the rest.
    pub(super) fn split(pattern: &str) -> (&str, Tail<'_>) {
        match pattern.split_once('*') {
            Some((beginning, "" | "$")) => (beginning, Tail::Open),
            Some((beginning, tail)) => (beginning, Tail::Wild(tail)),
            None => match pattern.strip_suffix('$') {
                Some(all) => (all, Tail::End),
                None => (pattern, Tail::Open),
            },
        }
    }
}

/// Returns whether the rest of a path matches the part of a pattern after a `*`, both in normal form. Takes time linear
/// in the rest of the path, whatever the pattern.
///
/// Without backtracking: the leftmost place of each piece between wildcards leaves most room for the next, and the
/// last piece of an anchored pattern can only be at the end.
pub(super) fn tail_matches(tail: &str, path: &str, steps: &mut Steps) -> Result<bool, TooCostly> {
    let (tail, anchored) = tail
        .strip_suffix('$')
        .map_or((tail, false), |tail| (tail, true));
    let mut pieces = tail.split('*');
    let last = if anchored { pieces.next_back() } else { None };
    let mut rest = path.as_bytes();
    for piece in pieces {
        let place = memmem::find(rest, piece.as_bytes());
        steps.take(1 + place.unwrap_or(rest.len()) / STEP)?;
        let Some(place) = place else {
            return Ok(false);
        };
        rest = rest.get(place + piece.len()..).unwrap_or_default();
    }
    Ok(last.is_none_or(|end| rest.ends_with(end.as_bytes())))
}

#[derive(Clone, Copy)]
enum Octet {
    Plain(u8),
    Escaped(u8),
}

/// Splits text into octets and `%XX` escapes. A `%` that begins no escape is a plain octet.
fn octets(text: &[u8]) -> impl Iterator<Item = Octet> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if let [b'%', high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            rest = after;
            return Some(Octet::Escaped(high << 4 | low));
        }
        let (first, after) = rest.split_first()?;
        rest = after;
        Some(Octet::Plain(*first))
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn push(normal: &mut String, octet: Octet) {
    match octet {
        Octet::Plain(byte) if is_plain(byte) || byte == b'%' => normal.push(char::from(byte)),
        Octet::Escaped(byte) if is_unreserved(byte) => normal.push(char::from(byte)),
        Octet::Plain(byte) | Octet::Escaped(byte) => {
            normal.push('%');
            let digits = [byte >> 4, byte & 15]
                .into_iter()
                .filter_map(|digit| char::from_digit(digit.into(), 16));
            normal.extend(digits.map(|digit| digit.to_ascii_uppercase()));
        }
    }
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Returns whether this octet is its own normal form: unreserved, or reserved (RFC 3986 section 2.2) and not special
/// here.
fn is_plain(byte: u8) -> bool {
    is_unreserved(byte) || b":/?#[]@!&'()+,;=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let (beginning, tail) = Tail::split(pattern);
        let rest = path.strip_prefix(beginning);
        rest.is_some_and(|rest| match tail {
            Tail::Open => true,
            Tail::End => rest.is_empty(),
            Tail::Wild(tail) => tail_matches(tail, rest, &mut Steps::new(u32::MAX)).unwrap(),
        })
    }

    fn matches_as_written(pattern: &str, path: &str) -> bool {
        normalise_pattern(pattern.as_bytes())
            .is_some_and(|pattern| matches(&pattern.text, &normalise_path(path)))
    }

    #[test]
    fn wildcards_and_ends() {
        let table = [
            ("/fish", "/fish.html", true),
            ("/fish", "/Fish", false),
            ("/fish*", "/fish", true),
            ("/*.php$", "/a.php/b.php", true),
            ("/*.php$", "/a.php?x", false),
            ("/a*b*c", "/a-b-b-c-", true),
            ("/a*b*c$", "/acb", false),
            ("/ab*ba$", "/aba", false),
            ("/$", "/", true),
            ("/$", "/a", false),
            ("/a$b", "/a$b", true),
            ("*", "/", true),
            ("*$", "/x", true),
            ("/**/x", "/a/x", true),
        ];
        for (pattern, path, expected) in table {
            assert_eq!(
                matches_as_written(pattern, path),
                expected,
                "{pattern} on {path}"
            );
        }
    }

    #[test]
    fn escapes_compare_by_what_they_mean() {
        let table = [
            ("/%7euser", "/~user", true),
            ("/~user", "/%7Euser", true),
            ("/a%2fb", "/a%2Fb", true),
            ("/a%2Fb", "/a/b", false),
            ("/a b", "/a%20b", true),
            ("/{id}", "/%7Bid%7D", true),
            ("/\u{30c4}", "/%E3%83%84", true),
            ("/%E3%83%84", "/\u{30c4}", false),
            ("/a-%2A.html", "/a-*.html", true),
            ("/a-%2A.html", "/a-b.html", false),
            ("/100%", "/100%", true),
        ];
        for (pattern, path, expected) in table {
            assert_eq!(
                matches_as_written(pattern, path),
                expected,
                "{pattern} on {path}"
            );
        }
    }

    #[test]
    fn a_pattern_that_starts_within_a_path_is_none() {
        assert_eq!(normalise_pattern(b"private/"), None);
        assert_eq!(normalise_pattern(b"$"), None);
        assert_eq!(normalise_pattern(b""), None);
    }

    #[test]
    fn a_dollar_within_a_pattern_counts_once() {
        let pattern = normalise_pattern(b"/$x$").unwrap();
        assert_eq!((&*pattern.text, pattern.octets), ("/%24x$", 4));
    }

    #[test]
    fn wildcards_in_a_row_are_one_and_count_as_many() {
        let pattern = normalise_pattern(b"/a***b**$").unwrap();
        assert_eq!((&*pattern.text, pattern.octets), ("/a*b*$", 9));
    }

    #[test]
    fn a_hostile_pattern_takes_no_more_steps_than_the_path_is_long() {
        let tail = format!("{}b", "a*".repeat(250_000));
        let mut steps = Steps::new(1_000_000);
        assert_eq!(
            tail_matches(&tail, &"a".repeat(2_000), &mut steps),
            Ok(false)
        );
        assert!(steps.left() >= 1_000_000 - 2_001, "{}", steps.left());
    }

    /// The definition of a match, slow and obvious.
    fn naive(pattern: &[u8], path: &[u8]) -> bool {
        match pattern {
            [] => true,
            b"$" => path.is_empty(),
            [b'*', rest @ ..] => (0..=path.len()).any(|skip| naive(rest, &path[skip..])),
            [first, rest @ ..] => path.first() == Some(first) && naive(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "/([ab]{0,3}\\*){0,4}[ab]{0,3}\\$?", path in "/[ab]{0,12}") {
            prop_assert_eq!(matches_as_written(&pattern, &path), naive(pattern.as_bytes(), path.as_bytes()));
        }

        #[test]
        fn normal_forms_are_stable(path in "/[ -~]{0,20}") {
            let once = normalise_path(&path).into_owned();
            prop_assert_eq!(normalise_path(&once), once.as_str());
        }
    }
}
