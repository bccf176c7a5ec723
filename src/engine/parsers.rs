//! Threads that pages are parsed on, besides the workers of the runtime, which handle the network meanwhile.
//!
//! There are as many threads as workers. A page that holds its thread for long, because it computes or waits for
//! something, does not delay other pages: the thread is replaced until it is free again. So there are never more
//! threads than visits in flight. On a current-thread runtime pages are parsed in place: a single thread was the
//! program's choice. Meanwhile the [clock](crate::fetch::clock) stands still.

mod threads;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

use self::threads::Threads;
use crate::fetch::clock;

/// Threads of a crawl that pages are parsed on.
#[derive(Debug)]
pub(crate) struct Parsers {
    /// Threads for parsing; `None` where pages are parsed in place.
    threads: Option<Arc<Threads>>,
}

impl Parsers {
    /// Creates the threads of a crawl in this runtime; they start when they are needed.
    pub(crate) fn new(runtime: &Handle) -> Self {
        let is_shared = runtime.runtime_flavor() != RuntimeFlavor::CurrentThread;
        let threads = || Threads::new(runtime.clone(), runtime.metrics().num_workers());
        Self {
            threads: is_shared.then(threads),
        }
    }

    /// Returns whether there are threads besides those of the runtime.
    pub(super) fn are_apart(&self) -> bool {
        self.threads.is_some()
    }

    /// Runs a future to its end on these threads. When dropped, the future ends where it is, like any other.
    ///
    /// # Panics
    /// Panics when the future panics.
    pub(super) async fn run<T: Send + 'static>(&self, mut future: Work<T>) -> T {
        let Some(threads) = &self.threads else {
            return std::future::poll_fn(|cx| clock::hold(|| future.as_mut().poll(cx))).await;
        };
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        loop {
            let (back, polled) = oneshot::channel();
            threads.give(poll_once(future, waker.clone(), back));
            future = match polled.await {
                Ok(Ok((_, Poll::Ready(result)))) => return result,
                Ok(Ok((future, Poll::Pending))) => future,
                Ok(Err(panic)) => resume_unwind(panic),
                Err(_) => unreachable!("the thread answers as long as somebody waits for it"),
            };
            bell.rung().await;
        }
    }
}

/// Ends the threads on drop: no work may go on when the crawl is over.
impl Drop for Parsers {
    fn drop(&mut self) {
        if let Some(threads) = &self.threads {
            threads.end();
        }
    }
}

/// Future that the threads run to its end: boxed, since it moves from thread to thread.
pub(super) type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Polled<T> = std::thread::Result<(Work<T>, Poll<T>)>;

/// Returns the job of a thread for a future: it polls the future once and hands it back. A future that nothing waits
/// for any more is dropped.
fn poll_once<T: Send + 'static>(
    mut future: Work<T>,
    waker: Waker,
    back: oneshot::Sender<Polled<T>>,
) -> threads::Job {
    Box::new(move || {
        if back.is_closed() {
            return;
        }
        let polled = catch_unwind(AssertUnwindSafe(move || {
            let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
            (future, poll)
        }));
        let _ = back.send(polled);
    })
}

/// Waker that signals that a future can go on, even before anything listens.
#[derive(Debug, Default)]
struct Bell {
    is_rung: AtomicBool,
    listener: AtomicWaker,
}

impl Bell {
    async fn rung(&self) {
        std::future::poll_fn(|cx| {
            self.listener.register(cx.waker());
            if self.is_rung.swap(false, Ordering::AcqRel) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_rung.store(true, Ordering::Release);
        self.listener.wake();
    }
}

#[cfg(test)]
mod tests;
