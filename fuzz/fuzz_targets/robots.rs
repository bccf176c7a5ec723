//! robots.txt: the agent in the first line, the path in the second, the file behind them.
#![no_main]

use crawlworks::policy::robots::RobotsTxt;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let agent = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let path = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let file = parts.next().unwrap_or_default();
    let rules = RobotsTxt::parse(file).for_agent(&agent);
    let Ok(url) = Url::parse("http://a.example/").and_then(|base| base.join(&path)) else {
        return;
    };
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    assert_eq!(rules.allows(&url), rules.verdict(target).allowed);
    assert!(rules.verdict("/robots.txt").allowed);
    // The order of the lines within a group, and how lines end, decide nothing.
    let again: Vec<u8> = file
        .iter()
        .map(|byte| if *byte == b'\r' { b'\n' } else { *byte })
        .collect();
    let again = RobotsTxt::parse(&again).for_agent(&agent);
    assert_eq!(rules.verdict(target).allowed, again.verdict(target).allowed);
});
