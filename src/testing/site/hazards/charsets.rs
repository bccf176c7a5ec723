//! Pages in legacy encodings, with the encoding named in the header, in the page, or in both.

use encoding_rs::Encoding;
use http::header::CONTENT_TYPE;

use super::super::body::Body;
use super::super::call::Call;
use super::super::reply::Reply;

/// Labels and the text that is the heading of their page.
const SAMPLES: &[(&str, &str)] = &[
    ("windows-1251", "Привет, мир! Съешь ещё этих булок"),
    ("shift_jis", "こんにちは世界、表示能力テスト"),
    ("iso-8859-1", "Grüße aus Köln: déjà vu, ¿qué tal?"),
    ("gb18030", "你好，世界！汉字编码测试"),
    ("utf-16le", "Γειά σου Κόσμε, 世界 👋"),
    ("meta-only", "Привет из meta charset"),
];

/// Returns the heading of `/hazards/charset/LABEL`, for `windows-1251`, `shift_jis`, `iso-8859-1`, `gb18030`,
/// `utf-16le` and `meta-only`, which is windows-1251 by its `<meta charset>` alone; `None` for other labels.
#[must_use]
pub fn charset_text(label: &str) -> Option<&'static str> {
    SAMPLES
        .iter()
        .find_map(|(known, text)| (*known == label).then_some(*text))
}

/// `charset/LABEL`: a page in that encoding, named in the header and in the page; with `?header=no`, only in the page.
pub(in super::super) fn page(call: &Call<'_>, label: &str) -> Reply {
    let Some(text) = charset_text(label) else {
        return Reply::not_found();
    };
    let charset = if label == "meta-only" {
        "windows-1251"
    } else {
        label
    };
    let markup = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"{charset}\">\n<title>{text}</title>\n</head>\n\
         <body>\n<h1>{text}</h1>\n</body>\n</html>\n"
    );
    let named = label != "meta-only" && call.query("header").is_none_or(|header| header != "no");
    let media_type = if named {
        format!("text/html; charset={charset}")
    } else {
        "text/html".to_owned()
    };
    Reply::bare(Body::whole(encoded(&markup, charset))).header(CONTENT_TYPE, &media_type)
}

/// Encodes a text. `encoding_rs` follows browsers, which never write UTF-16.
fn encoded(text: &str, charset: &str) -> Vec<u8> {
    match Encoding::for_label(charset.as_bytes()) {
        Some(encoding) if charset != "utf-16le" => encoding.encode(text).0.into_owned(),
        _ => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_survives_its_encoding() {
        for (label, text) in SAMPLES {
            let charset = if *label == "meta-only" {
                "windows-1251"
            } else {
                label
            };
            let encoding = Encoding::for_label(charset.as_bytes()).unwrap();
            let bytes = encoded(text, charset);
            assert_eq!(
                encoding
                    .decode_without_bom_handling_and_without_replacement(&bytes)
                    .unwrap(),
                *text
            );
            assert_ne!(bytes, text.as_bytes());
        }
    }
}
