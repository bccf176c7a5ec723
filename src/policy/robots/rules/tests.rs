use proptest::prelude::*;

use super::*;
use crate::policy::robots::{MAX_BYTES, RobotsTxt};

fn rules(file: &str) -> Rules {
    RobotsTxt::parse(file.as_bytes()).for_agent("a")
}

/// The answer, and what it took.
fn asked(rules: &Rules, path: &str) -> (bool, u32) {
    let mut steps = Steps::new(u32::MAX);
    let allowed = rules.verdict_within(path, &mut steps).allowed;
    (allowed, u32::MAX - steps.left())
}

/// A file that is as large as one can be, of rules made from their number.
fn full_of(rule: impl Fn(usize) -> String) -> Rules {
    let mut file = "user-agent: *\n".to_owned();
    for number in 0.. {
        let rule = rule(number);
        if file.len() + rule.len() >= MAX_BYTES {
            break;
        }
        file.push_str(&rule);
        file.push('\n');
    }
    rules(&file)
}

#[test]
fn a_question_to_a_full_file_of_plain_rules_takes_a_few_steps() {
    let full = full_of(|number| format!("disallow:/{number:05x}"));
    assert!(full.patterns.ranked.len() > 25_000);
    assert_eq!(asked(&full, "/0000f/x"), (false, 1));
    assert!(asked(&full, "/none").1 <= 2);
}

#[test]
fn a_ladder_of_beginnings_is_climbed_once() {
    let ladder = full_of(|number| format!("disallow:/{}", "a".repeat(number)));
    assert_eq!(ladder.patterns.ranked.len(), 1013);
    let (allowed, steps) = asked(&ladder, "/b");
    assert!(!allowed && steps < 1_100, "{steps}");
}

#[test]
fn hostile_wildcards_end_in_a_no_within_the_budget() {
    let path = format!("/{}", "a".repeat(2_000));
    let hostile = [
        full_of(|number| format!("allow:*a*{number:x}*a*b")),
        full_of(|number| format!("allow:/*{number:x}")),
        full_of(|number| format!("allow:/{}b{number:x}", "*a".repeat(500))),
    ];
    for rules in hostile {
        let verdict = rules.verdict(&path);
        assert!(verdict.is_too_costly(), "{verdict:?}");
        let unbounded = asked(&rules, &path);
        assert!(unbounded.1 > BUDGET, "{unbounded:?}");
    }
}

#[test]
fn an_honest_file_full_of_wildcards_is_answered() {
    let file = full_of(|number| format!("disallow: /shop/{}/*?sort={number}", number % 100));
    assert!(file.patterns.ranked.len() > 15_000);
    let verdict = file.verdict("/shop/7/x?sort=10107");
    assert!(!verdict.allowed && !verdict.is_too_costly());
    let lines = (0..2_000).map(|number| format!("disallow: /*/{number}/*?filter="));
    let many = lines.collect::<Vec<_>>().join("\n");
    let many = rules(&format!("user-agent: *\n{many}"));
    let path = format!("/a/1999/{}?filter=1", "x".repeat(400));
    assert_eq!(many.verdict(&path).pattern, Some("/*/1999/*?filter="));
    assert!(many.verdict(&path.replace("filter", "f")).allowed);
}

#[test]
fn a_million_rules_are_read_as_far_as_a_file_goes() {
    let file = "user-agent:*\n".to_owned() + &"disallow:/\n".repeat(1_000_000);
    let rules = rules(&file);
    assert_eq!(rules.patterns.ranked.len(), 1, "they are all the same");
    assert_eq!(asked(&rules, "/x"), (false, 1));
}

#[test]
fn rules_survive_being_written_and_read_back() {
    let before =
        rules("user-agent: *\ndisallow: /a**b$\nallow: /a\ncrawl-delay: 2\ndisallow: *.php\n");
    let json = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<Rules>(&json).unwrap(), before);
}

/// The definition of a match, slow and obvious.
fn naive(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => true,
        b"$" => path.is_empty(),
        [b'*', rest @ ..] => (0..=path.len()).any(|skip| naive(rest, &path[skip..])),
        [first, rest @ ..] => path.first() == Some(first) && naive(rest, &path[1..]),
    }
}

proptest! {
    #[test]
    fn the_index_agrees_with_trying_all_rules(
        rules in prop::collection::vec((any::<bool>(), "[/*][ab*]{0,5}\\$?"), 0..12),
        path in "/[ab]{0,7}",
    ) {
        let mut file = String::from("user-agent: *\n");
        for (allow, pattern) in &rules {
            file.push_str(if *allow { "allow: " } else { "disallow: " });
            file.extend([pattern, "\n"]);
        }
        let matching = rules.iter().filter(|(_, pattern)| naive(pattern.as_bytes(), path.as_bytes()));
        let expected = matching.max_by_key(|(allow, pattern)| (pattern.len(), *allow)).is_none_or(|(allow, _)| *allow);
        prop_assert_eq!(RobotsTxt::parse(file.as_bytes()).for_agent("a").verdict(&path).allowed, expected);
    }
}
