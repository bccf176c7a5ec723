//! Pages that lead nowhere, that lead on for ever, or that are too much.

use bytes::Bytes;

use super::super::body::Step;
use super::super::call::Call;
use super::super::markup::{escape, page, push};
use super::super::reply::Reply;

/// The most links, levels or characters that can be asked for.
const MAX: u64 = 1_000_000;

/// `calendar/YYYY/MM/`: a month that links to the one before and the one after, for ever.
pub(in super::super) fn calendar(year: &str, month: &str) -> Reply {
    let (Ok(year), Ok(month @ 1..=12)) = (year.parse::<u32>(), month.parse::<u32>()) else {
        return Reply::not_found();
    };
    let before = if month == 1 {
        (year.saturating_sub(1), 12)
    } else {
        (year, month - 1)
    };
    let after = if month == 12 {
        (year.saturating_add(1), 1)
    } else {
        (year, month + 1)
    };
    let link = |(year, month), name| {
        format!("<a href=\"/hazards/calendar/{year:04}/{month:02}/\">{name}</a>\n")
    };
    let title = format!("{year:04}-{month:02}");
    let body = format!(
        "<h1>{title}</h1>\n<p>{}{}</p>\n",
        link(before, "before"),
        link(after, "after")
    );
    Reply::html(page(&title, &body))
}

/// `big?mb=30`: a page of so many MB, made while it is sent.
pub(in super::super) fn big(call: &Call<'_>) -> Reply {
    let megabytes = call.number("mb", 30, 4_096);
    let head = Bytes::from_static(b"<!DOCTYPE html>\n<title>Big</title>\n<h1>Big</h1>\n");
    // A hundred thousand bytes a piece.
    let piece = Bytes::from("<p>All work and no play makes a very long page.</p>\n".repeat(2_000));
    let pieces = (0..megabytes * 10).map(move |_| piece.clone());
    Reply::script(None, std::iter::once(head).chain(pieces).map(Step::Send))
}

/// `deep?n=20000`: so many elements within each other.
pub(in super::super) fn deep(call: &Call<'_>) -> Reply {
    let levels = count(call, 20_000);
    let body = format!(
        "{}<p>the bottom</p>{}\n",
        "<div>".repeat(levels),
        "</div>".repeat(levels)
    );
    Reply::html(page("Deep", &body))
}

/// `many-links?n=100000`: so many links to different pages.
pub(in super::super) fn many_links(call: &Call<'_>) -> Reply {
    let mut body = String::new();
    for nth in 0..count(call, 100_000) {
        push(
            &mut body,
            format_args!("<a href=\"/hazards/echo?n={nth}\">{nth}</a>\n"),
        );
    }
    Reply::html(page("Many links", &body))
}

/// `long-url?n=10000`: a link to a path of so many characters.
pub(in super::super) fn long_url(call: &Call<'_>) -> Reply {
    let path = "/hazards/echo?long=".to_owned();
    let rest = count(call, 10_000).saturating_sub(path.len());
    Reply::html(page(
        "Long URL",
        &format!("<a href=\"{path}{}\">long</a>\n", "a".repeat(rest)),
    ))
}

fn count(call: &Call<'_>, default: u64) -> usize {
    usize::try_from(call.number("n", default, MAX)).unwrap_or_default()
}

/// `mail`: links of every kind, of which only two lead to a page: the one without a scheme, and the last.
pub(in super::super) fn mail(call: &Call<'_>) -> Reply {
    let origin = escape(&call.origin());
    let host = origin.trim_start_matches("http:");
    let body = format!(
        "<h1>Links</h1>\n<ul>\n<li><a href=\"mailto:us@example.com?subject=Hello\">mail</a></li>\n\
         <li><a href=\"javascript:void(0)\">script</a></li>\n<li><a href=\"tel:+4912345\">telephone</a></li>\n\
         <li><a href=\"data:text/html,%3Ch1%3EData%3C/h1%3E\">data</a></li>\n\
         <li><a href=\"ftp://example.com/file\">ftp</a></li>\n<li><a href=\"#top\">top</a></li>\n\
         <li><a href=\"#\">nothing</a></li>\n<li><a href=\"\">this page</a></li>\n<li><a>no link</a></li>\n\
         <li><a href=\"http://[broken\">no URL</a></li>\n<li><a href=\"{host}/quotes/\">no scheme</a></li>\n\
         <li><a href=\"  /quotes/page/2/\n#part \">spaces</a></li>\n</ul>\n"
    );
    Reply::html(page("Links", &body))
}

/// `base`: relative links to `/quotes/page/2/`, `/quotes/` and `/shop/`, because of a base element.
pub(in super::super) fn base() -> Reply {
    Reply::html(
        "<!DOCTYPE html>\n<html>\n<head>\n<base href=\"/quotes/\">\n<title>Base</title>\n</head>\n<body>\n\
         <p><a href=\"page/2/\">page two</a> <a href=\"./\">page one</a> <a href=\"../shop/\">shop</a></p>\n\
         </body>\n</html>\n",
    )
}
