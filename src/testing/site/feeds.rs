//! Files for crawlers: robots.txt (RFC 9309), sitemaps (sitemaps.org), RSS 2.0 and Atom (RFC 4287).

use super::call::Call;
use super::markup::{escape, push};
use super::quotes::Quote;
use super::quotes_pages::PER_PAGE;
use super::reply::Reply;

/// Number of quotes in a feed.
const FEED_ITEMS: usize = 20;

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// `/robots.txt`: everything is allowed but the hazards and the account.
pub(super) fn robots(call: &Call<'_>) -> Reply {
    let origin = call.origin();
    Reply::text(format!(
        "User-agent: *\nDisallow: /hazards/\nDisallow: /account\nAllow: /\n\nSitemap: {origin}/sitemap.xml\n"
    ))
}

/// `/sitemap.xml`: the index of the two others.
pub(super) fn sitemap_index(call: &Call<'_>) -> Reply {
    let origin = escape(&call.origin());
    Reply::xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"{SITEMAP}\">\n\
         <sitemap><loc>{origin}/sitemap-shop.xml</loc><lastmod>2025-06-01</lastmod></sitemap>\n\
         <sitemap><loc>{origin}/sitemap-quotes.xml</loc><lastmod>2025-06-01</lastmod></sitemap>\n</sitemapindex>\n"
    ))
}

/// `/sitemap-shop.xml`: the thousand books.
pub(super) fn sitemap_shop(call: &Call<'_>) -> Reply {
    sitemap(
        call,
        call.content
            .books
            .iter()
            .map(|book| (book.path.clone(), date(book.id as usize))),
    )
}

/// `/sitemap-quotes.xml`: the ten pages of quotes and the fifty authors.
pub(super) fn sitemap_quotes(call: &Call<'_>) -> Reply {
    let pages = (1..=call.content.quotes.len().div_ceil(PER_PAGE))
        .map(|number| (quotes_path(number), date(number)));
    let authors = call.content.authors.iter().enumerate();
    sitemap(
        call,
        pages.chain(authors.map(|(at, author)| (format!("/author/{}/", author.slug), date(at)))),
    )
}

fn sitemap(call: &Call<'_>, urls: impl Iterator<Item = (String, String)>) -> Reply {
    let origin = escape(&call.origin());
    let mut xml =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"{SITEMAP}\">\n");
    for (path, date) in urls {
        let path = escape(&path);
        push(
            &mut xml,
            format_args!("<url><loc>{origin}{path}</loc><lastmod>{date}</lastmod></url>\n"),
        );
    }
    xml.push_str("</urlset>\n");
    Reply::xml(xml)
}

/// `/feed.xml`: the first twenty quotes as RSS.
pub(super) fn rss(call: &Call<'_>) -> Reply {
    let origin = escape(&call.origin());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n<channel>\n\
         <title>Quotes to practise on</title>\n<link>{origin}/quotes/</link>\n\
         <description>Twenty quotes</description>\n"
    );
    for (nth, quote) in feed_quotes(call) {
        let (path, author, text) = (feed_path(nth), escape(&quote.author), escape(&quote.text));
        push(
            &mut xml,
            format_args!(
                "<item><title>{author}</title><link>{origin}{path}</link><guid>{origin}{path}</guid>\
                 <pubDate>{}</pubDate><description>{text}</description></item>\n",
                rfc2822(nth)
            ),
        );
    }
    xml.push_str("</channel>\n</rss>\n");
    Reply::bytes("application/rss+xml", xml)
}

/// `/atom.xml`: the same as Atom.
pub(super) fn atom(call: &Call<'_>) -> Reply {
    let origin = escape(&call.origin());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <title>Quotes to practise on</title>\n<id>{origin}/atom.xml</id>\n<updated>2025-06-20T00:00:00Z</updated>\n\
         <link rel=\"self\" href=\"{origin}/atom.xml\"/>\n"
    );
    for (nth, quote) in feed_quotes(call) {
        let (path, author, text) = (feed_path(nth), escape(&quote.author), escape(&quote.text));
        push(
            &mut xml,
            format_args!(
                "<entry><title>{author}</title><link href=\"{origin}{path}\"/><id>{origin}{path}</id>\
                 <updated>2025-06-{:02}T00:00:00Z</updated><author><name>{author}</name></author>\
                 <summary>{text}</summary></entry>\n",
                20 - nth
            ),
        );
    }
    xml.push_str("</feed>\n");
    Reply::bytes("application/atom+xml", xml)
}

fn feed_quotes<'a>(call: &Call<'a>) -> impl Iterator<Item = (usize, &'a Quote)> {
    call.content.quotes.iter().take(FEED_ITEMS).enumerate()
}

fn feed_path(nth: usize) -> String {
    format!("{}#quote-{}", quotes_path(nth / PER_PAGE + 1), nth + 1)
}

fn quotes_path(number: usize) -> String {
    if number == 1 {
        "/quotes/".to_owned()
    } else {
        format!("/quotes/page/{number}/")
    }
}

/// Returns a day of 2025.
fn date(nth: usize) -> String {
    format!("2025-{:02}-{:02}", 1 + nth % 6, 1 + nth % 28)
}

/// Returns a day of June 2025, the newest first; the 1st was a Sunday.
fn rfc2822(nth: usize) -> String {
    let day = FEED_ITEMS.saturating_sub(nth);
    let name = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"]
        .get(day % 7)
        .copied()
        .unwrap_or_default();
    format!("{name}, {day:02} Jun 2025 00:00:00 GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week_are_right() {
        assert_eq!(rfc2822(0), "Fri, 20 Jun 2025 00:00:00 GMT");
        assert_eq!(rfc2822(19), "Sun, 01 Jun 2025 00:00:00 GMT");
    }
}
