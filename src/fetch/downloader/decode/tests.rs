//! Tests of bodies as servers send them: whole, cut, damaged and hostile.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::HeaderValue;
use proptest::prelude::*;

use super::*;

const MAX: u64 = 1_000_000;
const CODINGS: [&str; 6] = ["gzip", "x-GZip", "deflate", "raw", "br", "zstd"];

fn encode(coding: &str, plain: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" | "x-GZip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        "raw" => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        "br" => stored_brotli(plain),
        "zstd" => {
            let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
            encoder.include_checksum(true).unwrap();
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        other => panic!("no encoder for {other}"),
    }
}

/// A Brotli stream of uncompressed meta-blocks (RFC 7932, section 9.2) behind the one-bit header of a 64 KiB window.
fn stored_brotli(plain: &[u8]) -> Vec<u8> {
    let (mut stream, mut shift) = (Vec::new(), 1);
    for block in plain.chunks(65_536) {
        let length = u32::try_from(block.len() - 1).unwrap();
        let header = (length << 3 | 1 << 19) << shift;
        stream.extend_from_slice(&header.to_le_bytes()[..3]);
        stream.extend_from_slice(block);
        shift = 0;
    }
    // The last meta-block, empty; behind the window bit if there was nothing before it.
    stream.push(0b11 << shift);
    stream
}

fn headers(values: &[&str]) -> HeaderMap {
    values
        .iter()
        .map(|value| {
            (
                CONTENT_ENCODING,
                HeaderValue::from_str(&value.replace("raw", "deflate")).unwrap(),
            )
        })
        .collect()
}

fn decode(values: &[&str], wire: &[u8], chunk: usize) -> Result<Bytes> {
    let mut decoder = Decoder::new(&headers(values), MAX)?.with_capacity_hint(wire.len() as u64);
    for chunk in wire.chunks(chunk.max(1)) {
        decoder.push(Bytes::copy_from_slice(chunk))?;
    }
    decoder.finish()
}

fn kind(result: Result<Bytes>) -> ErrorKind {
    result.unwrap_err().kind()
}

fn page() -> Vec<u8> {
    (0..4000)
        .flat_map(|row| format!("<tr><td>{row}<td>{}", row * 7919 % 1000).into_bytes())
        .collect()
}

#[test]
fn every_coding_gives_the_plain_bytes_in_chunks_of_any_size() {
    for coding in CODINGS {
        for chunk in [1, 7, 1000, usize::MAX] {
            assert_eq!(
                decode(&[coding], &encode(coding, &page()), chunk).unwrap(),
                page(),
                "{coding} by {chunk}"
            );
        }
    }
}

#[test]
fn codings_are_undone_from_the_last_to_the_first() {
    let wire = encode("zstd", &encode("deflate", &encode("gzip", &page())));
    assert_eq!(
        decode(&["gzip, Deflate", "identity,,zstd"], &wire, 100).unwrap(),
        page()
    );
}

#[test]
fn a_body_without_bytes_is_fine_whatever_its_coding() {
    for coding in CODINGS {
        assert_eq!(decode(&[coding], b"", 1).unwrap(), "");
        assert_eq!(
            decode(&[coding], &encode(coding, b""), 1).unwrap(),
            "",
            "{coding}"
        );
    }
}

#[test]
fn a_plain_body_in_one_chunk_is_not_copied() {
    let chunk = Bytes::from(page());
    let mut decoder = Decoder::new(&HeaderMap::new(), MAX).unwrap();
    decoder.push(chunk.clone()).unwrap();
    assert_eq!(decoder.finish().unwrap().as_ptr(), chunk.as_ptr());
}

#[test]
fn a_cut_body_is_incomplete() {
    for coding in CODINGS {
        let wire = encode(coding, &page());
        for cut in [1, wire.len() / 2, wire.len() - 1] {
            assert_eq!(
                kind(decode(&[coding], &wire[..cut], 64)),
                ErrorKind::Incomplete,
                "{coding} cut at {cut}"
            );
        }
    }
}

#[test]
fn a_cut_inner_coding_is_incomplete() {
    let inner = encode("deflate", &page());
    let wire = encode("gzip", &inner[..inner.len() / 2]);
    assert_eq!(
        kind(decode(&["deflate", "gzip"], &wire, 64)),
        ErrorKind::Incomplete
    );
}

#[test]
fn text_under_a_coding_is_damaged() {
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let got = kind(decode(&[coding], b"<p>not compressed at all</p>", 64));
        assert!(
            matches!(got, ErrorKind::Decode | ErrorKind::Incomplete),
            "{coding}: {got}"
        );
    }
}

#[test]
fn checksums_and_lengths_are_checked() {
    for (coding, from_end) in [("gzip", 8), ("gzip", 4), ("deflate", 4), ("zstd", 4)] {
        let mut wire = encode(coding, &page());
        let at = wire.len() - from_end;
        wire[at] ^= 1;
        assert_eq!(
            kind(decode(&[coding], &wire, 64)),
            ErrorKind::Decode,
            "{coding}"
        );
    }
}

#[test]
fn several_members_or_frames_are_one_body() {
    for coding in ["gzip", "zstd"] {
        let wire = [encode(coding, b"one, "), encode(coding, b"two")].concat();
        assert_eq!(decode(&[coding], &wire, 3).unwrap(), "one, two", "{coding}");
        assert_eq!(
            kind(decode(&[coding], &wire[..wire.len() - 3], 3)),
            ErrorKind::Incomplete,
            "{coding}"
        );
    }
}

#[test]
fn what_follows_the_end_is_ignored() {
    for coding in ["gzip", "deflate", "raw", "br"] {
        let wire = [encode(coding, b"page"), vec![0; 100]].concat();
        assert_eq!(decode(&[coding], &wire, 9).unwrap(), "page", "{coding}");
    }
}

#[test]
fn a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
    for coding in CODINGS.into_iter().chain(["identity"]) {
        let encode = |plain: &[u8]| {
            if coding == "identity" {
                plain.to_vec()
            } else {
                encode(coding, plain)
            }
        };
        let limit = usize::try_from(MAX).unwrap();
        assert_eq!(
            decode(&[coding], &encode(&vec![b'x'; limit]), 4096)
                .unwrap()
                .len(),
            limit,
            "{coding}"
        );
        let larger = decode(&[coding], &encode(&vec![b'x'; limit + 1]), 4096);
        assert_eq!(kind(larger), ErrorKind::TooLarge, "{coding}");
    }
}

#[test]
fn a_bomb_is_stopped_within_a_step_of_the_limit() {
    for coding in ["gzip", "deflate", "raw", "zstd"] {
        let wire = encode(coding, &vec![0; 5_000_000]);
        let mut decoder = Decoder::new(&headers(&[coding]), MAX).unwrap();
        assert_eq!(
            decoder.push(wire.into()).unwrap_err().kind(),
            ErrorKind::TooLarge
        );
        assert!(decoder.body.finish().len() as u64 <= MAX, "{coding}");
    }
}

#[test]
fn a_large_body_may_not_be_too_many_times_its_encoded_form() {
    let wire = |bytes: usize| Bytes::from(encode("gzip", &vec![0; bytes]));
    let decode = |wire: Bytes, ratio| {
        let decoder = Decoder::new(&headers(&["gzip"]), 32 << 20).unwrap();
        let mut decoder = decoder.with_max_ratio(ratio);
        for start in (0..wire.len()).step_by(500) {
            decoder.push(wire.slice(start..wire.len().min(start + 500)))?;
        }
        decoder.finish()
    };
    let error = decode(wire(3 << 20), 200).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "body larger than 200 times what came over the wire"
    );
    // A small one may be anything, and so may all of them when there is no limit.
    assert_eq!(decode(wire(1 << 20), 200).unwrap().len(), 1 << 20);
    assert_eq!(decode(wire(3 << 20), 0).unwrap().len(), 3 << 20);
    assert_eq!(decode(wire(3 << 20), 2000).unwrap().len(), 3 << 20);
}

/// Two megabytes of deflate that decode to nothing.
fn empty_blocks() -> Vec<u8> {
    [&[0x78, 0x9c][..], &[0, 0, 0, 0xff, 0xff].repeat(400_000)].concat()
}

#[test]
fn a_body_that_decodes_to_nothing_is_limited_on_the_wire() {
    assert_eq!(
        kind(decode(&["deflate"], &empty_blocks(), 4096)),
        ErrorKind::TooLarge
    );
}

#[test]
fn a_nested_bomb_that_decodes_to_nothing_is_stopped() {
    let members = encode("gzip", b"").repeat(5_000);
    for (inner, wire) in [("gzip", members.repeat(30)), ("deflate", empty_blocks())] {
        let result = decode(&[inner, "zstd"], &encode("zstd", &wire), 4096);
        assert!(
            matches!(kind(result), ErrorKind::TooLarge | ErrorKind::Decode),
            "{inner}"
        );
    }
}

#[test]
fn a_body_of_nothing_but_members_is_refused() {
    let error = decode(&["gzip"], &encode("gzip", b"").repeat(10_001), 4096).unwrap_err();
    assert_eq!(
        error.chain(),
        "the body is not valid gzip: too many gzip members"
    );
}

#[test]
fn windows_that_the_web_does_not_allow_are_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(24).unwrap();
    encoder.write_all(&page()).unwrap();
    assert_eq!(
        kind(decode(&["zstd"], &encoder.finish().unwrap(), 64)),
        ErrorKind::Decode
    );
    // RFC 9842 spells a large window 0x11, then the number of bits.
    assert_eq!(
        kind(decode(&["br"], &[0x11, 30, 3, 3, 3], 64)),
        ErrorKind::Decode
    );
}

#[test]
fn an_unknown_coding_is_ignored_as_browsers_do() {
    let mut decoder = Decoder::new(&headers(&["UTF-8, none"]), 100).unwrap();
    decoder.push(Bytes::from_static(b"plain")).unwrap();
    assert_eq!(decoder.finish().unwrap(), "plain");
}

#[test]
fn more_than_three_codings_are_refused() {
    assert!(Decoder::new(&headers(&["gzip, br, zstd", "identity"]), MAX).is_ok());
    let error = Decoder::new(&headers(&["gzip, br", "zstd, gzip"]), MAX).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Decode, "more than 3 content codings".to_owned())
    );
}

#[test]
fn a_hint_that_lies_costs_at_most_a_mebibyte() {
    let mut decoder = Decoder::new(&HeaderMap::new(), u64::MAX)
        .unwrap()
        .with_capacity_hint(u64::MAX);
    decoder.push(Bytes::from_static(b"a")).unwrap();
    decoder.push(Bytes::from_static(b"b")).unwrap();
    assert!(decoder.body.capacity() <= 1024 * 1024);
}

#[test]
fn a_decoder_can_move_between_threads() {
    fn assert_send<T: Send>() {}
    assert_send::<Decoder>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_encoded_is_decoded(
        plain in prop::collection::vec(0..8_u8, 0..50_000),
        stack in prop::collection::vec(0..CODINGS.len(), 0..=3),
        chunk in 1..5000_usize,
    ) {
        let names: Vec<&str> = stack.iter().map(|&at| CODINGS[at]).collect();
        let wire = names.iter().fold(plain.clone(), |body, name| encode(name, &body));
        prop_assert_eq!(decode(&names, &wire, chunk).unwrap(), plain);
    }

    #[test]
    fn any_bytes_end_in_a_body_or_an_error(
        wire in prop::collection::vec(any::<u8>(), 0..2000), coding in 0..CODINGS.len(), chunk in 1..100_usize,
    ) {
        let _ = decode(&[CODINGS[coding]], &wire, chunk);
    }

    #[test]
    fn a_flipped_bit_never_passes_unnoticed_with_a_checksum(
        at in any::<prop::sample::Index>(), bit in 0..8_u32, coding in prop::sample::select(vec!["deflate", "zstd"]),
    ) {
        let mut wire = encode(coding, &page());
        let at = at.index(wire.len());
        wire[at] ^= 1 << bit;
        // Some bits of a header say nothing about the content, so the same page is as good as an error.
        if let Ok(body) = decode(&[coding], &wire, 512) {
            prop_assert_eq!(body, page());
        }
    }
}
