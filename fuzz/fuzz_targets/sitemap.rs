//! Sitemaps in every form.
#![no_main]

use crawlworks::sitemap::{MAX_ENTRIES, MAX_LOC, parse};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|data: &[u8]| {
    let Ok(base) = Url::parse("https://a.example/dir/sitemap.xml") else {
        return;
    };
    let Ok(found) = parse(data, &base) else {
        return;
    };
    assert!(found.entries.len() <= MAX_ENTRIES);
    for entry in &found.entries {
        assert!(
            matches!(entry.loc.scheme(), "http" | "https"),
            "{}",
            entry.loc
        );
        // Percent-encoding makes three bytes of one.
        assert!(entry.loc.as_str().len() <= 3 * MAX_LOC + base.as_str().len());
    }
});
