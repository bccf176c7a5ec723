//! Tests of values that are masked, and of values that are not.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn user_names_and_passwords_leave_urls() {
    for (text, clean) in [
        ("http://us:pw@a.example/x@y", "http://a.example/x@y"),
        (
            "</b?next=http://us@b.example>; rel=\"next\"",
            "</b?next=http://b.example>; rel=\"next\"",
        ),
        ("mail us@a.example", "mail us@a.example"),
        ("/x", "/x"),
    ] {
        assert_eq!(masked(text), clean);
    }
}

#[test]
fn secret_parameters_are_masked_and_others_stay_as_they_are() {
    for (text, clean) in [
        ("/x?page=2&API-Key=abc#top", "/x?page=2&API-Key=***#top"),
        ("/x?user%5Bpassword%5D=a%26b", "/x?user%5Bpassword%5D=***"),
        ("/x?compass=abc&q=a%20b+c", "/x?compass=abc&q=a%20b+c"),
        (
            "<https://a.example/?pw=x,y>; rel=next",
            "<https://a.example/?pw=***>; rel=next",
        ),
        ("password=x", "password=x"),
    ] {
        assert_eq!(masked(text), clean);
    }
    assert_eq!(masked_form("password=x&user=y"), "password=***&user=y");
}

#[test]
fn all_of_a_value_is_masked() {
    for value in [
        "ab,TAIL", "ab;TAIL", "ab?TAIL", "ab/TAIL", "***TAIL", "a'TAIL",
    ] {
        let url = format!("https://a.example/?password={value}&x=1#top");
        assert_eq!(masked(&url), "https://a.example/?password=***&x=1#top");
    }
}

#[test]
fn parameters_of_a_fragment_are_masked() {
    let location = "/home?state=1#access_token=abc&x=1";
    assert_eq!(masked(location), "/home?state=1#access_token=***&x=1");
}

#[test]
fn many_names_are_those_of_secrets() {
    for name in [
        "user_pass",
        "login[pass]",
        "login%5Bpass%5D",
        "pass1",
        "userPass",
        "jwt",
        "bearer",
        "accesskey",
        "private_token",
        "api_token",
        "oauth_token",
        "Ocp-Apim-Subscription-Key",
    ] {
        let url = format!("/?{name}=abc");
        assert_eq!(masked(&url), format!("/?{name}=***"));
    }
    for name in ["authenticity_token", "csrf_token", "page_token", "token"] {
        let shown = masked_value(name, "abc").unwrap();
        assert!(is_mask(&shown) && shown != MASK, "{name}: {shown}");
    }
    for name in ["compass", "passage", "pinned", "tokens", "code", "spin"] {
        assert_eq!(masked_value(name, "abc"), None, "{name}");
    }
}

#[test]
fn the_code_of_an_authorization_is_masked_and_other_codes_are_not() {
    let answered = masked("/back?code=abc&state=xyz").into_owned();
    assert!(answered.starts_with("/back?code=***") && answered.ends_with("&state=xyz"));
    assert_eq!(masked("/book?code=abc"), "/book?code=abc");
}

#[test]
fn what_may_tell_pages_apart_still_does() {
    let (first, second) = (
        masked("/?key=one").into_owned(),
        masked("/?key=two").into_owned(),
    );
    assert!(first.starts_with("/?key=***") && !first.contains("one"));
    assert_ne!(first, second);
    assert_eq!(masked(&first), first);
}

#[test]
fn secrets_in_json_are_masked_however_deep() {
    let mut value = json!({"user": "anna", "auth": [{"password": "x", "pin": 1234}], "passwords": ["x"], "page": 2});
    mask_json(&mut value);
    let masked = json!({"user": "anna", "auth": [{"password": "***", "pin": "***"}], "passwords": "***", "page": 2});
    assert_eq!(value, masked);
}

proptest! {
    #[test]
    fn masking_twice_is_masking_once(text in "[a-z:/?&=@#;,.%* \"<>]{0,60}") {
        let once = masked(&text).into_owned();
        prop_assert_eq!(masked(&once).into_owned(), once);
    }

    #[test]
    fn no_password_is_left(before in "[a-z]{1,5}(=[a-z]{0,5})?", secret in "[A-Z]{8}") {
        let url = format!("https://us:{secret}@a.example/p?{before}&my_password={secret}&z=1");
        prop_assert!(!masked(&url).contains(&secret));
    }
}
