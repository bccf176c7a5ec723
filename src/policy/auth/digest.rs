//! Digest authentication (RFC 7616): proves a password without sending it.

use std::fmt::Write;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue};
use md5::Md5;
use sha2::digest::Digest as Hasher;
use sha2::{Sha256, Sha512_256};

use super::challenge::{self, Challenge};
use crate::page::request::{Credentials, secret};

/// Maximum size of a challenge, in bytes: parts of it are sent back with every request.
const MAX_SIZE: usize = 2048;

/// Parsed Digest challenge of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digest {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// Name of the algorithm as the server spells it. `None` if the challenge has none.
    name: Option<String>,
    algorithm: Algorithm,
    /// `true` if the key is made anew for each nonce (`-sess`).
    is_session: bool,
    quality: Quality,
    /// `true` if the user name is hashed too.
    hashes_user: bool,
    is_stale: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha256,
    Sha512,
}

/// Quality of protection (`qop`): the part of a request that is proved beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quality {
    /// No `qop`: the proof of RFC 2069.
    Old,
    Request,
    RequestAndBody,
}

/// Request that is to be proved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a str,
    /// Path and query, as they are sent.
    pub(crate) target: &'a str,
    pub(crate) body: &'a [u8],
    /// Number of requests proved with this nonce, including this one.
    pub(crate) count: u32,
    /// Random; the same with the same nonce.
    pub(crate) own_nonce: &'a str,
}

impl Digest {
    /// The first challenge of an answer that can be met.
    pub(crate) fn offered(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(WWW_AUTHENTICATE).iter();
        let lines = lines.filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
        lines
            .filter(|line| line.len() <= MAX_SIZE)
            .flat_map(challenge::read)
            .find_map(|challenge| Self::from_challenge(&challenge))
    }

    fn from_challenge(challenge: &Challenge) -> Option<Self> {
        if challenge.scheme != "digest" {
            return None;
        }
        let owned = |name| challenge.get(name).map(str::to_owned);
        let is_true = |name| {
            challenge
                .get(name)
                .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        };
        let name = owned("algorithm");
        let upper = name.as_deref().unwrap_or("MD5").to_ascii_uppercase();
        let (plain, is_session) = match upper.strip_suffix("-SESS") {
            Some(plain) => (plain, true),
            None => (upper.as_str(), false),
        };
        Some(Self {
            realm: owned("realm").unwrap_or_default(),
            nonce: owned("nonce")?,
            opaque: owned("opaque"),
            algorithm: match plain {
                "MD5" => Algorithm::Md5,
                "SHA-256" => Algorithm::Sha256,
                "SHA-512-256" => Algorithm::Sha512,
                _ => return None,
            },
            name,
            is_session,
            quality: quality(challenge.get("qop"))?,
            hashes_user: is_true("userhash"),
            is_stale: is_true("stale"),
        })
    }

    /// Returns whether the password was right and only the nonce was too old.
    pub(crate) fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Returns whether both challenges have the same nonce, so that the count of its requests must go on.
    pub(crate) fn has_nonce_of(&self, other: &Self) -> bool {
        self.nonce == other.nonce
    }

    /// The value of an `Authorization` header; `None` when the server sent what cannot be sent back.
    pub(crate) fn authorization(
        &self,
        who: &Credentials,
        exchange: Exchange<'_>,
    ) -> Option<HeaderValue> {
        let mut text = format!(
            "Digest {}, realm={}, nonce={}, uri={}, response=\"{}\"",
            self.user(who),
            quoted(&self.realm),
            quoted(&self.nonce),
            quoted(exchange.target),
            self.response(who, exchange),
        );
        if let Some(name) = &self.name {
            // Writing into memory cannot fail.
            let _ = write!(text, ", algorithm={name}");
        }
        if let Some(opaque) = &self.opaque {
            let _ = write!(text, ", opaque={}", quoted(opaque));
        }
        if let Some(quality) = self.quality.name() {
            let (count, own_nonce) = (exchange.count, exchange.own_nonce);
            let _ = write!(
                text,
                ", qop={quality}, nc={count:08x}, cnonce=\"{own_nonce}\""
            );
        }
        if self.hashes_user {
            text.push_str(", userhash=true");
        }
        secret(text)
    }

    /// The user name: hashed, in quotes or, when it is not ASCII, as RFC 5987 writes it.
    fn user(&self, who: &Credentials) -> String {
        if self.hashes_user {
            return format!("username=\"{}\"", self.hash(&[who.user(), &self.realm]));
        }
        if who.user().is_ascii() {
            return format!("username={}", quoted(who.user()));
        }
        let encoded =
            percent_encoding::utf8_percent_encode(who.user(), percent_encoding::NON_ALPHANUMERIC);
        format!("username*=UTF-8''{encoded}")
    }

    fn response(&self, who: &Credentials, exchange: Exchange<'_>) -> String {
        let mut key = self.hash(&[who.user(), &self.realm, who.password()]);
        if self.is_session {
            key = self.hash(&[&key, &self.nonce, exchange.own_nonce]);
        }
        let request = match self.quality {
            Quality::RequestAndBody => {
                let body = self.algorithm.hash(exchange.body);
                self.hash(&[exchange.method, exchange.target, &body])
            }
            Quality::Old | Quality::Request => self.hash(&[exchange.method, exchange.target]),
        };
        let count = format!("{:08x}", exchange.count);
        match self.quality.name() {
            None => self.hash(&[&key, &self.nonce, &request]),
            Some(quality) => self.hash(&[
                &key,
                &self.nonce,
                &count,
                exchange.own_nonce,
                quality,
                &request,
            ]),
        }
    }

    fn hash(&self, parts: &[&str]) -> String {
        self.algorithm.hash(parts.join(":").as_bytes())
    }
}

impl Algorithm {
    fn hash(self, bytes: &[u8]) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(bytes)),
            Self::Sha256 => hex(&Sha256::digest(bytes)),
            Self::Sha512 => hex(&Sha512_256::digest(bytes)),
        }
    }
}

impl Quality {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Old => None,
            Self::Request => Some("auth"),
            Self::RequestAndBody => Some("auth-int"),
        }
    }
}

/// The simplest of what is offered; `None` when nothing of it is known.
fn quality(offered: Option<&str>) -> Option<Quality> {
    let Some(offered) = offered else {
        return Some(Quality::Old);
    };
    let offers = |name| {
        offered
            .split(',')
            .any(|one| one.trim().eq_ignore_ascii_case(name))
    };
    let body = offers("auth-int").then_some(Quality::RequestAndBody);
    if offers("auth") {
        Some(Quality::Request)
    } else {
        body
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(line: &str) -> Option<Digest> {
        let mut headers = HeaderMap::new();
        headers.insert(
            WWW_AUTHENTICATE,
            HeaderValue::from_bytes(line.as_bytes()).unwrap(),
        );
        Digest::offered(&headers)
    }

    fn get(target: &str) -> Exchange<'_> {
        Exchange {
            method: "GET",
            target,
            body: b"",
            count: 1,
            own_nonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        }
    }

    /// The answer to this challenge, by the user of the RFC's examples.
    fn answer(challenge: &str, exchange: Exchange<'_>) -> String {
        let who = Credentials::new("Mufasa", "Circle of Life");
        let value = offered(challenge).unwrap().authorization(&who, exchange);
        value.unwrap().to_str().unwrap().to_owned()
    }

    const RFC_7616: &str = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;

    #[test]
    fn the_examples_of_rfc_7616_come_out() {
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let answer = answer(
                &format!("{RFC_7616}, algorithm={algorithm}"),
                get("/dir/index.html"),
            );
            let expected = format!(
                "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", \
                 response=\"{response}\", algorithm={algorithm}, \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001, \
                 cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\""
            );
            assert_eq!(answer, expected);
        }
    }

    #[test]
    fn a_user_name_is_hashed_or_encoded() {
        let who = Credentials::new("J\u{e4}s\u{f8}n Doe", "Secret, or not?");
        let user = |challenge: &str| offered(challenge).unwrap().user(&who);
        assert_eq!(
            user(
                r#"Digest realm="api@example.org", nonce="x", algorithm=SHA-512-256, userhash=true"#
            ),
            // As corrected by erratum 4897 of RFC 7616.
            "username=\"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b\""
        );
        assert_eq!(
            user(r#"Digest realm="x", nonce="x""#),
            "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"
        );
    }

    #[test]
    fn older_and_rarer_kinds_are_answered() {
        // RFC 2617, section 3.5, with the count and the nonce of its client.
        let challenge = r#"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093""#;
        let who = Credentials::new("Mufasa", "Circle Of Life");
        let exchange = Exchange {
            own_nonce: "0a4f113b",
            ..get("/dir/index.html")
        };
        let response = |challenge: &str| offered(challenge).unwrap().response(&who, exchange);
        assert_eq!(response(challenge), "6629fae49393a05397450978507c4ef1");
        // Computed with Python's hashlib.
        for (change, to, expected) in [
            (
                ", qop=\"auth,auth-int\"",
                "",
                "670fd8c2df070c60b045671b8b24ff02",
            ),
            (
                "auth,auth-int",
                "auth-int",
                "5e6610ecf9ba3017a4870ad48e3ad30b",
            ),
            (
                "Digest ",
                "Digest algorithm=MD5-sess, ",
                "8e3825c57e897f5a0dec6c2d4e5059d0",
            ),
            (
                "Digest ",
                "Digest algorithm=sha-256-SESS, ",
                "b8822e12417cb7750f4e2b8515f0dcf25b7dd26993e80bee1426201446a7f59b",
            ),
        ] {
            assert_eq!(response(&challenge.replace(change, to)), expected, "{to}");
        }
    }

    #[test]
    fn the_first_challenge_that_can_be_met_counts() {
        let first = offered(
            r#"Basic realm="x", Digest nonce="a", algorithm=SHA-1, Digest nonce="b", qop="auth-conf", Digest nonce="c", stale=TRUE, Digest nonce="d""#,
        );
        let first = first.unwrap();
        assert_eq!((first.nonce.as_str(), first.is_stale()), ("c", true));
        for none in [
            "Basic realm=x",
            "Digest realm=x",
            "Digest nonce=x, algorithm=token",
        ] {
            assert_eq!(offered(none), None, "{none}");
        }
        assert_eq!(
            offered(&format!("Digest nonce=\"{}\"", "x".repeat(MAX_SIZE))),
            None
        );
    }

    #[test]
    fn quotes_of_the_server_cannot_break_out() {
        let answer = answer(r#"Digest realm="a\"b\\", nonce="x\", nc=1""#, get("/"));
        assert!(
            answer.contains(r#"realm="a\"b\\", nonce="x\", nc=1""#),
            "{answer}"
        );
    }
}
