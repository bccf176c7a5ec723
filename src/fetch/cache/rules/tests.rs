use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use url::Url;

use super::*;

/// A moment from which the tests count, in seconds.
fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds)
}

fn date(seconds: u64) -> String {
    httpdate::fmt_http_date(at(seconds))
}

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::try_from(*name).unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// A 200 that was asked for at 10,000 and came a second later.
fn stored(lines: &[(&str, &str)]) -> Head {
    Head {
        method: "GET".to_owned(),
        url: Url::parse("http://a.example/").unwrap(),
        status: StatusCode::OK,
        headers: headers(lines),
        vary: BTreeMap::new(),
        requested: at(10_000),
        received: at(10_001),
        page: None,
        length: 0,
        sha256: String::new(),
    }
}

/// Until how many seconds after it came it answers alone, looked at once a second.
fn fresh_for(response: &[(&str, &str)], request: &[(&str, &str)]) -> u64 {
    let (stored, request) = (stored(response), headers(request));
    let is_fresh = |second: &u64| worth(&stored, &request, at(10_001 + second)) == Use::Fresh;
    (0..200_000).take_while(is_fresh).count() as u64
}

#[test]
fn max_age_counts_before_expires_and_both_from_the_making() {
    let (now, later) = (&*date(10_001), &*date(10_061));
    for (response, seconds) in [
        // A second went by on the way.
        (&[("cache-control", "max-age=60")][..], 59),
        (&[("cache-control", "max-age=60"), ("age", "20")], 39),
        (&[("cache-control", "max-age=60"), ("age", "20, 5")], 39),
        (&[("cache-control", "max-age=60"), ("age", "young")], 59),
        (
            &[("cache-control", "max-age=60"), ("date", &date(9_981))],
            40,
        ),
        (&[("cache-control", "max-age=60"), ("expires", "0")], 59),
        (&[("cache-control", "max-age=0"), ("expires", later)], 0),
        (&[("cache-control", "s-maxage=60")], 0),
        (&[("date", now), ("expires", later)], 59),
        (&[("expires", later)], 59),
        (&[("date", now), ("expires", "0")], 0),
        (&[("date", later), ("expires", now)], 0),
        (&[("cache-control", "no-cache, max-age=60")], 0),
        (&[("pragma", "no-cache"), ("expires", later)], 0),
        (&[], 0),
    ] {
        assert_eq!(fresh_for(response, &[]), seconds, "{response:?}");
    }
}

#[test]
fn dates_have_three_forms() {
    for form in ["Sunday, 09-Sep-01 04:34:21 GMT", "Sun Sep  9 04:34:21 2001"] {
        assert_eq!(fresh_for(&[("expires", form)], &[]), 59, "{form}");
    }
}

#[test]
fn a_tenth_of_the_time_since_the_last_change_is_guessed_but_no_more_than_a_day() {
    let now = &*date(10_001);
    let fresh = |modified: &str| fresh_for(&[("date", now), ("last-modified", modified)], &[]);
    assert_eq!(fresh(&date(9_001)), 99);
    assert_eq!(fresh("Mon, 01 Jan 1990 00:00:00 GMT"), 24 * 3600 - 1);
    let mut found = stored(&[("date", now), ("last-modified", &date(1))]);
    found.status = StatusCode::FOUND;
    assert_eq!(worth(&found, &HeaderMap::new(), at(10_002)), Use::Stale);
}

#[test]
fn a_request_can_ask_for_more_or_less() {
    let sixty = &[("cache-control", "max-age=60")][..];
    for (request, seconds) in [
        ("no-cache", 0),
        ("max-age=10", 10),
        ("max-age=0", 0),
        ("min-fresh=20", 39),
        ("max-stale=20", 79),
        ("max-stale", 200_000),
    ] {
        let fresh = fresh_for(sixty, &[("cache-control", request)]);
        assert_eq!(fresh, seconds, "{request}");
    }
    let strict = &[("cache-control", "max-age=60, must-revalidate")][..];
    assert_eq!(fresh_for(strict, &[("cache-control", "max-stale")]), 59);
    assert_eq!(fresh_for(sixty, &[("pragma", "no-cache")]), 0);
}

#[test]
fn only_what_may_be_stored_and_is_of_use_is_stored() {
    let none = HeaderMap::new();
    for (status, response, expected) in [
        (200, &[("cache-control", "max-age=60")][..], true),
        (200, &[("cache-control", "private, max-age=60")], true),
        (200, &[("etag", "\"1\"")], true),
        (200, &[], false),
        (200, &[("cache-control", "max-age=0")], false),
        (
            200,
            &[("cache-control", "NO-STORE"), ("etag", "\"1\"")],
            false,
        ),
        (
            200,
            &[("cache-control", "must-understand, no-store, max-age=60")],
            true,
        ),
        (206, &[("cache-control", "max-age=60")], false),
        (301, &[("cache-control", "max-age=60")], true),
        (302, &[("etag", "\"1\"")], false),
        (302, &[("cache-control", "max-age=60")], true),
        (404, &[("cache-control", "max-age=60")], true),
        (500, &[("cache-control", "max-age=60")], false),
        (503, &[("cache-control", "max-age=60")], false),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let may = may_store(&none, status, &headers(response));
        assert_eq!(may, expected, "{status} {response:?}");
    }
}

#[test]
fn what_may_be_for_one_user_is_neither_stored_nor_reused_unless_it_is_public() {
    for name in ["authorization", "cookie"] {
        let request = headers(&[(name, "secret")]);
        for (said, is_public) in [("max-age=60", false), ("public, max-age=60", true)] {
            let response = &[("cache-control", said)][..];
            let may = may_store(&request, StatusCode::OK, &headers(response));
            assert_eq!(may, is_public, "{name} {said}");
            let reused = worth(&stored(response), &request, at(10_002)) == Use::Fresh;
            assert_eq!(reused, is_public, "{name} {said}");
        }
    }
}

#[test]
fn a_304_renews_the_headers_but_those_of_the_body_and_brings_new_ones() {
    let had = [
        ("etag", "\"1\""),
        ("content-length", "9"),
        ("link", "<a>"),
        ("link", "<b>"),
        ("age", "7"),
    ];
    let told = [
        ("link", "<c>"),
        ("content-length", "0"),
        ("x-new", "1"),
        ("set-cookie", "a=1"),
    ];
    let updated = updated(&headers(&had), &headers(&told));
    let expected = [
        ("etag", "\"1\""),
        ("content-length", "9"),
        ("link", "<c>"),
        ("x-new", "1"),
    ];
    assert_eq!(updated, headers(&expected));
}

#[test]
fn a_304_with_another_tag_is_about_something_else() {
    let had = headers(&[("etag", "W/\"1\"")]);
    assert!(confirms(&had, &headers(&[("etag", "\"1\"")])));
    assert!(confirms(&had, &headers(&[])));
    assert!(!confirms(&had, &headers(&[("etag", "\"2\"")])));
}

#[test]
fn what_is_about_the_connection_and_cookies_are_not_stored() {
    let came = [
        ("connection", "close, x-hop"),
        ("x-hop", "1"),
        ("keep-alive", "1"),
        ("set-cookie", "a=1"),
        ("x-a", "1"),
    ];
    assert_eq!(storable(&headers(&came)), headers(&[("x-a", "1")]));
}

#[test]
fn an_old_response_stands_in_only_where_that_is_allowed() {
    for (said, seconds) in [
        ("max-age=60, stale-if-error=40", 99),
        ("max-age=60", 0),
        ("max-age=60, stale-if-error=40, must-revalidate", 0),
    ] {
        let stored = stored(&[("cache-control", said)]);
        let until = (0..1_000).take_while(|second| may_stand_in(&stored, at(10_001 + second)));
        assert_eq!(until.count(), seconds, "{said}");
    }
}
