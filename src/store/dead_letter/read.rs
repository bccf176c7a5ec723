//! Reading of dead letters from their file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Take};
use std::path::{Path, PathBuf};

use super::{DEAD_LETTERS, DeadLetter};
use crate::page::error::{BoxError, Error, ErrorKind, Result};

/// Returns the path of the dead letters of the job in this directory.
pub(crate) fn path(directory: &Path) -> PathBuf {
    directory.join(DEAD_LETTERS)
}

/// Reads the dead letters of a file, in order; nothing when there is no such file. After an error there are no more.
///
/// `committed` is the length of the part of the file that counts, in bytes: what is behind it was not committed when
/// the process ended. Without it a last line that was cut off is left out.
///
/// # Errors
/// [`ErrorKind::File`] when the file cannot be read, or is shorter than what was committed.
pub(crate) fn read(
    path: &Path,
    committed: Option<u64>,
) -> Result<impl Iterator<Item = Result<DeadLetter>> + use<>> {
    let unreadable = |why: BoxError| {
        Error::new(ErrorKind::File, format!("cannot read {}", path.display())).with_source(why)
    };
    let file = match File::open(path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(error.into())),
    };
    let length = match &file {
        Some(file) => file.metadata().map_err(|e| unreadable(e.into()))?.len(),
        None => 0,
    };
    let committed_length = committed.unwrap_or(length);
    if length < committed_length {
        let why = format!("it has {length} bytes, and {committed_length} were committed");
        return Err(unreadable(why.into()));
    }
    Ok(Letters {
        lines: file.map(|file| BufReader::new(file.take(committed_length))),
        path: path.to_owned(),
        line: 0,
        is_committed: committed.is_some(),
    })
}

/// Iterator over the dead letters of a file.
struct Letters {
    /// Lines that are left to read; `None` when there are no more.
    lines: Option<BufReader<Take<File>>>,
    path: PathBuf,
    line: u64,
    is_committed: bool,
}

impl Letters {
    fn read(&mut self) -> Result<Option<DeadLetter>, BoxError> {
        let Some(lines) = &mut self.lines else {
            return Ok(None);
        };
        let mut line = Vec::new();
        self.line += 1;
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if !line.ends_with(b"\n") && !self.is_committed {
            return Ok(None);
        }
        Ok(serde_json::from_slice(&line)?)
    }
}

impl Iterator for Letters {
    type Item = Result<DeadLetter>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        if !matches!(read, Ok(Some(_))) {
            self.lines = None;
        }
        read.transpose().map(|letter| {
            letter.map_err(|error| {
                let message = format!("cannot read {}, line {}", self.path.display(), self.line);
                Error::new(ErrorKind::File, message).with_source(error)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::scratch::Scratch;
    use crate::page::request::Request;

    fn letter(url: &str) -> DeadLetter {
        let request = Request::post(url).unwrap().with_label("list");
        DeadLetter {
            url: request.url().clone(),
            kind: "timeout".to_owned(),
            status: None,
            message: "no answer within 60 s".to_owned(),
            referrer: None,
            attempts: 4,
            at: Timestamp::from_second(1_800_000_000).unwrap(),
            request,
        }
    }

    fn line(url: &str) -> String {
        serde_json::to_string(&letter(url)).unwrap() + "\n"
    }

    /// Reads a file with this content.
    fn read_text(text: &str, committed: Option<u64>) -> Result<Vec<DeadLetter>> {
        let scratch = Scratch::new();
        let file = scratch.file("dead-letter.jsonl", text);
        read(&file, committed)?.collect()
    }

    #[test]
    fn a_letter_has_the_fields_of_its_line() {
        assert_eq!(
            line("http://a.example/"),
            r#"{"url":"http://a.example/","kind":"timeout","message":"no answer within 60 s","attempts":4,"at":"2027-01-15T08:00:00Z","request":{"url":"http://a.example/","method":"POST","label":"list"}}"#.to_owned() + "\n"
        );
    }

    #[test]
    fn letters_are_read_back_in_order() {
        let urls = ["http://a.example/1", "http://a.example/2"];
        let letters = read_text(&urls.map(line).concat(), None).unwrap();
        assert_eq!(letters, urls.map(letter));
    }

    #[test]
    fn a_job_that_gave_nothing_up_has_none() {
        let missing = Scratch::new().path("dead-letter.jsonl");
        assert_eq!(read(&missing, None).unwrap().count(), 0);
        assert!(read_text("", Some(0)).unwrap().is_empty());
    }

    #[test]
    fn what_was_not_committed_does_not_count() {
        let first = line("http://a.example/1");
        let text = format!("{first}{}", line("http://a.example/2"));
        let letters = read_text(&text, Some(first.len() as u64)).unwrap();
        assert_eq!(letters, [letter("http://a.example/1")]);
    }

    #[test]
    fn a_line_that_is_being_written_does_not_count() {
        let text = format!("{}{{\"url\":", line("http://a.example/"));
        assert_eq!(read_text(&text, None).unwrap().len(), 1);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_the_last() {
        let text = format!("{0}{{\"url\":1}}\n{0}", line("http://a.example/"));
        let scratch = Scratch::new();
        let file = scratch.file("dead-letter.jsonl", &text);
        let letters: Vec<_> = read(&file, None).unwrap().collect();
        assert_eq!(letters.len(), 2);
        let error = letters[1].as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(
            error.to_string().ends_with("dead-letter.jsonl, line 2"),
            "{error}"
        );
    }

    #[test]
    fn less_than_was_committed_is_an_error() {
        let text = line("http://a.example/");
        let error = read_text(&text, Some(1_000)).unwrap_err();
        let why = format!("it has {} bytes, and 1000 were committed", text.len());
        assert!(error.chain().ends_with(&why), "{}", error.chain());
        assert!(read_text(&text, Some(10)).is_err(), "half a line");
    }
}
