//! Input that a person gives to a verb: a URL, a file, or lines of JSON.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;

use serde_json::Value;
use url::Url;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;
use crate::page::request::Request;
use crate::page::response::Response;

/// Reads a URL as a person types it: `example.com` is `https://example.com/`, and on this machine `http:` is meant.
///
/// # Errors
/// [`ErrorKind::Url`] when it is no http(s) URL.
pub(in crate::cli) fn url(text: &str) -> Result<Url> {
    let text = text.trim();
    identity::parse(text, None).or_else(|error| {
        let host = text.split(['/', '?', '#']).next().unwrap_or_default();
        if text.contains("://")
            || host.contains('@')
            || !host.contains(['.', ':']) && host != "localhost"
        {
            return Err(error);
        }
        let url = identity::parse(&format!("https://{text}"), None).map_err(|_| error)?;
        let is_local = url.domain().is_none_or(|name| name == "localhost");
        if is_local {
            identity::parse(&format!("http://{text}"), None)
        } else {
            Ok(url)
        }
    })
}

/// Reads a file; `-` is standard input.
///
/// # Errors
/// [`ErrorKind::File`] when it cannot be read.
pub(in crate::cli) fn file(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    read.map_err(|error| {
        Error::new(ErrorKind::File, format!("cannot read {}", path.display())).with_source(error)
    })
}

/// Returns the answer to a request as it was saved to a file. What kind of content it is, is told by the extension, or
/// else by the first bytes.
///
/// # Errors
/// [`ErrorKind::File`] when the file cannot be read.
pub(in crate::cli) fn page(path: &Path, request: Request) -> Result<Response> {
    let extension = path.extension().and_then(OsStr::to_str);
    let content_type = match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html",
        "xhtml" | "xht" => "application/xhtml+xml",
        "json" => "application/json",
        "xml" | "rss" | "atom" => "application/xml",
        _ => "",
    };
    Ok(Response::new(request, 200).with_body(content_type, file(path)?))
}

/// Answers each line of JSON on standard input with a line of JSON, at once.
pub(in crate::cli) fn batch(answer: impl Fn(&Value) -> Result<Value, String>) -> Outcome {
    let mut out = io::stdout().lock();
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|e| {
            Error::new(ErrorKind::File, "cannot read standard input").with_source(e)
        })?;
        if line.trim().is_empty() {
            continue;
        }
        let question = serde_json::from_str(line.trim_start_matches('\u{feff}'))
            .map_err(|error| error.to_string());
        let answer = question
            .and_then(|question| answer(&question))
            .map_err(|why| Failure::usage(format!("line {} of the batch: {why}", number + 1)))?;
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(Exit::Finished)
}

/// Returns a field of a batch's line that has to be a string.
pub(in crate::cli) fn text<'a>(question: &'a Value, name: &str) -> Result<&'a str, String> {
    question
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("no string {name:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_may_be_left_out() {
        let table = [
            ("http://example.com/a", "http://example.com/a"),
            ("example.com/a", "https://example.com/a"),
            ("example.com:8080", "https://example.com:8080/"),
            ("localhost:8000/x", "http://localhost:8000/x"),
            ("127.0.0.1:80", "http://127.0.0.1/"),
        ];
        for (text, expected) in table {
            assert_eq!(url(text).unwrap().as_str(), expected);
        }
        for text in [
            "",
            "quotes",
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
            "data:text/html,<p>x",
            "mailto:a@b.example",
        ] {
            assert!(url(text).is_err(), "{text}");
        }
    }
}
