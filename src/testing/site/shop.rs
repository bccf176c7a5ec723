//! `/shop/`: a thousand books on list pages, in categories and one by one.

use super::books::{Book, CATEGORIES};
use super::call::Call;
use super::content::page_of;
use super::image;
use super::markup::{escape, page, push};
use super::reply::Reply;
use super::words::slug;

/// Number of books on a list page.
const PER_PAGE: usize = 20;
/// Number of characters of a title that a list page shows; the `title` attribute has all of it.
const SHORT_TITLE: usize = 24;

/// `/shop/` is page 1; `/shop/page-N.html` are the others.
pub(super) fn list(call: &Call<'_>, number: &str) -> Reply {
    let books: Vec<&Book> = call.content.books.iter().collect();
    list_page("All books", &books, number, "/shop/")
}

/// `/shop/category/SLUG/` is page 1; `/shop/category/SLUG/page-N.html` are the others.
pub(super) fn category(call: &Call<'_>, wanted: &str, number: &str) -> Reply {
    let Some(name) = CATEGORIES.iter().find(|name| slug(name) == wanted) else {
        return Reply::not_found();
    };
    let books: Vec<&Book> = call
        .content
        .books
        .iter()
        .filter(|book| book.category == **name)
        .collect();
    list_page(name, &books, number, &format!("/shop/category/{wanted}/"))
}

fn list_page(title: &str, books: &[&Book], number: &str, root: &str) -> Reply {
    let Some((number, shown)) = number
        .parse()
        .ok()
        .and_then(|n| Some((n, page_of(books, n, PER_PAGE)?)))
    else {
        return Reply::not_found();
    };
    let mut body = format!(
        "<h1>{}</h1>\n<p><strong>{}</strong> results</p>\n",
        escape(title),
        books.len()
    );
    push_categories(&mut body);
    body.push_str("<section>\n<ol class=\"row\">\n");
    for book in shown {
        push_pod(&mut body, book);
    }
    body.push_str("</ol>\n<ul class=\"pager\">\n");
    match number {
        1 => {}
        2 => push(
            &mut body,
            format_args!("<li class=\"previous\"><a href=\"{root}\">previous</a></li>\n"),
        ),
        _ => push(
            &mut body,
            format_args!(
                "<li class=\"previous\"><a href=\"page-{}.html\">previous</a></li>\n",
                number - 1
            ),
        ),
    }
    push(
        &mut body,
        format_args!(
            "<li class=\"current\">Page {number} of {}</li>\n",
            books.len().div_ceil(PER_PAGE)
        ),
    );
    if page_of(books, number + 1, PER_PAGE).is_some() {
        push(
            &mut body,
            format_args!(
                "<li class=\"next\"><a href=\"page-{}.html\">next</a></li>\n",
                number + 1
            ),
        );
    }
    body.push_str("</ul>\n</section>\n");
    Reply::html(page(&format!("{title} | Books to practise on"), &body))
}

fn push_categories(body: &mut String) {
    body.push_str("<ul class=\"nav-list\">\n<li><a href=\"/shop/\">Books</a></li>\n");
    for name in CATEGORIES {
        push(
            body,
            format_args!(
                "<li><a href=\"/shop/category/{}/\">{}</a></li>\n",
                slug(name),
                escape(name)
            ),
        );
    }
    body.push_str("</ul>\n");
}

fn push_pod(body: &mut String, book: &Book) {
    let (path, image, title, price) = (&book.path, &book.image, escape(&book.title), book.price());
    let (stars, stock) = (
        stars(book.rating),
        if book.in_stock > 0 {
            "In stock"
        } else {
            "Out of stock"
        },
    );
    push(
        body,
        format_args!(
            "<li><article class=\"product_pod\">\n\
             <a href=\"{path}\"><img class=\"thumbnail\" src=\"{image}\" alt=\"{title}\"></a>\n\
             <p class=\"star-rating {stars}\"></p>\n<h3><a href=\"{path}\" title=\"{title}\">{}</a></h3>\n\
             <p class=\"price_color\">{price}</p>\n<p class=\"instock availability\">{stock}</p>\n</article></li>\n",
            escape(&short(&book.title))
        ),
    );
}

fn short(title: &str) -> String {
    match title.char_indices().nth(SHORT_TITLE) {
        Some((end, _)) => format!("{} ...", title.get(..end).unwrap_or(title).trim_end()),
        None => title.to_owned(),
    }
}

/// Returns a rating as the class that the pages use for it.
fn stars(rating: u8) -> &'static str {
    match rating {
        1 => "One",
        2 => "Two",
        3 => "Three",
        4 => "Four",
        _ => "Five",
    }
}

/// `/shop/book/SLUG_ID.html`.
pub(super) fn book(call: &Call<'_>) -> Reply {
    let path = call.head.uri.path();
    let number = path
        .rsplit_once('_')
        .and_then(|(_, end)| end.strip_suffix(".html"));
    match find(call, number.unwrap_or_default()) {
        Some(book) if book.path == path => Reply::html(page(&book.title, &book_body(book))),
        _ => Reply::not_found(),
    }
}

fn book_body(book: &Book) -> String {
    let (title, category, price) = (escape(&book.title), escape(&book.category), book.price());
    let stock = match book.in_stock {
        0 => "Out of stock".to_owned(),
        count => format!("In stock ({count} available)"),
    };
    format!(
        "<ul class=\"breadcrumb\">\n<li><a href=\"/\">Home</a></li>\n<li><a href=\"/shop/\">Books</a></li>\n\
         <li><a href=\"/shop/category/{category_slug}/\">{category}</a></li>\n<li class=\"active\">{title}</li>\n</ul>\n\
         <article class=\"product_page\">\n<img src=\"{image}\" alt=\"{title}\">\n<h1>{title}</h1>\n\
         <p class=\"price_color\">{price}</p>\n<p class=\"instock availability\">{stock}</p>\n\
         <p class=\"star-rating {stars}\"></p>\n\
         <div id=\"product_description\"><h2>Product Description</h2></div>\n<p>{description}</p>\n\
         <table class=\"table\">\n<tr><th>UPC</th><td>{upc}</td></tr>\n<tr><th>Price</th><td>{price}</td></tr>\n\
         <tr><th>Availability</th><td>{stock}</td></tr>\n</table>\n</article>\n",
        category_slug = slug(&book.category),
        image = book.image,
        stars = stars(book.rating),
        description = escape(&book.description),
        upc = book.upc,
    )
}

/// `/shop/media/ID.png`.
pub(super) fn cover(call: &Call<'_>, file: &str) -> Reply {
    match file
        .strip_suffix(".png")
        .and_then(|number| find(call, number))
    {
        Some(book) => Reply::bytes("image/png", image::cover(call.content.seed, book.id)),
        None => Reply::not_found(),
    }
}

fn find<'a>(call: &Call<'a>, number: &str) -> Option<&'a Book> {
    call.content
        .books
        .get(number.parse::<usize>().ok()?.checked_sub(1)?)
}
