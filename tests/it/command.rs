//! The command `crawl` as its users meet it: the real program as a process, in a directory of its own, against a practice
//! site in this process.

mod bad_input;
mod bench;
mod broken_answers;
mod bundled;
mod cache;
mod check;
#[cfg(unix)]
mod cron;
mod data;
mod demo;
mod doctor;
#[cfg(unix)]
mod durable;
mod exit_codes;
mod feed;
mod fetch;
mod flags;
#[cfg(target_os = "linux")]
mod full_disk;
mod interactive;
mod jobs;
mod links;
mod list;
mod login;
mod network;
mod new;
mod outputs;
mod parse;
#[cfg(unix)]
mod quality;
mod readme;
mod recipe;
mod record;
mod report;
mod robots;
mod run;
mod schema;
mod select;
mod settings;
mod shell;
#[cfg(unix)]
mod signals;
mod site;
mod sitemap;
#[cfg(target_os = "linux")]
mod terminal;
mod url;

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::thread;

use serde_json::Value;

use crate::support::Scratch;

/// A directory to run `crawl` in, without any setting from outside.
struct Directory {
    files: Scratch,
    variables: Vec<(&'static str, String)>,
}

impl Directory {
    fn new() -> Self {
        Self {
            files: Scratch::new(),
            variables: Vec::new(),
        }
    }

    /// The same with a `crawl.toml`.
    fn with_toml(text: &str) -> Self {
        let directory = Self::new();
        directory.files.write("crawl.toml", text);
        directory
    }

    /// The same with an environment variable.
    fn with_variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crawl"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CRAWL") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.files.path(""))
            .stdin(Stdio::null());
        command
    }

    /// Runs `crawl` to its end.
    fn crawl(&self, arguments: &[&str]) -> Ran {
        Ran::new(self.command(arguments).output().unwrap())
    }

    /// Runs `crawl` to its end with this on standard input.
    fn crawl_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        match stdin.write_all(input.as_bytes()) {
            // A command that refuses its arguments may be gone before it is written to.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.unwrap(),
        }
        drop(stdin);
        Ran::new(child.wait_with_output().unwrap())
    }

    /// Starts `crawl` and does not wait for it.
    fn start(&self, arguments: &[&str]) -> Running {
        let child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running(child)
    }

    /// What a file of the directory holds.
    fn read(&self, name: &str) -> String {
        self.files.read(name)
    }

    /// A file of JSON in the directory.
    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }
}

/// Runs `crawl` in an empty directory.
fn crawl(arguments: &[&str]) -> Ran {
    Directory::new().crawl(arguments)
}

/// What became of a process.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, if it ended with this exit code.
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// The same, if standard error says this.
    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in {self:#?}");
        self
    }

    /// Standard output as one JSON text per line.
    #[track_caller]
    fn records(&self) -> Vec<Value> {
        json_lines(&self.stdout)
    }

    /// Standard output as the only JSON text in it.
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }

    fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

/// A text with one JSON text per line.
#[track_caller]
fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Serves these bodies by path and query, and 404 for what has none; returns the URL of the server, without a slash behind
/// it.
fn serve(body: fn(&str) -> Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let Some(line) = lines.next() else { continue };
            assert!(lines.any(|header| header.is_empty()));
            let body = body(line.split(' ').nth(1).unwrap());
            let status = if body.is_some() {
                "200 OK"
            } else {
                "404 Not Found"
            };
            let body = body.unwrap_or_default();
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all((head + body).as_bytes()).unwrap();
        }
    });
    url
}

/// A process that is killed when the test is over, however it ends.
struct Running(Child);

impl Running {
    /// Standard error, line by line; what was read is missing in what [`Running::end`] returns.
    fn stderr(&mut self) -> BufReader<ChildStderr> {
        BufReader::new(self.0.stderr.take().unwrap())
    }

    /// The first line of standard output.
    fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        line.trim_end().to_owned()
    }

    /// Waits for the end and returns the exit code.
    fn end(mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }

    /// Sends a signal by its name, such as `INT`.
    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let killed = Command::new("kill")
            .args([format!("-{name}"), self.0.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success(), "kill -{name}");
    }
}

#[cfg(unix)]
impl Running {
    /// Sends a signal two times, with nothing in between.
    fn signal_twice(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.0.id());
        let killed = Command::new("sh")
            .args(["-c", &format!("{kill}; {kill}")])
            .status()
            .unwrap();
        assert!(killed.success(), "{kill}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
