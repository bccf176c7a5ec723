//! `Set-Cookie`: the host that sets it in the first line, the header behind it.
#![no_main]

use crawlworks::middleware::Cookies;
use crawlworks::{Request, Response};
use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use libfuzzer_sys::fuzz_target;
use url::Url;

/// Returns the `Cookie` header of a request for `wanted`, after an answer of `set_by` with this `Set-Cookie`.
fn cookie(line: HeaderValue, set_by: Url, wanted: Url) -> Option<HeaderValue> {
    let cookies = Cookies::default();
    let headers = HeaderMap::from_iter([(SET_COOKIE, line)]);
    let answer = Response::new(Request::from(set_by), 200).with_headers(headers);
    cookies.keep("", &answer);
    cookies.header(&Request::from(wanted))
}

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let host = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let Ok(line) = HeaderValue::from_bytes(parts.next().unwrap_or_default()) else {
        return;
    };
    if host.starts_with('.') {
        // No name that the DNS knows: its first label is empty.
        return;
    }
    let Ok(set_by) = Url::parse(&format!("https://{host}/dir/page")) else {
        return;
    };
    let back = cookie(line.clone(), set_by.clone(), set_by.clone());
    assert!(back.is_none_or(|back| back.len() <= 4097));
    // Nobody else gets it: not another site, not one that only ends alike.
    for other in [
        "https://other.example/dir/page".to_owned(),
        format!("https://x{host}/dir/page"),
    ] {
        let Ok(other) = Url::parse(&other) else {
            continue;
        };
        if other.host_str() != set_by.host_str() {
            let is_parent =
                crawlworks::identity::site(&other) == crawlworks::identity::site(&set_by);
            assert!(is_parent || cookie(line.clone(), set_by.clone(), other).is_none());
        }
    }
});
