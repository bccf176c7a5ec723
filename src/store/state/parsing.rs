//! The file of the pages that are being parsed right now; those that a process leaves in it when it dies are suspects.
//!
//! A page can kill the process: a parser that runs out of stack, code of a spider that aborts. Started again, the crawl
//! would meet it again, for ever. So the fingerprint of each page stands in a small file while it is parsed,
//! and the next process counts how often in a row a page stood there.
//!
//! Only parsing counts. A slow page that was merely on its way when the machine went down, three times in a row, has
//! done nothing wrong; nor has one that was parsed beside the one that did it. So suspects are parsed alone: at the next
//! end, if there is one, the file names the guilty one and no other.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::model::replace::private;
use crate::model::replace::unusable;
use crate::page::error::Result;
use crate::page::identity::Fingerprint;

/// Number of pages that can be parsed at a time while there are suspects.
const TURNS: u32 = 1 << 16;
/// Time that a page waits for a suspect to be parsed: one that takes longer is rather endless than deadly.
const PATIENCE: Duration = Duration::from_secs(10);

/// Size of a slot, in bytes.
const SLOT: usize = 8;

/// A file of slots, each free (zero) or with the fingerprint of a page that is being parsed. The page's place in the
/// queue would not do: it can be another one in the next process, when the page that it was found on is not committed
/// yet.
#[derive(Debug)]
pub(crate) struct Parsing {
    path: PathBuf,
    file: File,
    slots: Mutex<Slots>,
    /// Pages that were being parsed when the process that had the file before ended.
    suspects: HashSet<Fingerprint>,
    /// Permits to parse: one for each page, all for a suspect; closed when a suspect takes too long.
    turns: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Slots {
    free: Vec<u64>,
    used: u64,
}

/// A page that is being parsed, until this is dropped.
#[derive(Debug)]
pub(crate) struct Parse {
    parsing: Arc<Parsing>,
    slot: u64,
    #[expect(dead_code, reason = "it is held, not used")]
    turn: Option<OwnedSemaphorePermit>,
}

impl Parsing {
    /// Opens the file and keeps what is in it; [`clear`](Self::clear) empties it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = private().read(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (slots, _) = bytes.as_chunks::<SLOT>();
        Ok(Self {
            path: path.to_owned(),
            file,
            slots: Mutex::default(),
            suspects: slots
                .iter()
                .map(|slot| u64::from_le_bytes(*slot))
                .filter(|fingerprint| *fingerprint != 0)
                .map(Fingerprint::from)
                .collect(),
            turns: Arc::new(Semaphore::new(TURNS as usize)),
        })
    }

    /// Returns the pages that were being parsed when the process that had the file before ended.
    pub(crate) fn suspects(&self) -> impl Iterator<Item = Fingerprint> {
        self.suspects.iter().copied()
    }

    /// Empties the file once its suspects are counted.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the file cannot be written.
    pub(crate) fn clear(&self) -> Result<()> {
        self.file
            .set_len(0)
            .map_err(|error| unusable("write", &self.path, error))
    }

    /// Notes that this page is being parsed, as soon as it may be. A note that cannot be written only means a suspect
    /// less.
    pub(crate) async fn enter(self: &Arc<Self>, page: Fingerprint) -> Parse {
        let turn = self.turn(page).await;
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.free.pop().unwrap_or_else(|| {
                slots.used += 1;
                slots.used - 1
            })
        };
        self.write(slot, page.get());
        Parse {
            parsing: Arc::clone(self),
            slot,
            turn,
        }
    }

    /// Waits until no suspect is parsed or, for a suspect, no other page.
    async fn turn(&self, page: Fingerprint) -> Option<OwnedSemaphorePermit> {
        if self.suspects.is_empty() {
            return None;
        }
        let all = self.suspects.contains(&page);
        let turn = Arc::clone(&self.turns).acquire_many_owned(if all { TURNS } else { 1 });
        let Ok(turn) = timeout(PATIENCE, turn).await else {
            self.turns.close();
            return None;
        };
        turn.ok()
    }

    fn write(&self, slot: u64, content: u64) {
        let (bytes, at) = (content.to_le_bytes(), slot * SLOT as u64);
        #[cfg(unix)]
        let _ = std::os::unix::fs::FileExt::write_at(&self.file, &bytes, at);
        #[cfg(windows)]
        let _ = std::os::windows::fs::FileExt::seek_write(&self.file, &bytes, at);
    }
}

impl Drop for Parse {
    fn drop(&mut self) {
        self.parsing.write(self.slot, 0);
        let slots = &self.parsing.slots;
        let mut slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.free.push(self.slot);
    }
}

#[cfg(test)]
mod tests;
