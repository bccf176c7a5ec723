//! The part of the terminal that the progress display occupies, shared with the log so that neither tears the other.

use std::io::Write;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};

/// Display that shows the progress, if any.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Screen(Option<MultiProgress>);

impl Screen {
    /// Returns a display on standard error, when that is a terminal and it is wanted.
    pub(in crate::cli) fn new(wanted: bool) -> Self {
        let shows = wanted && std::io::IsTerminal::is_terminal(&std::io::stderr());
        Self(shows.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10))))
    }

    pub(in crate::cli) fn is_shown(&self) -> bool {
        self.0.is_some()
    }

    /// Adds a line below those that are there.
    pub(in crate::cli) fn add(&self, bar: ProgressBar) -> ProgressBar {
        match &self.0 {
            Some(bars) => bars.add(bar),
            None => bar,
        }
    }

    /// Corrects the display after Ctrl-C: the terminal has echoed `^C` behind the display, which fills its line, and so
    /// is a line further down than the display assumes.
    pub(in crate::cli) fn skip_echo(&self) {
        if self.0.is_some() && cfg!(unix) {
            let _ = write!(std::io::stderr(), "\x1b[1A");
        }
    }

    /// Does something that prints, with the display out of the way.
    pub(in crate::cli) fn above<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }
}
