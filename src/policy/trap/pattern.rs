//! URL patterns: the common form of the URLs that one template makes.

use std::fmt::Write;

use url::Url;

/// Length from which a run of letters and digits, all of them hexadecimal, is a generated name.
const ID: usize = 16;

/// A URL with `#` for every number, `*` for every long hexadecimal part of its path, and the names of its parameters in
/// order: `example.com/shop/#/` or `example.com/search?color&size`.
pub(crate) fn of(url: &Url) -> String {
    let mut pattern = url.host_str().unwrap_or_default().to_owned();
    for segment in url.path().split('/').skip(1) {
        pattern.push('/');
        push_segment(&mut pattern, segment);
    }
    let mut names: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|part| part.split('=').next())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    for (at, name) in names.iter().enumerate() {
        pattern.push(if at == 0 { '?' } else { '&' });
        push_numbers(&mut pattern, name);
    }
    pattern
}

fn push_segment(pattern: &mut String, segment: &str) {
    let is_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let has_digit = segment.bytes().any(|byte| byte.is_ascii_digit());
    if segment.len() >= ID && has_digit && segment.chars().all(is_id) {
        pattern.push('*');
    } else {
        push_numbers(pattern, segment);
    }
}

fn push_numbers(pattern: &mut String, text: &str) {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let (before, number) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let _ = write!(pattern, "{before}#");
        rest = number.trim_start_matches(is_digit);
    }
    pattern.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_one_template_have_one_pattern() {
        for (url, expected) in [
            ("/", "a.example/"),
            ("/product/123", "a.example/product/#"),
            ("/2031/05/", "a.example/#/#/"),
            ("/item-12-of-7.html", "a.example/item-#-of-#.html"),
            ("/u/550e8400-e29b-41d4-a716-446655440000", "a.example/u/*"),
            ("/s?size=4&color=red&size=5&", "a.example/s?color&size"),
            ("/s?f[0]=a&f[1]=b", "a.example/s?f[#]&f[#]"),
            ("/deadbeefdeadbeef", "a.example/deadbeefdeadbeef"),
        ] {
            let url = Url::parse("http://a.example").unwrap().join(url).unwrap();
            assert_eq!(of(&url), expected);
        }
    }
}
