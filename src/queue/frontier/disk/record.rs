//! Encoding of a queued request: a bare URL, its depth and the page that it was found on, which is all of nearly all, or
//! JSON.
//!
//! The priority is in the key.

use std::sync::Arc;

use url::Url;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;

/// A `GET` of a URL: this byte, the depth in one byte, the URL.
const PLAIN: u8 = 1;
/// Anything else: this byte, then the request as JSON.
const JSON: u8 = 2;
/// A `GET` of a URL that was found on a page: this byte, the depth in one byte, the number of bytes that the URLs of both
/// begin with and the number of those that follow in that of the page, in two bytes each, these, the URL.
const FOUND: u8 = 3;

/// # Errors
/// [`ErrorKind::Storage`] for a request that cannot be written as JSON.
pub(crate) fn encode(request: &Request) -> Result<Vec<u8>> {
    if let (true, Ok(depth)) = (request.is_plain(), u8::try_from(request.depth())) {
        let url = request.url().as_str().as_bytes();
        match request.referrer().map(|page| page.as_str().as_bytes()) {
            None => return Ok([&[PLAIN, depth], url].concat()),
            Some(page) => {
                let common = page.iter().zip(url).take_while(|(a, b)| a == b).count();
                let rest = page.get(common..).unwrap_or_default();
                if let (Ok(shared), Ok(own)) = (u16::try_from(common), u16::try_from(rest.len())) {
                    let [shared, own] = [shared, own].map(u16::to_le_bytes);
                    return Ok([&[FOUND, depth], &shared[..], &own, rest, url].concat());
                }
            }
        }
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
        [FOUND, depth, a, b, c, d, urls @ ..] => {
            let common = usize::from(u16::from_le_bytes([*a, *b]));
            let (rest, url) = urls.split_at_checked(u16::from_le_bytes([*c, *d]).into())?;
            let page = [url.get(..common)?, rest].concat();
            let [page, url] =
                [&page, url].map(|url| Url::parse(std::str::from_utf8(url).ok()?).ok());
            let request = Request::from(url?).at_depth(u32::from(*depth));
            let page = Arc::new(page?);
            Some(request.with_priority(priority).found_on(Some(&page)))
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
    fn a_page_that_it_was_found_on_takes_what_its_url_does_not_begin_with_and_four_bytes() {
        let request = Request::get("http://example.com/shop/a").unwrap();
        let on = |page: &str| {
            let page = Arc::new(Url::parse(page).unwrap());
            survives(&request.clone().at_depth(2).found_on(Some(&page)))
        };
        assert_eq!(on("http://example.com/shop/"), 25 + 6);
        assert_eq!(on("http://example.com/shop/b?c"), 25 + 6 + 3);
        assert_eq!(on("http://example.com/shop/a"), 25 + 6);
        on("https://other.example/");
        on(&format!("http://example.com/{}", "x".repeat(70_000)));
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
        for record in [
            &b""[..],
            b"\x01",
            b"\x01\x00nonsense",
            b"\x02{",
            b"\x03x",
            b"\x03\x00\x01\x00\x09\x00http://a/",
            b"\x04x",
        ] {
            assert_eq!(decode(record, 0), None, "{record:?}");
        }
    }
}
