//! A disk that is full, at any byte and in any format, costs the records that do not fit and nothing else.

use serde_json::Value;

use super::{CASES, complete, items, open};
use crate::items::sink::target::full_disk::FullDisk;
use crate::items::sink::{Format, Position, Record, Sink};
use crate::page::error::{ErrorKind, Result};

/// When records go to the disk.
#[derive(Debug, Clone, Copy)]
enum Flush {
    Each,
    Together,
}

fn write(format: Format, disk: &FullDisk, items: &[Value], flush: Flush) -> Result<()> {
    let mut sink = open(format, disk)?;
    for item in items {
        sink.write(&Record::new(item)?)?;
        if matches!(flush, Flush::Each) {
            sink.flush()?;
        }
    }
    sink.close()
}

#[test]
fn the_records_that_fit_stay_and_the_next_run_adds_the_others() {
    let items = items();
    for (format, before) in CASES {
        let stage = |count| complete(format, before, &items[..count]);
        let stages: Vec<String> = (0..=items.len()).map(stage).collect();
        let whole = &stages[items.len()];
        let rooms = before.len()..whole.len();
        for (room, flush) in rooms.flat_map(|room| [(room, Flush::Each), (room, Flush::Together)]) {
            let context = format!("{format:?} {before:?} {room} {flush:?}");
            let disk = FullDisk::new(before, room);
            let error = write(format, &disk, &items, flush).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Storage, "{context}");
            let fit = stages.iter().rposition(|stage| stage.len() <= room);
            let left = disk.content();
            assert_eq!(left, fit.map_or(before, |fit| &stages[fit]), "{context}");
            let others = &items[fit.unwrap_or(0)..];
            assert_eq!(complete(format, &left, others), *whole, "{context}");
        }
    }
}

/// Writes and commits the items behind those that are committed, and notes how far it came.
fn write_on(
    format: Format,
    disk: &FullDisk,
    items: &[Value],
    committed: &mut Option<(Position, usize)>,
) -> Result<()> {
    let mut sink = match *committed {
        None => open(format, disk)?,
        Some((position, _)) => {
            let mut sink = (format.row().on)(disk.target());
            sink.resume(position)?;
            sink
        }
    };
    let done = committed.map_or(0, |(_, done)| done);
    *committed = sink.commit(false)?.map(|position| (position, done));
    for (index, item) in items.iter().enumerate().skip(done) {
        sink.write(&Record::new(item)?)?;
        // Not every record, so that some are written and not committed when the disk is full.
        if index % 3 == 2 {
            *committed = sink.commit(false)?.map(|position| (position, index + 1));
        } else {
            sink.flush()?;
        }
    }
    sink.close()
}

#[test]
fn a_job_that_met_a_full_disk_goes_on_from_its_last_commit() {
    let items = items();
    for (format, before) in CASES {
        let complete = complete(format, before, &items);
        for room in before.len()..complete.len() {
            let context = format!("{format:?} {before:?} {room}");
            let (full, mut committed) = (FullDisk::new(before, room), None);
            let error = write_on(format, &full, &items, &mut committed).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Storage, "{context}");
            // Still full: nothing is lost by trying.
            let again = FullDisk::new(&full.content(), room);
            let mut still = committed;
            write_on(format, &again, &items, &mut still).unwrap_err();
            assert_eq!(again.content(), full.content(), "{context}");
            let larger = FullDisk::new(&again.content(), 10_000);
            write_on(format, &larger, &items, &mut still).unwrap();
            assert_eq!(larger.content(), complete, "{context}");
        }
    }
}
