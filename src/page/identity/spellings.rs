//! Spellings of a URL that a pattern may be written for.

use percent_encoding::percent_decode_str;
use url::{Position, Url};

/// URL as it is requested and, if it has escaped letters beyond ASCII, as a reader sees it.
#[derive(Debug)]
pub(crate) struct Spellings<'a> {
    requested: &'a str,
    read: Option<String>,
}

impl<'a> Spellings<'a> {
    pub(crate) fn of(url: &'a Url) -> Self {
        Self {
            requested: url.as_str(),
            read: read(url),
        }
    }

    /// Returns the spellings, the requested one first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.requested).chain(self.read.as_deref())
    }

    /// Returns whether one of the spellings matches.
    pub(crate) fn any(&self, is_match: impl FnMut(&str) -> bool) -> bool {
        self.iter().any(is_match)
    }
}

/// Returns the URL with its letters beyond ASCII; `None` if it has none. Escapes of ASCII, and of bytes that are not UTF-8,
/// stay.
fn read(url: &Url) -> Option<String> {
    let host = url.domain().filter(|host| host.contains("xn--"));
    let host = host.map(|host| idna::domain_to_unicode(host).0);
    let rest = &url[Position::AfterHost..];
    let letters = with_letters(rest);
    if host.is_none() && letters.is_none() {
        return None;
    }
    let before = &url[..Position::BeforeHost];
    let host = host.as_deref().or(url.host_str()).unwrap_or_default();
    Some([before, host, letters.as_deref().unwrap_or(rest)].concat())
}

/// Returns a text without the escapes of characters beyond ASCII; `None` if there are none.
fn with_letters(text: &str) -> Option<String> {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('%') {
        let (before, escaped) = rest.split_at_checked(start)?;
        read.push_str(before);
        let end = escapes(escaped);
        let (run, after) = escaped.split_at_checked(end.max(1))?;
        let decoded = percent_decode_str(run).decode_utf8();
        match decoded.ok().filter(|_| end > 0) {
            Some(letters) => read.push_str(&letters),
            None => read.push_str(run),
        }
        rest = after;
    }
    read.push_str(rest);
    (read.len() < text.len()).then_some(read)
}

/// Returns the length of the escapes of bytes beyond ASCII at the beginning of a text.
fn escapes(text: &str) -> usize {
    let is_escape = |bytes: &&[u8]| matches!(bytes, [b'%', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', low] if low.is_ascii_hexdigit());
    3 * text.as_bytes().chunks(3).take_while(is_escape).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(url: &str) -> Vec<String> {
        let url = Url::parse(url).unwrap();
        Spellings::of(&url).iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_url_with_letters_has_two_spellings() {
        let table = [
            (
                "https://a.example/stra\u{df}e?q=\u{e9}",
                "https://a.example/stra\u{df}e?q=\u{e9}",
            ),
            (
                "https://m\u{fc}ller.example:81/x",
                "https://m\u{fc}ller.example:81/x",
            ),
            (
                "http://a.example/%e6%97%a5/%20%2F",
                "http://a.example/\u{65e5}/%20%2F",
            ),
        ];
        for (url, read) in table {
            assert_eq!(all(url).last().unwrap(), read, "{url}");
            assert_eq!(all(url).len(), 2, "{url}");
        }
    }

    #[test]
    fn others_have_one() {
        for url in [
            "https://a.example/b%20c?d=%2F",
            "https://a.example/%E9t%E9",
            "https://a.example/100%",
            "http://127.0.0.1/%C3",
        ] {
            assert_eq!(all(url).len(), 1, "{url}");
        }
    }
}
