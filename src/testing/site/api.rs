//! `/api/`: the quotes and books as JSON, by page, by offset and by `POST`.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::books::Book;
use super::call::Call;
use super::content::page_of;
use super::quotes::Quote;
use super::quotes_pages::PER_PAGE;
use super::reply::Reply;

/// The most books in one answer.
const MAX_LIMIT: u64 = 100;

#[derive(Serialize)]
struct QuotesPage<'a> {
    page: u64,
    has_next: bool,
    quotes: &'a [Quote],
}

#[derive(Serialize)]
struct BooksSlice<'a> {
    total: usize,
    offset: u64,
    items: Vec<&'a Book>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Search {
    author: String,
}

/// `/api/quotes?page=N`: ten a page; beyond the last page the list is empty.
pub(super) fn quotes(call: &Call<'_>) -> Reply {
    let number = call.number("page", 1, 1_000_000);
    let quotes = &call.content.quotes;
    let shown = |number| {
        usize::try_from(number)
            .ok()
            .and_then(|number| page_of(quotes, number, PER_PAGE))
    };
    let has_next = shown(number + 1).is_some();
    Reply::json(&QuotesPage {
        page: number,
        has_next,
        quotes: shown(number).unwrap_or_default(),
    })
}

/// `/api/books?offset=N&limit=N`: twenty unless told otherwise, a hundred at most.
pub(super) fn books(call: &Call<'_>) -> Reply {
    let total = call.content.books.len();
    let (offset, limit) = (
        call.number("offset", 0, 1_000_000),
        call.number("limit", 20, MAX_LIMIT).max(1),
    );
    let first = usize::try_from(offset).unwrap_or(total);
    let items = call
        .content
        .books
        .iter()
        .skip(first)
        .take(usize::try_from(limit).unwrap_or_default())
        .collect();
    let end = offset + limit;
    let next = (end < total as u64).then(|| format!("/api/books?offset={end}&limit={limit}"));
    Reply::json(&BooksSlice {
        total,
        offset,
        items,
        next,
    })
}

/// `POST /api/search` with `{"author": "Ada Quill"}`: the quotes of that author, 400 if the body is anything else.
pub(super) fn search(call: &Call<'_>) -> Reply {
    if call.head.method != Method::POST {
        return Reply::only("POST");
    }
    match serde_json::from_slice::<Search>(call.body) {
        Ok(Search { author }) => {
            let quotes: Vec<&Quote> = call
                .content
                .quotes
                .iter()
                .filter(|quote| quote.author == author)
                .collect();
            Reply::json(&json!({ "quotes": quotes }))
        }
        Err(error) => {
            let reply = Reply::json(&json!({ "error": error.to_string() }));
            Reply {
                status: StatusCode::BAD_REQUEST,
                ..reply
            }
        }
    }
}
