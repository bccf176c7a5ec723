//! One line of robots.txt and what it says, forgiving what webmasters get wrong.

/// What a line says. Values are trimmed, without comments, and never empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    UserAgent(&'a [u8]),
    Allow(&'a [u8]),
    Disallow(&'a [u8]),
    CrawlDelay(&'a [u8]),
    RequestRate(&'a [u8]),
    Sitemap(&'a [u8]),
}

/// The lines of a file that say something, each with its number from 1. CR, LF and CRLF all end a line.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = (u32, Line<'_>)> {
    let mut number = 0u32;
    let mut after_cr = false;
    text.split_inclusive(|&byte| byte == b'\n' || byte == b'\r')
        .filter_map(move |raw| {
            let crlf = after_cr && raw == b"\n";
            after_cr = raw.ends_with(b"\r");
            if crlf {
                return None;
            }
            number = number.saturating_add(1);
            Some((number, read(raw)?))
        })
}

fn read(raw: &[u8]) -> Option<Line<'_>> {
    let text = raw.split(|&byte| byte == b'#').next()?.trim_ascii();
    let (key, value) = split_at_colon(text).or_else(|| split_at_space(text))?;
    if value.is_empty() {
        return None;
    }
    let named = |names: &[&str]| {
        names
            .iter()
            .any(|name| key.eq_ignore_ascii_case(name.as_bytes()))
    };
    Some(match () {
        () if named(&["user-agent", "useragent", "user agent"]) => Line::UserAgent(value),
        () if named(&["allow"]) => Line::Allow(value),
        () if named(&[
            "disallow",
            "dissallow",
            "dissalow",
            "disalow",
            "diasllow",
            "disallaw",
        ]) =>
        {
            Line::Disallow(value)
        }
        () if named(&["crawl-delay", "crawldelay", "crawl delay"]) => Line::CrawlDelay(value),
        () if named(&["request-rate", "requestrate", "request rate"]) => Line::RequestRate(value),
        () if named(&["sitemap", "site-map"]) => Line::Sitemap(value),
        () => return None,
    })
}

fn split_at_colon(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = text.iter().position(|&byte| byte == b':')?;
    let (key, rest) = text.split_at_checked(colon)?;
    Some((key.trim_ascii_end(), rest.get(1..)?.trim_ascii_start()))
}

/// `disallow /path`: the colon is missing, but with exactly two words it is clear what was meant.
fn split_at_space(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut words = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let pair = (words.next()?, words.next()?);
    words.next().is_none().then_some(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(u32, Line<'_>)> {
        lines(text.as_bytes()).collect()
    }

    #[test]
    fn every_line_end_counts_once() {
        for end in ["\n", "\r", "\r\n"] {
            let text = format!("User-agent: a{end}{end}Disallow: /x{end}");
            assert_eq!(
                all(&text),
                [(1, Line::UserAgent(b"a")), (3, Line::Disallow(b"/x"))],
                "{end:?}"
            );
        }
    }

    #[test]
    fn spelling_is_forgiven() {
        for text in [
            "Disallow: /x",
            "DISALLOW:/x",
            " \tdisallow :  /x # why",
            "dissallow: /x",
            "disallow /x",
        ] {
            assert_eq!(all(text), [(1, Line::Disallow(b"/x"))], "{text:?}");
        }
    }

    #[test]
    fn nonsense_says_nothing() {
        for text in [
            "",
            "#",
            "disallow",
            "disallow:",
            "disallow: # /x",
            "disallow /x /y",
            "foo: /x",
            ": /x",
            "\0\u{feff}",
        ] {
            assert_eq!(all(text), [], "{text:?}");
        }
    }
}
