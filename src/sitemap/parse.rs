//! Telling the forms of a sitemap apart, and reading the plain one.

use url::Url;

use super::decode::{MAX_DECODED, decode, unpack};
use super::entries::{Sitemap, SitemapKind};
use super::xml;
use crate::{Error, ErrorKind, Result};

/// Reads a sitemap of any form. Relative URLs are resolved against `base`, its own address, except in plain text, where
/// sitemaps.org wants whole ones.
///
/// Forgiven are a wrong or no namespace, unescaped `&`, space around everything, and a file that breaks off: what was
/// read by then is returned with [`truncated`](Sitemap::truncated) set. An empty file is an empty [`SitemapKind::Text`].
///
/// # Errors
///
/// - [`ErrorKind::Xml`]: a document type declaration, a root element that is no sitemap's, or malformed XML or text
///   with no URL before the fault;
/// - [`ErrorKind::TooLarge`]: over 50 MiB, packed or unpacked;
/// - [`ErrorKind::Decode`]: gzip data that cannot be read at all.
pub fn parse(bytes: &[u8], base: &Url) -> Result<Sitemap> {
    let unpacked = unpack(bytes, MAX_DECODED)?;
    let text = decode(&unpacked.bytes, MAX_DECODED)?;
    let text = text.trim_start();
    if text.starts_with('<') {
        xml::parse(text, base)
    } else {
        lines(text, unpacked.cut)
    }
}

/// One URL per line. A line that is cut off would be another URL, so it is left out.
fn lines(text: &str, cut: bool) -> Result<Sitemap> {
    let mut sitemap = Sitemap {
        truncated: cut,
        ..Sitemap::new(SitemapKind::Text)
    };
    let whole = if cut {
        text.rsplit_once(['\n', '\r'])
            .map_or("", |(whole, _)| whole)
    } else {
        text
    };
    for line in whole
        .split(['\n', '\r'])
        .filter(|line| !line.trim().is_empty())
    {
        if sitemap.push(line, None, "").is_break() {
            break;
        }
    }
    if sitemap.entries.is_empty() && sitemap.skipped > 0 {
        return Err(Error::new(
            ErrorKind::Xml,
            "the sitemap is neither XML nor a list of URLs",
        ));
    }
    Ok(sitemap)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sitemap::MAX_ENTRIES;

    fn base() -> Url {
        Url::parse("http://example.com/dir/sitemap.xml").unwrap()
    }

    #[test]
    fn text_lists_one_whole_url_per_line() {
        let text = b"\xEF\xBB\xBF\n http://example.com/1 \r\n\r\nnot a url\rmailto:a@b\nhttps://example.com/2";
        let sitemap = parse(text, &base()).unwrap();
        let locs: Vec<_> = sitemap
            .entries
            .iter()
            .map(|entry| entry.loc.as_str())
            .collect();
        assert_eq!(locs, ["http://example.com/1", "https://example.com/2"]);
        assert_eq!(
            (sitemap.kind, sitemap.skipped, sitemap.truncated),
            (SitemapKind::Text, 2, false)
        );
    }

    #[test]
    fn a_cut_line_is_left_out() {
        let sitemap = lines("http://example.com/1\nhttp://example.com/1", true).unwrap();
        assert_eq!((sitemap.entries.len(), sitemap.truncated), (1, true));
    }

    #[test]
    fn nothing_is_an_empty_list_and_prose_an_error() {
        assert!(parse(b" \n", &base()).unwrap().entries.is_empty());
        assert_eq!(
            parse(b"Page not found", &base()).unwrap_err().kind(),
            ErrorKind::Xml
        );
    }

    #[test]
    fn entries_beyond_the_limit_are_reported() {
        let exactly = "http://example.com/\n".repeat(MAX_ENTRIES);
        assert!(!lines(&exactly, false).unwrap().truncated);
        let more = lines(&format!("{exactly}http://example.com/"), false).unwrap();
        assert_eq!((more.entries.len(), more.truncated), (MAX_ENTRIES, true));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &base());
        }

        #[test]
        fn never_panics_on_markup(parts in prop::collection::vec(
            prop::sample::select(vec![
                "<urlset>", "<url>", "<loc>", "http://a/", "</loc>", "</url>", "</urlset>", "<rss>", "<item>", "<link", "/>",
                ">", "&amp;", "&#0;", "&x;", "&", "<![CDATA[", "]]>", "<!--", "-->", "<?xml ?>", " href='/x'", "</", "<",
            ]),
            0..30,
        )) {
            let _ = parse(parts.concat().as_bytes(), &base());
        }
    }
}
