//! The first page of help: the verbs in groups, and examples.

use std::fmt::Write as _;

use clap::Command;

pub(in crate::cli) const TEMPLATE: &str =
    "{about}\n\n{usage-heading} {usage}{after-help}\n\nOptions:\n{options}";

const GROUPS: &[(&str, &[&str])] = &[
    ("Crawl", &["demo", "run", "site", "list"]),
    (
        "Spiders and recipes",
        &["parse", "check", "record", "schema", "recipe"],
    ),
    ("What is kept", &["jobs", "retry-failed", "cache"]),
    (
        "Look at one page",
        &["fetch", "links", "select", "data", "shell"],
    ),
    (
        "Ask a site",
        &["doctor", "robots", "sitemap", "feed", "url"],
    ),
    ("Build", &["new", "bench", "completions", "man"]),
];

const EXAMPLES: &[(&str, &str)] = &[
    ("crawl demo", "see it work, offline"),
    ("crawl run quotes -O quotes.jsonl", "run a spider"),
    (
        "crawl site https://example.com/ -O pages.jsonl",
        "a whole site, no code",
    ),
    ("crawl select https://example.com/ h1 a", "try selectors"),
    ("crawl new mybot", "start a project"),
];

/// Returns the verbs in groups with what they do, then examples.
pub(in crate::cli) fn overview(command: &Command) -> String {
    let mut text = String::new();
    for (group, verbs) in GROUPS {
        let _ = writeln!(text, "{group}:");
        for verb in *verbs {
            let about = command
                .find_subcommand(verb)
                .and_then(Command::get_about)
                .cloned()
                .unwrap_or_default();
            let _ = writeln!(text, "  {verb:<12}  {about}");
        }
        text.push('\n');
    }
    text + &examples()
}

/// Returns the examples, and where to read on.
pub(in crate::cli) fn examples() -> String {
    let mut text = String::from("Examples:\n");
    for (example, about) in EXAMPLES {
        let _ = writeln!(text, "  {example:<47} {about}");
    }
    text.push_str("\n`crawl help VERB` shows all about a verb.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_in_one_group() {
        let command = crate::cli::command();
        for verb in command.get_subcommands() {
            let groups = GROUPS
                .iter()
                .filter(|(_, verbs)| verbs.contains(&verb.get_name()))
                .count();
            assert_eq!(groups, 1, "{}", verb.get_name());
        }
    }

    #[test]
    fn every_verb_has_examples_that_are_understood() {
        let command = crate::cli::command().name("crawl");
        for verb in command.get_subcommands() {
            let name = verb.get_name();
            for help in [verb.clone().render_help(), verb.clone().render_long_help()] {
                let help = help.to_string();
                let lines = help.lines().filter_map(|line| line.strip_prefix("  "));
                let examples: Vec<&str> = lines.filter(|line| line.starts_with("crawl ")).collect();
                assert!(!examples.is_empty(), "{name} has no example:\n{help}");
                for example in examples {
                    understood(&command, example);
                }
            }
        }
    }

    /// Reads an example as a shell does, up to its first pipe or redirection, and then as the command does. Quoted words are
    /// left to who writes them.
    fn understood(command: &Command, example: &str) {
        let own = example.split(['|', '>', '&']).next().unwrap_or_default();
        if own.contains('\'') {
            return;
        }
        let words = own.split_whitespace();
        let read = command.clone().try_get_matches_from(words);
        assert!(read.is_ok(), "{example}: {}", read.unwrap_err());
    }

    #[test]
    fn it_fits_a_terminal() {
        let overview = overview(&crate::cli::command());
        assert!(
            overview.lines().all(|line| line.chars().count() <= 80),
            "{overview}"
        );
    }
}
