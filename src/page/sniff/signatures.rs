//! Signatures with which content begins, by kind: section 6 and 7.1 of the MIME Sniffing Standard.

/// Tags that only HTML begins with, behind white space; another byte has to end them.
const TAGS: [&[u8]; 17] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<script",
    b"<iframe",
    b"<h1",
    b"<div",
    b"<font",
    b"<table",
    b"<a",
    b"<style",
    b"<title",
    b"<b",
    b"<body",
    b"<br",
    b"<p",
    b"<!--",
];

const SIGNATURES: [(&[u8], &str); 28] = [
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\xfe\xff", TEXT),
    (b"\xff\xfe", TEXT),
    (b"\xef\xbb\xbf", TEXT),
    (b"\0\0\x01\0", "image/x-icon"),
    (b"\0\0\x02\0", "image/x-icon"),
    (b"BM", "image/bmp"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"ID3", "audio/mpeg"),
    (b"OggS\0", "application/ogg"),
    (b"MThd\0\0\0\x06", "audio/midi"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\x1f\x8b\x08", "application/x-gzip"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07\0", "application/x-rar-compressed"),
    // What follows is not in the standard's table for unknown content, but nothing else begins so.
    (b"Rar!\x1a\x07\x01\0", "application/x-rar-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO", "font/otf"),
    (b"\0\x01\0\0", "font/ttf"),
    (b"ttcf", "font/collection"),
];

/// Signatures of types within a container: its first bytes, those at 8, and the type.
const CONTAINERS: [(&[u8], &[u8], &str); 4] = [
    (b"RIFF", b"WEBPVP", "image/webp"),
    (b"FORM", b"AIFF", "audio/aiff"),
    (b"RIFF", b"AVI ", "video/avi"),
    (b"RIFF", b"WAVE", "audio/wave"),
];

const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

/// Returns the type of content of which nothing is known. `may_be_html` is false when HTML must not be made out of text.
pub(super) fn unknown(start: &[u8], may_be_html: bool) -> &'static str {
    if may_be_html {
        let text = skip_space(start);
        if TAGS.iter().any(|tag| begins_with_tag(text, tag)) {
            return "text/html";
        }
        if text.starts_with(b"<?xml") {
            return "text/xml";
        }
    }
    let signature = SIGNATURES
        .iter()
        .find(|(signature, _)| start.starts_with(signature));
    signature
        .map(|(_, kind)| *kind)
        .or_else(|| container(start))
        .unwrap_or_else(|| text_or_binary(start))
}

/// Returns the type of text, unless there are bytes that no text has.
pub(super) fn text_or_binary(start: &[u8]) -> &'static str {
    let has_mark = [&b"\xfe\xff"[..], b"\xff\xfe", b"\xef\xbb\xbf"]
        .iter()
        .any(|mark| start.starts_with(mark));
    let is_binary = |&byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    if !has_mark && start.iter().any(is_binary) {
        BYTES
    } else {
        TEXT
    }
}

fn container(start: &[u8]) -> Option<&'static str> {
    let inner = start.get(8..).unwrap_or_default();
    let known = CONTAINERS
        .iter()
        .find(|(outer, within, _)| start.starts_with(outer) && inner.starts_with(within));
    known
        .map(|(.., kind)| *kind)
        .or_else(|| is_mp4(start).then_some("video/mp4"))
}

/// Returns whether the content is MP4, by section 6.2.1: a box `ftyp` with a brand that begins with `mp4`.
fn is_mp4(start: &[u8]) -> bool {
    let Some((length, rest)) = start.split_first_chunk::<4>() else {
        return false;
    };
    let length = u32::from_be_bytes(*length) as usize;
    if !length.is_multiple_of(4) || start.len() < length.max(12) || !rest.starts_with(b"ftyp") {
        return false;
    }
    let brands = start.get(8..length).unwrap_or_default().chunks(4);
    // The second is a version number.
    brands
        .enumerate()
        .any(|(at, brand)| at != 1 && brand.starts_with(b"mp4"))
}

fn skip_space(text: &[u8]) -> &[u8] {
    let length = text
        .iter()
        .position(|byte| !matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' '));
    text.get(length.unwrap_or(text.len())..).unwrap_or_default()
}

fn begins_with_tag(text: &[u8], tag: &[u8]) -> bool {
    text.split_at_checked(tag.len())
        .is_some_and(|(start, rest)| {
            start.eq_ignore_ascii_case(tag) && matches!(rest.first(), Some(b' ' | b'>'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_told_by_how_it_begins() {
        for (start, kind) in [
            (&b"\n <!DOCTYPE HTML>"[..], "text/html"),
            (b"<a >", "text/html"),
            (b"<B>", "text/html"),
            (b"<!-- x", "text/html"),
            (b"<article>", "text/plain"),
            (b"<a", "text/plain"),
            (b"  <?xml version='1.0'?>", "text/xml"),
            (b" %PDF-", "text/plain"),
            (b"%!PS-Adobe-3", "application/postscript"),
            (b"\xff\xfe\0\0", "text/plain"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"RIFF....WEBPVP8", "image/webp"),
            (b"RIFF....WAVE", "audio/wave"),
            (b"\0\0\0\x14ftypisom\0\0\0\0mp42....", "video/mp4"),
            (b"\0\0\0\x10ftypisommp42", "application/octet-stream"),
            (b"PK\x03\x04", "application/zip"),
            (b"a\x1b[0m\x0c", "text/plain"),
            (b"a\x07", "application/octet-stream"),
            (b"", "text/plain"),
        ] {
            assert_eq!(
                unknown(start, true),
                kind,
                "{:?}",
                String::from_utf8_lossy(start)
            );
        }
    }
}
