//! `Vary`: which headers of a request its response depends on (RFC 9111, section 4.1).

use std::collections::BTreeMap;

use http::HeaderMap;
use http::header::VARY;

use super::directives::members;
use super::key::sha256;

/// The headers of the request that the response depends on, with hashes of their values; `None` when it depends on more
/// than can be known (`*`).
pub(super) fn selected(
    request: &HeaderMap,
    response: &HeaderMap,
) -> Option<BTreeMap<String, Option<String>>> {
    let names = members(response, &VARY).map(str::to_ascii_lowercase);
    names
        .map(|name| (name != "*").then(|| (value(request, &name), name)))
        .map(|pair| pair.map(|(value, name)| (name, value)))
        .collect()
}

/// Returns whether a request has the same values of the stored headers.
pub(super) fn matches(stored: &BTreeMap<String, Option<String>>, request: &HeaderMap) -> bool {
    stored
        .iter()
        .all(|(name, known)| *known == value(request, name))
}

/// The hash of all values of a header as one, space around commas left out. Any of them may be a secret, and they are
/// only ever compared.
fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let parts: Vec<String> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    if parts.is_empty() {
        return None;
    }
    let joined = parts.join(",");
    let parts: Vec<&str> = joined.split(',').map(str::trim).collect();
    Some(sha256(parts.join(",").as_bytes()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE, HeaderName};

    use super::*;

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn only_the_headers_that_are_named_matter() {
        let response = headers(&[(VARY, "Accept-Language, X-None")]);
        let nl = headers(&[(ACCEPT_LANGUAGE, "nl, en"), (ACCEPT, "a/b")]);
        let stored = selected(&nl, &response).unwrap();
        assert!(matches(&stored, &nl));
        assert!(matches(&stored, &headers(&[(ACCEPT_LANGUAGE, "nl ,en")])));
        assert!(matches(
            &stored,
            &headers(&[(ACCEPT_LANGUAGE, "nl"), (ACCEPT_LANGUAGE, "en")])
        ));
        assert!(!matches(&stored, &headers(&[(ACCEPT_LANGUAGE, "de")])));
        assert!(!matches(&stored, &HeaderMap::new()));
        let x = HeaderName::from_static("x-none");
        assert!(!matches(
            &stored,
            &headers(&[(ACCEPT_LANGUAGE, "nl,en"), (x, "")])
        ));
    }

    #[test]
    fn a_star_anywhere_matches_nothing() {
        for lines in [
            &[(VARY, "*")][..],
            &[(VARY, "accept, *")],
            &[(VARY, "a"), (VARY, "*")],
        ] {
            assert_eq!(selected(&HeaderMap::new(), &headers(lines)), None);
        }
    }

    #[test]
    fn no_secret_is_stored() {
        for name in [COOKIE, HeaderName::from_static("x-token")] {
            let request = headers(&[(name.clone(), "session=hunter2")]);
            let stored = selected(&request, &headers(&[(VARY, name.as_str())])).unwrap();
            assert!(!format!("{stored:?}").contains("hunter2"));
            assert!(matches(&stored, &request));
        }
    }
}
