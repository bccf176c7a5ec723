//! The lines of the crontab and of the units, run as cron and systemd run them: by `sh`, from a home directory, with the
//! environment that they set and nothing else.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crawlworks::testing::PracticeSite;

use super::super::{Directory, Ran, Running, json_lines};
use super::{example, text};

/// Where the lines expect the crawls.
const CRAWLS: &str = "/srv/crawl";
/// Where they expect the command.
const BIN: &str = "/home/crawl/.cargo/bin";
const PUBLISHED: &str = "sayings.jsonl";
const PARTIAL: &str = ".partial-sayings.jsonl";

/// A machine with the crawls of the example.
struct Machine {
    crawls: Directory,
    home: Directory,
    site: PracticeSite,
}

impl Machine {
    fn new() -> Self {
        let (crawls, site) = (Directory::new(), PracticeSite::start().unwrap());
        let recipe = std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("spiders/sayings.toml"),
        );
        let here = site.at("/quotes/");
        let recipe = recipe
            .unwrap()
            .replace("https://quotes.toscrape.com/", here.as_str());
        std::fs::create_dir(crawls.files.path("spiders")).unwrap();
        crawls.files.write("spiders/sayings.toml", &recipe);
        std::fs::copy(example("nightly.sh"), crawls.files.path("nightly.sh")).unwrap();
        let machine = Self {
            crawls,
            home: Directory::new(),
            site,
        };
        machine.set("sayings", "delay = 0");
        machine
    }

    /// Gives a spider this setting.
    fn set(&self, spider: &str, setting: &str) {
        let toml = format!("[spider.{spider}]\n{setting}\n");
        self.crawls.files.write("crawl.toml", &toml);
    }

    /// What is written in the examples, for the directories of this machine.
    fn here(&self, text: &str) -> String {
        let bin = Path::new(env!("CARGO_BIN_EXE_crawl")).parent().unwrap();
        let crawls = self.crawls.files.path("");
        text.replace(CRAWLS, crawls.trim_end_matches('/'))
            .replace(BIN, bin.to_str().unwrap())
    }

    /// A command as cron and systemd start it.
    fn command(&self, line: &str, variables: &[(String, String)]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", &self.here(line)])
            .env_clear()
            .env("HOME", self.home.files.path(""))
            .env("LOGNAME", "crawl")
            .env("SHELL", "/bin/sh")
            .current_dir(self.home.files.path(""))
            .stdin(Stdio::null());
        for (name, value) in variables {
            command.env(name, self.here(value));
        }
        command
    }

    fn run(&self, line: &str) -> Ran {
        let output = self.command(line, &variables()).output();
        Ran::new(output.unwrap())
    }

    /// The recipe's crawl, in the middle of its work: one page of ten is done, and the next one is an hour away.
    fn in_the_middle(&self) -> Running {
        self.set("sayings", "delay = '1h'\nrobots = false");
        let mut command = self.command(&nightly(), &variables());
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut running = Running(child);
        let partial = self.crawls.files.path(PARTIAL);
        while std::fs::read_to_string(&partial).map_or(0, |text| text.lines().count()) < 10 {
            assert_eq!(running.0.try_wait().unwrap(), None);
            std::thread::sleep(Duration::from_millis(1));
        }
        self.set("sayings", "delay = 0");
        running
    }

    /// Kills the process that crawls, which is named in the lock that it holds.
    fn kill_the_crawl(&self) {
        let lock = PathBuf::from(self.crawls.files.path(".crawl/sayings/lock"));
        let process = std::fs::read_to_string(&lock).unwrap();
        let killed = Command::new("kill")
            .args(["-KILL", process.trim()])
            .status();
        assert!(killed.unwrap().success());
        std::fs::File::open(lock).unwrap().lock().unwrap();
    }

    #[track_caller]
    fn has_published(&self) {
        assert_eq!(json_lines(&self.crawls.read(PUBLISHED)).len(), 100);
    }

    fn is_published(&self) -> bool {
        Path::new(&self.crawls.files.path(PUBLISHED)).exists()
    }
}

/// The variables that the crontab sets.
fn variables() -> Vec<(String, String)> {
    let crontab = text("crontab");
    let lines = crontab.lines().filter(|line| !line.starts_with('#'));
    let variables = lines.filter_map(|line| line.split_once('='));
    variables
        .filter(|(name, _)| name.chars().all(char::is_uppercase))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The command of the line of the crontab that has these words.
#[track_caller]
fn command(words: &str) -> String {
    let crontab = text("crontab");
    let lines: Vec<&str> = crontab
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit() || first == '@'))
        .filter(|line| line.contains(words))
        .collect();
    assert_eq!(lines.len(), 1, "{words}");
    // cron takes what is behind a % for standard input.
    assert!(!lines[0].contains('%'), "{}", lines[0]);
    let fields = if lines[0].starts_with('@') { 1 } else { 5 };
    let mut rest = lines[0];
    for _ in 0..fields {
        rest = rest.split_once(' ').unwrap().1.trim_start();
    }
    rest.to_owned()
}

fn nightly() -> String {
    command("* * * cd /srv/crawl && ./nightly.sh sayings")
}

fn reboot() -> String {
    command("@reboot")
}

fn logged() -> String {
    command("quotes.log")
}

#[test]
fn the_line_for_a_recipe_publishes_it_and_says_nothing() {
    let machine = Machine::new();
    let ran = machine.run(&nightly()).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    machine.has_published();
}

#[test]
fn the_line_for_a_recipe_names_the_reason_of_a_failure() {
    let machine = Machine::new();
    machine.set("sayings", "min_fill = { price = 1 }\ndelay = 0");
    let ran = machine.run(&nightly()).exits(9);
    assert_eq!(
        ran.stderr,
        "error: fields below min_fill: price 0 %, not 100 %\n"
    );
    assert!(!machine.is_published());
}

#[test]
fn the_line_for_a_reboot_begins_nothing() {
    let machine = Machine::new();
    let ran = machine.run(&reboot());
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert_eq!(machine.site.served().total, 0);
    machine.run(&nightly()).exits(0);
    let served = machine.site.served().total;
    machine.run(&reboot());
    assert_eq!(machine.site.served().total, served);
}

#[test]
fn the_line_for_a_reboot_goes_on_with_a_crawl_that_was_killed() {
    let machine = Machine::new();
    let running = machine.in_the_middle();
    machine.kill_the_crawl();
    running.end();
    assert!(!machine.is_published());
    machine.run(&reboot()).exits(0);
    machine.has_published();
    // The kill may have come between what was written and the note of it.
    assert!(machine.site.served().hits("/quotes/") <= 2);
}

#[test]
fn the_line_with_a_log_keeps_it_and_mails_nothing_of_a_crawl_that_went_well() {
    let machine = Machine::new();
    machine.set("quotes", "delay = 0");
    let ran = machine.run(&logged()).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let log = machine.crawls.read("quotes.log");
    assert!(log.contains("finished: 10 pages, 100 items"), "{log}");
}

#[test]
fn the_line_with_a_log_mails_the_reason_of_a_failure() {
    let machine = Machine::new();
    machine.set("quotes", "min_fill = { price = 1 }");
    let ran = machine.run(&logged());
    let reason = "fields below min_fill: price 0 %, not 100 %";
    assert!(ran.stdout.contains(reason), "{ran:#?}");
    assert!(machine.crawls.read("quotes.log").contains(reason));
}

#[test]
fn the_line_for_all_users_names_one_before_the_command() {
    let guide = include_str!("../../../../src/docs/guide_cron.md");
    let line = nightly().replacen("cd ", "15 3 * * * crawl cd ", 1);
    assert!(guide.contains(&line), "{line}");
}

#[test]
fn the_service_finds_the_command_with_the_environment_that_it_sets() {
    let machine = Machine::new();
    let unit = text("crawl-quotes.service");
    let set = unit
        .lines()
        .filter_map(|line| line.strip_prefix("Environment=")?.split_once('='));
    let variables: Vec<_> = set
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let line = format!("cd {CRAWLS} && {}", start.unwrap());
    let ran = Ran::new(machine.command(&line, &variables).output().unwrap()).exits(0);
    let logged = json_lines(&ran.stderr);
    assert_eq!(logged.len(), 1, "{ran:#?}");
    assert_eq!(json_lines(&machine.crawls.read("quotes.jsonl")).len(), 100);
}

#[test]
fn the_unit_for_failures_mails_what_became_of_the_service() {
    let machine = Machine::new();
    for (name, script) in [
        ("systemctl", "#!/bin/sh\necho \"$@: failed, price 0 %\"\n"),
        ("mail", "#!/bin/sh\necho \"subject: $2, to: $3\"; cat\n"),
    ] {
        machine.home.files.write(name, script);
        let path = machine.home.files.path(name);
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    }
    let unit = text("crawl-failed@.service").replace("%i", "crawl-quotes.service");
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let path = format!("{}:/usr/bin:/bin", machine.home.files.path(""));
    let mut command = machine.command(start.unwrap(), &[("PATH".to_owned(), path)]);
    let ran = Ran::new(command.output().unwrap()).exits(0);
    assert_eq!(
        ran.stdout,
        "subject: crawl-quotes.service failed, to: root\n\
         status --full crawl-quotes.service: failed, price 0 %\n"
    );
}

/// Where it is installed.
#[test]
fn logrotate_turns_the_log_over() {
    let machine = Machine::new();
    let id = |flag| {
        let output = Command::new("id").arg(flag).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let me = format!("su {} {}", id("-un"), id("-gn"));
    let file = machine
        .here(&text("logrotate"))
        .replace("su crawl crawl", &me);
    machine.home.files.write("logrotate.conf", &file);
    machine.crawls.files.write("quotes.log", "finished\n");
    let rotated = Command::new("logrotate")
        .args(["--force", "--state", &machine.home.files.path("state")])
        .arg(machine.home.files.path("logrotate.conf"))
        .env("PATH", "/usr/sbin:/usr/bin:/bin")
        .output();
    if let Ok(rotated) = rotated {
        Ran::new(rotated).exits(0);
        assert_eq!(machine.crawls.read("quotes.log.1"), "finished\n");
    }
}

#[test]
fn a_check_of_ones_own_stops_before_the_file_is_published() {
    let guide = include_str!("../../../../src/docs/guide_cron.md");
    let line = guide.lines().find(|line| line.starts_with("[ \"$(wc -l"));
    for (lines, code) in [(89, 1), (90, 0)] {
        let directory = Directory::new();
        directory.files.write("partial", &"{}\n".repeat(lines));
        let script = format!("partial=partial\n{}\n", line.unwrap());
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(directory.files.path(""))
            .output();
        Ran::new(output.unwrap()).exits(code);
    }
}
