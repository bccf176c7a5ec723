//! PostgreSQL server of a test, on a free port, with its data in a directory of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::model::scratch::Scratch;

/// Server that is stopped when it is dropped.
pub(super) struct Server {
    scratch: Scratch,
    port: u16,
}

/// Directory of the server's programs: the newest of Debian's, or none.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let found = versions.flatten().map(|version| version.path().join("bin"));
    let found = found.filter(|bin| bin.join("initdb").exists()).max();
    found.expect("no server: install Debian's package `postgresql`")
}

/// Runs a program of the server, which root may not.
fn program(name: &str, directory: &Path, arguments: &[&str]) -> Output {
    let path = programs().join(name);
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        command.arg(path);
        command
    } else {
        Command::new(path)
    };
    command
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap()
}

impl Server {
    /// Makes a server and starts it.
    pub(super) fn start() -> Self {
        let scratch = Scratch::new();
        let directory = scratch.path("server");
        std::fs::create_dir_all(&directory).unwrap();
        // Only root has to give it away; others own it already.
        let _ = Command::new("chown")
            .arg("postgres")
            .arg(&directory)
            .output();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let server = Self { scratch, port };
        let made = server.run(
            "initdb",
            &[
                "-D",
                "d",
                "-U",
                "postgres",
                "-A",
                "trust",
                "-N",
                "-E",
                "UTF8",
                "--locale=C",
            ],
        );
        assert!(made.status.success(), "{made:?}");
        server.restart();
        server
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Output {
        program(name, &self.scratch.path("server"), arguments)
    }

    /// Starts it, and waits until it answers.
    pub(super) fn restart(&self) {
        let options = format!(
            "-p {} -k '' -c listen_addresses=127.0.0.1 -c max_connections=10",
            self.port
        );
        let started = self.run(
            "pg_ctl",
            &["-D", "d", "-w", "-l", "log", "-o", &options, "start"],
        );
        assert!(started.status.success(), "{started:?}");
    }

    /// Ends all of its processes at once, without a word to clients or disk.
    pub(super) fn crash(&self) {
        let _ = self.run("pg_ctl", &["-D", "d", "-m", "immediate", "stop"]);
    }

    pub(super) fn url(&self, options: &str) -> String {
        self.url_of("postgres", "postgres", options)
    }

    pub(super) fn url_of(&self, user: &str, database: &str, options: &str) -> String {
        format!(
            "postgres://{user}:secret@127.0.0.1:{}/{database}?{options}",
            self.port
        )
    }

    async fn connected(&self) -> PgConnection {
        PgConnection::connect(&self.url("")).await.unwrap()
    }

    pub(super) async fn execute(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql)
            .execute(&mut self.connected().await)
            .await
            .unwrap();
    }

    /// The texts of a query of one column.
    pub(super) async fn texts(&self, sql: &str) -> Vec<String> {
        let query = sqlx::query_as(AssertSqlSafe(sql.to_owned()));
        let rows: Vec<(String,)> = query.fetch_all(&mut self.connected().await).await.unwrap();
        rows.into_iter().map(|(text,)| text).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.crash();
    }
}
