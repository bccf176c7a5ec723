//! SIGINT, SIGTERM and SIGHUP: the first lets the crawl finish what is in flight, the second ends the process at once.
//!
//! Signals that come together count once: `timeout` of coreutils sends its signal to the process and to the process's
//! group.
//!
//! A SIGHUP that is ignored when the process starts, as under `nohup`, stays ignored where `/proc` tells (Linux).

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::cli::crawl::say;
use crate::cli::exit::Exit;
use crate::cli::flags::LogFormat;
use crate::cli::terminal::screen::Screen;

/// Shortest time between two signals that count as two.
const TOGETHER: Duration = Duration::from_millis(50);

/// Completes at the first signal; from then on, the next one ends the process.
///
/// # Errors
/// Fails when the system does not let this process handle signals.
pub(in crate::cli) fn stop(
    screen: Screen,
    format: LogFormat,
) -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut signals = Signals::new()?;
    let (first, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let signal = signals.next().await;
        if signal == Kind::Interrupt {
            screen.skip_echo();
        }
        let _ = first.send(());
        while timeout(TOGETHER, signals.next()).await.is_ok() {}
        screen.above(|| {
            let text = "stopping: finishing what is in flight (once more: stop at once)";
            say(text.to_owned(), "INFO", format);
        });
        if signals.next().await == Kind::Interrupt {
            screen.skip_echo();
        }
        // The progress that made way for this does not come back.
        screen.above(|| {
            say("stopped at once".to_owned(), "WARN", format);
            forced();
        });
    });
    Ok(async move {
        // An error means that the runtime is going down, and then nobody waits for this.
        let _ = stopped.await;
    })
}

/// Completes at the first signal.
///
/// # Errors
/// Fails when the system does not let this process handle signals.
pub(in crate::cli) fn first() -> std::io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move {
        signals.next().await;
    })
}

#[expect(
    clippy::exit,
    reason = "whoever asks twice does not want to wait for destructors"
)]
fn forced() {
    std::process::exit(i32::from(Exit::Forced as u8));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Ctrl-C.
    Interrupt,
    Other,
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// Stream of SIGHUP; `None` when the signal is ignored.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = SignalKind::hangup();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let hangup = (!is_ignored(hangup.as_raw_value(), &status)).then(|| signal(hangup));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: hangup.transpose()?,
        })
    }

    async fn next(&mut self) -> Kind {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Kind::Interrupt,
            _ = self.terminate.recv() => Kind::Other,
            _ = hangup => Kind::Other,
        }
    }
}

/// Returns whether `/proc/self/status` lists this signal as ignored: `SigIgn` is a mask in hexadecimal, signal 1 its
/// lowest bit.
#[cfg(unix)]
fn is_ignored(signal: i32, status: &str) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let bit = u32::try_from(signal - 1)
        .ok()
        .and_then(|at| 1_u64.checked_shl(at));
    mask.zip(bit).is_some_and(|(mask, bit)| mask & bit != 0)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Kind {
        let _ = tokio::signal::ctrl_c().await;
        Kind::Interrupt
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_hangup_under_nohup_is_known_to_be_ignored() {
        let status =
            |mask: &str| format!("Name:\tcrawl\nSigIgn:\t{mask}\nSigCgt:\t0000000000000001\n");
        assert!(is_ignored(1, &status("0000000000001001")));
        assert!(!is_ignored(1, &status("0000000000001000")));
        assert!(is_ignored(13, &status("0000000000001000")));
        assert!(!is_ignored(1, ""));
    }
}
