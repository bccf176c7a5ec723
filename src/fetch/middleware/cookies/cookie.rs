//! A [`Cookie`], and to which requests it belongs (RFC 6265bis, sections 5.1 and 5.8).

use std::net::IpAddr;

use url::{Origin, Url};

/// A cookie that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cookie {
    pub(super) name: Vec<u8>,
    pub(super) value: Vec<u8>,
    /// Domain as hosts of URLs are written, without a dot before it.
    pub(super) domain: String,
    /// `true` if the cookie is for the host `domain` alone, not for hosts below it.
    pub(super) is_host_only: bool,
    pub(super) path: Vec<u8>,
    /// `true` if the cookie is for https only.
    pub(super) is_secure: bool,
    /// `true` if the cookie is not for scripts. It means nothing here, but other programs want to know it.
    pub(super) is_http_only: bool,
    /// Seconds since 1970; `None`: when the crawl is over.
    pub(super) expires: Option<i64>,
    /// Counts up with every cookie that is set; one that is set again keeps its place.
    pub(super) created: u64,
    /// Counts up with every request that cookies are sent with.
    pub(super) used: u64,
    /// Origin that the cookie is sent to, if a person gave the cookie: it may be a secret, and nobody said for which
    /// hosts and paths.
    pub(super) given_for: Option<Origin>,
}

impl Cookie {
    /// A cookie that is given for the origin of a URL, as `name=value`.
    pub(super) fn given(pair: &[u8], url: &Url) -> Option<Self> {
        let pair = pair.trim_ascii();
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (
            pair.get(..equals)?.trim_ascii_end(),
            pair.get(equals + 1..)?,
        );
        if name.is_empty() {
            return None;
        }
        Some(Self {
            name: name.to_vec(),
            value: value.trim_ascii_start().to_vec(),
            domain: url.host_str()?.to_owned(),
            is_host_only: true,
            path: b"/".to_vec(),
            is_secure: false,
            is_http_only: false,
            expires: None,
            created: 0,
            used: 0,
            given_for: Some(url.origin()),
        })
    }

    /// Returns whether this cookie replaces one that was given, whose domain and path are unknown.
    pub(super) fn supersedes(&self, given: &Self) -> bool {
        given.given_for.is_some()
            && self.name == given.name
            && is_within(&given.domain, &self.domain)
    }

    /// Returns whether both are one cookie, with an old and a new value.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.is_host_only == other.is_host_only
            && self.path == other.path
    }

    pub(super) fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Returns whether the cookie is sent with a request for this URL.
    pub(super) fn is_for(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let is_its_host = if self.is_host_only {
            host == self.domain
        } else {
            is_within(host, &self.domain)
        };
        is_its_host
            && self
                .given_for
                .as_ref()
                .is_none_or(|origin| *origin == url.origin())
            && (url.scheme() == "https" || !self.is_secure)
            && is_below(url.path().as_bytes(), &self.path)
    }

    /// Returns whether the cookie would shadow `other`, which only https may set.
    pub(super) fn shadows(&self, other: &Self) -> bool {
        let is_related =
            is_within(&self.domain, &other.domain) || is_within(&other.domain, &self.domain);
        other.is_secure
            && self.name == other.name
            && is_related
            && is_below(&self.path, &other.path)
    }
}

/// Returns whether a host is this domain or below it.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|below| {
        below.is_empty() || (below.ends_with('.') && host.parse::<IpAddr>().is_err())
    })
}

/// Returns whether everybody can have a name below this domain, so that a cookie for it would go to strangers.
pub(super) fn is_public_suffix(domain: &str) -> bool {
    psl::domain_str(domain.strip_suffix('.').unwrap_or(domain)).is_none()
        || domain.parse::<IpAddr>().is_ok()
}

/// Returns whether a path is `directory` or below it.
fn is_below(path: &[u8], directory: &[u8]) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.is_empty() || directory.ends_with(b"/") || rest.starts_with(b"/"))
}

/// The path of a cookie that names none: that of the URL up to its last slash.
pub(super) fn path_of(url: &Url) -> &[u8] {
    let path = url.path().as_bytes();
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash @ 1..) => path.get(..slash).unwrap_or(b"/"),
        _ => b"/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_path_ends_where_a_directory_ends() {
        for (path, directory, below) in [
            ("/a", "/a", true),
            ("/a/b", "/a", true),
            ("/a/b", "/a/", true),
            ("/ab", "/a", false),
            ("/a", "/a/", false),
            ("/", "/a", false),
            ("/a", "/", true),
        ] {
            assert_eq!(
                is_below(path.as_bytes(), directory.as_bytes()),
                below,
                "{path} {directory}"
            );
        }
    }

    #[test]
    fn an_address_has_nothing_below_it() {
        assert!(is_within("a.b.example", "b.example"));
        assert!(is_within("127.0.0.1", "127.0.0.1"));
        assert!(!is_within("127.0.0.1", "0.0.1"));
        assert!(!is_within("ab.example", "b.example"));
        assert!(!is_within("b.example", "a.b.example"));
    }

    #[test]
    fn the_path_of_a_page_is_its_directory() {
        for (url, path) in [
            ("http://a.example", "/"),
            ("http://a.example/page", "/"),
            ("http://a.example/dir/page?x=/y", "/dir"),
            ("http://a.example/dir/", "/dir"),
        ] {
            assert_eq!(path_of(&Url::parse(url).unwrap()), path.as_bytes(), "{url}");
        }
    }
}
