//! Reads a `Set-Cookie` line into a [`Cookie`], or refuses it (RFC 6265bis, sections 5.6 and 5.7).

use url::Url;

use super::cookie::{Cookie, is_public_suffix, is_within, path_of};
use super::date;

/// Most bytes of name and value together.
const MAX_PAIR: usize = 4096;
/// Most bytes of an attribute's value; a longer one is as if it were not there.
const MAX_ATTRIBUTE: usize = 1024;
/// A cookie is kept 400 days at the most.
const LONGEST: i64 = 400 * 24 * 3600;

/// The attributes that mean something here; of each the last one counts. `SameSite` does not: nobody but the crawl
/// itself chooses what it fetches.
#[derive(Default)]
struct Attributes<'a> {
    expires: Option<i64>,
    max_age: Option<i64>,
    domain: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    secure: bool,
    http_only: bool,
}

/// The cookie that an answer from `url` sets; `None` when it may not. One without a name is refused: sent back, it could
/// pass for a cookie with any name.
pub(super) fn parse(line: &[u8], url: &Url, now: i64) -> Option<Cookie> {
    if line.iter().any(|byte| is_control(*byte) && *byte != b'\t') {
        return None;
    }
    let mut parts = line.split(|byte| *byte == b';');
    let (name, value) = pair(parts.next()?)?;
    let (name, value) = (name.trim_ascii(), value.trim_ascii());
    // A tab would tear the line of a cookie file apart.
    if name.is_empty()
        || name.len() + value.len() > MAX_PAIR
        || [name, value].concat().contains(&b'\t')
    {
        return None;
    }
    let mut attributes = Attributes::default();
    parts.for_each(|part| attributes.read(part));
    let (domain, is_host_only) = attributes.domain_for(url)?;
    let cookie = Cookie {
        name: name.to_vec(),
        value: value.to_vec(),
        domain,
        is_host_only,
        path: attributes.path_for(url),
        is_secure: attributes.secure,
        is_http_only: attributes.http_only,
        expires: attributes.expiry(now),
        created: 0,
        used: 0,
        given_for: None,
    };
    is_allowed(&cookie, attributes.path, url).then_some(cookie)
}

/// Returns whether the cookie keeps the promise of the prefix of its name, and whether this connection may set it.
fn is_allowed(cookie: &Cookie, path: Option<&[u8]>, url: &Url) -> bool {
    let has_prefix = |prefix: &[u8]| {
        let start = cookie.name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if cookie.is_secure && url.scheme() != "https" {
        return false;
    }
    if has_prefix(b"__Host-") {
        return cookie.is_secure && cookie.is_host_only && path == Some(b"/");
    }
    cookie.is_secure || !has_prefix(b"__Secure-")
}

impl<'a> Attributes<'a> {
    fn read(&mut self, part: &'a [u8]) {
        let (name, value) = pair(part).unwrap_or((part, b""));
        let (name, value) = (name.trim_ascii().to_ascii_lowercase(), value.trim_ascii());
        if value.len() > MAX_ATTRIBUTE {
            return;
        }
        match name.as_slice() {
            b"expires" => self.expires = date::parse(value).or(self.expires),
            b"max-age" => self.max_age = seconds(value).or(self.max_age),
            // An empty one is ignored (RFC 6265, section 5.2.3); the RFC to come is about to change that.
            b"domain" if value.is_empty() => {}
            b"domain" => self.domain = Some(value),
            b"path" => self.path = Some(value),
            b"secure" => self.secure = true,
            b"httponly" => self.http_only = true,
            _ => {}
        }
    }

    /// Returns the time when the cookie expires, in seconds since 1970; `None` if it expires at the end of the crawl.
    fn expiry(&self, now: i64) -> Option<i64> {
        let age = self.max_age.map(|age| now.saturating_add(age));
        age.or(self.expires).map(|at| at.min(now + LONGEST))
    }

    /// The domain, and whether it is for this host alone.
    fn domain_for(&self, url: &Url) -> Option<(String, bool)> {
        let host = url.host_str()?;
        let asked = self.domain.unwrap_or_default();
        let asked = std::str::from_utf8(asked.strip_prefix(b".").unwrap_or(asked)).ok()?;
        let asked = asked.to_ascii_lowercase();
        if asked.is_empty() || (asked == host && is_public_suffix(host)) {
            return Some((host.to_owned(), true));
        }
        (is_within(host, &asked) && !is_public_suffix(&asked)).then_some((asked, false))
    }

    fn path_for(&self, url: &Url) -> Vec<u8> {
        match self.path {
            Some(path @ [b'/', ..]) if !path.contains(&b'\t') => path.to_vec(),
            _ => path_of(url).to_vec(),
        }
    }
}

fn pair(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = part.iter().position(|byte| *byte == b'=')?;
    Some((part.get(..at)?, part.get(at + 1..)?))
}

/// A `Max-Age`: digits, with a minus or without; more than can be counted is as long as can be.
fn seconds(value: &[u8]) -> Option<i64> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if digits.len() < value.len() {
        return Some(i64::MIN);
    }
    let age: i64 = std::str::from_utf8(digits)
        .ok()?
        .parse()
        .unwrap_or(i64::MAX);
    Some(if age == 0 { i64::MIN } else { age })
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 || byte == 0x7F
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000_000;

    fn set(line: &str, url: &str) -> Option<Cookie> {
        parse(line.as_bytes(), &Url::parse(url).unwrap(), NOW)
    }

    fn is_set(line: &str, url: &str) -> bool {
        set(line, url).is_some()
    }

    #[test]
    fn a_name_and_a_value_are_trimmed() {
        let cookie = set(" a\t= b=c ; x", "http://a.example/dir/page").unwrap();
        assert_eq!(
            (&cookie.name[..], &cookie.value[..]),
            (&b"a"[..], &b"b=c"[..])
        );
        assert_eq!(
            (
                cookie.domain.as_str(),
                cookie.is_host_only,
                &cookie.path[..]
            ),
            ("a.example", true, &b"/dir"[..])
        );
        assert_eq!(cookie.expires, None);
    }

    #[test]
    fn one_without_a_name_or_with_control_characters_is_refused() {
        for line in [
            "",
            "a",
            "=a",
            " = a",
            "; a=b",
            "a=\u{1}b",
            "a=b\u{7f}",
            "a=b; path=/\u{0}",
            "a=b\tc",
            "a\tb=c",
        ] {
            assert!(!is_set(line, "http://a.example/"), "{line:?}");
        }
    }

    #[test]
    fn name_and_value_have_a_limit_and_so_has_each_attribute() {
        let url = "http://a.example/dir/";
        assert!(is_set(&format!("a={}", "b".repeat(4095)), url));
        assert!(!is_set(&format!("a={}", "b".repeat(4096)), url));
        let long = format!("a=b; path=/x; path=/{}", "p".repeat(1024));
        assert_eq!(set(&long, url).unwrap().path, b"/x");
        let domain = format!("a=b; domain={}.example", "d".repeat(1024));
        assert!(set(&domain, url).unwrap().is_host_only);
    }

    #[test]
    fn a_domain_must_be_the_hosts_own_and_no_public_suffix() {
        for (domain, expected) in [
            ("", Some(("www.example.co.uk", true))),
            ("www.example.co.uk", Some(("www.example.co.uk", false))),
            (".Example.CO.uk", Some(("example.co.uk", false))),
            ("co.uk", None),
            ("uk", None),
            ("a.www.example.co.uk", None),
            ("ww.example.co.uk", None),
            ("xample.co.uk", None),
            ("..example.co.uk", None),
            ("example.co.uk.", None),
            ("other.example", None),
        ] {
            let cookie = set(
                &format!("a=b; Domain={domain}"),
                "http://www.example.co.uk/",
            );
            let found = cookie.as_ref().map(|c| (c.domain.as_str(), c.is_host_only));
            assert_eq!(found, expected, "{domain}");
        }
        let alone = |url: &str, domain: &str| {
            set(&format!("a=b; domain={domain}"), url).map(|c| c.is_host_only)
        };
        assert_eq!(alone("http://github.io/", "github.io"), Some(true));
        assert_eq!(alone("http://localhost/", "localhost"), Some(true));
        assert_eq!(alone("http://127.0.0.1/", "127.0.0.1"), Some(true));
        assert_eq!(alone("http://127.0.0.1/", "0.0.1"), None);
    }

    #[test]
    fn the_last_attribute_counts_and_max_age_before_expires() {
        let url = "http://www.a.example/";
        let cookie = set(
            "a=b; domain=x.example; domain=a.example; path=/x; path=/y; secure=1",
            url,
        );
        assert!(cookie.is_none(), "not over http");
        let cookie = set(
            "a=b; max-age=60; expires=Sun, 06 Nov 1994 08:49:37 GMT",
            url,
        )
        .unwrap();
        assert_eq!(cookie.expires, Some(NOW + 60));
        let cookie = set("a=b; Path=/x; PATH=/y; path=none", url).unwrap();
        assert_eq!(cookie.path, b"/");
        for (age, expires) in [
            ("0", Some(i64::MIN + NOW)),
            ("-1", Some(i64::MIN + NOW)),
            ("99999999999999999999", Some(NOW + LONGEST)),
            ("1x", None),
            ("", None),
        ] {
            let cookie = set(&format!("a=b; max-age={age}"), url).unwrap();
            assert_eq!(cookie.expires, expires, "{age}");
        }
    }

    #[test]
    fn secure_cookies_come_over_https_only_and_prefixes_are_promises() {
        let cases = [
            ("a=b; Secure", false, true),
            ("__Secure-a=b", false, false),
            ("__secure-a=b; Secure", false, true),
            ("__Host-a=b; Secure; Path=/", false, true),
            ("__Host-a=b; Secure", false, false),
            ("__Host-a=b; Secure; Path=/x", false, false),
            ("__HOST-a=b; Secure; Path=/; Domain=a.example", false, false),
            ("__Host-a=b; Path=/", false, false),
            ("__hosta=b", true, true),
        ];
        for (line, over_http, over_https) in cases {
            assert_eq!(is_set(line, "http://a.example/"), over_http, "{line}");
            assert_eq!(is_set(line, "https://a.example/"), over_https, "{line}");
        }
    }
}
