//! Feeds in every form.
#![no_main]

use crawlworks::feed::parse;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|data: &[u8]| {
    let Ok(url) = Url::parse("https://a.example/dir/feed.xml") else {
        return;
    };
    let Ok(found) = parse(data, &url) else {
        return;
    };
    assert!(found.entries.len() <= 50_000);
    for entry in &found.entries {
        let urls = entry.enclosures.iter().map(|file| &file.url);
        for url in urls.chain(&entry.url) {
            assert!(matches!(url.scheme(), "http" | "https"), "{url}");
        }
    }
});
