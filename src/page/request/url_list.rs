//! Lists of URLs, one a line, as people keep them in files.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::page::error::{Error, ErrorKind, Result};

/// Returns the URLs of a list with their line numbers, from 1. White space around them, empty lines, lines that begin with
/// `#` and a byte order mark are left out.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().enumerate();
    let lines = lines.map(|(at, line)| (at + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Reads a list from a file, of at most so many URLs; `-` is standard input.
///
/// # Errors
/// [`ErrorKind::File`] when it cannot be read or is no UTF-8, [`ErrorKind::Settings`] when it has no URL, or too many.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<(usize, String)>> {
    let place = if path.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .read_to_string(&mut text)
            .map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| {
        let message = format!("cannot read the list of URLs in {place}");
        Error::new(ErrorKind::File, message).with_source(error)
    })?;
    let urls: Vec<(usize, String)> = lines(&text)
        .map(|(line, url)| (line, url.to_owned()))
        .collect();
    if urls.is_empty() || urls.len() as u64 > most {
        let count = urls.len();
        let message =
            format!("{place} has {count} URLs: a list has one a line, and from 1 to {most}");
        return Err(Error::new(ErrorKind::Settings, message));
    }
    Ok(urls)
}

/// Opens a list whose URLs are read one after the other, with their line numbers; `-` is standard input. A list without a
/// URL ends in an error.
///
/// # Errors
/// [`ErrorKind::File`] when it cannot be opened; in the sequence, when it cannot be read on or is no UTF-8.
pub(crate) fn open(
    path: &Path,
) -> Result<impl Iterator<Item = Result<(usize, String)>> + Send + use<>> {
    let place = path.display().to_string();
    let failed = move |error| {
        let message = format!("cannot read the list of URLs in {place}");
        Error::new(ErrorKind::File, message).with_source(error)
    };
    let reader: Box<dyn Read + Send> = if path.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(&failed)?)
    };
    let mut is_empty = true;
    let mut read = (1..).zip(BufReader::new(reader).lines());
    let message = format!("{} has no URL: a list has one a line", path.display());
    Ok(std::iter::from_fn(move || {
        for (number, line) in read.by_ref() {
            let line = match line {
                Ok(line) => line,
                Err(error) => return Some(Err(failed(error))),
            };
            if let Some((_, url)) = lines(&line).next() {
                is_empty = false;
                return Some(Ok((number, url.to_owned())));
            }
        }
        let empty = || Err(Error::new(ErrorKind::Settings, message.clone()));
        std::mem::take(&mut is_empty).then(empty)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_and_empty_lines_are_no_urls() {
        let text = "\u{feff}http://a.example/\r\n\n  # later\n http://b.example/#x \n";
        let found: Vec<_> = lines(text).collect();
        assert_eq!(
            found,
            [(1, "http://a.example/"), (4, "http://b.example/#x")]
        );
    }
}
