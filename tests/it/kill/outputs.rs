//! The three files that a crawl writes, read as strictly as their readers will.

use serde::Deserialize;

use crate::support::Scratch;

/// What `crawl site` writes for a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Record {
    pub(super) url: String,
    pub(super) title: Option<String>,
    pub(super) h1: Option<String>,
    pub(super) links: Vec<String>,
}

/// A file and how it is read.
type Format = (&'static str, fn(&str) -> Result<Vec<Record>, String>);

/// The file whose length shows how far a run is.
pub(super) const LINES: &str = "a.jsonl";
const ARRAY: &str = "b.json";
const TABLE: &str = "c.csv";

/// A database, which has what is committed.
const DATABASE: &str = "d.db";

const FORMATS: [Format; 3] = [(LINES, json_lines), (ARRAY, json_array), (TABLE, csv)];

/// A write that SIGKILL interrupts ends where a page of memory ends: there the kernel looks for signals, and nowhere
/// else. No program can prevent that; the next run of a job repairs it.
const PAGE: usize = 4096;
/// The end of a JSON array, which every write replaces: of a write that is interrupted at once, some of it can be left.
const END: usize = "\n]\n".len();

/// The records in each of the files.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    files: [Vec<Record>; 3],
    /// Rows of the database.
    rows: Vec<Record>,
    /// Files whose last write was interrupted.
    pub(super) torn: usize,
}

impl Outputs {
    /// The flags that ask for them.
    pub(super) fn flags() -> [&'static str; 8] {
        ["-o", LINES, "-O", ARRAY, "-O", TABLE, "-o", DATABASE]
    }

    /// Reads the files as a run left them, which was killed or was not.
    ///
    /// # Errors
    /// When one of them is not valid from its first byte to its last. Only a kill in the middle of a write may have cost
    /// the end of a file.
    pub(super) fn read(directory: &Scratch, killed: bool) -> Result<Self, String> {
        let mut outputs = Self::default();
        for ((name, parse), records) in FORMATS.iter().zip(&mut outputs.files) {
            // A run that ended early enough has not even made them.
            let bytes = std::fs::read(directory.path(name)).unwrap_or_default();
            let may_be_torn = killed && !bytes.is_empty() && bytes.len() % PAGE < END;
            *records = match parse(&String::from_utf8_lossy(&bytes)) {
                Err(_) if may_be_torn => {
                    outputs.torn += 1;
                    parse(&whole_lines(name, &bytes))
                }
                parsed => parsed,
            }
            .map_err(|why| format!("{name}, {} bytes: {why}", bytes.len()))?;
        }
        outputs.rows = rows(&directory.path(DATABASE));
        let [lines, ..] = &outputs.files;
        if !lines.starts_with(&outputs.rows) {
            let lengths = (outputs.rows.len(), lines.len());
            return Err(format!(
                "the database has not what the lines begin with: {lengths:?}"
            ));
        }
        Ok(outputs)
    }

    /// How many of these records the next run has cut off: the most of any file, and all behind the first that it changed.
    pub(super) fn cut_by(&self, next: &Self) -> usize {
        let files = self.files.iter().zip(&next.files);
        let cut = files.map(|(before, after)| {
            let mut pairs = before.iter().zip(after);
            let kept = pairs.position(|(one, other)| one != other);
            before.len() - kept.unwrap_or(before.len().min(after.len()))
        });
        cut.max().unwrap_or_default()
    }

    /// The records, which have to be the same in all files.
    ///
    /// # Errors
    /// When they are not.
    pub(super) fn same_in_all(&self) -> Result<&[Record], String> {
        let [lines, array, table] = &self.files;
        if lines != array || lines != table || *lines != self.rows {
            let lengths = (lines.len(), array.len(), table.len(), self.rows.len());
            return Err(format!("the files differ; their records: {lengths:?}"));
        }
        Ok(lines)
    }

    pub(super) fn bytes(directory: &Scratch) -> u64 {
        let files = FORMATS.iter().map(|(name, _)| length(directory, name));
        files.sum()
    }
}

/// The length of a file in bytes; 0 when there is none.
pub(super) fn length(directory: &Scratch, name: &str) -> u64 {
    std::fs::metadata(directory.path(name)).map_or(0, |file| file.len())
}

/// The rows of the only table of items, in the order in which they were added.
fn rows(path: &str) -> Vec<Record> {
    use sqlx::{Connection, Row, SqliteConnection};

    if !std::path::Path::new(path).exists() {
        return Vec::new();
    }
    let read = async {
        let mut database = SqliteConnection::connect(path).await.unwrap();
        let rows = sqlx::query("SELECT url, title, h1, links FROM site ORDER BY rowid");
        // There is no table before the first items.
        let rows = rows.fetch_all(&mut database).await.unwrap_or_default();
        let record = |row: sqlx::sqlite::SqliteRow| Record {
            url: row.get("url"),
            title: row.get("title"),
            h1: row.get("h1"),
            links: serde_json::from_str(row.get("links")).unwrap(),
        };
        rows.into_iter().map(record).collect()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(read)
}

fn json_lines(text: &str) -> Result<Vec<Record>, String> {
    ends_with_a_line(text)?;
    let lines = text.lines().enumerate();
    lines
        .map(|(at, line)| serde_json::from_str(line).map_err(|why| format!("line {at}: {why}")))
        .collect()
}

fn json_array(text: &str) -> Result<Vec<Record>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(text).map_err(|why| why.to_string())
}

fn csv(text: &str) -> Result<Vec<Record>, String> {
    ends_with_a_line(text)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<&str> = match text.lines().next() {
        Some(line) => line.split(',').collect(),
        None => return Ok(Vec::new()),
    };
    if header != ["url", "title", "h1", "links"] {
        return Err(format!("the header is {header:?}"));
    }
    let rows = reader.records().enumerate();
    rows.map(|(at, row)| {
        let row = row.map_err(|why| format!("row {at}: {why}"))?;
        let links = serde_json::from_str(&row[3]).map_err(|why| format!("row {at}: {why}"))?;
        Ok(Record {
            url: row[0].to_owned(),
            title: Some(row[1].to_owned()),
            h1: Some(row[2].to_owned()),
            links,
        })
    })
    .collect()
}

/// What is left of a file without the line that was torn, and valid again.
fn whole_lines(name: &str, bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    let bytes = &bytes[..end.map_or(0, |end| end + 1)];
    let text = String::from_utf8_lossy(bytes);
    if name != ARRAY {
        return text.into_owned();
    }
    let elements = text.trim_end().trim_end_matches(',');
    format!("{elements}{}]", if elements.is_empty() { "[" } else { "" })
}

/// The last line of a text is as whole as the others.
fn ends_with_a_line(text: &str) -> Result<(), String> {
    match text.rsplit_once('\n') {
        Some((_, "")) => Ok(()),
        None if text.is_empty() => Ok(()),
        None => Err(format!("half a line: {text:?}")),
        Some((_, rest)) => Err(format!("half a line: {rest:?}")),
    }
}

#[cfg(test)]
mod tests;
