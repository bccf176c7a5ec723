//! `Content-Encoding`: the header in the first line, the body behind it. How a body is cut into pieces changes nothing.
#![no_main]

use bytes::Bytes;
use crawlworks::Result;
use crawlworks::__private::Decoder;
use http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

const MAX_BODY: u64 = 1 << 20;

/// Decodes a body that arrives in these pieces.
fn decode(coding: HeaderValue, pieces: impl IntoIterator<Item = Bytes>) -> Result<Bytes> {
    let headers = HeaderMap::from_iter([(CONTENT_ENCODING, coding)]);
    let mut decoder = Decoder::new(&headers, MAX_BODY)?;
    for piece in pieces {
        decoder.push(piece)?;
    }
    decoder.check_end()?;
    Ok(decoder.into_bytes())
}

fuzz_target!(|data: &[u8]| {
    let at = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (coding, body) = data.split_at(at);
    let Ok(coding) = HeaderValue::from_bytes(coding) else {
        return;
    };
    let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
    let whole = decode(coding.clone(), [body.clone()]);
    let bytes = (0..body.len()).map(|at| body.slice(at..=at));
    let in_bytes = decode(coding, bytes);
    match (whole, in_bytes) {
        (Ok(whole), Ok(in_bytes)) => {
            assert!(whole.len() as u64 <= MAX_BODY);
            assert_eq!(whole, in_bytes);
        }
        // What is wrong with it first depends on how much of it is looked at.
        (Err(_), Err(_)) => {}
        (one, other) => panic!("{one:?} and {other:?}"),
    }
});
