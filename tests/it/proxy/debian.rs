//! The proxies of Debian's packages `tinyproxy` and `microsocks`, each on a free port of its own.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::Scratch;

/// A proxy that runs until it is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
    scratch: Scratch,
}

impl Server {
    /// An HTTP proxy with these further lines in its configuration.
    pub(super) fn tinyproxy(lines: &str) -> Self {
        Self::start("tinyproxy", |port, scratch| {
            let settings = format!(
                "Port {port}\nListen 127.0.0.1\nMaxClients 20\nTimeout 60\nLogLevel Connect\n{lines}\n"
            );
            let path = scratch.write("tinyproxy.conf", &settings);
            ["-d", "-c", &path].map(str::to_owned).to_vec()
        })
    }

    /// A SOCKS 5 proxy with these further arguments.
    pub(super) fn microsocks(arguments: &[&str]) -> Self {
        Self::start("microsocks", |port, _| {
            let port = port.to_string();
            let own = ["-i", "127.0.0.1", "-p", &port];
            let all = own.iter().chain(arguments);
            all.map(|argument| (*argument).to_owned()).collect()
        })
    }

    fn start(package: &str, arguments: impl Fn(u16, &Scratch) -> Vec<String>) -> Self {
        let program = format!("/usr/bin/{package}");
        // A port that was free a moment ago may be taken by another test.
        for _ in 0..10 {
            let (scratch, port) = (Scratch::new(), free_port());
            let log = File::create(scratch.path("log")).unwrap();
            let mut child = Command::new(&program)
                .args(arguments(port, &scratch))
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .unwrap_or_else(|error| {
                    panic!("cannot start {program}: {error}; install it: apt-get install {package}")
                });
            while child.try_wait().unwrap().is_none() {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Self {
                        child,
                        port,
                        scratch,
                    };
                }
                // Neither program says when it is ready.
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        panic!("{program} ended at once, ten times");
    }

    /// What it has written: every connection that it made.
    pub(super) fn log(&self) -> String {
        self.scratch.read("log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
