//! Book covers: tiny PNG files, eight by eight pixels, put together by hand (PNG specification, section 5).

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};

use super::random::Random;

/// Returns the cover of a book: left half one colour, right half another, by the seed.
pub(super) fn cover(seed: u64, id: u32) -> Vec<u8> {
    let mut random = Random::new(seed, 1_000_000 + u64::from(id));
    let [r, g, b, r2, g2, b2, ..] = random.next().to_le_bytes();
    // A row begins with its filter: none.
    let row = [&[0][..], &[r, g, b].repeat(4), &[r2, g2, b2].repeat(4)].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    // Width, height, 8 bits a channel, RGB, the only compression, the only filtering, not interlaced.
    push_chunk(&mut png, *b"IHDR", &[0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
    push_chunk(&mut png, *b"IDAT", &deflated(&row.repeat(8)));
    push_chunk(&mut png, *b"IEND", &[]);
    png
}

fn push_chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    png.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    png.extend(kind);
    png.extend(data);
    png.extend(crc.sum().to_be_bytes());
}

/// Returns the data compressed. Writing to memory cannot fail.
fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_a_png_and_its_empty_last_chunk_has_the_known_checksum() {
        let png = cover(1, 1);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(png.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
        assert_ne!(png, cover(1, 2));
    }
}
