//! Parser of the values of `-o` and `-O`: a file and its format in one word, such as `items.jsonl` or `-:csv`.

use std::cmp::Ordering;
use std::fmt;
use std::path::{Path, PathBuf};

use super::target::Target;
use super::{Format, Position, Sink};
use crate::page::error::{Error, ErrorKind, Result};

/// Treatment of the content that a file has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Keeps the content and adds records: `-o`.
    Append,
    /// Removes the content: `-O`.
    Overwrite,
}

/// A file, or standard output, that records are to be written to.
///
/// The text is `FILE` or `FILE:FORMAT`, where `-` is standard output, in JSON lines unless a format is given. The format
/// comes from the extension otherwise: `.jsonl`, `.jl` and `.ndjson` are JSON lines, `.json` is an array, `.csv` is CSV.
/// `%(name)s` and `%(time)s` in the file's name stand for the job and its start.
///
/// ```
/// use crawlworks::sink::{Format, Mode, OutputFile};
///
/// let output = OutputFile::parse("out/%(name)s-%(time)s.json", Mode::Overwrite)?.expand("books", "2025-01-31T06-00-00");
/// assert_eq!(output.path().unwrap().to_str(), Some("out/books-2025-01-31T06-00-00.json"));
/// assert_eq!(output.format(), Format::JsonArray);
/// assert_eq!(OutputFile::parse("-:csv", Mode::Append)?.format(), Format::Csv);
/// # Ok::<(), crawlworks::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Path of the file. `None` is standard output.
    path: Option<PathBuf>,
    format: Format,
    mode: Mode,
}

impl OutputFile {
    /// Reads `FILE[:FORMAT]`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Settings`] for a format or a placeholder that is not known, for a URL, and for no file at all.
    pub fn parse(text: &str, mode: Mode) -> Result<Self> {
        if let Some(scheme) = scheme_of(text) {
            // Without the rest, which may hold a password.
            let message = format!(
                "no output is known for `{scheme}://`; known: files ending in {}, FILE:FORMAT, and `-`",
                Format::listed()
            );
            return Err(Error::new(ErrorKind::Settings, message));
        }
        let (file, format) = match text
            .rsplit_once(':')
            .map(|(file, name)| (file, Format::named(name)))
        {
            Some((file, Some(format))) => (file, format),
            _ => (text, format_of(text)?),
        };
        if file.is_empty() {
            return Err(Error::new(
                ErrorKind::Settings,
                format!("the output `{text}` has no file name"),
            ));
        }
        if let Some(message) = unknown_placeholder(file) {
            return Err(Error::new(ErrorKind::Settings, message));
        }
        Ok(Self {
            path: (file != "-").then(|| PathBuf::from(file)),
            format,
            mode,
        })
    }

    /// Puts a job's name and its start in place of `%(name)s` and `%(time)s`. A name leads to no other directory: slashes,
    /// control characters and a dot at its beginning are replaced.
    #[must_use]
    pub fn expand(self, name: &str, time: &str) -> Self {
        let name = harmless(name);
        let expanded = |path: PathBuf| match path.to_str() {
            Some(text) => text
                .replace("%(time)s", time)
                .replace("%(name)s", &name)
                .into(),
            None => path,
        };
        Self {
            path: self.path.map(expanded),
            ..self
        }
    }

    /// The file; none is standard output.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Returns the format in which records are written.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns what happens to the content that the file has already.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Opens it for writing, and makes the directories on the way to it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] when the file cannot be opened, or cannot be appended to as it is.
    pub fn open(self) -> Result<Box<dyn Sink>> {
        let row = self.format.row();
        match self.path {
            None => Ok((row.on)(Target::stdout())),
            Some(path) => (row.continuing)(Target::file(&path, self.mode)?),
        }
    }

    /// Compares the length of the file with its length at this position; a missing file is shorter.
    pub(crate) fn compare(&self, position: Position) -> Ordering {
        let Some(path) = &self.path else {
            return Ordering::Equal;
        };
        let length = (self.format.row().length_at)(position);
        std::fs::metadata(path).map_or(Ordering::Less, |file| file.len().cmp(&length))
    }

    /// Opens it where an earlier process committed it: a file is cut back to this position and continued, whatever its
    /// mode says.
    ///
    /// Without a position the output was never committed, and is opened as by [`open`](OutputFile::open). So is standard
    /// output in any case: it cannot go back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] when the file cannot be opened, is missing or shorter than the position, or has no end of a
    /// record there. It stays as it is then.
    pub fn resume(self, position: Option<Position>) -> Result<Box<dyn Sink>> {
        let (Some(position), Some(path)) = (position, &self.path) else {
            return self.open();
        };
        let target = Target::reopen(path, position)?;
        let mut sink = (self.format.row().on)(target);
        sink.resume(position)?;
        Ok(sink)
    }
}

/// Writes the output as [`OutputFile::parse`] reads it, always with its format: `items.jsonl:jsonl`.
impl fmt::Display for OutputFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path().unwrap_or(Path::new("-"));
        write!(f, "{}:{}", path.display(), self.format.name())
    }
}

/// Returns the scheme of a URL; `None` for the name of a file. A single letter is a drive.
pub(crate) fn scheme_of(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.len() > 1 && scheme.chars().all(is_letter)).then_some(scheme)
}

/// Returns what is wrong with a placeholder in the name of an output; `None` if all of them are known.
pub(crate) fn unknown_placeholder(output: &str) -> Option<String> {
    let rest = output.replace("%(name)s", "").replace("%(time)s", "");
    let (_, after) = rest.split_once("%(")?;
    Some(format!(
        "unknown placeholder `%({after}` in the output `{output}`; known: %(name)s, %(time)s"
    ))
}

/// A name as a part of a file's name that is no way to somewhere else.
pub(crate) fn harmless(name: &str) -> String {
    let is_harmful = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
    let name = name.replace(is_harmful, "-");
    match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => name,
    }
}

/// The format that a file's name implies.
fn format_of(file: &str) -> Result<Format> {
    if file.is_empty() || file == "-" {
        return Ok(Format::JsonLines);
    }
    let extension = Path::new(file)
        .extension()
        .and_then(|extension| extension.to_str());
    extension.and_then(Format::named).ok_or_else(|| {
        let message = format!(
            "no known output format in `{file}`; known: {}, or FILE:FORMAT",
            Format::listed()
        );
        Error::new(ErrorKind::Settings, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::sink::Record;
    use crate::model::scratch::{Scratch, read};

    fn parse(text: &str) -> Result<OutputFile> {
        OutputFile::parse(text, Mode::Append)
    }

    #[test]
    fn a_name_leads_to_no_other_directory() {
        for (name, path) in [
            ("books", "out/books.csv"),
            ("../../etc/passwd", "out/_.-..-etc-passwd.csv"),
            ("/etc/x", "out/-etc-x.csv"),
            (r"..\x", "out/_.-x.csv"),
            ("zitate-ä", "out/zitate-ä.csv"),
        ] {
            let output = parse("out/%(name)s.csv").unwrap().expand(name, "");
            assert_eq!(output.path(), Some(Path::new(path)));
        }
        let output = parse("%(name)s/x.csv").unwrap().expand("..", "");
        assert_eq!(output.path(), Some(Path::new("_./x.csv")));
    }

    #[test]
    fn the_format_comes_from_the_colon_or_the_extension() {
        for (text, path, format) in [
            ("a.jsonl", Some("a.jsonl"), Format::JsonLines),
            ("a.JL", Some("a.JL"), Format::JsonLines),
            ("b/a.ndjson", Some("b/a.ndjson"), Format::JsonLines),
            ("a.json", Some("a.json"), Format::JsonArray),
            ("a.csv", Some("a.csv"), Format::Csv),
            ("a.txt:csv", Some("a.txt"), Format::Csv),
            ("a:b.json", Some("a:b.json"), Format::JsonArray),
            ("-", None, Format::JsonLines),
            ("-:json", None, Format::JsonArray),
        ] {
            let output = parse(text).unwrap();
            assert_eq!(
                (output.path().and_then(Path::to_str), output.format()),
                (path, format),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_output_is_a_settings_error() {
        for (text, want) in [
            ("a.xml", "known: .jsonl .jl .ndjson .json .csv"),
            ("a.json:xml", "known: .jsonl"),
            ("items", "known: .jsonl"),
            (
                "postgres://me:secret@db/books.csv",
                "known for `postgres://`; known: files ending in .jsonl .jl .ndjson .json .csv",
            ),
            ("", "has no file name"),
            (":csv", "has no file name"),
            ("%(date)s.csv", "unknown placeholder `%(date)s.csv`"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Settings, "{text}");
            assert!(error.to_string().contains(want), "{text}: {error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn an_output_is_written_as_it_is_read() {
        for (text, want) in [
            ("a.txt:csv", "a.txt:csv"),
            ("b.jl", "b.jl:jsonl"),
            ("-", "-:jsonl"),
        ] {
            let output = parse(text).unwrap();
            assert_eq!(output.to_string(), want);
            assert_eq!(parse(want).unwrap(), output);
        }
    }

    #[test]
    fn what_only_looks_like_a_url_is_a_file() {
        for text in ["C://items.csv", "out/a://b.csv", "a b://c.csv"] {
            assert_eq!(parse(text).unwrap().path(), Some(Path::new(text)));
        }
    }

    #[test]
    fn every_extension_stands_for_one_format() {
        for format in Format::ALL {
            assert!(!format.extensions().is_empty());
            for name in format.extensions() {
                assert_eq!(Format::named(name), Some(*format), "{name}");
                assert_eq!(Format::named(&name.to_uppercase()), Some(*format));
            }
        }
    }

    #[test]
    fn every_format_opens_and_writes() {
        let scratch = Scratch::new();
        for (name, want) in [
            ("a.jsonl", "{\"a\":1}\n"),
            ("a.json", "[\n{\"a\":1}\n]\n"),
            ("a.csv", "a\n1\n"),
        ] {
            let path = scratch.path(name);
            let mut sink = parse(path.to_str().unwrap()).unwrap().open().unwrap();
            sink.write(&Record::new(&serde_json::json!({"a": 1})).unwrap())
                .unwrap();
            sink.close().unwrap();
            assert_eq!(read(&path), want);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_a_storage_error_in_every_format() {
        for format in Format::ALL.iter().map(|format| format.name()) {
            let mut sink = parse(&format!("/dev/full:{format}"))
                .unwrap()
                .open()
                .unwrap();
            sink.write(&Record::new(&serde_json::json!({"a": 1})).unwrap())
                .unwrap();
            assert_eq!(
                sink.close().unwrap_err().kind(),
                ErrorKind::Storage,
                "{format}"
            );
        }
    }
}
