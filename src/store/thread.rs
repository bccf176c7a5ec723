//! Thread on which a store is called: a commit or a read can take long, and must not hold up a runtime worker.

use std::sync::mpsc;

use tokio::sync::{mpsc as answers, oneshot, watch};

use super::checkpoint::{Answer, Command, JobStore};
use crate::items::sink::Position;
use crate::page::error::{Error, ErrorKind, Result};

/// Channels to and from a store's thread. The thread ends when all senders are gone.
#[derive(Debug)]
pub(crate) struct StoreThread {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) answers: answers::UnboundedReceiver<Answer>,
    /// End of the outbox in the last commit of this process.
    pub(crate) outbox: watch::Receiver<Position>,
}

/// Receiver that resolves, to an error, when a store's thread has ended and let go of everything.
pub(crate) type Ended = oneshot::Receiver<()>;

impl StoreThread {
    /// Starts the thread. `open` opens the store; the second part of its result comes through the receiver, and the
    /// third lives as long as the thread.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] when there can be no thread.
    pub(crate) fn start<S: JobStore, T: Send + 'static, H>(
        open: impl FnOnce() -> Result<(S, T, H)> + Send + 'static,
    ) -> Result<(Self, oneshot::Receiver<Result<T>>, Ended)> {
        let (commands, received) = mpsc::channel();
        let (answer, answers) = answers::unbounded_channel();
        let (loaded, opened) = oneshot::channel();
        let (end, ended) = oneshot::channel::<()>();
        let (committed, outbox) = watch::channel(Position::new(0));
        let work = move || {
            match open() {
                Ok((store, found, _held)) => {
                    // Nobody waits any more when the crawl has been given up.
                    let _ = loaded.send(Ok(found));
                    serve(store, &received, &answer, &committed);
                }
                Err(error) => {
                    let _ = loaded.send(Err(error));
                }
            }
            drop(end);
        };
        std::thread::Builder::new()
            .name("crawl-store".to_owned())
            .spawn(work)
            .map_err(|e| {
                Error::new(ErrorKind::Storage, "no thread for the job's store").with_source(e)
            })?;
        let thread = Self {
            commands,
            answers,
            outbox,
        };
        Ok((thread, opened, ended))
    }
}

/// Does the commands until nobody sends any more or one fails.
fn serve(
    mut store: impl JobStore,
    commands: &mpsc::Receiver<Command>,
    answers: &answers::UnboundedSender<Answer>,
    committed: &watch::Sender<Position>,
) {
    while let Ok(command) = commands.recv() {
        let done = match command {
            Command::Commit(checkpoint, delivered) => {
                let outbox = delivered.outbox;
                let stored = store.commit(*checkpoint, delivered);
                if let (Ok(()), Some(outbox)) = (&stored, outbox) {
                    committed.send_replace(outbox);
                }
                stored.map(|()| Answer::Committed)
            }
            Command::Sync(done) => {
                // Nobody waits any more when the crawl has been given up.
                let _ = done.send(store.sync());
                continue;
            }
            Command::Read(range) => store.read(range).map(Answer::Arrived),
        };
        let failed = done.is_err();
        if answers.send(done.unwrap_or_else(Answer::Failed)).is_err() || failed {
            return;
        }
    }
}
