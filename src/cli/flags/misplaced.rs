//! A setting that is given as a flag: `--depth 1`, where `-s depth=1` is meant.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::model::settings::Settings;

/// Adds to the error about an unknown flag how it is written, if it is a setting and the verb takes settings.
pub(in crate::cli) fn explained(
    mut error: Error,
    command: &Command,
    arguments: &[OsString],
) -> Error {
    if let Some(advice) = advice(&error, command, arguments) {
        error.remove(ContextKind::SuggestedArg);
        // It is that of the flag that was thought of.
        error.remove(ContextKind::Usage);
        let advice = vec![StyledStr::from(advice)];
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(advice));
    }
    error
}

fn advice(error: &Error, command: &Command, arguments: &[OsString]) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let verb = words
        .iter()
        .find_map(|word| command.find_subcommand(word))?;
    if !verb.get_arguments().any(|arg| arg.get_short() == Some('s')) {
        return None;
    }
    let flag = flag.strip_prefix("--")?;
    let (flag, attached) = match flag.split_once('=') {
        Some((flag, value)) => (flag, Some(value)),
        None => (flag, attached(flag, &words)),
    };
    let name = flag.replace('-', "_").to_ascii_lowercase();
    let (setting, value) = match (default(&name), name.strip_prefix("no_")) {
        (Some(default), _) => (
            name.as_str(),
            value(&name, &default, attached, flag, &words),
        ),
        (None, Some(setting)) => {
            default(setting).filter(|default| is_switch(default))?;
            (setting, "false".to_owned())
        }
        (None, None) => return None,
    };
    Some(format!("'{setting}' is a setting: '-s {setting}={value}'"))
}

fn default(setting: &str) -> Option<String> {
    Settings::default().show(setting)
}

fn is_switch(default: &str) -> bool {
    matches!(default, "true" | "false")
}

/// Returns what stands behind the flag and an equals sign.
fn attached<'a>(flag: &str, words: &[&'a str]) -> Option<&'a str> {
    let mut words = words.iter().filter_map(|word| word.strip_prefix("--"));
    words.find_map(|word| word.strip_prefix(flag)?.strip_prefix('='))
}

/// Returns the value that is meant: the one that is attached, or the next word, if the setting takes it.
fn value(name: &str, default: &str, attached: Option<&str>, flag: &str, words: &[&str]) -> String {
    let is_flag = |word: &&str| word.strip_prefix("--") == Some(flag);
    let next = words
        .iter()
        .position(is_flag)
        .and_then(|at| words.get(at + 1));
    let takes = |value: &&str| {
        let is_word = !value.starts_with('-') && !value.contains("://");
        is_word && Settings::default().set(name, value).is_ok()
    };
    match attached.or_else(|| next.copied().filter(takes)) {
        Some(value) => value.to_owned(),
        None if is_switch(default) => "true".to_owned(),
        None => "VALUE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the error that the command line gets.
    fn told(line: &str) -> String {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let command = crate::cli::command();
        let error = command
            .clone()
            .try_get_matches_from(&arguments)
            .unwrap_err();
        explained(error, &command, &arguments).to_string()
    }

    #[test]
    fn a_setting_as_a_flag_is_told_as_it_is_written() {
        for (line, meant) in [
            ("crawl site --depth 1 http://a.example/", "'-s depth=1'"),
            ("crawl site http://a.example/ --delay=0", "'-s delay=0'"),
            (
                "crawl run quotes --max-per-pattern 5",
                "'-s max_per_pattern=5'",
            ),
            ("crawl run quotes --sitemaps", "'-s sitemaps=true'"),
            ("crawl run quotes --no-cookies", "'-s cookies=false'"),
            (
                "crawl links --retries http://a.example/",
                "'-s retries=VALUE'",
            ),
            (
                "crawl fetch http://a.example/ --ca-file",
                "'-s ca_file=VALUE'",
            ),
        ] {
            assert!(told(line).contains(meant), "{}", told(line));
        }
    }

    #[test]
    fn other_flags_and_other_verbs_are_not_meant() {
        for line in [
            "crawl site http://a.example/ --frobnicate",
            "crawl site http://a.example/ --no-depth",
            "crawl list --depth 1",
        ] {
            let told = told(line);
            assert!(told.contains("unexpected argument"), "{told}");
            assert!(!told.contains("setting"), "{told}");
        }
    }
}
