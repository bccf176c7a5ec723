//! What hostile hosts do, and what a crawl makes of it.

use std::io;
use std::io::Write as _;
use std::time::Duration;

use crawlworks::{ErrorKind, Filter};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::server::{for_ever, reply, silence};

/// Under what a host's doings are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// The page fails, for one of these.
    Failed(&'static [ErrorKind]),
    /// Some URL of the host is filtered for this.
    Filtered(Filter),
    /// Nothing at all: the page is as good as any.
    Page,
}

use Counted::{Failed, Filtered, Page};

/// Every behaviour by the name of its host.
pub(crate) const ALL: &[(&str, Counted)] = &[
    // Bodies.
    ("body-endless", Failed(&[ErrorKind::TooLarge])),
    (
        "body-claims-a-terabyte",
        Failed(&[ErrorKind::TooLarge, ErrorKind::Incomplete]),
    ),
    ("body-stalls", Failed(&[ErrorKind::Timeout])),
    ("body-drips", Failed(&[ErrorKind::Timeout, ErrorKind::Slow])),
    ("body-too-short", Failed(&[ErrorKind::Incomplete])),
    (
        "body-reset",
        Failed(&[ErrorKind::Incomplete, ErrorKind::Connect]),
    ),
    (
        "body-bad-chunk",
        Failed(&[ErrorKind::Http, ErrorKind::Incomplete]),
    ),
    (
        "body-endless-chunk-extension",
        Failed(&[ErrorKind::Http, ErrorKind::Incomplete]),
    ),
    (
        "body-endless-trailers",
        Failed(&[ErrorKind::Http, ErrorKind::Incomplete]),
    ),
    // Codings.
    ("coding-gzip-bomb", Failed(&[ErrorKind::TooLarge])),
    ("coding-nested-bomb", Failed(&[ErrorKind::TooLarge])),
    ("coding-deflate-bomb", Failed(&[ErrorKind::TooLarge])),
    (
        "coding-truncated",
        Failed(&[ErrorKind::Decode, ErrorKind::Incomplete]),
    ),
    ("coding-garbage", Failed(&[ErrorKind::Decode])),
    ("coding-unknown", Page),
    ("coding-layers", Failed(&[ErrorKind::Decode])),
    // Heads.
    ("head-silent", Failed(&[ErrorKind::Timeout])),
    ("head-drips", Failed(&[ErrorKind::Timeout])),
    ("head-endless", Failed(&[ErrorKind::Http])),
    ("head-many-fields", Failed(&[ErrorKind::Http])),
    ("head-huge-field", Failed(&[ErrorKind::Http])),
    (
        "head-informational",
        Failed(&[ErrorKind::Timeout, ErrorKind::Http]),
    ),
    ("head-not-http", Failed(&[ErrorKind::Http])),
    ("head-two-lengths", Failed(&[ErrorKind::Http])),
    (
        "head-closed",
        Failed(&[ErrorKind::Connect, ErrorKind::Http]),
    ),
    ("head-many-cookies", Page),
    // Redirects.
    ("redirect-self", Failed(&[ErrorKind::Redirect])),
    ("redirect-endless", Failed(&[ErrorKind::Redirect])),
    ("redirect-to-file", Failed(&[ErrorKind::Redirect])),
    ("redirect-to-data", Failed(&[ErrorKind::Redirect])),
    ("redirect-garbage", Failed(&[ErrorKind::Redirect])),
    ("redirect-elsewhere", Filtered(Filter::Scope)),
    // Statuses.
    ("status-503", Failed(&[ErrorKind::Status])),
    ("status-429", Failed(&[ErrorKind::Status])),
    ("status-999", Failed(&[ErrorKind::Status])),
    // robots.txt.
    ("robots-endless", Page),
    ("robots-stars", Page),
    ("robots-a-million-rules", Page),
    ("robots-redirect-loop", Page),
    ("robots-500", Filtered(Filter::RobotsUnreachable)),
    ("robots-silent", Filtered(Filter::RobotsUnreachable)),
    ("robots-forbids", Filtered(Filter::Robots)),
    // Documents.
    ("html-deep", Page),
    ("html-attributes", Page),
    ("html-huge-attribute", Page),
    ("html-many-links", Filtered(Filter::MaxLinks)),
    ("html-long-urls", Filtered(Filter::UrlLength)),
    ("html-meta-charset", Page),
    // Traps.
    ("trap-growing-path", Filtered(Filter::Trap)),
    ("trap-calendar", Filtered(Filter::Trap)),
    ("trap-session", Page),
];

const HTML: &str = "text/html";
const CHUNKED: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n";
const CHUNK: &[u8] = b"1000\r\n";

/// What the host of this name does.
pub(crate) async fn answer(stream: &mut TcpStream, name: &str, path: &str) -> io::Result<()> {
    let (kind, what) = name.split_once('-').unwrap_or((name, ""));
    match kind {
        "body" => body(stream, what).await,
        "coding" => coding(stream, what).await,
        "head" => head(stream, what).await,
        "redirect" => redirect(stream, what, path).await,
        "status" => {
            let answer =
                format!("HTTP/1.1 {what} No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await
        }
        "robots" if path == "/robots.txt" => robots(stream, what).await,
        // Once is enough: links lead to plain pages.
        "html" if path == "/" => reply(stream, "200 OK", HTML, document(what).as_bytes()).await,
        "trap" => reply(stream, "200 OK", HTML, trap(what, path).as_bytes()).await,
        _ => reply(stream, "200 OK", HTML, b"<title>a page</title>").await,
    }
}

async fn body(stream: &mut TcpStream, what: &str) -> io::Result<()> {
    let chunk = [CHUNK, &[b'a'; 0x1000], b"\r\n"].concat();
    let long =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000000000\r\n\r\n";
    match what {
        "endless" => {
            stream.write_all(CHUNKED).await?;
            for_ever(stream, &chunk, Duration::ZERO).await
        }
        "claims-a-terabyte" => {
            stream.write_all(long).await?;
            for_ever(stream, &[b'a'; 0x4000], Duration::ZERO).await
        }
        "stalls" => {
            stream.write_all(long).await?;
            silence(stream).await
        }
        "drips" => {
            stream.write_all(long).await?;
            for_ever(stream, b"a", Duration::from_millis(50)).await
        }
        "too-short" | "reset" => {
            stream.write_all(long).await?;
            stream.write_all(b"<title>half").await?;
            if what == "reset" {
                let _ = stream.set_zero_linger();
            }
            Err(io::ErrorKind::ConnectionReset.into())
        }
        "bad-chunk" => {
            stream.write_all(CHUNKED).await?;
            stream.write_all(b"zz\r\nhello\r\n0\r\n\r\n").await?;
            silence(stream).await
        }
        "endless-chunk-extension" => {
            stream.write_all(CHUNKED).await?;
            stream.write_all(b"5;").await?;
            for_ever(stream, &[b'x'; 0x1000], Duration::ZERO).await
        }
        _ => {
            stream.write_all(CHUNKED).await?;
            stream.write_all(b"2\r\nhi\r\n0\r\n").await?;
            for_ever(stream, b"X-Trailer: more\r\n", Duration::ZERO).await
        }
    }
}

async fn coding(stream: &mut TcpStream, what: &str) -> io::Result<()> {
    let zeros = vec![b' '; 8 << 20];
    let (name, body) = match what {
        "gzip-bomb" => ("gzip", gzip(&zeros)),
        "nested-bomb" => ("gzip, gzip", gzip(&gzip(&zeros))),
        "deflate-bomb" => ("deflate", deflate(&zeros)),
        "truncated" => {
            let whole = gzip(b"<title>a page that is cut off somewhere</title>");
            ("gzip", whole.into_iter().take(30).collect())
        }
        "unknown" => ("sdch", b"what".to_vec()),
        "layers" => ("gzip, gzip, gzip, gzip, gzip, gzip", b"what".to_vec()),
        _ => ("gzip", b"this is no gzip at all".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {name}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

async fn head(stream: &mut TcpStream, what: &str) -> io::Result<()> {
    let begin = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    match what {
        "silent" => silence(stream).await,
        "drips" => for_ever(stream, b"H", Duration::from_millis(100)).await,
        "endless" => {
            stream.write_all(begin).await?;
            for_ever(stream, b"X-More: and more\r\n", Duration::ZERO).await
        }
        "many-fields" => {
            stream.write_all(begin).await?;
            stream
                .write_all("X-More: 1\r\n".repeat(1_000).as_bytes())
                .await?;
            stream.write_all(b"Content-Length: 0\r\n\r\n").await
        }
        "huge-field" => {
            stream.write_all(begin).await?;
            stream.write_all(b"X-Huge: ").await?;
            for_ever(stream, &[b'x'; 0x4000], Duration::ZERO).await
        }
        "informational" => {
            for_ever(stream, b"HTTP/1.1 103 Early Hints\r\n\r\n", Duration::ZERO).await
        }
        "not-http" => {
            stream
                .write_all(b"220 mail.example ESMTP ready\r\n")
                .await?;
            silence(stream).await
        }
        "two-lengths" => {
            stream.write_all(begin).await?;
            stream
                .write_all(b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc")
                .await
        }
        "many-cookies" => {
            stream.write_all(begin).await?;
            for number in 0..200 {
                let line = format!("Set-Cookie: c{number}={}\r\n", "x".repeat(1_000));
                stream.write_all(line.as_bytes()).await?;
            }
            stream.write_all(b"Content-Length: 2\r\n\r\nhi").await
        }
        _ => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

async fn redirect(stream: &mut TcpStream, what: &str, path: &str) -> io::Result<()> {
    let target = match what {
        "self" => path.to_owned(),
        "endless" => format!("{path}x"),
        "to-file" => "file:///etc/passwd".to_owned(),
        "to-data" => "data:text/html,hello".to_owned(),
        "elsewhere" => "http://elsewhere.example/".to_owned(),
        _ => "http://[not-an-address/".to_owned(),
    };
    let answer = format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(answer.as_bytes()).await
}

async fn robots(stream: &mut TcpStream, what: &str) -> io::Result<()> {
    let text = "text/plain";
    match what {
        "endless" => {
            stream.write_all(CHUNKED).await?;
            let piece = [CHUNK, &b"Disallow: /xxx/\n".repeat(0x100), b"\r\n"].concat();
            for_ever(stream, &piece, Duration::ZERO).await
        }
        "stars" => {
            let rules = "Disallow: /*a*a*a*a*a*a*a*a*a*b\n".repeat(15_000);
            reply(
                stream,
                "200 OK",
                text,
                format!("User-agent: *\n{rules}").as_bytes(),
            )
            .await
        }
        "a-million-rules" => {
            let rules = "Disallow: /x\n".repeat(1_000_000);
            reply(
                stream,
                "200 OK",
                text,
                format!("User-agent: *\n{rules}").as_bytes(),
            )
            .await
        }
        "redirect-loop" => redirect(stream, "self", "/robots.txt").await,
        "500" => reply(stream, "500 Oh", text, b"").await,
        "silent" => silence(stream).await,
        _ => reply(stream, "200 OK", text, b"User-agent: *\nDisallow: /\n").await,
    }
}

fn document(what: &str) -> String {
    match what {
        "deep" => "<div>".repeat(100_000),
        "attributes" => {
            let all: Vec<String> = (0..100_000).map(|n| format!("a{n}=1")).collect();
            format!("<p {}>text", all.join(" "))
        }
        "huge-attribute" => format!("<p title='{}'>text", "x".repeat(900_000)),
        "many-links" => (0..50_000).fold(String::new(), |mut html, n| {
            html.push_str("<a href=/");
            html.push_str(&n.to_string());
            html + ">x</a>"
        }),
        "long-urls" => format!("<a href='/{}'>x</a>", "y".repeat(100_000)),
        _ => "<meta charset=utf-7><meta charset=utf-16><title>+ADw-b+AD4-</title>".to_owned(),
    }
}

fn trap(what: &str, path: &str) -> String {
    let number = path.len();
    match what {
        "growing-path" => "<a href='more/'>more</a>".to_owned(),
        "calendar" => {
            let year = path.split('/').nth(2).and_then(|year| year.parse().ok());
            let year: u32 = year.unwrap_or(2026);
            format!("<a href='/calendar/{}/12/'>next year</a>", year + 1)
        }
        _ => format!(
            "<a href='/page{number};jsessionid={:032x}'>next</a>",
            number * 7_919
        ),
    }
}
