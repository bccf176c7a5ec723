//! HTML: the streaming scan for links, and what is taken out of the document.
#![no_main]

use std::collections::HashSet;

use crawlworks::html::{Html, scan};
use libfuzzer_sys::fuzz_target;
use url::Url;

const MAX_LINKS: usize = 100;

fuzz_target!(|data: &[u8]| {
    let Ok(url) = Url::parse("https://a.example/dir/page?x=1") else {
        return;
    };
    let page = scan(data, "UTF-8", &url, MAX_LINKS).unwrap();
    assert!(page.links.len() <= MAX_LINKS);
    let different: HashSet<&str> = page.links.iter().map(Url::as_str).collect();
    assert_eq!(different.len(), page.links.len());
    assert!(
        page.links
            .iter()
            .all(|link| matches!(link.scheme(), "http" | "https"))
    );

    let text = String::from_utf8_lossy(data);
    let html = Html::parse(&text, url);
    if let Ok(all) = html.select("*") {
        assert!(all.count() < 2 * data.len() + 16);
    }
    let _ = html.title();
    let _ = (html.root().text(), html.root().block_text());
    let _ = html.get_all("* ::text, * ::attr(srcset)");
    let _ = html.urls("* ::attr(srcset)");
    let found = html.select("table, dl, script").into_iter().flatten();
    for element in found.take(20) {
        let _ = (element.records(), element.pairs(), element.json());
    }
});
