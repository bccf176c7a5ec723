//! Showing the page in a browser: a copy in a temporary file, whose links lead where those of the page do.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::page::Page;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::Html;

/// Number of file names that are tried before a directory is given up.
const NAMES: u32 = 1000;

/// Writes the copy, which only this user can read.
///
/// # Errors
/// [`ErrorKind::Storage`] when it cannot be written.
pub(super) fn save(page: &Page) -> Result<PathBuf> {
    let (extension, bytes) = copy(page);
    let mut options = OpenOptions::new();
    // A new file: nobody else has put a link in its place.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let directory = std::env::temp_dir();
    let write = || {
        for number in 1..NAMES {
            let name = format!("crawl-shell-{}-{number}.{extension}", std::process::id());
            let path = directory.join(name);
            match options.open(&path) {
                Ok(mut file) => return file.write_all(&bytes).map(|()| path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    };
    write().map_err(|error| {
        let message = format!("cannot write into {}", directory.display());
        Error::new(ErrorKind::Storage, message).with_source(error)
    })
}

/// Opens a file with the program that this system has for it.
///
/// # Errors
/// Fails when no such program could be started.
pub(super) fn open(file: &Path) -> io::Result<()> {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let quiet = Stdio::null;
    let child = Command::new(opener)
        .arg(file)
        .stdin(quiet())
        .stdout(quiet())
        .stderr(quiet())
        .spawn();
    match child {
        // Whoever it is runs as long as it likes.
        Ok(_) => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("{opener}: {error}"))),
    }
}

/// Returns the extension and the bytes of the copy. HTML becomes UTF-8 with a mark that says so.
fn copy(page: &Page) -> (&'static str, Vec<u8>) {
    let response = page.response();
    let Ok(html) = page.html() else {
        let extension = match response.media_type().as_str() {
            "application/json" => "json",
            "application/pdf" => "pdf",
            "image/gif" => "gif",
            "image/jpeg" => "jpg",
            "image/png" => "png",
            "image/webp" => "webp",
            _ => "txt",
        };
        return (extension, response.body().to_vec());
    };
    let text = response.text();
    (
        extension_of(&response.media_type()),
        with_base(&text, html).into_bytes(),
    )
}

fn extension_of(media_type: &str) -> &'static str {
    if media_type == "text/html" {
        "html"
    } else {
        "xml"
    }
}

/// Returns the page with a `<base>` before any of its own: the first one counts.
fn with_base(text: &str, html: &Html) -> String {
    let lower = text.to_ascii_lowercase();
    let behind = |tag: &str| {
        let start = lower.find(tag)?;
        let end = lower.get(start..)?.find('>')?;
        Some(start + end + 1)
    };
    let at = behind("<head>")
        .or_else(|| behind("<head "))
        .or_else(|| behind("<!doctype"))
        .unwrap_or_default();
    let (before, rest) = text.split_at_checked(at).unwrap_or(("", text));
    // A URL has no quotes in it: the parser has encoded them.
    format!("\u{feff}{before}<base href=\"{}\">{rest}", html.base_url())
}

#[cfg(test)]
mod tests {
    use super::super::page::tests::{of_type, page};
    use super::*;

    fn copied(html: &str) -> String {
        let (extension, bytes) = copy(&page(html));
        assert_eq!(extension, "html");
        String::from_utf8(bytes).unwrap()
    }

    const BASE: &str = "<base href=\"http://a.example/shop/\">";

    #[test]
    fn the_copy_leads_where_the_page_does() {
        for (html, expected) in [
            ("<p>x", format!("\u{feff}{BASE}<p>x")),
            (
                "<!DOCTYPE html><p>x",
                format!("\u{feff}<!DOCTYPE html>{BASE}<p>x"),
            ),
            (
                "<html><HEAD><title>",
                format!("\u{feff}<html><HEAD>{BASE}<title>"),
            ),
            ("<header>x", format!("\u{feff}{BASE}<header>x")),
        ] {
            assert_eq!(copied(html), expected);
        }
    }

    #[test]
    fn what_is_no_html_is_copied_as_it_is() {
        let page = of_type("application/json", "{}");
        assert_eq!(copy(&page), ("json", b"{}".to_vec()));
    }
}
