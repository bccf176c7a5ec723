//! Encoded bodies (RFC 9110, section 8.4.1), right, unusual and malicious.

use std::io::Write as _;

use bytes::Bytes;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use flate2::{Compress, Compression, Crc, FlushCompress};
use http::header::CONTENT_ENCODING;

use super::super::body::Step;
use super::super::call::Call;
use super::super::reply::Reply;

/// Page that every page below `/hazards/encoding/` decodes to.
pub const ENCODED_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <title>Encoded</title>\n</head>\n<body>\n<h1>Décodé: καλό, 好, 👍</h1>\n\
    <p>The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy dog.</p>\n\
    <p><a href=\"/quotes/\">Quotes</a></p>\n</body>\n</html>\n";

const MEBIBYTE: usize = 1024 * 1024;

/// `encoding/NAME`: the known page in an encoding. `raw-deflate` is what some servers wrongly send as `deflate`.
pub(in super::super) fn page(name: &str) -> Reply {
    let page = ENCODED_PAGE.as_bytes();
    let (header, body) = match name {
        "gzip" => ("gzip", gzip(page)),
        "deflate" => ("deflate", zlib(page)),
        "raw-deflate" => ("deflate", raw_deflate(page)),
        "br" => ("br", brotli(page)),
        "zstd" => ("zstd", zstd::encode_all(page, 3).unwrap_or_default()),
        "gzip-gzip" => ("gzip, gzip", gzip(&gzip(page))),
        _ => return Reply::not_found(),
    };
    Reply::html(body).header(CONTENT_ENCODING, header)
}

// Writing to memory cannot fail, here and below.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

fn raw_deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// Writes Brotli without compression (RFC 7932, sections 9.1 and 9.2): a stored meta-block for each 64 KB, then an
/// empty one.
fn brotli(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + 8);
    for (nth, block) in data.chunks(65_536).enumerate() {
        let length = u32::try_from(block.len() - 1).unwrap_or_default();
        // From the lowest bit: not the last, four nibbles of length, the length less one, stored.
        let header = (length << 3) | (1 << 19);
        // The stream begins with one more bit: a window of 16 bits.
        let header = if nth == 0 { header << 1 } else { header };
        out.extend(header.to_le_bytes().into_iter().take(3));
        out.extend(block);
    }
    // The last one is empty; if it is also the first, the window comes before it.
    out.push(if data.is_empty() { 0b110 } else { 0b11 });
    out
}

/// `bomb/gzip?mb=1024`: gzip of so many MiB of zeros, a thousandth of that on the wire. Costs the server next to nothing.
pub(in super::super) fn bomb(call: &Call<'_>) -> Reply {
    let mebibytes = call.number("mb", 1_024, 1_048_576);
    let block = zeros();
    let (first, last) = (
        Bytes::from_static(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]),
        bomb_trailer(mebibytes),
    );
    let middle = (0..mebibytes).map(move |_| block.clone());
    let all = std::iter::once(first)
        .chain(middle)
        .chain(std::iter::once(last));
    Reply::script(None, all.map(Step::Send)).header(CONTENT_ENCODING, "gzip")
}

/// Returns one MiB of zeros as deflate blocks that can be repeated: a full flush ends them on a byte and forgets the
/// window.
fn zeros() -> Bytes {
    let mut out = Vec::with_capacity(16 * 1024);
    let _ = Compress::new(Compression::best(), false).compress_vec(
        &vec![0; MEBIBYTE],
        &mut out,
        FlushCompress::Full,
    );
    out.into()
}

/// Returns the empty last block, and the checksum and length of all the zeros (RFC 1952, section 2.3.1).
fn bomb_trailer(mebibytes: u64) -> Bytes {
    let (mut one, mut all) = (Crc::new(), Crc::new());
    one.update(&vec![0; MEBIBYTE]);
    for _ in 0..mebibytes {
        all.combine(&one);
    }
    let length = mebibytes.wrapping_mul(MEBIBYTE as u64).to_le_bytes();
    let mut trailer = vec![3, 0];
    trailer.extend(all.sum().to_le_bytes());
    trailer.extend(length.into_iter().take(4));
    trailer.into()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_handmade_brotli_decodes() {
        for data in [
            Vec::new(),
            ENCODED_PAGE.as_bytes().to_vec(),
            vec![7; 200_000],
        ] {
            let mut decoded = Vec::new();
            brotli_decompressor::BrotliDecompress(&mut brotli(&data).as_slice(), &mut decoded)
                .unwrap();
            assert_eq!(decoded, data);
        }
    }

    #[test]
    fn the_bomb_is_valid_gzip_of_zeros() {
        let gzip = [
            &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255][..],
            &zeros(),
            &zeros(),
            &bomb_trailer(2),
        ]
        .concat();
        let mut decoded = Vec::new();
        flate2::read::GzDecoder::new(gzip.as_slice())
            .read_to_end(&mut decoded)
            .unwrap();
        assert_eq!(decoded.len(), 2 * MEBIBYTE);
        assert!(decoded.iter().all(|byte| *byte == 0));
        assert!(zeros().len() < 1_200);
    }
}
