//! `/hazards/`: the list of all hazards.

use super::super::markup::{escape, page, push};
use super::super::reply::Reply;

/// An example of every hazard and what it does.
pub(in super::super) const HAZARDS: &[(&str, &str)] = &[
    (
        "/hazards/redirect/3",
        "so many redirects one after the other, then 200",
    ),
    (
        "/hazards/redirect-loop/a",
        "redirects to b, which redirects to a",
    ),
    (
        "/hazards/redirect-self",
        "redirects to itself with a cookie; 200 with the cookie",
    ),
    (
        "/hazards/redirect-301",
        "redirects to echo; also 302, 303, 307, 308",
    ),
    (
        "/hazards/redirect-to?url=/quotes/",
        "redirects to any location",
    ),
    ("/hazards/status/404", "any status from 200 to 599"),
    (
        "/hazards/flaky/2",
        "503 so many times for this path and query, then 200",
    ),
    (
        "/hazards/retry-after/1",
        "429 with Retry-After: 1 so many times, then 200",
    ),
    ("/hazards/unavailable", "503 with Retry-After: 3600, always"),
    (
        "/hazards/basic-auth",
        "401 unless the user is us and the password pw",
    ),
    ("/hazards/slow?ms=1000", "the head comes late"),
    ("/hazards/drip?bytes=20&ms=100", "one byte at a time"),
    ("/hazards/stall", "the head, half the body, then nothing"),
    ("/hazards/truncated", "less body than Content-Length says"),
    (
        "/hazards/truncated-chunked",
        "a chunked body without its end",
    ),
    ("/hazards/not-http", "an answer that is not HTTP"),
    (
        "/hazards/empty-reply",
        "the connection is closed without an answer",
    ),
    (
        "/hazards/reset",
        "the connection is reset without an answer",
    ),
    (
        "/hazards/encoding/gzip",
        "an encoded page; also deflate, raw-deflate, br, zstd, gzip-gzip",
    ),
    (
        "/hazards/bomb/gzip",
        "1 MB that decodes to 1 GB; ?mb=N for another size",
    ),
    (
        "/hazards/charset/windows-1251",
        "also shift_jis, iso-8859-1, gb18030, utf-16le, meta-only; ?header=no",
    ),
    ("/hazards/calendar/2025/06/", "months without end"),
    (
        "/hazards/months?year=2025&month=06",
        "the same by parameters",
    ),
    ("/hazards/loop/", "relative links that make the path longer"),
    ("/hazards/growth?p=0", "a query that gets longer"),
    ("/hazards/facets", "every combination of five choices"),
    ("/hazards/numbers/1/", "a page for every number"),
    (
        "/hazards/session/a",
        "five pages, with a new session id in each link",
    ),
    (
        "/hazards/nowhere/",
        "a page, not a 404, for whatever there is not",
    ),
    ("/hazards/big", "a page of 30 MB; ?mb=N for another size"),
    ("/hazards/deep?n=20000", "elements within elements"),
    ("/hazards/many-links?n=100000", "a page with so many links"),
    (
        "/hazards/long-url?n=10000",
        "a link to a URL of so many characters",
    ),
    ("/hazards/mail", "links that lead to no other page"),
    ("/hazards/base", "links relative to a base element"),
    ("/hazards/headers?n=100", "so many headers"),
    (
        "/hazards/invalid-utf8",
        "bytes that are not the UTF-8 they claim to be",
    ),
    ("/hazards/no-content-type", "HTML without a Content-Type"),
    ("/hazards/binary", "bytes as application/octet-stream"),
    ("/hazards/wrong-type", "HTML as image/png"),
    ("/hazards/echo", "the request as JSON"),
];

/// Returns the list as a page.
pub(in super::super) fn index() -> Reply {
    let mut body = String::from("<h1>Hazards</h1>\n<ul>\n");
    for (path, what) in HAZARDS {
        let path = escape(path);
        push(
            &mut body,
            format_args!("<li><a href=\"{path}\">{path}</a>: {}</li>\n", escape(what)),
        );
    }
    body.push_str("</ul>\n");
    Reply::html(page("Hazards", &body))
}
