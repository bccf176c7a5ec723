//! [`AsyncSink`]: an output that is waited for, such as a connection.

use std::fmt;

use futures_util::future::BoxFuture;

use super::{Layout, Position, Record, Sink};
use crate::page::error::Result;

/// Output whose methods are `async`: a [`Sink`] for what is reached by the network.
///
/// Each method means what the method of [`Sink`] with the same name means. They are called one after another and each is waited
/// for, within the runtime of the crawl; so a sink that waits for ever holds the crawl for ever, and what can hang needs a time
/// limit of its own. While a sink waits, pages are fetched until some hundred have items to write. Gather records in
/// [`write`](Self::write) and send them in [`flush`](Self::flush), which comes four times a second.
///
/// ```
/// use crawlworks::sink::{AsyncSink, Record};
/// use crawlworks::{Error, ErrorKind, Result};
/// use tokio::io::{AsyncWrite, AsyncWriteExt};
///
/// /// Sends the items down a connection, a line each.
/// struct Lines<C> {
///     connection: C,
///     waiting: String,
/// }
///
/// impl<C: AsyncWrite + Unpin + Send + 'static> AsyncSink for Lines<C> {
///     async fn write(&mut self, record: &Record) -> Result<()> {
///         self.waiting.push_str(record.json());
///         self.waiting.push('\n');
///         Ok(())
///     }
///
///     async fn flush(&mut self) -> Result<()> {
///         let sent = self.connection.write_all(self.waiting.as_bytes()).await;
///         self.waiting.clear();
///         sent.map_err(|error| Error::new(ErrorKind::Storage, "cannot send the items").with_source(error))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let mut lines = Lines { connection: Vec::new(), waiting: String::new() }; // crawler.async_sink(lines)
/// lines.write(&Record::new(&["a", "b"])?).await?;
/// lines.close().await?;
/// # let Lines { connection, .. } = lines;
/// # assert_eq!(connection, b"[\"a\",\"b\"]\n");
/// # Ok(())
/// # }
/// ```
pub trait AsyncSink: Send + 'static {
    /// Takes what is known before the first record: see [`Sink::layout`].
    fn layout(&mut self, layout: &Layout) {
        let _ = layout;
    }

    /// Checks that the next [`write`](Self::write) would take this record: see [`Sink::check`].
    ///
    /// # Errors
    /// [`ErrorKind::Pipeline`](crate::ErrorKind::Pipeline) for a record that does not fit the output.
    fn check(&self, record: &Record) -> Result<()> {
        let _ = record;
        Ok(())
    }

    /// Takes a record; it may stay in a buffer for a while.
    ///
    /// # Errors
    /// [`ErrorKind::Pipeline`](crate::ErrorKind::Pipeline) for a record that does not fit the output: nothing of it is written
    /// and the next one may be. [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails, which ends the crawl.
    fn write(&mut self, record: &Record) -> impl Future<Output = Result<()>> + Send;

    /// Makes everything written so far visible to readers of the output.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails.
    fn flush(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Finishes the output; called once, after the last record, and by default a [`flush`](Self::flush).
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails.
    fn close(&mut self) -> impl Future<Output = Result<()>> + Send {
        self.flush()
    }

    /// Makes everything written so far survive the end of the process, and returns where the output ends: see
    /// [`Sink::commit`]. The default is a [`flush`](Self::flush) and no position.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when writing fails.
    fn commit(&mut self, sync: bool) -> impl Future<Output = Result<Option<Position>>> + Send {
        async move {
            // Without a position there is nothing to go back to after a power cut either.
            let _ = sync;
            self.flush().await?;
            Ok(None)
        }
    }

    /// Goes back to a position that an earlier process committed: see [`Sink::resume`]. The default does nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) when the output cannot go back.
    fn resume(&mut self, position: Position) -> impl Future<Output = Result<()>> + Send {
        async move {
            let _ = position;
            Ok(())
        }
    }
}

/// An [`AsyncSink`] whose own type is forgotten.
pub(crate) trait ErasedAsyncSink: Send {
    fn layout_any(&mut self, layout: &Layout);
    fn check_any(&self, record: &Record) -> Result<()>;
    fn write_boxed<'a>(&'a mut self, record: &'a Record) -> BoxFuture<'a, Result<()>>;
    fn flush_boxed(&mut self) -> BoxFuture<'_, Result<()>>;
    fn close_boxed(&mut self) -> BoxFuture<'_, Result<()>>;
    fn commit_boxed(&mut self, sync: bool) -> BoxFuture<'_, Result<Option<Position>>>;
    fn resume_boxed(&mut self, position: Position) -> BoxFuture<'_, Result<()>>;
}

impl<S: AsyncSink> ErasedAsyncSink for S {
    fn layout_any(&mut self, layout: &Layout) {
        self.layout(layout);
    }

    fn check_any(&self, record: &Record) -> Result<()> {
        self.check(record)
    }

    fn write_boxed<'a>(&'a mut self, record: &'a Record) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.write(record))
    }

    fn flush_boxed(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.flush())
    }

    fn close_boxed(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.close())
    }

    fn commit_boxed(&mut self, sync: bool) -> BoxFuture<'_, Result<Option<Position>>> {
        Box::pin(self.commit(sync))
    }

    fn resume_boxed(&mut self, position: Position) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.resume(position))
    }
}

/// A sink of either kind, as the item writer drives it. A call of a [`Sink`] costs what it costs without this: nothing is boxed.
pub(crate) enum AnySink {
    Blocking(Box<dyn Sink>),
    Async(Box<dyn ErasedAsyncSink>),
}

impl AnySink {
    pub(crate) fn layout(&mut self, layout: &Layout) {
        match self {
            Self::Blocking(sink) => sink.layout(layout),
            Self::Async(sink) => sink.layout_any(layout),
        }
    }

    pub(crate) fn check(&self, record: &Record) -> Result<()> {
        match self {
            Self::Blocking(sink) => sink.check(record),
            Self::Async(sink) => sink.check_any(record),
        }
    }

    pub(crate) async fn write(&mut self, record: &Record) -> Result<()> {
        match self {
            Self::Blocking(sink) => sink.write(record),
            Self::Async(sink) => sink.write_boxed(record).await,
        }
    }

    pub(crate) async fn flush(&mut self) -> Result<()> {
        match self {
            Self::Blocking(sink) => sink.flush(),
            Self::Async(sink) => sink.flush_boxed().await,
        }
    }

    pub(crate) async fn close(&mut self) -> Result<()> {
        match self {
            Self::Blocking(sink) => sink.close(),
            Self::Async(sink) => sink.close_boxed().await,
        }
    }

    pub(crate) async fn commit(&mut self, sync: bool) -> Result<Option<Position>> {
        match self {
            Self::Blocking(sink) => sink.commit(sync),
            Self::Async(sink) => sink.commit_boxed(sync).await,
        }
    }

    pub(crate) async fn resume(&mut self, position: Position) -> Result<()> {
        match self {
            Self::Blocking(sink) => sink.resume(position),
            Self::Async(sink) => sink.resume_boxed(position).await,
        }
    }
}

impl<S: Sink> From<S> for AnySink {
    fn from(sink: S) -> Self {
        Self::Blocking(Box::new(sink))
    }
}

impl fmt::Debug for AnySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blocking(_) => "Blocking(..)",
            Self::Async(_) => "Async(..)",
        })
    }
}
