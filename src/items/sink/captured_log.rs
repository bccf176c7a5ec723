//! Capture of the log output of a piece of code, for tests of the log.

use std::fmt::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// The warnings of this thread during a call: each with its fields as `name=value`.
pub(crate) fn warnings(during: impl FnOnce()) -> Vec<String> {
    // While a process has one subscriber only, tracing asks the thread that comes to a line of the log first whether anybody
    // listens, and remembers for all threads what that one says. With two it asks the subscribers.
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Warnings(Arc::default())));
    LazyLock::force(&SECOND);
    let lines = Arc::default();
    tracing::subscriber::with_default(Warnings(Arc::clone(&lines)), during);
    std::mem::take(&mut *lines.lock().unwrap())
}

struct Warnings(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, "{field}={value:?} ");
    }
}
