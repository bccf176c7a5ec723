//! Templates by table, and their laws.

use proptest::prelude::*;

use super::*;

fn urls(text: &str) -> Vec<String> {
    Template::parse(text)
        .unwrap()
        .urls(|name| (name == "q").then_some("a b&c"))
}

#[test]
fn ranges_and_alternatives_are_multiplied_out_in_order() {
    assert_eq!(urls("/{1..3}/"), ["/1/", "/2/", "/3/"]);
    assert_eq!(urls("{08..10}"), ["08", "09", "10"]);
    assert_eq!(urls("{0..50..20}"), ["0", "20", "40"]);
    assert_eq!(urls("{a..c}"), ["a", "b", "c"]);
    assert_eq!(urls("{x,y}-{1..2}"), ["x-1", "x-2", "y-1", "y-2"]);
    assert_eq!(urls("/{,old/}x"), ["/x", "/old/x"]);
    assert_eq!(urls("{{}}"), ["{}"]);
}

#[test]
fn an_argument_is_encoded_behind_the_question_mark() {
    assert_eq!(urls("/{q}?q={q}&x"), ["/a b&c?q=a+b%26c&x"]);
}

#[test]
fn what_is_no_template_says_what_it_might_be() {
    for (text, expected) in [
        ("{5..1}", "the range {5..1} is empty; did you mean {1..5}?"),
        (
            "{1..9..0}",
            "the range {1..9..0} has steps of 0 and would never end",
        ),
        (
            "{1..x}",
            "{1..x} is no range; write {1..50} or {0..100..20}",
        ),
        (
            "{c..a}",
            "the range {c..a} is empty: its end is before its beginning",
        ),
        (
            "a}",
            "a lone \"}\" in \"a}\"; a brace itself is written twice",
        ),
        (
            "{a",
            "a lone \"{\" in \"{a\"; a brace itself is written twice",
        ),
        (
            "{a b}",
            "{a b} is no argument; ranges are {1..9}, alternatives {a,b}, and a brace itself is written twice",
        ),
    ] {
        assert_eq!(Template::parse(text).unwrap_err(), expected);
    }
}

#[test]
fn a_huge_range_is_counted_and_not_made() {
    let template = Template::parse("{0..18446744073709551615}{1..9}").unwrap();
    assert_eq!(template.count(), u64::MAX);
}

proptest! {
    #[test]
    fn as_many_urls_are_made_as_were_counted(text in "([a-z?]|\\{[0-9]\\.\\.[0-9]{1,2}\\}|\\{a,b\\}){0,6}") {
        if let Ok(template) = Template::parse(&text) && template.count() < 10_000 {
            prop_assert_eq!(template.urls(|_| None).len() as u64, template.count());
        }
    }

    #[test]
    fn text_without_braces_is_left_alone(text in "[^{}]{0,40}") {
        prop_assert_eq!(Template::parse(&text).unwrap().fill(|_| None), text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Template::parse(&text);
    }
}
