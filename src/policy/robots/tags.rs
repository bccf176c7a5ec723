//! Robots directives of a page itself: `X-Robots-Tag` headers and `<meta name="robots">`.

use jiff::Timestamp;

use super::agent::product_token;
use crate::model::settings::RobotsTags;
use crate::page::html::{META, Tags};
use crate::page::response::Response;

/// Directives that have a value of their own; what stands before any other colon is the name of a crawler.
const WITH_VALUE: [&str; 3] = ["max-snippet", "max-image-preview", "max-video-preview"];

/// Robots directives of a page, as far as they are obeyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PageTags {
    /// `true` if the page asks not to follow its links.
    pub(crate) nofollow: bool,
    /// `true` if the page asks not to keep its content.
    pub(crate) noindex: bool,
}

impl PageTags {
    /// Returns the directives of this page for the crawler named by the first word of `user_agent`. All directives for
    /// this crawler or for all crawlers count; a later one never revokes an earlier one.
    pub(crate) fn of(
        response: &Response,
        user_agent: &str,
        obeyed: RobotsTags,
        now: Timestamp,
    ) -> Self {
        if obeyed == RobotsTags::Off {
            return Self::default();
        }
        let agent = product_token(user_agent);
        let mut asked = Self::default();
        for header in response.headers().get_all("x-robots-tag") {
            asked.add(&String::from_utf8_lossy(header.as_bytes()), agent, now);
        }
        if let Some(text) = response.as_html() {
            asked.add_metas(&text, agent, now);
        }
        Self {
            nofollow: asked.nofollow && obeyed != RobotsTags::Noindex,
            noindex: asked.noindex && obeyed != RobotsTags::Nofollow,
        }
    }

    fn add_metas(&mut self, html: &str, agent: &str, now: Timestamp) {
        let metas = Tags::new(html.as_bytes()).filter(|tag| tag.name == META && !tag.is_end);
        for meta in metas {
            let name = meta.attributes.get(b"name").unwrap_or_default();
            let name = name.trim_ascii();
            let is_mine = !agent.is_empty() && name.eq_ignore_ascii_case(agent.as_bytes());
            if is_mine || name.eq_ignore_ascii_case(b"robots") {
                let content = meta.attributes.get(b"content").unwrap_or_default();
                self.add(&String::from_utf8_lossy(content), agent, now);
            }
        }
    }

    /// Adds what a list of directives asks for: `noindex, nofollow`, or `otherbot: none, crawlworks: nofollow`, where a
    /// name holds for what follows it.
    fn add(&mut self, list: &str, agent: &str, now: Timestamp) {
        let mut is_mine = true;
        let mut parts = list.split(',').peekable();
        while let Some(part) = parts.next() {
            let mut directive = part.trim();
            if let Some((name, value)) = directive.split_once(':') {
                let name = name.trim().to_ascii_lowercase();
                if name == "unavailable_after" {
                    let next = parts.peek().copied().unwrap_or_default();
                    self.noindex |= is_mine && is_over(value, next, now);
                    continue;
                }
                if name.is_empty() || product_token(&name) != name || WITH_VALUE.contains(&&*name) {
                    continue;
                }
                is_mine = name.eq_ignore_ascii_case(agent);
                directive = value.trim();
            }
            if is_mine {
                let is_none = directive.eq_ignore_ascii_case("none");
                self.nofollow |= is_none || directive.eq_ignore_ascii_case("nofollow");
                self.noindex |= is_none || directive.eq_ignore_ascii_case("noindex");
            }
        }
    }
}

/// Returns whether a date has passed. The date may contain a comma, so `next` is the text after the comma. An
/// unreadable date never passes.
fn is_over(date: &str, next: &str, now: Timestamp) -> bool {
    let date = date.trim();
    let with_next = format!("{date},{next}");
    let read = [date, &with_next].into_iter().find_map(|date| {
        let rfc2822 = jiff::fmt::rfc2822::parse(date).map(|time| time.timestamp());
        let http = || httpdate::parse_http_date(date).ok();
        rfc2822
            .ok()
            .or_else(|| date.parse().ok())
            .or_else(|| Timestamp::try_from(http()?).ok())
            .or_else(|| {
                let day: jiff::civil::Date = date.parse().ok()?;
                Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
            })
    });
    read.is_some_and(|date| date < now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::request::Request;

    fn asked(headers: &[&str], html: &str) -> (bool, bool) {
        let request = Request::get("http://a.example/").unwrap();
        let mut response = Response::new(request, 200).with_body("text/html", html.to_owned());
        for header in headers {
            let value = http::HeaderValue::from_str(header).unwrap();
            let mut all = response.headers().clone();
            all.append("x-robots-tag", value);
            response = response.with_headers(all);
        }
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let tags = PageTags::of(&response, "crawlworks/1.0", RobotsTags::All, now);
        (tags.nofollow, tags.noindex)
    }

    #[test]
    fn headers_are_for_all_or_for_one_crawler() {
        let table: [(&[&str], (bool, bool)); 14] = [
            (&[], (false, false)),
            (&["nofollow"], (true, false)),
            (&["NoIndex , NOFOLLOW"], (true, true)),
            (&["none"], (true, true)),
            (&["all"], (false, false)),
            (&["noindex", "nofollow"], (true, true)),
            (&["noindex", "crawlworks: all"], (false, true)),
            (&["otherbot: none"], (false, false)),
            (&["otherbot: noindex, nofollow"], (false, false)),
            (&["Crawlworks: noindex, nofollow"], (true, true)),
            (&["otherbot: noindex, crawlworks: nofollow"], (true, false)),
            (&["max-snippet: 5, nofollow"], (true, false)),
            (&["max-image-preview: none"], (false, false)),
            (&[": noindex, 1:2 3, nofollow"], (true, false)),
        ];
        for (headers, expected) in table {
            assert_eq!(asked(headers, ""), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_page_that_has_had_its_time_is_not_kept() {
        let table = [
            ("unavailable_after: 25 Jun 2010 15:00:00 PST", true),
            ("unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT", true),
            ("unavailable_after: Friday, 25-Jun-10 15:00:00 GMT", true),
            ("unavailable_after: 2010-06-25", true),
            ("unavailable_after: 2010-06-25T15:00:00Z, nofollow", true),
            ("unavailable_after: 9999-06-25", false),
            ("unavailable_after: soon", false),
            ("otherbot: unavailable_after: 2010-06-25", false),
        ];
        for (header, expected) in table {
            assert_eq!(asked(&[header], "").1, expected, "{header}");
        }
    }

    #[test]
    fn metas_are_read_wherever_they_stand() {
        let table = [
            ("<meta name=robots content=nofollow>", (true, false)),
            (
                "<META content='noindex, nofollow' NAME='ROBOTS'>",
                (true, true),
            ),
            ("<meta name=crawlworks content=none>", (true, true)),
            ("<meta name=otherbot content=none>", (false, false)),
            ("<p>text<meta name=robots content=noindex>", (false, true)),
            ("<!-- <meta name=robots content=none> -->", (false, false)),
            (
                "<script>'<meta name=robots content=none>'</script>",
                (false, false),
            ),
            ("<meta name=robots><meta content=none>", (false, false)),
        ];
        for (html, expected) in table {
            assert_eq!(asked(&[], html), expected, "{html}");
        }
    }
}
