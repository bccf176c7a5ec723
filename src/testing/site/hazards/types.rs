//! Media types that are wrong or missing, bytes that are not text, and too many headers.

use http::HeaderName;

use super::super::body::Body;
use super::super::call::Call;
use super::super::markup::page;
use super::super::reply::Reply;

/// `headers?n=100`: so many headers, at most 10,000.
pub(in super::super) fn headers(call: &Call<'_>) -> Reply {
    let names = (1..=call.number("n", 100, 10_000))
        .map(|nth| HeaderName::try_from(format!("x-practice-{nth}")));
    let page = Reply::html(page("Headers", "<h1>Headers</h1>\n"));
    names
        .flatten()
        .fold(page, |reply, name| reply.header(name, "practice"))
}

/// `invalid-utf8`: a page that says it is UTF-8, with three bytes that are not.
pub(in super::super) fn invalid_utf8() -> Reply {
    let mut bytes = page("Invalid", "<h1>Before").into_bytes();
    bytes.truncate(bytes.len() - "</body>\n</html>\n".len());
    bytes.extend(b" \xff\xc3\x28 after</h1>\n</body>\n</html>\n");
    Reply::html(bytes)
}

/// `no-content-type`: HTML that does not say so.
pub(in super::super) fn no_content_type() -> Reply {
    Reply::bare(Body::whole(hidden()))
}

/// `binary`: all bytes there are.
pub(in super::super) fn binary() -> Reply {
    Reply::bytes(
        "application/octet-stream",
        (0..=u8::MAX).collect::<Vec<u8>>(),
    )
}

/// `wrong-type`: HTML that says it is an image.
pub(in super::super) fn wrong_type() -> Reply {
    Reply::bytes("image/png", hidden())
}

fn hidden() -> String {
    page(
        "Hidden",
        "<h1>Hidden</h1>\n<p><a href=\"/quotes/\">Quotes</a></p>\n",
    )
}
