//! The `Referer` of a request, by `strict-origin-when-cross-origin`, the default of the Referrer Policy standard and of
//! browsers.

use http::HeaderValue;
use url::Url;

/// Largest `Referer`, in bytes: of a longer one only the origin is sent (Referrer Policy, section 8.3).
const LONGEST: usize = 4096;

/// Returns the `Referer` of a request for `target` that was found on the page `from`: its URL without fragment, user name
/// and password at the same origin, else only the origin; `None` from HTTPS to HTTP, and for a page of another scheme.
pub(crate) fn header(from: &Url, target: &Url) -> Option<HeaderValue> {
    if from.scheme() == "https" && target.scheme() != "https" {
        return None;
    }
    if !matches!(from.scheme(), "http" | "https") {
        return None;
    }
    let origin = from.origin();
    let only_origin = || HeaderValue::try_from(format!("{}/", origin.ascii_serialization())).ok();
    if origin != target.origin() {
        return only_origin();
    }
    let mut url = from.clone();
    url.set_fragment(None);
    // Both fail only for URLs that cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if url.as_str().len() > LONGEST {
        return only_origin();
    }
    HeaderValue::try_from(url.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_origin_gets_the_origin_and_plain_http_nothing_of_https() {
        for (from, target, expected) in [
            (
                "http://us:pw@a.example/x?y#z",
                "http://a.example/b",
                Some("http://a.example/x?y"),
            ),
            (
                "https://a.example/x?y",
                "https://b.example/",
                Some("https://a.example/"),
            ),
            (
                "http://a.example/x?y",
                "http://a.example:81/",
                Some("http://a.example/"),
            ),
            (
                "http://a.example/x",
                "https://a.example/",
                Some("http://a.example/"),
            ),
            ("https://a.example/x", "http://a.example/", None),
            ("about:blank", "http://a.example/", None),
        ] {
            let url = |text| Url::parse(text).unwrap();
            let header = header(&url(from), &url(target));
            let header = header.as_ref().map(|value| value.to_str().unwrap());
            assert_eq!(header, expected, "{from} {target}");
        }
    }

    #[test]
    fn of_a_very_long_url_only_the_origin_is_sent() {
        let page = |length| format!("http://a.example/{}", "x".repeat(length));
        for (length, expected) in [(4_079, page(4_079)), (4_080, page(0))] {
            let from = Url::parse(&page(length)).unwrap();
            assert_eq!(header(&from, &from).unwrap(), expected);
        }
    }
}
