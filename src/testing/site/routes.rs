//! The table of routes: which path is answered by what.

use http::{Method, StatusCode};

use super::call::Call;
use super::hazards::{
    broken, charsets, echo, encodings, failures, index, mazes, redirects, timing, traps, types,
};
use super::reply::Reply;
use super::{api, feeds, home, login, quotes_pages, shop, web};

/// Returns the answer to a request.
pub(super) fn answer(call: &Call<'_>) -> Reply {
    let parts: Vec<&str> = call.head.uri.path().split('/').skip(1).collect();
    match (parts.as_slice(), &call.head.method) {
        (["hazards", rest @ ..], _) => hazard(call, rest),
        (["api", "search"], _) => api::search(call),
        (["login"], &Method::POST) => login::login(call),
        (parts, &Method::GET | &Method::HEAD) => page(call, parts),
        _ => Reply::only("GET, HEAD"),
    }
}

fn page(call: &Call<'_>, parts: &[&str]) -> Reply {
    match parts {
        [""] => home::index(call),
        ["web", size, id] => web::page(call, size, id),
        ["delay", id] => home::delay(call, id),
        ["quotes", ""] => quotes_pages::list(call, "1"),
        ["quotes", "page", number, ""] => quotes_pages::list(call, number),
        ["author", slug, ""] => quotes_pages::author(call, slug),
        ["shop", ""] => shop::list(call, "1"),
        ["shop", file] => {
            page_number(file).map_or_else(Reply::not_found, |number| shop::list(call, number))
        }
        ["shop", "book", _] => shop::book(call),
        ["shop", "media", file] => shop::cover(call, file),
        ["shop", "category", slug, ""] => shop::category(call, slug, "1"),
        ["shop", "category", slug, file] => page_number(file)
            .map_or_else(Reply::not_found, |number| {
                shop::category(call, slug, number)
            }),
        ["api", "quotes"] => api::quotes(call),
        ["api", "books"] => api::books(call),
        ["login"] => login::login(call),
        ["account"] => login::account(call),
        ["robots.txt"] => feeds::robots(call),
        ["sitemap.xml"] => feeds::sitemap_index(call),
        ["sitemap-shop.xml"] => feeds::sitemap_shop(call),
        ["sitemap-quotes.xml"] => feeds::sitemap_quotes(call),
        ["feed.xml"] => feeds::rss(call),
        ["atom.xml"] => feeds::atom(call),
        [directory @ ("quotes" | "shop" | "hazards")] => slash(directory),
        _ => Reply::not_found(),
    }
}

fn hazard(call: &Call<'_>, parts: &[&str]) -> Reply {
    match parts {
        [] => slash("hazards"),
        [""] => index::index(),
        ["redirect", hops] => redirects::chain(hops),
        ["redirect-loop", end] => redirects::round(end),
        ["redirect-self"] => redirects::to_self(call),
        ["redirect-to"] => redirects::anywhere(call),
        ["status", code] => failures::status(code),
        ["flaky", times] => failures::flaky(call, times),
        ["retry-after", times] => failures::retry_after(call, times),
        ["unavailable"] => failures::unavailable(),
        ["basic-auth"] => failures::basic_auth(call),
        ["slow"] => timing::slow(call),
        ["drip"] => timing::drip(call),
        ["stall"] => timing::stall(),
        ["truncated"] => broken::truncated(),
        ["truncated-chunked"] => broken::truncated_chunked(),
        ["not-http"] => broken::not_http(),
        ["empty-reply"] => broken::empty_reply(),
        ["reset"] => broken::reset(),
        ["encoding", name] => encodings::page(name),
        ["bomb", "gzip"] => encodings::bomb(call),
        ["charset", label] => charsets::page(call, label),
        ["calendar", year, month, ""] => traps::calendar(year, month),
        ["big"] => traps::big(call),
        ["deep"] => traps::deep(call),
        ["many-links"] => traps::many_links(call),
        ["long-url"] => traps::long_url(call),
        ["loop", ..] => mazes::relative(),
        ["growth"] => mazes::growth(call),
        ["facets"] => mazes::facets(call),
        ["numbers", number, ""] => mazes::numbers(number),
        ["session", name] => mazes::session(call, name),
        ["nowhere", rest @ ..] => mazes::nowhere(rest),
        ["months"] => mazes::months(call),
        ["mail"] => traps::mail(call),
        ["base"] => traps::base(),
        ["headers"] => types::headers(call),
        ["invalid-utf8"] => types::invalid_utf8(),
        ["no-content-type"] => types::no_content_type(),
        ["binary"] => types::binary(),
        ["wrong-type"] => types::wrong_type(),
        ["echo"] => echo::echo(call),
        [other] => other
            .strip_prefix("redirect-")
            .map_or_else(Reply::not_found, redirects::to_echo),
        _ => Reply::not_found(),
    }
}

/// Returns the `N` of `page-N.html`.
fn page_number(file: &str) -> Option<&str> {
    file.strip_prefix("page-")?.strip_suffix(".html")
}

fn slash(directory: &str) -> Reply {
    Reply::redirect(StatusCode::MOVED_PERMANENTLY, &format!("/{directory}/"))
}
