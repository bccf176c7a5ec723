//! Outputs after a crash: whatever came behind the last commit is gone, and what was committed is as it was.
#![no_main]

use std::fs::{self, OpenOptions};
use std::io::Write;

use crawlworks::sink::{Format, Mode, OutputFile, Record};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else {
        return;
    };
    let format = Format::ALL[usize::from(*first) % Format::ALL.len()];
    let extension = format.name();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join(format!("items.{extension}"));
    let name = path.display().to_string();
    let output = || OutputFile::parse(&name, Mode::Overwrite).expect("a name with an extension");
    let (item, tail) = data.split_at(usize::from(first / 3).min(data.len()));
    let record =
        Record::new(&serde_json::json!({"n": item.len(), "text": String::from_utf8_lossy(item)}));
    let record = record.expect("JSON");

    let mut sink = output().open().expect("a file in a directory of its own");
    sink.write(&record).expect("room");
    let position = sink
        .commit(false)
        .expect("room")
        .expect("files have positions");
    drop(sink);
    let committed = fs::read(&path).expect("the file");
    // What another process left that was killed: anything.
    let mut torn = OpenOptions::new()
        .append(true)
        .open(&path)
        .expect("the file");
    torn.write_all(tail).expect("room");
    drop(torn);

    let mut sink = output().resume(Some(position)).expect("it is long enough");
    sink.write(&record).expect("room");
    sink.close().expect("room");
    let length = usize::try_from(position.get()).expect("a small file");
    let resumed = fs::read(&path).expect("the file");
    let (kept, added) = resumed.split_at(length);
    assert_eq!(kept, &committed[..length]);
    if extension == "json" {
        let all: Vec<serde_json::Value> = serde_json::from_slice(&resumed).expect("a whole array");
        assert!(all.len() == 2 && all[0] == all[1]);
    } else {
        assert!(!added.is_empty() && kept.ends_with(added));
    }
});
