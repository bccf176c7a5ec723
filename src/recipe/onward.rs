//! Headers that requests for further pages of a list take over from the first request, at the same origin.

use url::Url;
use url::form_urlencoded;

use super::page::Page;
use super::secrets;
use crate::page::error::Result;
use crate::page::request::Request;

/// Key of the request metadata that lists the headers set by the recipe.
const HEADERS: &str = "recipe.headers";

/// The request with a note of its headers, for the pages after it.
///
/// # Errors
/// None: names can be written as JSON.
pub(super) fn with_headers_noted<'a>(
    request: Request,
    names: impl Iterator<Item = &'a String>,
) -> Result<Request> {
    let names: Vec<&String> = names.collect();
    if names.is_empty() {
        return Ok(request);
    }
    request.with_meta(HEADERS, names)
}

/// The request for the page after this one, with the headers that the recipe gave this one.
///
/// # Errors
/// None: the notes are the recipe's own.
pub(super) fn with_headers_of(page: &Page<'_>, mut next: Request) -> Result<Request> {
    let this = page.response().request();
    let names: Option<Vec<String>> = this.meta(HEADERS)?;
    if page.response().url().origin() != next.url().origin() {
        return Ok(next);
    }
    let names = names.unwrap_or_default();
    for name in &names {
        if let (Some(value), Ok(name)) = (this.header(name), name.parse::<http::HeaderName>()) {
            next.headers_mut().insert(name, value.clone());
        }
    }
    // A body that was made of this one's has its secrets, too.
    secrets::marked_like(with_headers_noted(next, names.iter())?, this)
}

/// A reference that is only a query, with the other parameters of the page's own URL.
pub(super) fn with_query_of(url: &Url, reference: &str) -> String {
    let Some(query) = reference.strip_prefix('?') else {
        return reference.to_owned();
    };
    let name = |pair: &str| {
        let pair = form_urlencoded::parse(pair.as_bytes()).next();
        pair.map(|(name, _)| name.into_owned())
    };
    let replaced: Vec<_> = query.split('&').map(name).collect();
    let old = url.query().unwrap_or_default().split('&');
    let kept = old.filter(|pair| !pair.is_empty() && !replaced.contains(&name(pair)));
    let pairs: Vec<&str> = kept.chain(query.split('&')).collect();
    format!("?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_replaces_parameters_of_the_same_name_only() {
        let url = Url::parse("http://a.example/s?q=a%20b&page=1&x&p%61ge=2").unwrap();
        let merged = with_query_of(&url, "?page=3&y=1");
        assert_eq!(merged, "?q=a%20b&x&page=3&y=1");
        assert_eq!(with_query_of(&url, "/s?page=3"), "/s?page=3");
        let plain = Url::parse("http://a.example/s").unwrap();
        assert_eq!(with_query_of(&plain, "?page=3"), "?page=3");
    }
}
