//! Reading a page: what in it matters for a crawl.

use encoding_rs::Encoding;
use url::Url;

use super::facts::Page;
use crate::page::html::Html;
use crate::page::response::Response;

/// Signs of a challenge page in place of the page itself: a header, or words of the body, and whose it is.
const CHALLENGES: [(&str, Option<&str>, &str); 6] = [
    ("cf-mitigated", None, "Cloudflare"),
    ("x-amzn-waf-action", None, "AWS WAF"),
    ("x-datadome", None, "DataDome"),
    ("x-sucuri-block", None, "Sucuri"),
    ("", Some("/cdn-cgi/challenge-platform/"), "Cloudflare"),
    ("", Some("_Incapsula_Resource"), "Imperva"),
];

/// Returns the properties of this answer, whatever its status.
pub(super) fn examine(response: &Response) -> Page {
    let html = response.html().ok();
    let seen = html.as_ref().map(Seen::in_html).unwrap_or_default();
    let links = response.links();
    let host = response.url().host_str();
    let header = |name: &str| response.header(name).map(std::borrow::Cow::into_owned);
    let all = |name: &str| {
        let values = response.headers().get_all(name).iter();
        values
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect::<Vec<_>>()
    };
    Page {
        url: response.url().clone(),
        status: response.status().as_u16(),
        server: header("server"),
        content_type: header("content-type"),
        encoding: response.encoding().to_ascii_lowercase(),
        encoding_is_declared: declared(response).is_some(),
        compression: header("content-encoding"),
        bytes: response.body().len(),
        bytes_on_the_wire: response.wire_bytes(),
        head: response.timings().head,
        total: response.timings().total,
        etag: header("etag"),
        last_modified: header("last-modified"),
        cache_control: header("cache-control"),
        when_asked_again: None,
        is_same_again: None,
        cookies: all("set-cookie")
            .iter()
            .filter_map(|line| line.split(['=', ';']).next())
            .map(|name| name.trim().to_owned())
            .collect(),
        robots_tags: [all("x-robots-tag"), seen.robots].concat(),
        title: seen.title,
        canonical: seen.canonical,
        refresh: seen.refresh.or_else(|| header("refresh")),
        links: links.len(),
        links_to_this_host: links.iter().filter(|link| link.host_str() == host).count(),
        text: seen.text,
        scripts: seen.scripts,
        challenge: challenge(response),
    }
}

/// Properties that only an HTML document has.
#[derive(Default)]
struct Seen {
    robots: Vec<String>,
    title: Option<String>,
    canonical: Option<Url>,
    refresh: Option<String>,
    text: usize,
    scripts: usize,
}

impl Seen {
    fn in_html(html: &Html) -> Self {
        let attribute = |css: &str, name: &str| -> Vec<String> {
            let found = html.select(css).into_iter().flatten();
            found
                .filter_map(|element| element.attr(name).map(str::to_owned))
                .collect()
        };
        Self {
            robots: attribute("meta[name=robots i]", "content"),
            title: html.title(),
            canonical: html
                .links("link[rel~=canonical i]")
                .ok()
                .and_then(|links| links.into_iter().next()),
            refresh: attribute("meta[http-equiv=refresh i]", "content")
                .into_iter()
                .next(),
            text: html
                .first("body")
                .ok()
                .flatten()
                .map_or(0, |body| body.text().len()),
            scripts: attribute("script", "src").len(),
        }
    }
}

/// Returns the encoding that `Content-Type` names.
fn declared(response: &Response) -> Option<&'static Encoding> {
    let header = response.header("content-type")?;
    let label = header.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim_matches([' ', '"', '\'']))
    })?;
    Encoding::for_label(label.as_bytes())
}

fn challenge(response: &Response) -> Option<&'static str> {
    let body = response.body();
    let is_there = |(header, words, _): &&(&str, Option<&str>, &str)| match words {
        Some(words) => {
            let refused = matches!(response.status().as_u16(), 403 | 429 | 503);
            refused && memchr::memmem::find(body, words.as_bytes()).is_some()
        }
        None => response.headers().contains_key(*header),
    };
    CHALLENGES.iter().find(is_there).map(|(_, _, who)| *who)
}
