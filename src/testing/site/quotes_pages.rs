//! `/quotes/` and `/author/`: the pages that every scraping tutorial begins with.

use super::call::Call;
use super::content::page_of;
use super::markup::{escape, page, push};
use super::quotes::Quote;
use super::reply::Reply;
use super::words::slug;

/// Number of quotes on a page, here and in the API.
pub(super) const PER_PAGE: usize = 10;

/// `/quotes/` is page 1; `/quotes/page/N/` are the others.
pub(super) fn list(call: &Call<'_>, number: &str) -> Reply {
    let quotes = &call.content.quotes;
    let Some((number, shown)) = number
        .parse()
        .ok()
        .and_then(|n| Some((n, page_of(quotes, n, PER_PAGE)?)))
    else {
        return Reply::not_found();
    };
    let mut body = String::from(
        "<h1><a href=\"/quotes/\">Quotes to practise on</a></h1>\n<p><a href=\"/login\">Login</a></p>\n",
    );
    for (place, quote) in shown.iter().enumerate() {
        push_quote(&mut body, (number - 1) * PER_PAGE + place + 1, quote);
    }
    body.push_str("<nav><ul class=\"pager\">\n");
    match number {
        1 => {}
        2 => body.push_str("<li class=\"previous\"><a href=\"/quotes/\">Previous</a></li>\n"),
        _ => push(
            &mut body,
            format_args!(
                "<li class=\"previous\"><a href=\"/quotes/page/{}/\">Previous</a></li>\n",
                number - 1
            ),
        ),
    }
    if page_of(quotes, number + 1, PER_PAGE).is_some() {
        push(
            &mut body,
            format_args!(
                "<li class=\"next\"><a href=\"/quotes/page/{}/\">Next</a></li>\n",
                number + 1
            ),
        );
    }
    body.push_str("</ul></nav>\n");
    Reply::html(page("Quotes to practise on", &body))
}

fn push_quote(body: &mut String, nth: usize, quote: &Quote) {
    let (text, author, slug) = (
        escape(&quote.text),
        escape(&quote.author),
        slug(&quote.author),
    );
    push(
        body,
        format_args!(
            "<div class=\"quote\" id=\"quote-{nth}\">\n<span class=\"text\">{text}</span>\n\
             <span>by <small class=\"author\">{author}</small> <a href=\"/author/{slug}/\">(about)</a></span>\n\
             <div class=\"tags\">Tags:"
        ),
    );
    for tag in &quote.tags {
        push(
            body,
            format_args!(" <a class=\"tag\" href=\"#{tag}\">{tag}</a>"),
        );
    }
    body.push_str("</div>\n</div>\n");
}

/// `/author/SLUG/`.
pub(super) fn author(call: &Call<'_>, slug: &str) -> Reply {
    let Some(author) = call
        .content
        .authors
        .iter()
        .find(|author| author.slug == slug)
    else {
        return Reply::not_found();
    };
    let (name, born, description) = (
        escape(&author.name),
        escape(&author.born),
        escape(&author.description),
    );
    let (date, place) = born.split_once(" in ").unwrap_or((&born, ""));
    let body = format!(
        "<div class=\"author-details\">\n<h3 class=\"author-title\">{name}</h3>\n\
         <p><strong>Born:</strong> <span class=\"author-born-date\">{date}</span> \
         <span class=\"author-born-location\">in {place}</span></p>\n\
         <div class=\"author-description\">{description}</div>\n</div>\n<p><a href=\"/quotes/\">All quotes</a></p>\n"
    );
    Reply::html(page(&author.name, &body))
}
