//! However often a job is killed, and wherever, its file is the one of a job that nobody killed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::{length, outputs, position};
use crate::items::sink::{OutputFile, Record, Sink};
use crate::model::scratch::{Scratch, read};

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    Write,
    Flush,
    Commit,
    /// The process is killed. Of what it wrote since its last commit so much is left, and then this.
    Crash(Index, Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => Just(Step::Write),
        1 => Just(Step::Flush),
        2 => Just(Step::Commit),
        1 => (any::<Index>(), vec(select(&b"\0\n]},\"a "[..]), 0..20))
            .prop_map(|(left, rubbish)| Step::Crash(left, rubbish)),
    ]
}

fn record(text: &str) -> Record {
    Record::new(&json!({"a": text, "b": text.len()})).unwrap()
}

fn uninterrupted(output: OutputFile, texts: &[String]) {
    let mut sink = output.open().unwrap();
    sink.commit(false).unwrap();
    for text in texts {
        sink.write(&record(text)).unwrap();
    }
    sink.close().unwrap();
}

fn with_crashes(output: &OutputFile, path: &Path, texts: &[String], steps: &[Step]) {
    let mut sink = output.clone().open().unwrap();
    let (mut committed, mut next) = ((position(&mut sink), 0), 0);
    for step in steps {
        match step {
            Step::Write => {
                if let Some(text) = texts.get(next) {
                    sink.write(&record(text)).unwrap();
                    next += 1;
                }
            }
            Step::Flush => sink.flush().unwrap(),
            Step::Commit => committed = (position(&mut sink), next),
            Step::Crash(left, rubbish) => {
                drop(sink);
                leave(path, length(committed.0), *left, rubbish);
                sink = output.clone().resume(Some(committed.0)).unwrap();
                next = committed.1;
            }
        }
    }
    for text in texts.get(next..).unwrap_or_default() {
        sink.write(&record(text)).unwrap();
    }
    sink.close().unwrap();
}

/// Leaves a part of what the file has behind its last commit, and rubbish behind it.
fn leave(path: &Path, committed: usize, left: Index, rubbish: &[u8]) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    let behind = usize::try_from(file.metadata().unwrap().len()).unwrap() - committed;
    let length = committed + left.index(behind + 1);
    file.set_len(length as u64).unwrap();
    file.write_all(rubbish).unwrap();
}

proptest! {
    #[test]
    fn crashes_leave_no_trace_in_a_file(output in any::<Index>(), texts in vec(any::<String>(), 0..12), steps in vec(step(), 0..40)) {
        let scratch = Scratch::new();
        let outputs = outputs(&scratch);
        let (path, output, before) = output.get(&outputs);
        fs::write(path, before).unwrap();
        uninterrupted(output.clone(), &texts);
        let complete = read(path);
        fs::write(path, before).unwrap();
        with_crashes(output, path, &texts, &steps);
        prop_assert_eq!(read(path), complete, "{:?} {:?}", output, before);
    }
}
