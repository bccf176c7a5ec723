//! The `Referer` of a request, by `strict-origin-when-cross-origin`, the default of the Referrer Policy standard and of
//! browsers.

use http::HeaderValue;
use url::Url;

/// Returns the `Referer` of a request for `target` that was found on the page `from`: its URL without fragment, user name
/// and password at the same origin, else only the origin; `None` from HTTPS to HTTP, and for a page of another scheme.
pub(crate) fn header(from: &Url, target: &Url) -> Option<HeaderValue> {
    if from.scheme() == "https" && target.scheme() != "https" {
        return None;
    }
    if from.origin() != target.origin() {
        let is_web = matches!(from.scheme(), "http" | "https");
        let origin = is_web.then(|| from.origin().ascii_serialization())?;
        return HeaderValue::try_from(format!("{origin}/")).ok();
    }
    let mut url = from.clone();
    url.set_fragment(None);
    // Both fail only for URLs that cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
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
}
