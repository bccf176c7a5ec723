//! What a job is called: the same command has the same job, so that it resumes; another command has another one.

use std::collections::BTreeMap;

use siphasher::sip::SipHasher13;
use url::Url;

/// The longest name, in characters.
const LONGEST: usize = 64;

/// The job of a spider: its name and, if it has arguments, something that stands for them.
pub(super) fn of_spider(spider: &str, arguments: &BTreeMap<String, String>) -> String {
    if arguments.is_empty() {
        return named(spider, "");
    }
    let words = arguments.iter().flat_map(|(name, value)| [name, value]);
    named(spider, &mark(words.map(String::as_str)))
}

/// The job of a site: its first host, and something that stands for all start URLs and the form of the content.
pub(super) fn of_site(urls: &[Url], content: Option<&str>) -> String {
    let host = urls.first().map_or_else(String::new, |url| {
        let host = url.host_str().unwrap_or_default();
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}-{port}"))
    });
    let words = urls.iter().map(Url::as_str).chain(content);
    named(&format!("site-{host}"), &mark(words))
}

/// The name of a folder: at most 64 of the characters that need no care anywhere, and none that hides it.
fn named(stem: &str, mark: &str) -> String {
    let mut name: String = stem
        .chars()
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '.' | '-' => c,
            _ => '-',
        })
        .take(LONGEST - mark.len())
        .collect();
    if name.is_empty() || name.starts_with(['.', '-']) {
        name.replace_range(..name.len().min(1), "_");
    }
    name + mark
}

/// Eight hexadecimal digits that stand for these words, on every machine and in every version the same.
fn mark<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut bytes = Vec::new();
    for word in words {
        bytes.extend((word.len() as u64).to_le_bytes());
        bytes.extend(word.as_bytes());
    }
    format!("-{:08x}", SipHasher13::new().hash(&bytes) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spider(name: &str, arguments: &[(&str, &str)]) -> String {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        of_spider(name, &arguments.iter().map(owned).collect())
    }

    fn site(urls: &[&str], content: Option<&str>) -> String {
        let urls: Vec<Url> = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
        of_site(&urls, content)
    }

    #[test]
    fn a_spider_gives_its_job_its_name() {
        assert_eq!(spider("quotes", &[]), "quotes");
    }

    /// These are on users' disks: another hash would start their crawls over.
    #[test]
    fn names_are_the_same_in_every_version() {
        assert_eq!(spider("quotes", &[("tag", "love")]), "quotes-94a41fcf");
        assert_eq!(
            site(&["https://example.com/"], None),
            "site-example.com-50bcbc7a"
        );
    }

    #[test]
    fn other_arguments_are_another_job() {
        let names = [
            spider("quotes", &[]),
            spider("quotes", &[("tag", "love")]),
            spider("quotes", &[("tag", "life")]),
            spider("quotes", &[("tagl", "ove")]),
            spider("quotes", &[("tag", "love"), ("x", "")]),
        ];
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name}");
        }
    }

    #[test]
    fn other_start_urls_or_another_content_are_another_job() {
        let names = [
            site(&["https://example.com/"], None),
            site(&["https://example.com/"], Some("text")),
            site(&["https://example.com/a"], None),
            site(&["https://example.com/", "https://example.org/"], None),
            site(&["http://example.com:8000/"], None),
        ];
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name}");
        }
        assert!(
            names[4].starts_with("site-example.com-8000-"),
            "{}",
            names[4]
        );
    }

    #[test]
    fn a_name_is_fit_for_a_folder() {
        let long = "x".repeat(100);
        for (stem, name) in [
            ("my quotes/2026", "my-quotes-2026"),
            ("zitate-ä", "zitate--"),
            ("..", "_."),
            ("-rf", "_rf"),
            ("", "_"),
            (&long, &long[..64]),
        ] {
            assert_eq!(spider(stem, &[]), name);
        }
        assert_eq!(spider(&long, &[("a", "b")]).len(), 64);
        assert!(site(&["http://[::1]:8000/"], None).starts_with("site----1--8000-"));
    }
}
