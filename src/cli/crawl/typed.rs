//! The command as it was typed, with other outputs or to start over: what a message tells a person to type.

use std::collections::BTreeMap;
use std::error::Error as _;

use super::again::{as_given, quoted};
use crate::page::error::Error;
use crate::store::state::Mismatch;

/// Flags whose values can be secrets.
const SECRET_FLAGS: [&str; 5] = ["--header", "--cookie", "--user", "--proxy", "--data"];

/// Settings whose values can be secrets.
const SECRET_SETTINGS: [&str; 4] = ["credentials", "headers", "proxy", "proxies"];

/// The words of a command line without secrets.
#[derive(Debug)]
struct Typed {
    words: Vec<String>,
    /// The words about outputs, which can also be behind the others.
    outputs: Vec<String>,
}

/// Returns the error for a run that is not resumed with other outputs, with the commands that go on with it and start over;
/// `None` for other errors, and where the command may hold secrets. `arguments` are those of the spider that are none.
pub(super) fn with_commands(error: &Error, arguments: &BTreeMap<String, String>) -> Option<Error> {
    let Mismatch::Outputs { had, .. } = error.source()?.downcast_ref()? else {
        return None;
    };
    let words = std::env::args_os().map(|word| word.into_string().ok());
    let typed = Typed::of(words.collect::<Option<_>>()?, arguments)?;
    let message = format!(
        "{}\n  to go on: {}\n  to start over: {}",
        error.chain(),
        typed.with_outputs(had),
        typed.fresh()
    );
    Some(Error::new(error.kind(), message))
}

impl Typed {
    fn of(words: Vec<String>, arguments: &BTreeMap<String, String>) -> Option<Self> {
        let (mut plain, mut outputs) = (Vec::new(), Vec::new());
        let mut typed = words.into_iter();
        while let Some(word) = typed.next() {
            let short = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
            match short.and_then(|rest| rest.split_at_checked(1)) {
                None if is_secret(&word) => return None,
                None => plain.push(word),
                Some((flag @ ("o" | "O" | "a" | "s"), attached)) => {
                    let value = match attached {
                        "" => typed.next()?,
                        attached => attached.to_owned(),
                    };
                    let name = value.split('=').next().unwrap_or_default().trim();
                    let is_known = match flag {
                        "a" => arguments.contains_key(name),
                        "s" => !SECRET_SETTINGS.contains(&name),
                        _ => true,
                    };
                    if !is_known || has_user(&value) {
                        return None;
                    }
                    let is_output = flag.eq_ignore_ascii_case("o");
                    let target = if is_output { &mut outputs } else { &mut plain };
                    target.extend([format!("-{flag}"), value]);
                }
                Some(("q" | "v", rest)) if rest.chars().all(|c| "qv".contains(c)) => {
                    plain.push(word);
                }
                // Its value, or one behind it, can be a secret.
                Some(_) => return None,
            }
        }
        Some(Self {
            words: plain,
            outputs,
        })
    }

    /// Returns the command with the outputs of a run in the place of its own.
    fn with_outputs(&self, outputs: &[String]) -> String {
        let outputs = outputs.iter().map(|output| as_given(output));
        let outputs = outputs.flat_map(|output| ["-o", output]);
        joined(self.words.iter().map(String::as_str).chain(outputs))
    }

    /// Returns the command that starts over.
    fn fresh(&self) -> String {
        let words = self.words.iter().chain(&self.outputs).map(String::as_str);
        joined(words.chain(["--fresh"]))
    }
}

/// Returns whether a word that is no short flag can be a secret, or have one behind it.
fn is_secret(word: &str) -> bool {
    let flag = word.split('=').next().unwrap_or_default();
    // What follows two dashes is no flag, and none could be added behind it.
    word == "--" || SECRET_FLAGS.contains(&flag) || has_user(word)
}

/// Returns whether a text has a URL with a user in it.
fn has_user(text: &str) -> bool {
    let mut urls = text.split("://").skip(1);
    urls.any(|rest| {
        let authority = rest.split(['/', '?', '#']).next();
        authority.is_some_and(|authority| authority.contains('@'))
    })
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Option<Typed> {
        let arguments = BTreeMap::from([("tag".to_owned(), "love".to_owned())]);
        Typed::of(line.split(' ').map(str::to_owned).collect(), &arguments)
    }

    #[test]
    fn only_the_outputs_change() {
        let line =
            "crawl run quotes -qv -a tag=love -sdelay=1s -O a.jsonl --max-pages 3 -ob.csv -o -";
        let typed = typed(line).unwrap();
        let kept = "crawl run quotes -qv -a tag=love -s delay=1s --max-pages 3";
        let had = ["x.jsonl:jsonl", "my y.txt:csv"].map(str::to_owned);
        assert_eq!(
            typed.with_outputs(&had),
            format!("{kept} -o x.jsonl -o 'my y.txt:csv'")
        );
        assert_eq!(
            typed.fresh(),
            format!("{kept} -O a.jsonl -o b.csv -o - --fresh")
        );
    }

    #[test]
    fn what_can_be_a_secret_is_not_repeated() {
        for line in [
            "crawl run quotes -a token=x",
            "crawl run quotes -atoken=x",
            "crawl run quotes -s credentials=a:b",
            "crawl run quotes -a tag=http://us:pw@a.example/",
            "crawl site http://us:pw@a.example/",
            "crawl site http://a.example/ --user us:pw",
            "crawl site http://a.example/ --user=us:pw",
            "crawl site http://a.example/ -H x:y",
            "crawl site http://a.example/ -qb a=b",
            "crawl site -- http://a.example/",
        ] {
            assert!(typed(line).is_none(), "{line}");
        }
    }
}
