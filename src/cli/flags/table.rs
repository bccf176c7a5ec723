//! The table of flags in `CONTRIBUTING.md`, held against the command.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::{Arg, ArgAction, Command};

/// Returns a row for each set of verbs that have flags in common: the flags, and the verbs.
fn rows(command: &Command) -> Vec<String> {
    let mut verbs_of: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for verb in command.get_subcommands() {
        for arg in verb.get_arguments().filter(|arg| is_flag(arg)) {
            verbs_of.entry(name(arg)).or_default().push(verb.get_name());
        }
    }
    let mut flags_of: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
    for (flag, mut verbs) in verbs_of {
        verbs.sort_unstable();
        flags_of.entry(verbs).or_default().push(flag);
    }
    let mut shared: Vec<_> = flags_of
        .into_iter()
        .filter(|(verbs, _)| verbs.len() > 1)
        .collect();
    shared.sort_by_key(|(verbs, flags)| (std::cmp::Reverse(verbs.len()), flags.clone()));
    let row = |(verbs, flags): (Vec<&str>, Vec<String>)| {
        format!("| {} | {} |", flags.join(", "), verbs.join(", "))
    };
    shared.into_iter().map(row).collect()
}

fn is_flag(arg: &Arg) -> bool {
    let is_help = matches!(
        arg.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    );
    !arg.is_positional() && !arg.is_hide_set() && !is_help
}

fn name(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| format!("`-{short}`"));
    let long = arg.get_long().map(|long| format!("`--{long}`"));
    [short, long]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_flags_that_verbs_share_are_in_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("\n## Flags\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let written: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let rows = rows(&crate::cli::command());
    assert_eq!(written, rows, "\n{}", rows.join("\n"));
}

#[test]
fn a_flag_takes_the_same_in_every_verb() {
    let mut of: BTreeMap<String, (Vec<String>, &str)> = BTreeMap::new();
    let command = crate::cli::command();
    for verb in command.get_subcommands() {
        for arg in verb.get_arguments().filter(|arg| is_flag(arg)) {
            let Some(long) = arg.get_long() else { continue };
            let values = arg.get_value_names().unwrap_or_default();
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            let first = of
                .entry(long.to_owned())
                .or_insert_with(|| (values.clone(), verb.get_name()));
            assert_eq!(
                first.0,
                values,
                "--{long} of {} and {}",
                first.1,
                verb.get_name()
            );
        }
    }
}
