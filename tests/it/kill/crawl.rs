//! One run of the real program, as a process that can be signalled and waited for.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long something may take to happen; only a run that hangs takes so long.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often is looked whether it has happened.
const LOOK_EVERY: Duration = Duration::from_micros(300);

/// A run; dropping it kills it.
pub(super) struct Crawl(Child);

impl Crawl {
    /// Starts the program in a directory; what it says on standard error goes to the file `said`.
    pub(super) fn start(directory: &str, said: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crawl"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CRAWL") {
                command.env_remove(name);
            }
        }
        let child = command
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(Path::new(directory).join(said)).unwrap())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Waits until this is so; false when the run ends before.
    pub(super) fn wait_until(&mut self, is_so: impl Fn() -> bool) -> bool {
        let began = Instant::now();
        while !is_so() {
            if self.0.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(began.elapsed() < PATIENCE, "the run hangs");
            std::thread::sleep(LOOK_EVERY);
        }
        true
    }

    /// Sends a signal by its name, such as `TERM`.
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.0.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success(), "kill -{name}");
    }

    /// SIGKILL. Returns when nothing is left of the process.
    pub(super) fn kill(mut self) -> ExitStatus {
        self.0.kill().unwrap();
        self.0.wait().unwrap()
    }

    /// Waits for the end.
    pub(super) fn end(mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }

    /// Halts the process by SIGSTOP and waits until `/proc` says that it does nothing any more.
    #[cfg(target_os = "linux")]
    pub(super) fn halt(&mut self) {
        let stat = format!("/proc/{}/stat", self.0.id());
        self.signal("STOP");
        // The state comes after the name of the program, which is in brackets.
        let is_halted = || {
            let stat = std::fs::read_to_string(&stat).unwrap();
            stat.rsplit_once(") ").unwrap().1.starts_with('T')
        };
        assert!(self.wait_until(is_halted));
    }
}

impl Drop for Crawl {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
