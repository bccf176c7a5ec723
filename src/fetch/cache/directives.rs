//! `Cache-Control`, of requests and of responses (RFC 9111, section 5.2).

use std::time::Duration;

use http::HeaderMap;
use http::header::{CACHE_CONTROL, HeaderName, PRAGMA};

/// Value of a number of seconds that is too large to represent (RFC 9111, section 1.2.2).
const FOREVER: u64 = 1 << 31;

/// The directives that mean something to a private cache.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a directive, there or not"
)]
pub(super) struct Directives {
    pub(super) no_store: bool,
    pub(super) no_cache: bool,
    pub(super) must_revalidate: bool,
    pub(super) must_understand: bool,
    pub(super) public: bool,
    pub(super) private: bool,
    pub(super) max_age: Option<Duration>,
    pub(super) min_fresh: Option<Duration>,
    /// Limit of `max-stale`; a directive without a number allows a response however stale.
    pub(super) max_stale: Option<Duration>,
    pub(super) stale_if_error: Option<Duration>,
}

impl Directives {
    /// The directives in these headers. `Pragma: no-cache` counts only without `Cache-Control` (section 5.4).
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut directives = Self::default();
        for value in headers.get_all(CACHE_CONTROL) {
            let text = String::from_utf8_lossy(value.as_bytes());
            for directive in list(&text) {
                directives.add(directive);
            }
        }
        if !headers.contains_key(CACHE_CONTROL) {
            directives.no_cache =
                members(headers, &PRAGMA).any(|pragma| pragma.eq_ignore_ascii_case("no-cache"));
        }
        directives
    }

    fn add(&mut self, directive: &str) {
        let (name, value) = match directive.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (directive, None),
        };
        // Of two that contradict each other the first counts (section 4.2.1). One with a bad number counts as zero.
        let seconds =
            |known: Option<Duration>| known.or_else(|| Some(seconds(value.unwrap_or(""))));
        match name.to_ascii_lowercase().as_str() {
            "no-store" => self.no_store = true,
            // With names of fields it would be about those only; the whole response may be taken for them.
            "no-cache" => self.no_cache = true,
            "must-revalidate" => self.must_revalidate = true,
            "must-understand" => self.must_understand = true,
            "public" => self.public = true,
            "private" => self.private = true,
            "max-age" => self.max_age = seconds(self.max_age),
            "min-fresh" => self.min_fresh = seconds(self.min_fresh),
            "max-stale" if value.is_none() => self.max_stale = Some(Duration::from_secs(FOREVER)),
            "max-stale" => self.max_stale = seconds(self.max_stale),
            "stale-if-error" => self.stale_if_error = seconds(self.stale_if_error),
            _ => {}
        }
    }
}

/// The parts of a list that commas separate, those within quoted strings left alone.
fn list(text: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = text.split(move |c: char| {
        if std::mem::take(&mut is_escaped) {
            return false;
        }
        match c {
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ',' => return !is_quoted,
            _ => {}
        }
        false
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// The members of a header that is a list of tokens, over all its lines.
pub(super) fn members<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a str> {
    let texts = headers.get_all(name).into_iter();
    let texts = texts.filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    texts.flat_map(list)
}

/// A number of seconds, also in quotes. What is none is zero.
fn seconds(text: &str) -> Duration {
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    Duration::from_secs(whole_seconds(quoted.unwrap_or(text)).unwrap_or(0))
}

/// A number of seconds; none when it is not made of digits alone.
pub(super) fn whole_seconds(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| {
        text.parse()
            .map_or(FOREVER, |number: u64| number.min(FOREVER))
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(lines: &[&str]) -> Directives {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CACHE_CONTROL, HeaderValue::from_str(line).unwrap());
        }
        Directives::of(&headers)
    }

    fn max_age(line: &str) -> Option<u64> {
        of(&[line]).max_age.map(|age| age.as_secs())
    }

    #[test]
    fn a_number_of_seconds_is_made_of_digits_in_quotes_or_not() {
        for (line, expected) in [
            ("max-age=3600", Some(3600)),
            ("MaX-aGe=3600", Some(3600)),
            ("foobar, max-age=\"3600\"", Some(3600)),
            ("max-age=99999999999999999999999", Some(FOREVER)),
            ("max-age='3600'", Some(0)),
            ("max-age=-1", Some(0)),
            ("max-age=1.5", Some(0)),
            ("max-age=100a", Some(0)),
            ("max-age= 100", Some(0)),
            ("max-age", Some(0)),
            ("max-age =100", None),
            ("s-maxage=100", None),
            ("max-age=1, max-age=100", Some(1)),
        ] {
            assert_eq!(max_age(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_in_a_quoted_string_is_no_directive() {
        assert_eq!(max_age(r#"extension="max-age=100", max-age=1"#), Some(1));
        assert_eq!(max_age(r#"a="b, max-age=100", max-age=1"#), Some(1));
        assert_eq!(max_age(r#"a="b\", max-age=100", max-age=1"#), Some(1));
        assert!(!of(&[r#"a="no-store, private""#]).no_store);
    }

    #[test]
    fn directives_on_several_lines_are_one_list() {
        let directives = of(&["no-store", "private, MAX-AGE=5"]);
        assert!(directives.no_store && directives.private);
        assert_eq!(directives.max_age, Some(Duration::from_secs(5)));
    }

    #[test]
    fn pragma_counts_only_alone() {
        let mut headers = HeaderMap::new();
        headers.insert(PRAGMA, HeaderValue::from_static("No-Cache"));
        assert!(Directives::of(&headers).no_cache);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=5"));
        assert!(!Directives::of(&headers).no_cache);
    }
}
