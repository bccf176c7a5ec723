//! Lines that are written and read back, and lines that are wrong.

use proptest::prelude::*;

use super::*;
use crate::page::request::Request;
use crate::page::response::Response;

fn exchange(content_type: &str, body: &[u8]) -> Exchange {
    let request = Request::get("http://a.example/").unwrap();
    let response = Response::new(request.clone(), 200).with_body(content_type, body.to_vec());
    Exchange::new(&request, &response)
}

#[test]
fn a_page_is_read_as_text_in_its_own_charset() {
    let page = exchange("text/html; charset=latin1", b"caf\xe9");
    let line = write(&page);
    assert!(
        line.contains(r#""text":"café","charset":"windows-1252""#),
        "{line}"
    );
    assert_eq!(read(line.as_bytes()), Ok(page));
}

#[test]
fn what_is_no_text_is_base64() {
    for (content_type, body) in [
        ("image/png", &b"\x89PNG\r\n\x1a\n\0"[..]),
        ("text/html; charset=utf-16le", b"h\0i\0"),
        ("text/html; charset=utf-8", b"a\xff"),
    ] {
        let page = exchange(content_type, body);
        let line = write(&page);
        assert!(line.contains(r#""base64":""#), "{line}");
        assert_eq!(read(line.as_bytes()), Ok(page));
    }
}

#[test]
fn a_mistake_in_a_line_is_told() {
    for (line, why) in [
        (
            r#"{"request":{"method":"GET","url":"http://a.example/"}}"#,
            "either a status or an error",
        ),
        (
            r#"{"request":{"method":"GET","url":"/"},"status":200}"#,
            "relative URL",
        ),
        (
            r#"{"request":{"method":"GET","url":"http://a.example/"},"status":200,"txet":""}"#,
            "unknown field `txet`",
        ),
        (
            r#"{"request":{"method":"GET","url":"http://a.example/"},"status":99}"#,
            "no status: 99",
        ),
        (
            r#"{"request":{"method":"GET","url":"http://a.example/"},"status":200,"base64":"?"}"#,
            "base64",
        ),
        (
            r#"{"request":{"method":"GET","url":"http://a.example/"},"status":200,"text":"漢","charset":"latin1"}"#,
            "cannot be written in latin1",
        ),
    ] {
        let error = read(line.as_bytes()).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_file_of_another_kind_or_version_is_told() {
    assert_eq!(check_header(header().as_bytes()), Ok(()));
    assert!(
        check_header(b"{\"a\":1}")
            .unwrap_err()
            .contains("not a cassette")
    );
    let newer = header().replace(":1}", ":2}");
    assert!(
        check_header(newer.as_bytes())
            .unwrap_err()
            .contains("version 2")
    );
}

proptest! {
    #[test]
    fn any_body_comes_back_as_it_was(
        body in prop::collection::vec(any::<u8>(), 0..60),
        charset in prop::sample::select(vec!["utf-8", "latin1", "shift_jis", "gbk", "euc-kr", "utf-16be", "koi8-r"]),
    ) {
        let page = exchange(&format!("text/html; charset={charset}"), &body);
        let line = write(&page);
        prop_assert_eq!(line.matches('\n').count(), 1);
        prop_assert_eq!(read(line.as_bytes()), Ok(page));
    }

    #[test]
    fn text_of_any_charset_comes_back_as_it_was(
        text in "[ -~é漢я€\n]{0,40}",
        charset in prop::sample::select(vec!["utf-8", "windows-1252", "shift_jis", "gb18030", "iso-2022-jp"]),
    ) {
        let (body, _, _) = Encoding::for_label(charset.as_bytes()).unwrap().encode(&text);
        let page = exchange(&format!("text/plain; charset={charset}"), &body);
        prop_assert_eq!(read(write(&page).as_bytes()), Ok(page));
    }

    #[test]
    fn no_line_is_a_panic(line in ".{0,80}") {
        let _ = (read(line.as_bytes()), check_header(line.as_bytes()));
    }
}
