//! The front page, and pages that take their time.

use std::time::Duration;

use super::call::Call;
use super::markup::{escape, page};
use super::reply::Reply;

/// `/`: a link to every part of the site.
pub(super) fn index(_: &Call<'_>) -> Reply {
    Reply::html(page(
        "Practice site",
        "<h1>Practice site</h1>\n<ul>\n\
         <li><a href=\"/quotes/\">Quotes</a>: 100 on 10 pages, and 50 authors</li>\n\
         <li><a href=\"/shop/\">Shop</a>: 1,000 books in 50 categories</li>\n\
         <li><a href=\"/api/quotes?page=1\">Quotes as JSON</a></li>\n\
         <li><a href=\"/api/books?offset=0&amp;limit=20\">Books as JSON</a></li>\n\
         <li><a href=\"/login\">Login</a>, then <a href=\"/account\">account</a></li>\n\
         <li><a href=\"/sitemap.xml\">Sitemap</a></li>\n\
         <li><a href=\"/feed.xml\">RSS</a> and <a href=\"/atom.xml\">Atom</a></li>\n\
         <li><a href=\"/web/100/0\">Web</a>: a graph of 100 pages</li>\n\
         <li><a href=\"/delay/1?ms=100\">Delay</a>: a page that comes late</li>\n\
         <li><a href=\"/hazards/\">Hazards</a>: robots.txt forbids them</li>\n</ul>\n",
    ))
}

/// `/delay/ID?ms=1000`: a small page after that many milliseconds, at most ten minutes.
pub(super) fn delay(call: &Call<'_>, id: &str) -> Reply {
    let time: Duration = call.millis(1_000);
    let id = escape(id);
    Reply::html(page(
        &format!("Delay {id}"),
        &format!("<h1>Delay {id}</h1>\n"),
    ))
    .after(time)
}
