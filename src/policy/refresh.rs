//! Pages that lead elsewhere by themselves: the `Refresh` header and `<meta http-equiv=refresh>`, as the HTML standard
//! reads them (section 4.2.5.3).

use url::Url;

use crate::page::html;
use crate::page::identity;
use crate::page::response::Response;

/// A page that is shown for more than so many seconds is a page of its own.
const LONGEST: u64 = 5;

/// Returns the URL that a page redirects to within five seconds. `None` for a page that only reloads itself.
pub(crate) fn target(response: &Response) -> Option<Url> {
    let (content, base) = match response.header("refresh") {
        Some(header) => (header.into_owned(), response.url().clone()),
        None => html::refresh(&response.as_html()?, response.charset(), response.url())?,
    };
    let (seconds, reference) = read(&content)?;
    let target = identity::parse(reference, Some(&base)).ok()?;
    let is_elsewhere = identity::canonical(&target) != identity::canonical(response.url());
    (seconds <= LONGEST && is_elsewhere).then_some(target)
}

/// Seconds and URL of `5; url='/next'`.
fn read(content: &str) -> Option<(u64, &str)> {
    let rest = content.trim_ascii_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = rest.split_at_checked(digits)?;
    if digits.is_empty() && !rest.starts_with('.') {
        return None;
    }
    // What is too large to be read is longer than any limit.
    let seconds = match digits {
        "" => 0,
        digits => digits.parse().unwrap_or(u64::MAX),
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if !rest.starts_with(|c: char| c == ';' || c == ',' || c.is_ascii_whitespace()) {
        return None;
    }
    let rest = rest.trim_ascii_start();
    let rest = rest
        .strip_prefix([';', ','])
        .unwrap_or(rest)
        .trim_ascii_start();
    let url = unquoted(without_name(rest).unwrap_or(rest));
    (!url.is_empty()).then_some((seconds, url))
}

/// Returns the text after `url=`.
fn without_name(text: &str) -> Option<&str> {
    let (name, rest) = text.split_at_checked(3)?;
    let rest = rest.trim_ascii_start().strip_prefix('=')?;
    name.eq_ignore_ascii_case("url")
        .then(|| rest.trim_ascii_start())
}

fn unquoted(text: &str) -> &str {
    for quote in ['\'', '"'] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split(quote).next().unwrap_or_default();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::request::Request;

    #[test]
    fn contents_are_read_as_the_html_standard_says() {
        for (content, expected) in [
            ("0; url=/b", Some((0, "/b"))),
            (" 5;URL = '/b' ", Some((5, "/b"))),
            ("3,/b", Some((3, "/b"))),
            ("1.9 url=\"/b\"c", Some((1, "/b"))),
            (".5; /b", Some((0, "/b"))),
            ("0; url/b", Some((0, "url/b"))),
            ("0; url='/b", Some((0, "/b"))),
            ("99999999999999999999; /b", Some((u64::MAX, "/b"))),
            ("5", None),
            ("5;", None),
            ("5; url=", None),
            ("", None),
            ("; url=/b", None),
            ("-1; url=/b", None),
            ("5x; url=/b", None),
        ] {
            assert_eq!(read(content), expected, "{content:?}");
        }
    }

    fn leads(header: Option<&str>, page: &str) -> Option<String> {
        let request = Request::get("http://a.example/dir/page").unwrap();
        let response = Response::new(request, 200).with_body("text/html", page.to_owned());
        let response = match header {
            Some(header) => response.with_header("refresh", header).unwrap(),
            None => response,
        };
        target(&response).map(String::from)
    }

    #[test]
    fn the_header_goes_before_the_page() {
        let page = "<base href=/b/><meta http-equiv=refresh content='0; url=c'>";
        assert_eq!(leads(None, page).as_deref(), Some("http://a.example/b/c"));
        assert_eq!(
            leads(Some("0; url=d"), page).as_deref(),
            Some("http://a.example/dir/d")
        );
    }

    #[test]
    fn late_ones_the_page_itself_and_other_schemes_lead_nowhere() {
        for content in [
            "6; url=/b",
            "0; url=#top",
            "0; url=page",
            "0; url=javascript:x()",
            "0; url=http://[",
        ] {
            assert_eq!(leads(Some(content), ""), None, "{content}");
        }
        assert!(leads(Some("5; url=/b"), "").is_some());
    }
}
