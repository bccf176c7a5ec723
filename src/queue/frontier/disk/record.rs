//! Encoding of a queued request: a bare URL and its depth, which nearly all are, or JSON.
//!
//! The priority is in the key.

use url::Url;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;

/// A `GET` of a URL: this byte, the depth in one byte, the URL.
const PLAIN: u8 = 1;
/// Anything else: this byte, then the request as JSON.
const JSON: u8 = 2;

/// # Errors
/// [`ErrorKind::Storage`] for a request that cannot be written as JSON.
pub(crate) fn encode(request: &Request) -> Result<Vec<u8>> {
    if let (true, Ok(depth)) = (request.is_plain(), u8::try_from(request.depth())) {
        return Ok([&[PLAIN, depth], request.url().as_str().as_bytes()].concat());
    }
    let mut record = vec![JSON];
    serde_json::to_writer(&mut record, request).map_err(|e| {
        Error::new(ErrorKind::Storage, "a request cannot be stored")
            .with_url(request.url())
            .with_source(e)
    })?;
    Ok(record)
}

/// Decodes a queued request; `None` if [`encode`] cannot have written the record.
pub(crate) fn decode(record: &[u8], priority: i32) -> Option<Request> {
    match record {
        [PLAIN, depth, url @ ..] => {
            let url = Url::parse(std::str::from_utf8(url).ok()?).ok()?;
            let request = Request::from(url).at_depth(u32::from(*depth));
            Some(request.with_priority(priority))
        }
        [JSON, json @ ..] => serde_json::from_slice(json).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survives(request: &Request) -> usize {
        let record = encode(request).unwrap();
        assert_eq!(
            decode(&record, request.priority()).as_ref(),
            Some(request),
            "{record:?}"
        );
        record.len()
    }

    #[test]
    fn a_plain_request_takes_two_bytes_more_than_its_url() {
        let request = Request::get("http://example.com/a?b=c").unwrap();
        assert_eq!(survives(&request), 24 + 2);
        survives(&request.at_depth(255).with_priority(-7));
    }

    #[test]
    fn everything_else_of_a_request_survives() {
        let request = Request::post("http://example.com/").unwrap();
        survives(
            &request
                .clone()
                .with_body("x")
                .with_label("list")
                .with_priority(3),
        );
        survives(&request.tried_again());
        survives(&Request::get("http://example.com/").unwrap().at_depth(256));
    }

    #[test]
    fn what_is_damaged_is_no_request() {
        for record in [&b""[..], b"\x01", b"\x01\x00nonsense", b"\x02{", b"\x03x"] {
            assert_eq!(decode(record, 0), None, "{record:?}");
        }
    }
}
