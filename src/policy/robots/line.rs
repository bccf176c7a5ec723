//! Parser of one line of robots.txt, lenient about common mistakes of webmasters.

/// Parsed line of a robots.txt. Values are trimmed and without comments. Those of rules and of `User-agent` may be
/// empty: such a line matches nothing and names nobody, but the group ends or begins with it all the same (RFC 9309
/// section 2.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    UserAgent(&'a [u8]),
    Allow(&'a [u8]),
    Disallow(&'a [u8]),
    CrawlDelay(&'a [u8]),
    RequestRate(&'a [u8]),
    Sitemap(&'a [u8]),
}

/// Kind of a robots.txt line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
    RequestRate,
    Sitemap,
}

/// Directives by what their names begin with, as Google's open parser has it: `Disallowed` is `Disallow`, and so is
/// `Disallow=`.
const BY_BEGINNING: [(&str, Directive); 11] = [
    ("user-agent", Directive::UserAgent),
    ("useragent", Directive::UserAgent),
    ("user agent", Directive::UserAgent),
    ("allow", Directive::Allow),
    ("disallow", Directive::Disallow),
    ("dissallow", Directive::Disallow),
    ("dissalow", Directive::Disallow),
    ("disalow", Directive::Disallow),
    ("diaslow", Directive::Disallow),
    ("diasllow", Directive::Disallow),
    ("disallaw", Directive::Disallow),
];

/// Directives by their whole names.
const BY_NAME: [(&str, Directive); 9] = [
    ("crawl-delay", Directive::CrawlDelay),
    ("crawldelay", Directive::CrawlDelay),
    ("crawl delay", Directive::CrawlDelay),
    ("request-rate", Directive::RequestRate),
    ("requestrate", Directive::RequestRate),
    ("request rate", Directive::RequestRate),
    ("sitemap", Directive::Sitemap),
    ("sitemaps", Directive::Sitemap),
    ("site-map", Directive::Sitemap),
];

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
    let text = trim(raw.split(|&byte| byte == b'#').next()?);
    let (directive, value) = split_at(text, b':')
        .or_else(|| split_at(text, b'='))
        .or_else(|| split_at_space(text))?;
    match directive {
        Directive::UserAgent => Some(Line::UserAgent(value)),
        Directive::Allow => Some(Line::Allow(value)),
        Directive::Disallow => Some(Line::Disallow(value)),
        // Without a value these say nothing, and they begin and end no group.
        _ if value.is_empty() => None,
        Directive::CrawlDelay => Some(Line::CrawlDelay(value)),
        Directive::RequestRate => Some(Line::RequestRate(value)),
        Directive::Sitemap => Some(Line::Sitemap(value)),
    }
}

/// A directive and its value, if what stands before the first such mark is the name of one.
fn split_at(text: &[u8], mark: u8) -> Option<(Directive, &[u8])> {
    let place = text.iter().position(|&byte| byte == mark)?;
    let (name, rest) = text.split_at_checked(place)?;
    Some((directive(trim(name))?, trim(rest.get(1..)?)))
}

/// `disallow /path`: the mark between is missing, but with exactly two words it is clear what was meant.
fn split_at_space(text: &[u8]) -> Option<(Directive, &[u8])> {
    let mut words = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let pair = (directive(words.next()?)?, words.next()?);
    words.next().is_none().then_some(pair)
}

/// The directive of this name. What has a path or a wildcard in it is no name, but the value of a line that lacks its
/// colon.
fn directive(name: &[u8]) -> Option<Directive> {
    let whole = |(known, _): &&(&str, _)| name.eq_ignore_ascii_case(known.as_bytes());
    if let Some((_, directive)) = BY_NAME.iter().find(whole) {
        return Some(*directive);
    }
    let begins = |(known, _): &&(&str, _)| {
        name.split_at_checked(known.len())
            .is_some_and(|(beginning, rest)| {
                beginning.eq_ignore_ascii_case(known.as_bytes())
                    && !rest.iter().any(|byte| b"/*".contains(byte))
            })
    };
    let (_, directive) = BY_BEGINNING.iter().find(begins)?;
    Some(*directive)
}

/// Takes the spaces off both ends; those that do not break, which editors leave behind, are spaces, too.
fn trim(text: &[u8]) -> &[u8] {
    match std::str::from_utf8(text) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => text.trim_ascii(),
    }
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
            "Disallow= /x",
            "disallow=/x",
            "Disallow =\t/x",
            "Disallow=: /x",
            "Disallowed: /x",
            "Disallow; /x",
            "Disallow\u{a0}:\u{a0}/x\u{a0}",
        ] {
            assert_eq!(all(text), [(1, Line::Disallow(b"/x"))], "{text:?}");
        }
    }

    #[test]
    fn a_mark_within_a_value_divides_nothing() {
        let table = [
            ("disallow /x?a=b", "/x?a=b"),
            ("disallow /x:y", "/x:y"),
            ("Disallow= /x:y", "/x:y"),
            ("Disallow: /x=y", "/x=y"),
        ];
        for (text, value) in table {
            assert_eq!(
                all(text),
                [(1, Line::Disallow(value.as_bytes()))],
                "{text:?}"
            );
        }
        let sitemap = Line::Sitemap(b"https://a.example/s?x=1");
        assert_eq!(all("sitemap https://a.example/s?x=1"), [(1, sitemap)]);
    }

    #[test]
    fn rules_and_names_may_be_empty() {
        let table = [
            ("Disallow:", Line::Disallow(b"")),
            ("disallow: # nothing", Line::Disallow(b"")),
            ("Allow:\t", Line::Allow(b"")),
            ("User-agent:", Line::UserAgent(b"")),
            ("Disallow=", Line::Disallow(b"")),
        ];
        for (text, line) in table {
            assert_eq!(all(text), [(1, line)], "{text:?}");
        }
    }

    #[test]
    fn nonsense_says_nothing() {
        for text in [
            "",
            "#",
            "disallow",
            "disallow /x /y",
            "noindex: /x",
            "x-disallow: /x",
            "crawl-delay:",
            "sitemap: # later",
            "foo: /x",
            ": /x",
            "\0\u{feff}",
        ] {
            assert_eq!(all(text), [], "{text:?}");
        }
    }
}
