//! Under which name a response is stored: a hash of what was asked for, the same in every process and on every machine.

use std::fmt;
use std::path::{Path, PathBuf};

use http::Method;
use sha2::{Digest, Sha256};
use url::Url;

use crate::page::identity::canonical;
use crate::page::request::Request;

/// Identity of a request: SHA-256 of its method, canonical URL and body, and of its session if it has one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn new(method: &Method, url: &Url, body: &[u8]) -> Self {
        Self::hash([method.as_str().as_bytes(), canonical(url).as_bytes(), body])
    }

    /// Sessions have pages of their own.
    pub(crate) fn of(request: &Request) -> Self {
        let (method, url) = (request.method(), request.url());
        let Some(session) = request.session() else {
            return Self::new(method, url, request.body());
        };
        let (method, url) = (method.as_str().as_bytes(), canonical(url));
        Self::hash([method, url.as_bytes(), request.body(), session.as_bytes()])
    }

    fn hash<const N: usize>(parts: [&[u8]; N]) -> Self {
        let mut hasher = Sha256::new();
        // Each part is preceded by its length, or a part could pass for the beginning of the next.
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The key of a page: what a `GET` of it is stored under.
    pub(crate) fn page(url: &Url) -> Self {
        Self::new(&Method::GET, url, b"")
    }

    /// Its file, in a directory of the first two letters.
    pub(super) fn path(self, directory: &Path) -> PathBuf {
        let name = hex(&self.0);
        directory.join(name.get(..2).unwrap_or_default()).join(name)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// SHA-256 of these bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    let digit = |value: u8| {
        digits
            .get(usize::from(value))
            .map_or('0', |d| char::from(*d))
    };
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(method: &Method, url: &str, body: &[u8]) -> Key {
        Key::new(method, &Url::parse(url).unwrap(), body)
    }

    #[test]
    fn every_part_counts_but_the_fragment() {
        let page = key(&Method::GET, "http://a.example/x", b"");
        assert_eq!(page, key(&Method::GET, "http://a.example/x#top", b""));
        assert_ne!(page, key(&Method::POST, "http://a.example/x", b""));
        assert_ne!(page, key(&Method::GET, "http://a.example/y", b""));
        assert_ne!(page, key(&Method::GET, "http://a.example/x", b"y"));
    }

    #[test]
    fn sessions_have_pages_of_their_own() {
        let request = |session: &str| {
            let request = Request::get("http://a.example/x").unwrap();
            Key::of(&request.with_session(session))
        };
        assert_ne!(request("anna"), request("ben"));
        assert_eq!(request(""), key(&Method::GET, "http://a.example/x", b""));
    }

    #[test]
    fn names_never_change_between_versions() {
        let path = key(&Method::GET, "http://a.example/x", b"").path(Path::new(""));
        assert_eq!(path.to_str().unwrap().len(), 2 + 1 + 64);
        assert_eq!(sha256(b"abc").get(..16), Some("ba7816bf8f01cfea"));
    }
}
