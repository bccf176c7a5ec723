//! A file in memory with room for so many bytes, for tests of what is left in it when there is no more.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Disk, Out, Target, WholeFile};

/// A file that can be written over, but not grow beyond its room.
#[derive(Debug, Clone)]
pub(in crate::items::sink) struct FullDisk {
    file: Arc<Mutex<Cursor<Vec<u8>>>>,
    /// Content that survives a power cut.
    synced: Arc<Mutex<Vec<u8>>>,
    room: usize,
}

impl FullDisk {
    pub(in crate::items::sink) fn new(content: &str, room: usize) -> Self {
        Self {
            file: Arc::new(Mutex::new(Cursor::new(content.into()))),
            synced: Arc::default(),
            room,
        }
    }

    pub(in crate::items::sink) fn target(&self) -> Target {
        let length = self.content().len() as u64;
        let file = WholeFile::new(self.clone(), length);
        Target::new("the full disk".to_owned(), Out::File(file))
    }

    pub(in crate::items::sink) fn content(&self) -> String {
        String::from_utf8(self.lock().get_ref().clone()).unwrap()
    }

    pub(in crate::items::sink) fn synced(&self) -> String {
        String::from_utf8(self.synced.lock().unwrap().clone()).unwrap()
    }

    fn lock(&self) -> MutexGuard<'_, Cursor<Vec<u8>>> {
        self.file.lock().unwrap()
    }
}

impl Disk for FullDisk {
    fn set_len(&self, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).unwrap();
        let mut file = self.lock();
        assert!(length <= file.get_ref().len(), "growing needs room");
        file.get_mut().truncate(length);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        *self.synced.lock().unwrap() = self.lock().get_ref().clone();
        Ok(())
    }
}

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut file = self.lock();
        let position = usize::try_from(file.position()).unwrap();
        let fits = bytes.len().min(self.room.saturating_sub(position));
        if fits == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.write(&bytes[..fits])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for FullDisk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lock().read(buffer)
    }
}

impl Seek for FullDisk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.lock().seek(to)
    }
}
