//! `crawl bench`: this machine's speed.

use super::crawl;

#[test]
fn the_measurement_is_one_json_object() {
    let ran = crawl(&["bench", "--pages", "50", "--concurrency", "4", "--json"]).exits(0);
    let measured = ran.json();
    let fields: Vec<&String> = measured.as_object().unwrap().keys().collect();
    let expected = [
        "pages",
        "concurrency",
        "seconds",
        "pages_per_second",
        "cpu_ms_per_page",
        "peak_memory",
        "errors",
    ];
    assert_eq!(fields, expected);
    assert_eq!(
        (&measured["pages"], &measured["errors"]),
        (&50.into(), &0.into())
    );
    assert_eq!(measured["concurrency"], 4);
}

#[test]
fn a_person_gets_a_table() {
    let ran = crawl(&["bench", "--pages", "5"]).exits(0);
    assert!(ran.stdout.contains("pages per second"), "{ran:#?}");
}

#[test]
fn a_web_of_no_pages_is_a_usage_error() {
    crawl(&["bench", "--pages", "0"]).exits(2);
}
