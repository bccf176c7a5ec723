//! Identity of URLs: how a URL is read, when two are the same page, and which site a URL belongs to.
//!
//! A crawl asks these questions of every link, so they are answered in one place and the same way everywhere:
//! [`parse`] reads a URL as browsers do, [`canonical`] is the form that two URLs share when they name one page,
//! [`FingerprintKey::of`] makes 64 bits of it to remember, and [`site`] is the registrable domain.
//!
//! ```
//! use crawlworks::identity::{canonical, parse, site};
//!
//! let base = parse("https://www.example.co.uk/docs/", None)?;
//! let url = parse("../a%2fb?q=1#top", Some(&base))?;
//! assert_eq!(url.as_str(), "https://www.example.co.uk/a%2fb?q=1#top");
//! assert_eq!(canonical(&url), "https://www.example.co.uk/a%2Fb?q=1");
//! assert_eq!(site(&url).as_deref(), Some("example.co.uk"));
//! # Ok::<(), crawlworks::Error>(())
//! ```

mod fingerprint;
mod session;
mod spellings;
mod strip;

use std::borrow::Cow;

use url::{Position, Url};

use crate::page::error::{Error, ErrorKind, Result};

pub use fingerprint::{Fingerprint, FingerprintKey};
pub(crate) use session::without_session;
pub(crate) use spellings::Spellings;
pub(crate) use strip::Strip;

/// Length of the part of a bad URL that an error shows, in characters.
const SHOWN: usize = 80;

/// Reads an http(s) URL as the [URL Standard](https://url.spec.whatwg.org/) does, relative ones against `base`.
///
/// The standard's own cases all pass but for two kinds. `///host/path` is repaired here: the `url` crate refuses it,
/// browsers read `//host/path`. A host with a Punycode label that does not decode, such as `xn--` or `xn--a-ecp.ru`, is
/// refused, which the standard no longer does: no such name can be registered, so there is nothing to be fetched.
///
/// # Errors
///
/// [`ErrorKind::Url`] when it is no URL, is relative and there is no base, or is not http(s).
pub fn parse(input: &str, base: Option<&Url>) -> Result<Url> {
    let read = match base {
        Some(base) => base
            .join(input)
            .or_else(|error| match with_two_slashes(input) {
                Some(repaired) => base.join(&repaired),
                None => Err(error),
            }),
        None => Url::parse(input),
    };
    match read {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(_) => Err(Error::new(
            ErrorKind::Url,
            format!("not an http(s) URL: {}", shown(input)),
        )),
        Err(error) => Err(
            Error::new(ErrorKind::Url, format!("not a valid URL: {}", shown(input)))
                .with_source(error),
        ),
    }
}

/// Returns a host name as URLs have it: in lower case, with letters beyond ASCII in Punycode.
pub(crate) fn host_name(written: &str) -> String {
    match url::Host::parse(written) {
        Ok(url::Host::Domain(name)) => name,
        _ => written.to_ascii_lowercase(),
    }
}

/// Returns `///host` as `//host`, with any number and mix of slashes from three.
pub(crate) fn with_two_slashes(input: &str) -> Option<String> {
    let input = input.trim_start_matches(|c: char| c <= ' ');
    let rest = input.trim_start_matches(['/', '\\', '\t', '\n', '\r']);
    let slashes = input.strip_suffix(rest)?.matches(['/', '\\']).count();
    (slashes >= 3).then(|| format!("//{rest}"))
}

/// Returns the beginning of a bad URL, without user name and password.
fn shown(input: &str) -> String {
    let start = input.find("//").map_or(0, |slashes| slashes + 2);
    let (scheme, rest) = input.split_at_checked(start).unwrap_or(("", input));
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let mut whole = scheme.chars().chain(host.chars()).chain(rest.chars());
    let mut shown: String = whole.by_ref().take(SHOWN).collect();
    if whole.next().is_some() {
        shown.push('\u{2026}');
    }
    shown.escape_debug().collect()
}

/// Returns the form that URLs of one page share: without fragment, the digits of percent-escapes in upper case.
///
/// The parser has lowered scheme and host and dropped default ports and dot segments by then. Everything else is left
/// alone, because servers may tell it apart: `%2F` and `/`, `%7E` and `~`, the order of a query, `?` with nothing
/// behind it, a slash at the end, a dot at the end of the host, a user name. What servers never see is not told apart:
/// a fragment, also one that begins with `#!`. The setting `strip_params` is for parameters that a site is known to
/// ignore. The canonical form of a canonical form is itself. Borrows unless a digit
/// changes.
#[must_use]
pub fn canonical(url: &Url) -> Cow<'_, str> {
    let text = &url[..Position::AfterQuery];
    if !escapes(text).any(|digits| digits.bytes().any(|digit| digit.is_ascii_lowercase())) {
        return Cow::Borrowed(text);
    }
    let mut canonical = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        canonical.push_str(before);
        canonical.push('%');
        let (digits, after) = escape_digits(after).unwrap_or(("", after));
        canonical.extend(digits.chars().map(|digit| digit.to_ascii_uppercase()));
        rest = after;
    }
    canonical.push_str(rest);
    Cow::Owned(canonical)
}

/// Returns the two digits of each percent-escape. A `%` without them is none, and stays as it is.
fn escapes(text: &str) -> impl Iterator<Item = &str> {
    text.split('%')
        .skip(1)
        .filter_map(|after| Some(escape_digits(after)?.0))
}

fn escape_digits(after_percent: &str) -> Option<(&str, &str)> {
    let (digits, rest) = after_percent.split_at_checked(2)?;
    digits
        .bytes()
        .all(|digit| digit.is_ascii_hexdigit())
        .then_some((digits, rest))
}

/// Returns the registrable domain of a URL by the [Public Suffix List](https://publicsuffix.org/), private suffixes
/// included: `example.co.uk`, `user.github.io`. In lower case and Punycode, as URLs have it.
///
/// `None` for IP addresses, single labels such as `localhost`, and names that are public suffixes themselves. A top
/// level domain that the list does not know is a public suffix.
#[must_use]
pub fn site(url: &Url) -> Option<String> {
    let domain = url.domain()?;
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if domain.split('.').any(str::is_empty) {
        return None;
    }
    psl::domain_str(domain).map(str::to_owned)
}

/// Returns the origin of a URL, by which robots.txt files are kept: scheme, host and port.
pub(crate) fn origin(url: &Url) -> &str {
    &url[..Position::BeforePath]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        parse(text, None).unwrap()
    }

    #[test]
    fn three_slashes_are_two() {
        let base = url("https://example.com/a");
        for input in [
            "///x.example/p",
            "\\\\\\x.example/p",
            " /\t/\n\\/x.example/p",
            "//x.example/p",
        ] {
            assert_eq!(
                parse(input, Some(&base)).unwrap().as_str(),
                "https://x.example/p",
                "{input:?}"
            );
        }
        assert!(parse("///", Some(&base)).is_err());
        assert!(parse("///x.example/p", None).is_err());
    }

    #[test]
    fn only_the_web_is_read() {
        for input in [
            "mailto:a@b.example",
            "ftp://example.com/",
            "javascript:x",
            "a/b",
            "",
            "http://",
            "http://[::1",
        ] {
            assert_eq!(
                parse(input, None).unwrap_err().kind(),
                ErrorKind::Url,
                "{input:?}"
            );
        }
    }

    #[test]
    fn errors_show_the_input_short_and_without_secrets() {
        let table = [
            ("http://us:pw@[x/a@b", "http://[x/a@b"),
            ("http://us:p@w@[x", "http://[x"),
            ("a\nb", "a\\nb"),
        ];
        for (input, expected) in table {
            assert_eq!(shown(input), expected);
        }
        assert_eq!(shown(&"x".repeat(500)).chars().count(), SHOWN + 1);
    }

    #[test]
    fn one_page_has_one_canonical_form() {
        let table = [
            ("HTTP://EXAMPLE.com:80#x", "http://example.com/"),
            (
                "http://example.com/%7euser/%c3%a9?%2f#%2f",
                "http://example.com/%7Euser/%C3%A9?%2F",
            ),
            ("http://us:p%3a@example.com/", "http://us:p%3A@example.com/"),
            (
                "http://example.com/%zz%a%%41",
                "http://example.com/%zz%a%%41",
            ),
        ];
        for (input, expected) in table {
            assert_eq!(canonical(&url(input)), expected);
        }
    }

    #[test]
    fn what_servers_tell_apart_stays_apart() {
        let pairs = [
            ("/a%2Fb", "/a/b"),
            ("/%7Ea", "/~a"),
            ("/A", "/a"),
            ("/?", "/"),
            ("/a/", "/a"),
            ("/?a&b", "/?b&a"),
            ("/?a=", "/?a"),
            ("//a", "/a"),
            ("/a;b", "/a"),
            ("/?a=+", "/?a=%20"),
        ];
        let full = |path: &str| url(&format!("http://example.com{path}"));
        for (one, other) in pairs {
            assert_ne!(canonical(&full(one)), canonical(&full(other)));
        }
    }

    #[test]
    fn nothing_to_change_is_borrowed() {
        assert!(matches!(
            canonical(&url("http://example.com/%7E?q=%2F#x")),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn sites_are_registrable_domains() {
        let table = [
            ("a.b.example.co.uk", Some("example.co.uk")),
            ("user.github.io", Some("user.github.io")),
            ("www.example.com.", Some("example.com")),
            ("b.unlisted-tld", Some("b.unlisted-tld")),
            ("co.uk", None),
            ("localhost", None),
            (".example.com", None),
            ("127.0.0.1", None),
            ("[::1]", None),
        ];
        for (host, expected) in table {
            assert_eq!(
                site(&url(&format!("http://{host}/"))).as_deref(),
                expected,
                "{host}"
            );
        }
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent_and_loses_only_case(path in "[ -~\\u{e9}]{0,30}") {
            let url = url(&format!("http://example.com/{path}"));
            let once = canonical(&url).into_owned();
            let again = Url::parse(&once).unwrap();
            prop_assert_eq!(&canonical(&again), &once);
            prop_assert_eq!(again.as_str(), once.as_str());
            prop_assert!(once.eq_ignore_ascii_case(&url[..Position::AfterQuery]));
        }

        #[test]
        fn parse_never_panics(input in "\\PC{0,40}|[/\\\\:@?#\\[\\]%a\\t]{0,12}") {
            let base = url("http://example.com/a/b");
            let _ = (parse(&input, None), parse(&input, Some(&base)));
        }
    }
}
