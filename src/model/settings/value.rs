//! Types of settings, each read from text and written back.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Type that a setting can have. The error of `parse` says what was expected.
pub(super) trait Value: Sized {
    /// The only texts that can be parsed, if they are few; otherwise empty.
    const WORDS: &'static [&'static str] = &[];

    fn parse(text: &str) -> Result<Self, String>;
    fn show(&self) -> String;
}

/// Number of bytes: `32MiB`, `500kB`, `1000000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl ByteSize {
    /// Creates a size in mebibytes (1,048,576 bytes each).
    #[must_use]
    pub const fn mib(count: u64) -> Self {
        Self(count << 20)
    }
}

const UNITS: [(&str, u64); 8] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("b", 1),
    ("", 1),
];

impl std::str::FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase().replace('_', "");
        let digits = lower
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(lower.len());
        let (number, unit) = lower.split_at(digits);
        let factor = UNITS
            .iter()
            .find(|(name, _)| *name == unit.trim())
            .map(|(_, factor)| *factor);
        factor
            .zip(number.parse::<u64>().ok())
            .and_then(|(factor, number)| number.checked_mul(factor))
            .map(Self)
            .ok_or_else(|| "expected a size such as 32MiB or 1000000".to_owned())
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
            if self.0 >= factor && self.0.is_multiple_of(factor) {
                return write!(f, "{}{unit}", self.0 / factor);
            }
        }
        write!(f, "{}", self.0)
    }
}

/// Order of requests of one host that have the same priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Order {
    /// First found, first fetched.
    #[default]
    Breadth,
    /// Last found, first fetched.
    Depth,
}

/// Scope of the links that are followed, relative to the start URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ScopeMode {
    /// Links with the same host name.
    #[default]
    Host,
    /// Links with the same registrable domain (`example.co.uk`), whatever the subdomain.
    Domain,
    /// Links with the same origin, and a path below the start URL's directory.
    Prefix,
    /// Every link.
    Any,
}

/// Addresses that the crawler connects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AddressPolicy {
    /// Every address.
    #[default]
    Any,
    /// Only addresses of the public internet: not loopback, private, link-local and other special ones.
    Public,
}

/// Requests that the cache answers from the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CacheMode {
    /// No requests: there is no cache.
    #[default]
    Off,
    /// Requests for which HTTP allows it (RFC 9111, a private cache).
    Http,
    /// Requests for everything that was fetched once, whatever its headers say: for development.
    Always,
}

/// Robots tags of a page that are obeyed: `X-Robots-Tag` headers and `<meta name="robots">`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RobotsTags {
    /// No tags.
    #[default]
    Off,
    /// `nofollow`: the links of the page are not followed.
    Nofollow,
    /// `noindex`: the items of the page are not kept.
    Noindex,
    /// Both `nofollow` and `noindex`.
    All,
}

/// Pages whose items a recrawl keeps. A page that is not compared, such as the answer to a `POST`, keeps its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RecrawlItems {
    /// All pages.
    #[default]
    All,
    /// Pages with another body than in the run before, and those that it did not have.
    Changed,
    /// Pages that the run before did not have.
    New,
}

/// Treatment of a page whose body ends early, also on the last try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Incomplete {
    /// The request counts as failed.
    #[default]
    Error,
    /// The received part is a page, [marked](crate::Response::is_incomplete) as incomplete.
    Keep,
}

/// Implements [`Value`] for a setting that is one of a few words.
macro_rules! words {
    ($kind:ident: $($word:literal => $variant:ident),*) => {
        impl Value for $kind {
            const WORDS: &'static [&'static str] = &[$($word),*];

            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $( $word => Ok(Self::$variant), )*
                    _ => Err(format!("expected one of {}", Self::WORDS.join(", "))),
                }
            }

            fn show(&self) -> String {
                match self {
                    $( Self::$variant => $word.to_owned(), )*
                }
            }
        }
    };
}

words!(AddressPolicy: "any" => Any, "public" => Public);
words!(CacheMode: "off" => Off, "http" => Http, "always" => Always);
words!(Incomplete: "error" => Error, "keep" => Keep);
words!(Order: "breadth" => Breadth, "depth" => Depth);
words!(RecrawlItems: "all" => All, "changed" => Changed, "new" => New);
words!(RobotsTags: "off" => Off, "nofollow" => Nofollow, "noindex" => Noindex, "all" => All);
words!(ScopeMode: "host" => Host, "domain" => Domain, "prefix" => Prefix, "any" => Any);

/// Implements [`Value`] for a setting whose text form is that of its type.
macro_rules! plain {
    ($($kind:ty: $expected:literal),*) => {
        $( impl Value for $kind {
            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| concat!("expected ", $expected).to_owned())
            }

            fn show(&self) -> String {
                self.to_string()
            }
        } )*
    };
}

plain!(usize: "a whole number", u32: "a whole number", u64: "a whole number", String: "text");
plain!(ByteSize: "a size such as 32MiB or 1000000");

impl Value for bool {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            _ => Err("expected true or false".to_owned()),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for f64 {
    fn parse(text: &str) -> Result<Self, String> {
        let number = text
            .parse::<Self>()
            .ok()
            .filter(|number| number.is_finite() && *number > 0.0);
        number.ok_or_else(|| "expected a number above 0".to_owned())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for PathBuf {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self::from(text))
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

/// Longest time that a setting can have, 10 years: longer ones are typing errors, and could not be added to a point in
/// time.
pub(crate) const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

impl Value for Duration {
    fn parse(text: &str) -> Result<Self, String> {
        let seconds = text.parse().ok().map(Self::try_from_secs_f64);
        let duration = match seconds {
            Some(result) => result.ok(),
            None => text
                .parse()
                .ok()
                .and_then(|span: jiff::SignedDuration| Self::try_from(span).ok()),
        };
        duration
            .filter(|duration| *duration <= LONGEST)
            .ok_or_else(|| "expected a time such as 500ms, 10s or 1h 30m".to_owned())
    }

    fn show(&self) -> String {
        let millis = self.as_millis();
        match millis {
            0 => "0".to_owned(),
            _ if millis.is_multiple_of(1000) => format!("{}s", millis / 1000),
            _ => format!("{millis}ms"),
        }
    }
}

impl<T: Value> Value for Option<T> {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "none" {
            Ok(None)
        } else {
            T::parse(text).map(Some)
        }
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "none".to_owned(), T::show)
    }
}

/// List, written with a comma between its parts; a comma within a part is written `\,`.
impl Value for Vec<String> {
    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = vec![String::new()];
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek(), parts.last_mut()) {
                (',', ..) => parts.push(String::new()),
                ('\\', Some(','), Some(part)) => {
                    part.push(',');
                    chars.next();
                }
                (_, _, Some(part)) => part.push(c),
                (_, _, None) => {}
            }
        }
        let trimmed = parts.into_iter().map(|part| part.trim().to_owned());
        Ok(trimmed.filter(|part| !part.is_empty()).collect())
    }

    fn show(&self) -> String {
        let parts: Vec<String> = self.iter().map(|part| part.replace(',', "\\,")).collect();
        parts.join(",")
    }
}

/// Parses a share, from 0 to 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok();
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "expected a share from 0 to 1, such as 0.9 for 90 %".to_owned())
}

/// Map from names to shares, written as a list whose parts are `name=share`.
impl Value for BTreeMap<String, f64> {
    fn parse(text: &str) -> Result<Self, String> {
        let parts = Vec::<String>::parse(text)?;
        let named = parts.iter().map(|part| match part.rsplit_once('=') {
            Some((name, number)) if !name.trim().is_empty() => {
                let share =
                    share(number.trim()).map_err(|why| format!("{}: {why}", name.trim()))?;
                Ok((name.trim().to_owned(), share))
            }
            _ => Err("expected fields with shares, such as price=0.9,title=1".to_owned()),
        });
        named.collect()
    }

    fn show(&self) -> String {
        let parts = self.iter().map(|(name, share)| format!("{name}={share}"));
        parts.collect::<Vec<_>>().show()
    }
}

impl Value for Vec<u16> {
    fn parse(text: &str) -> Result<Self, String> {
        let numbers = Vec::<String>::parse(text)?;
        let numbers = numbers.iter().map(|number| number.parse());
        numbers
            .collect::<Result<_, _>>()
            .map_err(|_| "expected whole numbers such as 403,503".to_owned())
    }

    fn show(&self) -> String {
        let parts: Vec<String> = self.iter().map(u16::to_string).collect();
        parts.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("32MiB", 32 << 20),
            ("1kb", 1000),
            ("1_000_000", 1_000_000),
            ("7 KiB", 7 << 10),
            ("5b", 5),
        ] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        for text in ["", "MiB", "-1", "1.5MiB", "99999999999GiB"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_units() {
        for (text, millis) in [
            ("500ms", 500),
            ("2s", 2000),
            ("1h 30m", 5_400_000),
            ("10m", 600_000),
            ("0", 0),
            ("0.5", 500),
        ] {
            assert_eq!(
                Value::parse(text),
                Ok(Duration::from_millis(millis)),
                "{text}"
            );
        }
        for text in ["", "-5", "-3s", "soon", "inf", "1e300", "9999999h"] {
            assert!(<Duration as Value>::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shares_have_names() {
        let shares = BTreeMap::from([("a=b,c".to_owned(), 0.5), ("price".to_owned(), 1.0)]);
        assert_eq!(shares.show(), r"a=b\,c=0.5,price=1");
        assert_eq!(Value::parse(&shares.show()), Ok(shares));
        assert_eq!(Value::parse(""), Ok(BTreeMap::<String, f64>::new()));
        for text in [
            "price",
            "=1",
            "price=",
            "price=x",
            "price=1.5",
            "a=-0.1",
            "a=NaN",
            "a=1,b",
        ] {
            let read = <BTreeMap<String, f64> as Value>::parse(text);
            assert!(read.unwrap_err().contains("expected"), "{text}");
        }
    }

    #[test]
    fn a_list_may_hold_commas() {
        let list = vec!["a{1,2}".to_owned(), "b".to_owned()];
        assert_eq!(list.show(), r"a{1\,2},b");
        assert_eq!(Value::parse(&list.show()), Ok(list));
    }
}
