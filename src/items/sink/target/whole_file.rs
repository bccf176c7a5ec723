//! A file that holds whole records before and after every write, also after one that failed.

use std::io::{self, SeekFrom};

use super::Disk;
use super::records::Records;

/// Maximum number of blanks written over removed content; a job writes less than that between two commits.
const MAX_BLANKS: u64 = 4 << 20;

/// A regular file that records are added to.
///
/// Each write ends at the end of a record, and with what makes the file valid there. So a process that is killed between
/// two writes leaves a valid file, and one that meets a full disk can go back to the last record that still fits: going
/// back needs no room, because it cuts, and writes over bytes that are there already.
pub(super) struct WholeFile {
    disk: Box<dyn Disk>,
    /// Offset in the file where the next record goes, in bytes.
    length: u64,
    /// Bytes after the last record, such as the end of an array. The file is valid with them, and has nothing after
    /// them.
    end: Vec<u8>,
}

impl WholeFile {
    pub(super) fn new(disk: impl Disk, length: u64) -> Self {
        let (disk, end) = (Box::new(disk), Vec::new());
        Self { disk, length, end }
    }

    pub(super) fn disk(&mut self) -> &mut dyn Disk {
        &mut *self.disk
    }

    /// Lets the next record be written over what stands behind the first `length` bytes, of which there is little.
    pub(super) fn continue_at(&mut self, length: u64) -> io::Result<()> {
        let mut end = Vec::new();
        // A file that is written from its start has nothing to read, and may not be open for that.
        if self.disk.seek(SeekFrom::End(0))? > length {
            self.disk.seek(SeekFrom::Start(length))?;
            self.disk.read_to_end(&mut end)?;
        }
        (self.length, self.end) = (length, end);
        Ok(())
    }

    /// Removes what stands behind the first `length` bytes, and answers how many bytes that was.
    pub(super) fn cut(&mut self, length: u64) -> io::Result<u64> {
        let before = self.disk.seek(SeekFrom::End(0))?;
        self.disk.set_len(length)?;
        (self.length, self.end) = (length, Vec::new());
        Ok(before.saturating_sub(length))
    }

    /// Replaces what stands behind the first `length` bytes by `end`, and answers how many bytes more that was. Whoever
    /// reads the file meanwhile, or after a kill, finds it valid: blanks go over what is removed before it is cut off.
    pub(super) fn cut_back(&mut self, length: u64, end: &[u8]) -> io::Result<u64> {
        let before = self.disk.seek(SeekFrom::End(0))?;
        let kept = length + end.len() as u64;
        let surplus = before.saturating_sub(kept);
        if !end.is_empty() && before >= kept && surplus <= MAX_BLANKS {
            self.disk.seek(SeekFrom::Start(length))?;
            let blanks = vec![b' '; usize::try_from(surplus).unwrap_or_default()];
            self.disk.write_all(&[end, &blanks].concat())?;
            self.disk.set_len(kept)?;
            (self.length, self.end) = (length, end.to_vec());
        } else {
            self.cut(length)?;
            self.commit(end, false)?;
        }
        Ok(surplus)
    }

    /// Makes sure of `end` behind the last record, with `sync` also of both on the disk, and answers where the next goes.
    pub(super) fn commit(&mut self, end: &[u8], sync: bool) -> io::Result<u64> {
        if self.end != end {
            self.append(&Records::default(), end)?;
        }
        if sync {
            self.disk.sync_data()?;
        }
        Ok(self.length)
    }

    /// Writes records, and `end` behind them. After an error the file has as many of the records as could be written.
    pub(super) fn append(&mut self, records: &Records, end: &[u8]) -> io::Result<()> {
        let bytes = [records.bytes(), end].concat();
        self.disk.seek(SeekFrom::Start(self.length))?;
        let written = self.disk.write_all(&bytes).and_then(|()| {
            if bytes.len() < self.end.len() {
                self.disk.set_len(self.length + bytes.len() as u64)?;
            }
            self.disk.flush()
        });
        match written {
            Ok(()) => {
                self.continue_with(records.len() as u64, end);
                Ok(())
            }
            Err(error) => Err(self.go_back(records, end, error)),
        }
    }

    /// Leaves those records in the file that are whole on the disk, or what was there before the first of them.
    fn go_back(&mut self, records: &Records, end: &[u8], error: io::Error) -> io::Error {
        let gone_back = self.disk.stream_position().and_then(|position| {
            let written = position.saturating_sub(self.length);
            match records.whole_within(written.saturating_sub(end.len() as u64)) {
                0 => {}
                whole => self.continue_with(whole, end),
            }
            self.disk.set_len(self.length + self.end.len() as u64)?;
            self.disk.seek(SeekFrom::Start(self.length))?;
            self.disk.write_all(&self.end)
        });
        match gone_back {
            Ok(()) => error,
            Err(why) => io::Error::new(
                error.kind(),
                format!(
                    "{error}; the file may end within a record, because it could not be cut: {why}"
                ),
            ),
        }
    }

    fn continue_with(&mut self, added: u64, end: &[u8]) {
        self.length += added;
        self.end = end.to_vec();
    }
}
