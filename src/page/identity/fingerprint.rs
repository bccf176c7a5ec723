//! Fingerprints of 64 bits that stand for requests in the set of what a crawl has seen.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

use http::Method;
use siphasher::sip::SipHasher13;
use url::Url;

use super::canonical;

/// Fingerprint that identifies a request within one job: a keyed hash of method, canonical URL and body.
///
/// Two requests of one job that differ share a fingerprint with a probability of 2⁻⁶⁴: among 100 million URLs about
/// 0.0003 are expected to be lost. Fingerprints of different jobs cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u64);

/// Makes a fingerprint of the bits that were stored.
impl From<u64> for Fingerprint {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

impl Fingerprint {
    /// Returns the 64 bits, to be stored or put in a set.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

/// Secret key that a job's fingerprints are made with.
///
/// With a fixed hash, a site could link to URLs that collide with its victims' pages, or with each other. So each job
/// draws a key, and keeps it for when it is resumed.
///
/// ```
/// use crawlworks::identity::FingerprintKey;
/// use http::Method;
/// use url::Url;
///
/// let key = FingerprintKey::random();
/// let page = key.of(&Method::GET, &Url::parse("http://example.com/a#top")?, b"");
/// assert_eq!(page, key.of(&Method::GET, &Url::parse("http://example.com/a#end")?, b""));
/// assert_ne!(page, key.of(&Method::HEAD, &Url::parse("http://example.com/a")?, b""));
///
/// let resumed = FingerprintKey::from_bytes(key.to_bytes());
/// assert_eq!(page, resumed.of(&Method::GET, &Url::parse("http://example.com/a")?, b""));
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FingerprintKey([u8; 16]);

impl FingerprintKey {
    /// Draws a key for a new job, from the randomness that the standard library seeds its hash maps with.
    #[must_use]
    pub fn random() -> Self {
        let source = RandomState::new();
        let halves = [source.hash_one(0u8), source.hash_one(1u8)].map(u128::from);
        Self((halves[0] << 64 | halves[1]).to_le_bytes())
    }

    /// Restores the key of a job that is resumed.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the key, to be stored with its job.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Returns the fingerprint of a request, by SipHash-1-3.
    #[must_use]
    pub fn of(&self, method: &Method, url: &Url, body: &[u8]) -> Fingerprint {
        self.hash(&[method.as_str().as_bytes(), canonical(url).as_bytes(), body])
    }

    /// Returns the fingerprint of a request that also differs by something else: its session, its cookies.
    pub(crate) fn of_marked(
        &self,
        method: &Method,
        url: &Url,
        body: &[u8],
        mark: &[u8],
    ) -> Fingerprint {
        self.hash(&[
            method.as_str().as_bytes(),
            canonical(url).as_bytes(),
            body,
            mark,
        ])
    }

    /// Returns the fingerprint of something else that has these parts, such as the key of an item.
    pub(crate) fn of_parts(self, parts: &[&[u8]]) -> Fingerprint {
        self.hash(parts)
    }

    fn hash(self, parts: &[&[u8]]) -> Fingerprint {
        let mut hasher = SipHasher13::new_with_key(&self.0);
        // Each part is preceded by its length, or `GET` with a body could pass for another URL.
        for part in parts {
            hasher.write(&(part.len() as u64).to_le_bytes());
            hasher.write(part);
        }
        Fingerprint(hasher.finish())
    }
}

/// Redacts the secret.
impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: FingerprintKey, method: &Method, url: &str, body: &[u8]) -> Fingerprint {
        key.of(method, &Url::parse(url).unwrap(), body)
    }

    #[test]
    fn every_part_counts() {
        let key = FingerprintKey::from_bytes([7; 16]);
        let all = [
            of(key, &Method::GET, "http://example.com/a", b""),
            of(key, &Method::POST, "http://example.com/a", b""),
            of(key, &Method::GET, "http://example.com/b", b""),
            of(key, &Method::GET, "http://example.com/a", b"b"),
            of(key, &Method::GET, "http://example.com/ab", b""),
            of(
                FingerprintKey::from_bytes([8; 16]),
                &Method::GET,
                "http://example.com/a",
                b"",
            ),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
        let url = Url::parse("http://example.com/a").unwrap();
        let marked = |mark: &[u8]| key.of_marked(&Method::GET, &url, b"", mark);
        assert!(!all.contains(&marked(b"")) && marked(b"a") != marked(b"b"));
    }

    #[test]
    fn fingerprints_never_change_between_versions() {
        let key = FingerprintKey::from_bytes(*b"0123456789abcdef");
        let stored = of(key, &Method::GET, "http://example.com/a%7e", b"x");
        assert_eq!(stored.get(), 515_448_665_083_894_847);
    }

    #[test]
    fn keys_differ_and_are_not_shown() {
        let key = FingerprintKey::random();
        assert_ne!(key, FingerprintKey::random());
        assert_eq!(format!("{key:?}"), "FingerprintKey(..)");
    }
}
