//! The practice site: a small web on loopback, the same on every run, that counts what it served.
//!
//! Crawlers are tested against servers, and servers on the internet change, go away and mind being tested. This one has
//! a hundred quotes, a shop of a thousand books, a JSON API, a login, sitemaps, feeds, a page graph of any size, and a
//! shelf of hazards: everything that a server can do wrong. All of it follows from a seed, so a test knows what a
//! crawl has to find, and can ask afterwards what was really requested.
//!
//! ```
//! use crawlworks::testing::PracticeSite;
//! let site = PracticeSite::start()?;
//! assert_eq!(site.quotes().len(), 100);
//! assert_eq!(site.books().len(), 1_000);
//!
//! let status = minimal_get(&site.at("/quotes/page/2/"));
//! assert_eq!(status, "HTTP/1.1 200 OK");
//! assert_eq!(site.served().hits("/quotes/page/2/"), 1);
//! # fn minimal_get(url: &url::Url) -> String {
//! #     use std::io::{BufRead, BufReader, Write};
//! #     let mut stream = std::net::TcpStream::connect(&*url.socket_addrs(|| None).unwrap()).unwrap();
//! #     write!(stream, "GET {} HTTP/1.1\r\nHost: test\r\n\r\n", url.path()).unwrap();
//! #     BufReader::new(stream).lines().next().unwrap().unwrap()
//! # }
//! # Ok::<(), crawlworks::Error>(())
//! ```
//!
//! | where | what |
//! |---|---|
//! | `/quotes/` | 100 quotes on 10 pages, 50 author pages |
//! | `/shop/` | 1,000 books on 50 pages, 50 categories, a page and an image each |
//! | `/api/quotes`, `/api/books`, `/api/search` | the same as JSON: by page, by offset, by `POST` |
//! | `/login`, `/account` | a form with a CSRF token, cookies, and a page behind it |
//! | `/robots.txt`, `/sitemap.xml`, `/feed.xml`, `/atom.xml` | what a site tells its crawlers |
//! | `/web/SIZE/ID` | a random graph of `SIZE` pages, 10 KB and 60 links each |
//! | `/delay/ID?ms=1000` | a small page after a while |
//! | `/hazards/` | redirects, failures, traps and broken answers; robots.txt forbids it |

mod api;
mod body;
mod books;
mod call;
mod content;
mod feeds;
mod hazards;
mod home;
mod image;
mod login;
mod markup;
mod practice;
mod quotes;
mod quotes_pages;
mod random;
mod reply;
mod routes;
mod served;
mod server;
mod shop;
mod web;
mod wire;
mod words;

#[cfg(test)]
mod tests;

pub use books::Book;
pub use hazards::{ENCODED_PAGE, charset_text};
pub use practice::{PracticeSite, PracticeSiteBuilder};
pub use quotes::Quote;
pub use served::{Seen, Served};
