//! Character encodings: the `Content-Type` in the first line, the body behind it.
#![no_main]

use crawlworks::charset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let at = data.iter().position(|byte| *byte == b'\n');
    let (content_type, body) = at.map_or((&b""[..], data), |at| (&data[..at], &data[at + 1..]));
    let content_type = String::from_utf8_lossy(content_type);
    let encoding = charset::detect(body, Some(&content_type));
    let text = charset::decode(body, encoding).unwrap();
    // No encoding makes more than three bytes of UTF-8 of one, and a mark at the beginning is not part of the text.
    assert!(text.len() <= 3 * body.len());
    let unlabelled = charset::detect(body, None);
    if body.starts_with(b"\xef\xbb\xbf") {
        assert_eq!((encoding, unlabelled), ("UTF-8", "UTF-8"));
    }
});
