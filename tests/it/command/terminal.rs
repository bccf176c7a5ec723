//! A terminal for `crawl` to run on.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use super::Directory;

/// `crawl` at a terminal of its own with 100 columns, which the command `script` of util-linux makes.
pub(super) struct Terminal {
    child: Child,
    shown: String,
}

impl Terminal {
    /// `None` where there is no such command.
    pub(super) fn open(directory: &Directory, arguments: &str) -> Option<Self> {
        let version = Command::new("script").arg("--version").output().ok()?;
        if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
            return None;
        }
        let crawl = env!("CARGO_BIN_EXE_crawl");
        let shell = format!("stty cols 100; exec {crawl} {arguments}");
        // Whatever goes wrong, the test comes to an end.
        let child = Command::new("timeout")
            .args(["60", "script", "-qec", &shell, "/dev/null"])
            .current_dir(directory.files.path(""))
            .env("XDG_STATE_HOME", directory.files.path("state"))
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let shown = String::new();
        Some(Self { child, shown })
    }

    /// Waits until this is shown, and forgets all before it.
    #[track_caller]
    pub(super) fn shows(&mut self, text: &str) {
        let mut out = self.child.stdout.take().unwrap();
        let mut bytes = [0; 1024];
        while !self.shown.contains(text) {
            let length = out.read(&mut bytes).unwrap();
            assert!(length > 0, "no {text:?} in {:?}", self.shown);
            self.shown += &String::from_utf8_lossy(&bytes[..length]);
        }
        let (_, rest) = self.shown.split_once(text).unwrap();
        self.shown = rest.to_owned();
        self.child.stdout = Some(out);
    }

    pub(super) fn types(&mut self, keys: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end. Returns the exit code, and what was shown since.
    pub(super) fn ends(mut self) -> (Option<i32>, String) {
        let mut rest = Vec::new();
        let mut out = self.child.stdout.take().unwrap();
        out.read_to_end(&mut rest).unwrap();
        let code = self.child.wait().unwrap().code();
        (code, self.shown + &String::from_utf8_lossy(&rest))
    }
}
