//! Directories, streams, causes of errors, and the pieces in which records go out.

use std::sync::{Arc, Mutex};

use super::*;
use crate::model::scratch::{Scratch, read};

/// Keeps each write apart.
#[derive(Debug, Clone, Default)]
struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);

impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn directories_are_made() {
    let scratch = Scratch::new();
    let path = scratch.path("a/b/items.jsonl");
    Target::file(&path, Mode::Append).unwrap();
    assert!(path.exists());
}

#[test]
fn what_cannot_be_opened_is_named_with_its_cause() {
    let scratch = Scratch::new();
    let error = Target::file(&scratch.path(""), Mode::Overwrite).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    let chain = error.chain();
    assert!(chain.contains("Is a directory"), "{chain}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named_with_its_cause() {
    let mut target = Target::file(Path::new("/dev/full"), Mode::Append).unwrap();
    target.write(&[b"record"]).unwrap();
    let error = target.flush().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    let chain = error.chain();
    let want = "cannot write /dev/full: No space left on device";
    assert!(chain.starts_with(want), "{chain}");
}

#[test]
fn a_closed_pipe_is_an_error_and_no_panic() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut target = Target::stream(STDOUT, writer);
    let error = target.write(&[&vec![b'x'; BUFFER + 1]]).unwrap_err();
    let chain = error.chain();
    let want = "cannot write standard output: Broken pipe";
    assert!(chain.starts_with(want), "{chain}");
}

#[test]
fn every_write_ends_where_a_record_does() {
    let writes = Writes::default();
    let mut target = Target::stream("writes", writes.clone());
    let lengths = [BUFFER / 2, BUFFER / 2 - 1, 2, BUFFER - 3, 2 * BUFFER, 1];
    for length in lengths {
        target.write(&[&vec![b'x'; length - 1], b"\n"]).unwrap();
    }
    target.close().unwrap();
    let writes = writes.0.lock().unwrap();
    let written: Vec<usize> = writes.iter().map(Vec::len).collect();
    assert_eq!(written, [BUFFER - 1, BUFFER - 1, 2 * BUFFER, 1]);
    assert!(writes.iter().all(|bytes| bytes.ends_with(b"\n")));
}

#[test]
fn a_file_has_its_end_after_every_write_and_a_stream_when_it_is_closed() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    let mut target = Target::file(&path, Mode::Overwrite)
        .unwrap()
        .ending_with(b"!");
    let writes = Writes::default();
    let mut stream = Target::stream("writes", writes.clone()).ending_with(b"!");
    for record in ["a", "b"] {
        target.write(&[record.as_bytes()]).unwrap();
        target.flush().unwrap();
        stream.write(&[record.as_bytes()]).unwrap();
        stream.flush().unwrap();
        assert!(read(&path).ends_with(&format!("{record}!")), "{record}");
    }
    target.close().unwrap();
    stream.close().unwrap();
    assert_eq!(read(&path), "ab!");
    assert_eq!(writes.0.lock().unwrap().concat(), b"ab!");
}

#[test]
fn what_nobody_closed_is_written_all_the_same() {
    let scratch = Scratch::new();
    let path = scratch.path("file");
    let mut target = Target::file(&path, Mode::Overwrite).unwrap();
    target.write(&[b"a"]).unwrap();
    drop(target);
    assert_eq!(read(&path), "a");
}

#[test]
fn nothing_is_written_after_a_failure() {
    let disk = full_disk::FullDisk::new("", 3);
    let mut target = disk.target();
    target.write(&[b"ab"]).unwrap();
    target.write(&[b"cd"]).unwrap();
    assert!(target.flush().is_err());
    let error = target.write(&[b"e"]).unwrap_err();
    assert!(
        error.to_string().contains("an earlier write failed"),
        "{error}"
    );
    drop(target);
    assert_eq!(disk.content(), "ab");
}
