use std::sync::Arc;

use proptest::prelude::*;
use url::Url;

use super::*;
use crate::items::destination::{Batch, Batching};
use crate::items::sink::ItemKey;
use crate::model::scratch::Scratch;
use crate::page::identity::Fingerprint;

fn at(position: u64) -> Position {
    Position::new(position)
}

fn write(outbox: &mut Outbox, number: u64, item: &str) {
    let key = ItemKey::new(Fingerprint::from(7), 2);
    let url = Url::parse("http://a.example/?a=\\\"b").unwrap();
    let record = Record::new(item).unwrap().with_key(key);
    outbox.write(number, &record, &url).unwrap();
}

/// All items between two positions, in batches of this many.
fn read(scratch: &Scratch, start: Position, end: Position, items: usize) -> Vec<Batch> {
    let mut reader = OutboxReader::new(&scratch.path("outbox"), Arc::from("run"));
    let limits = Batching {
        items,
        ..Batching::default()
    };
    let (mut batches, mut start) = (Vec::<Batch>::new(), start);
    while let Some(batch) = reader.batch(start, end, limits).unwrap() {
        start = batch.end;
        batches.push(batch);
    }
    assert_eq!(start, end);
    batches
}

fn texts(batches: &[Batch]) -> Vec<String> {
    let items = batches.iter().flat_map(|batch| &batch.items);
    items.map(|item| item.record.json().to_owned()).collect()
}

#[test]
fn an_item_comes_out_as_it_went_in() {
    let scratch = Scratch::new();
    let mut outbox = Outbox::open(&scratch.path("outbox"), at(0)).unwrap();
    write(&mut outbox, 4, "ä\n\"\u{2028}");
    outbox.flush().unwrap();
    let batches = read(&scratch, at(0), outbox.position(), 10);
    let item = &batches[0].items[0];
    assert_eq!(item.record.json(), "\"ä\\n\\\"\u{2028}\"");
    assert_eq!(item.url, "http://a.example/?a=\\%22b");
    assert_eq!(item.id.to_string(), "run-4");
    assert_eq!(item.key().unwrap().to_string(), "0000000000000007-2");
    assert!(item.kept.elapsed().unwrap().as_secs() < 3_600);
}

#[test]
fn an_item_that_is_larger_than_a_batch_is_a_batch_alone() {
    let scratch = Scratch::new();
    let mut outbox = Outbox::open(&scratch.path("outbox"), at(0)).unwrap();
    let long = "x".repeat(5 << 20);
    for (number, item) in (0..).zip(["a", &long, "b"]) {
        write(&mut outbox, number, item);
    }
    outbox.flush().unwrap();
    let batches = read(&scratch, at(0), outbox.position(), 10);
    let lengths: Vec<usize> = batches.iter().map(|batch| batch.items.len()).collect();
    assert_eq!(lengths, [2, 1]);
    assert_eq!(texts(&batches)[1].len(), long.len() + 2);
}

#[test]
fn what_all_destinations_have_had_goes_but_for_the_last_64_mebibytes() {
    let scratch = Scratch::new();
    let directory = scratch.path("outbox");
    let mut outbox = Outbox::open(&directory, at(0)).unwrap();
    let item = "x".repeat(1 << 20);
    for number in 0..120 {
        write(&mut outbox, number, &item);
    }
    outbox.flush().unwrap();
    let end = outbox.position();
    remove_delivered(&directory, end).unwrap();
    let left = end.get() - segments(&directory).unwrap()[0];
    assert!((KEPT..KEPT + 2 * SEGMENT).contains(&left), "{left}");
    // What is left is whole, and can be gone on with.
    let first = at(segments(&directory).unwrap()[0]);
    read(&scratch, first, end, 10);
    Outbox::open(&directory, end).unwrap();
}

#[test]
fn an_emptied_outbox_is_gone_on_with_at_its_end() {
    let scratch = Scratch::new();
    let directory = scratch.path("outbox");
    let mut outbox = Outbox::open(&directory, at(0)).unwrap();
    write(&mut outbox, 0, "a");
    outbox.flush().unwrap();
    let end = outbox.position();
    empty(&directory, end).unwrap();
    let mut outbox = Outbox::open(&directory, end).unwrap();
    write(&mut outbox, 1, "b");
    outbox.flush().unwrap();
    assert_eq!(
        texts(&read(&scratch, end, outbox.position(), 10)),
        ["\"b\""]
    );
}

#[test]
fn a_missing_file_is_an_error_and_nothing_is_passed_over() {
    let scratch = Scratch::new();
    let directory = scratch.path("outbox");
    let error = Outbox::open(&directory, at(5)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.to_string().contains("--fresh"), "{error}");
    let mut reader = OutboxReader::new(&directory, Arc::from("run"));
    let read = reader.batch(at(0), at(5), Batching::default());
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Storage);
}

#[test]
fn a_line_that_is_none_is_an_error() {
    let scratch = Scratch::new();
    let directory = scratch.path("outbox");
    drop(Outbox::open(&directory, at(0)).unwrap());
    std::fs::write(segment(&directory, 0), "[0,7,2,\"http\n").unwrap();
    let mut reader = OutboxReader::new(&directory, Arc::from("run"));
    let error = reader
        .batch(at(0), at(13), Batching::default())
        .unwrap_err();
    assert!(error.to_string().contains("is damaged at 0"), "{error}");
}

proptest! {
    /// Items are written, committed, and lost by kills, in any order: what is read is what was committed.
    #[test]
    fn what_is_committed_is_read_and_nothing_else(steps in prop::collection::vec((0..6_u8, 0..3_000_usize), 1..60), items in 1..9_usize) {
        let scratch = Scratch::new();
        let directory = scratch.path("outbox");
        let mut outbox = Outbox::open(&directory, at(0)).unwrap();
        let (mut kept, mut written, mut committed) = (Vec::new(), Vec::new(), at(0));
        for (step, size) in steps {
            match step {
                0 => {
                    outbox.flush().unwrap();
                    committed = outbox.position();
                    kept.append(&mut written);
                }
                1 => {
                    // A kill: sometimes half a line was written.
                    let _ = outbox.flush();
                    if let Some(last) = segments(&directory).unwrap().last() {
                        let mut file = private().append(true).open(segment(&directory, *last)).unwrap();
                        file.write_all(b"[1,2").unwrap();
                    }
                    outbox = Outbox::open(&directory, committed).unwrap();
                    written.clear();
                }
                2 => outbox.flush().unwrap(),
                _ => {
                    let item = "y".repeat(size);
                    write(&mut outbox, kept.len() as u64, &item);
                    written.push(format!("\"{item}\""));
                }
            }
        }
        let read = read(&scratch, at(0), committed, items);
        prop_assert!(read.iter().all(|batch| batch.items.len() <= items));
        prop_assert_eq!(texts(&read), kept);
    }
}
