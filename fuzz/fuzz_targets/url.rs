//! URLs: how they are read and compared. A base in the first line, what is joined to it in the second.
#![no_main]

use crawlworks::identity::{canonical, parse, site};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (base, input) = text
        .split_once('\n')
        .unwrap_or(("http://a.example/", &text));
    let base = parse(base, None).ok();
    let Ok(url) = parse(input, base.as_ref()) else {
        return;
    };
    assert!(matches!(url.scheme(), "http" | "https"));
    let once = canonical(&url).into_owned();
    let again = parse(&once, None).expect("a canonical URL is a URL");
    assert_eq!(canonical(&again), once);
    assert_eq!(
        again.host_str().map(|host| host.trim_end_matches('.')),
        url.host_str().map(|host| host.trim_end_matches('.'))
    );
    if let (Some(site), Some(host)) = (site(&url), url.host_str()) {
        assert!(
            host.trim_end_matches('.').ends_with(&site),
            "{site} of {host}"
        );
    }
});
