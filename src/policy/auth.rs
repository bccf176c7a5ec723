//! Logins of a crawl at its origins: user names, passwords and the headers that prove them (RFC 7617, RFC 7616).

mod challenge;
mod digest;

use url::{Origin, Url};

use crate::page::error::{Error, ErrorKind, Result};
pub(crate) use crate::page::request::Credentials;
pub(crate) use digest::{Digest, Exchange};

/// Reads the setting `credentials`: entries such as `https://example.com us:pw`.
///
/// # Errors
/// [`ErrorKind::Settings`] for an entry that is none; it does not show the entry.
pub(crate) fn read(entries: &[String]) -> Result<Vec<(Origin, Credentials)>> {
    let entries = entries.iter().enumerate();
    let read = entries.map(|(index, entry)| {
        self::entry(entry).ok_or_else(|| {
            let message = format!(
                "bad value for setting \"credentials\": entry {} is not `ORIGIN USER:PASSWORD`, such as `https://example.com us:pw`",
                index + 1
            );
            Error::new(ErrorKind::Settings, message)
        })
    });
    read.collect()
}

fn entry(entry: &str) -> Option<(Origin, Credentials)> {
    let (origin, pair) = entry.trim().split_once(char::is_whitespace)?;
    let (user, password) = pair.trim().split_once(':')?;
    let url = Url::parse(origin).ok()?;
    // A path would promise more than is kept.
    let is_origin = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && (url.query(), url.fragment()) == (None, None)
        && (url.username(), url.password()) == ("", None);
    let is_clean = !user.is_empty() && !pair.contains(char::is_control);
    (is_origin && is_clean).then(|| (url.origin(), Credentials::new(user, password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_an_origin_and_a_pair() {
        let entries = [
            "https://a.example us:p:w x",
            "http://b.example:81/  \u{e9}:",
        ];
        let read = read(&entries.map(str::to_owned)).unwrap();
        assert_eq!(
            read[0].0,
            Url::parse("https://a.example:443/x").unwrap().origin()
        );
        assert_eq!(read[0].1, Credentials::new("us", "p:w x"));
        assert_eq!(read[1].1, Credentials::new("\u{e9}", ""));
    }

    #[test]
    fn a_bad_entry_is_an_error_that_does_not_show_it() {
        for bad in [
            "us:secret",
            "a.example us:secret",
            "ftp://a.example us:secret",
            "https://a.example/private us:secret",
            "https://us:secret@a.example us:secret",
            "https://a.example secret",
            "https://a.example :secret",
            "https://a.example us:sec\u{1}ret",
        ] {
            let error = read(&["https://a.example a:b".to_owned(), bad.to_owned()]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Settings);
            assert!(error.to_string().contains("entry 2"), "{error}");
            assert!(!error.chain().contains("secret"), "{error}");
        }
    }

    #[test]
    fn basic_is_written_in_utf_8_and_read_back() {
        let credentials = Credentials::new("test", "123\u{a3}");
        let value = credentials.basic().unwrap();
        // RFC 7617, section 2.1.
        assert_eq!(value, "Basic dGVzdDoxMjPCow==");
        assert!(value.is_sensitive());
        assert_eq!(Credentials::from_basic(&value), Some(credentials.clone()));
        assert_eq!(format!("{credentials:?}"), "Credentials(..)");
    }
}
