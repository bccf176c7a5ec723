//! Base URL that the references of a page are relative to, and the encoding in which their queries are written.

use encoding_rs::{Encoding, UTF_8};
use url::Url;

use crate::page::identity;

/// Makes the references of one page absolute, by the URL Standard.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub(crate) url: Url,
    /// The page's encoding: non-ASCII characters in queries are sent in it.
    encoding: &'static Encoding,
}

impl Base {
    /// `url` is where the page came from, as long as no `<base>` says otherwise.
    pub(crate) fn new(url: Url, encoding: &'static Encoding) -> Self {
        Self {
            url,
            encoding: encoding.output_encoding(),
        }
    }

    /// Returns the base after a `<base href>`; `None` if the new base is unusable, such as a `data:` URL.
    pub(crate) fn rebased(&self, href: &str) -> Option<Url> {
        self.url
            .join(href)
            .ok()
            .filter(|url| !url.cannot_be_a_base())
    }

    /// Returns the absolute URL of a reference, its fragment included, with any scheme.
    pub(crate) fn resolve(&self, reference: &str) -> Option<Url> {
        self.join(reference).or_else(|| {
            let repaired = identity::with_two_slashes(reference)?;
            self.join(&repaired)
        })
    }

    fn join(&self, reference: &str) -> Option<Url> {
        if self.encoding == UTF_8 || reference.is_ascii() {
            return self.url.join(reference).ok();
        }
        Url::options()
            .base_url(Some(&self.url))
            .encoding_override(Some(&|query| self.encoding.encode(query).0))
            .parse(reference)
            .ok()
    }

    /// The absolute URL of a link that a crawler can follow: http(s), without its fragment.
    pub(crate) fn link(&self, reference: &str) -> Option<Url> {
        let mut url = self
            .resolve(reference)
            .filter(|url| matches!(url.scheme(), "http" | "https"))?;
        url.set_fragment(None);
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_in_the_encoding_of_the_page_and_paths_in_utf_8() {
        let base = Base::new(
            Url::parse("http://example.com/").unwrap(),
            encoding_rs::WINDOWS_1251,
        );
        assert_eq!(
            base.link("п?п").unwrap().as_str(),
            "http://example.com/%D0%BF?%EF"
        );
    }

    #[test]
    fn only_what_can_be_fetched_is_a_link() {
        let base = Base::new(Url::parse("http://example.com/dir/page").unwrap(), UTF_8);
        for (reference, expected) in [
            ("a#b", Some("http://example.com/dir/a")),
            ("//other.example", Some("http://other.example/")),
            ("///other.example/a", Some("http://other.example/a")),
            ("", Some("http://example.com/dir/page")),
            ("mailto:a@b", None),
            ("ftp://example.com/", None),
            ("http://[", None),
        ] {
            assert_eq!(
                base.link(reference).as_ref().map(Url::as_str),
                expected,
                "{reference}"
            );
        }
    }
}
