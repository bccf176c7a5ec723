//! The units of systemd, read as systemd reads them; by itself, where it is installed.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use crawlworks::prelude::Settings;

use super::super::Directory;
use super::{example, text};

const UNITS: [&str; 3] = [
    "crawl-quotes.service",
    "crawl-quotes.timer",
    "crawl-failed@.service",
];
/// Where the units expect the script.
const SCRIPT: &str = "/srv/crawl/nightly.sh";

/// The value of a key, which the unit has once.
#[track_caller]
fn value(unit: &str, key: &str) -> String {
    let text = text(unit);
    let mut values = text
        .lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let value = values
        .next()
        .unwrap_or_else(|| panic!("{unit} has no {key}"));
    assert_eq!(values.next(), None, "{unit} has {key} twice");
    value.to_owned()
}

#[test]
fn the_service_treats_a_crawl_that_can_go_on_as_no_failure() {
    let service = |key| value("crawl-quotes.service", key);
    assert_eq!(service("Type"), "oneshot");
    assert_eq!(service("SuccessExitStatus"), "10 11");
    assert_eq!(service("OnFailure"), "crawl-failed@%n.service");
    assert!(service("ExecStart").starts_with(SCRIPT));
    assert_eq!(SCRIPT, service("WorkingDirectory") + "/nightly.sh");
}

#[test]
fn the_service_waits_longer_for_the_end_than_the_crawl_may_take() {
    let service = |key| value("crawl-quotes.service", key);
    let seconds = service("TimeoutStopSec");
    let seconds = seconds.strip_suffix('s').unwrap().parse().unwrap();
    assert!(Duration::from_secs(seconds) > Settings::default().end.grace + Duration::from_secs(5));
    assert_eq!(service("KillSignal"), "SIGTERM");
    assert_eq!(service("KillMode"), "control-group");
}

#[test]
fn the_timer_makes_up_for_a_night_that_was_missed() {
    let timer = |key| value("crawl-quotes.timer", key);
    assert_eq!(timer("OnCalendar"), "*-*-* 03:15:00");
    assert_eq!(timer("Persistent"), "true");
    assert_eq!(timer("WantedBy"), "timers.target");
}

#[test]
fn the_script_can_be_executed() {
    let mode = std::fs::metadata(example("nightly.sh")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o111, 0o111);
}

/// Where there is no systemd, the tests above are what holds the units.
#[test]
fn systemd_has_nothing_to_say_about_the_units() {
    let directory = Directory::new();
    let script = example("nightly.sh");
    for unit in UNITS {
        let here = text(unit).replace(SCRIPT, script.to_str().unwrap());
        directory.files.write(unit, &here);
    }
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(UNITS.map(|unit| directory.files.path(unit)))
        .stdin(Stdio::null())
        .output();
    if let Ok(verified) = verified {
        // It also speaks of other units of this machine.
        let said = String::from_utf8_lossy(&verified.stderr);
        let of_ours: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("crawl-"))
            .collect();
        assert_eq!(of_ours, Vec::<&str>::new());
    }
}
