//! Names of jobs: the same command has the same job, so that it resumes; another command has another one.

use std::collections::BTreeMap;
use std::path::Path;

use url::Url;

use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher13;

/// The longest name, in characters.
const LONGEST: usize = 64;

/// Returns the job of a spider: its name and, if it has arguments, something that stands for them, and if it has secret
/// ones something that stands for those.
pub(in crate::cli) fn of_spider(
    spider: &str,
    arguments: &BTreeMap<String, String>,
    secrets: &BTreeMap<String, String>,
) -> String {
    named(spider, &(mark_of(arguments) + &mark_of_secrets(secrets)))
}

/// Returns the job of a recipe for which nothing is given but, perhaps, secret arguments: the recipe's name.
pub(in crate::cli) fn of_recipe(recipe: &str, secrets: &BTreeMap<String, String>) -> String {
    of_spider(recipe, &BTreeMap::new(), secrets)
}

/// Returns whether the job name is that of a spider with these arguments, with any secret arguments.
pub(in crate::cli) fn is_of_spider(
    job: &str,
    spider: &str,
    arguments: &BTreeMap<String, String>,
) -> bool {
    let mark = mark_of(arguments);
    let secrets = job.rsplit_once('-').map(|(_, secrets)| secrets);
    let secrets = secrets.filter(|secrets| secrets.len() == 8);
    named(spider, &mark) == job
        || secrets.is_some_and(|secrets| named(spider, &format!("{mark}-{secrets}")) == job)
}

fn mark_of(arguments: &BTreeMap<String, String>) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    let words = arguments.iter().flat_map(|(name, value)| [name, value]);
    mark(words.map(String::as_str))
}

/// Returns eight hexadecimal digits from which nobody can tell the secrets: SHA-256 has no way back, and these are an
/// eighth of it.
fn mark_of_secrets(secrets: &BTreeMap<String, String>) -> String {
    if secrets.is_empty() {
        return String::new();
    }
    let words = secrets.iter().flat_map(|(name, value)| [name, value]);
    let digest = Sha256::digest(joined(words.map(String::as_str)));
    let first = digest.iter().take(4);
    let first = first.fold(0_u32, |first, byte| (first << 8) | u32::from(*byte));
    format!("-{first:08x}")
}

/// Returns the job of a site: its first host, and something that stands for all start URLs and the form of the content.
pub(in crate::cli) fn of_site(urls: &[Url], content: Option<&str>) -> String {
    let host = urls.first().map_or_else(String::new, |url| {
        let host = url.host_str().unwrap_or_default();
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}-{port}"))
    });
    let words = urls.iter().map(Url::as_str).chain(content);
    named(&format!("site-{host}"), &mark(words))
}

/// Returns the job of a list of start URLs: the name of its file, and something that stands for its path and the form of
/// the content.
pub(in crate::cli) fn of_list(list: &Path, content: Option<&str>) -> String {
    let path = list.to_string_lossy();
    let stem = list.file_stem().unwrap_or_default().to_string_lossy();
    let words = [&*path].into_iter().chain(content);
    named(&format!("list-{stem}"), &mark(words))
}

/// Returns the name of a directory: at most 64 characters that are safe on any system, and not a hidden one.
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

/// Returns eight hexadecimal digits that stand for these words, the same on every machine and in every version.
fn mark<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("-{:08x}", SipHasher13::new().hash(&joined(words)) >> 32)
}

/// Joins the words into bytes that no other words give.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words {
        bytes.extend((word.len() as u64).to_le_bytes());
        bytes.extend(word.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spider(name: &str, arguments: &[(&str, &str)]) -> String {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        of_spider(
            name,
            &arguments.iter().map(owned).collect(),
            &BTreeMap::new(),
        )
    }

    #[test]
    fn other_secrets_are_another_job_which_is_still_the_spiders() {
        let of = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let arguments = of("url", "http://a.example/");
        let names = ["one", "two"].map(|token| {
            let name = of_spider(&"shop".repeat(20), &arguments, &of("token", token));
            assert!(
                is_of_spider(&name, &"shop".repeat(20), &arguments),
                "{name}"
            );
            assert!(!is_of_spider(&name, "books", &arguments), "{name}");
            assert!(
                !is_of_spider(&name, &"shop".repeat(20), &BTreeMap::new()),
                "{name}"
            );
            name
        });
        assert_ne!(names[0], names[1]);
        assert_eq!(names[0].len(), 64);
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
    fn a_name_is_fit_for_a_directory() {
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
