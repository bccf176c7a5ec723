//! The `<meta http-equiv=refresh>` of a page: another page that is to be shown instead, sooner or later.

use std::borrow::Cow;

use encoding_rs::Encoding;
use url::Url;

use super::base::Base;
use super::entities::{self, Place};
use super::name::{self, Name};
use super::tags::Tags;

const NOSCRIPT: Name = Name::of(b"noscript");

/// The content of the first refresh in the head of a page, and what its URL is relative to. One within `noscript` is for
/// those who cannot run scripts, and as a rule leads to a page that says so.
pub(crate) fn refresh(text: &str, encoding: &'static Encoding, url: &Url) -> Option<(String, Url)> {
    let mut base = Base::new(url.clone(), encoding);
    let (mut has_base, mut in_noscript) = (false, false);
    for tag in Tags::new(text.as_bytes()) {
        let attribute = |name| tag.attributes.get(name).map(decoded);
        match tag.name {
            NOSCRIPT => in_noscript = !tag.is_end,
            _ if tag.is_end || !tag.is_html || in_noscript => {}
            name::BODY => return None,
            name::BASE if !has_base => {
                if let Some(url) = attribute(b"href").and_then(|href| base.rebased(&href)) {
                    base.url = url;
                    has_base = true;
                }
            }
            name::META
                if attribute(b"http-equiv")
                    .is_some_and(|is| is.eq_ignore_ascii_case("refresh")) =>
            {
                let content = attribute(b"content")?;
                return Some((content.into_owned(), base.url));
            }
            _ => {}
        }
    }
    None
}

/// A part of a decoded page. It begins and ends at ASCII characters, so it is UTF-8 as well.
fn decoded(value: &[u8]) -> Cow<'_, str> {
    entities::decode(
        std::str::from_utf8(value).unwrap_or_default(),
        Place::Attribute,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> Option<(String, String)> {
        let url = Url::parse("http://a.example/dir/page").unwrap();
        refresh(page, encoding_rs::UTF_8, &url).map(|(content, base)| (content, base.into()))
    }

    #[test]
    fn the_first_refresh_in_the_head_counts() {
        let page = "<!-- <meta http-equiv=refresh content=no> --><meta charset=utf-8>\
            <script>'<meta http-equiv=refresh content=no>'</script>\
            <noscript><meta http-equiv=refresh content='0; /nojs'></noscript><base href=/b/>\
            <META HTTP-EQUIV=Refresh CONTENT='0; url=x?a&amp;b'><meta http-equiv=refresh content=no>";
        let expected = ("0; url=x?a&b".to_owned(), "http://a.example/b/".to_owned());
        assert_eq!(found(page), Some(expected));
    }

    #[test]
    fn a_page_without_one_has_none() {
        for page in [
            "",
            "<p>",
            "<meta name=refresh content=1>",
            "<meta http-equiv=refresh>",
            "<body><meta http-equiv=refresh content=1>",
            "<svg><meta http-equiv=refresh2 content=1></svg>",
        ] {
            assert_eq!(found(page), None, "{page}");
        }
    }
}
