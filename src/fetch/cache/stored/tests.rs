use proptest::prelude::*;

use super::*;

fn stored(headers: &[(&str, &[u8])], body: &[u8]) -> Stored {
    let request = Request::get("http://a.example/x").unwrap();
    let response = Response::new(request.clone(), 200).with_body("text/html", body.to_vec());
    let mut kept = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(*name).unwrap();
        kept.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    let vary = BTreeMap::from([("accept".to_owned(), None)]);
    Stored::new(&request, &response, kept, vary, SystemTime::UNIX_EPOCH)
}

fn file(stored: &Stored) -> Vec<u8> {
    [stored.encode_head(), stored.body.to_vec()].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_back(
        values in proptest::collection::vec("[ -~\\t\u{80}-\u{ff}]{0,20}", 0..5),
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let latin: Vec<Vec<u8>> = values.iter().map(|v| v.trim().bytes().collect()).collect();
        let headers: Vec<(&str, &[u8])> = latin.iter().map(|v| ("x-a", v.as_slice())).collect();
        let stored = stored(&headers, &body);
        prop_assert_eq!(Head::read(file(&stored).as_slice()), Some(stored.head.clone()));
        prop_assert_eq!(Stored::decode(file(&stored)), Some(stored));
    }

    #[test]
    fn a_file_that_was_cut_off_anywhere_is_none(body in proptest::collection::vec(any::<u8>(), 0..40)) {
        let whole = file(&stored(&[("etag", b"\"1\"")], &body));
        for length in 0..whole.len() {
            prop_assert_eq!(Stored::decode(whole[..length].to_vec()), None);
        }
    }

    #[test]
    fn a_file_with_another_byte_anywhere_is_none(body in proptest::collection::vec(any::<u8>(), 0..40), bit in 0..8u8) {
        let whole = file(&stored(&[("etag", b"\"1\"")], &body));
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1u8 << bit;
            prop_assert_eq!(Stored::decode(damaged), None);
        }
        let longer = [whole, b"x".to_vec()].concat();
        prop_assert_eq!(Stored::decode(longer), None);
    }
}

#[test]
fn what_is_no_file_of_ours_has_no_head() {
    for text in [
        "",
        "\n\n",
        "crawlworks-cache 2 x\n{}\n",
        "crawlworks-cache 1 x\n{}\n",
    ] {
        assert_eq!(Head::read(text.as_bytes()), None, "{text}");
    }
}
