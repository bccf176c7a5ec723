//! Crates whose types stand in public signatures: the version of each is a promise of ours, so they are few, and none may
//! change before its 1.0.
//!
//! `pub` means that users can reach it: the lint `unreachable_pub` holds that. Read are the signatures of functions, the types
//! of fields, variants, constants and aliases, traits, re-exports, and implementations in which all names are public. A name
//! belongs to a crate by its path or by `use`, also through an alias or a `pub(crate) use` of ours. What a macro makes out of
//! its arguments is not seen.

mod names;
mod public;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::layers::{files, source, without_tests};
use names::{aliases_of, declared, names, uses};
use public::signatures;
use tokens::{Token, tokens};

/// Crates that may stand in signatures, and why.
const PUBLIC: [(&str, &str); 6] = [
    ("bytes", "bodies; exported as `crawlworks::bytes`"),
    (
        "http",
        "headers and statuses; exported as `crawlworks::http`",
    ),
    ("regex", "patterns, in what the derive macro writes"),
    ("serde", "items and arguments are what it reads and writes"),
    (
        "serde_json",
        "metadata, JSON answers and schemas are its values",
    ),
    ("url", "exported as `crawlworks::url`"),
];

/// Crates below 1.0 that may stand in signatures all the same, with the file and why.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    (
        "crawlworks_derive",
        "lib.rs",
        "the derive macro, which is released together with this crate",
    ),
    (
        "futures_core",
        "engine/crawler/stream.rs",
        "the trait `Stream`, which all streams have; that of the standard library is not stable",
    ),
];

/// Dependencies by name, with the version that is required.
fn dependencies() -> BTreeMap<String, String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let text = fs::read_to_string(manifest).unwrap();
    let (_, section) = text.split_once("\n[dependencies]\n").unwrap();
    let section = section.split("\n[").next().unwrap();
    let lines = section.lines().filter_map(|line| line.split_once(" = "));
    let version = |value: &str| {
        let from = value
            .split_once("version = ")
            .map_or(value, |(_, from)| from);
        from.split('"')
            .nth(1)
            .unwrap()
            .trim_start_matches('=')
            .to_owned()
    };
    lines
        .filter(|(name, _)| !name.starts_with('#'))
        .map(|(name, value)| (name.replace('-', "_"), version(value)))
        .collect()
}

#[test]
fn public_signatures_name_no_crate_but_those_that_are_listed() {
    let crates: BTreeSet<String> = dependencies().into_keys().collect();
    let texts: Vec<(String, String)> = files(&source())
        .into_iter()
        .map(|file| {
            let name = file.strip_prefix(source()).unwrap().display().to_string();
            let text = fs::read_to_string(&file).unwrap();
            (name, without_tests(&text).collect::<Vec<_>>().join("\n"))
        })
        .collect();
    let found = foreign(&texts, &crates);
    let is_listed = |file: &str, name: &str| {
        PUBLIC.iter().any(|(listed, _)| *listed == name)
            || EXCEPTIONS
                .iter()
                .any(|(listed, place, _)| *listed == name && *place == file)
    };
    let wrong: Vec<String> = found
        .iter()
        .filter(|(file, _, name)| !is_listed(file, name))
        .map(|(file, line, name)| format!("src/{file}:{line} has a type of the crate {name}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "in public signatures:\n{}",
        wrong.join("\n")
    );
    let public = PUBLIC.iter().map(|(listed, why)| (listed, why));
    let exceptions = EXCEPTIONS.iter().map(|(listed, _, why)| (listed, why));
    for (listed, why) in public.chain(exceptions) {
        let is_used = found.iter().any(|(_, _, name)| name == listed);
        assert!(is_used, "{listed} is in no signature any more ({why})");
    }
}

#[test]
fn crates_in_public_signatures_are_past_their_first_version() {
    let versions = dependencies();
    for (name, why) in PUBLIC {
        let version = &versions[name];
        assert!(!version.starts_with("0."), "{name} {version}: {why}");
    }
}

/// Places of types of these crates in the public signatures of these files: file, line and crate.
fn foreign(texts: &[(String, String)], crates: &BTreeSet<String>) -> Vec<(String, usize, String)> {
    let files: Vec<(&str, Vec<Token>)> = texts
        .iter()
        .map(|(file, text)| (file.as_str(), tokens(text)))
        .collect();
    let mut hidden = BTreeSet::new();
    let mut aliases = BTreeMap::new();
    for (_, tokens) in &files {
        let names = names(tokens, crates, &BTreeMap::new());
        hidden.extend(declared(tokens, false));
        aliases.extend(aliases_of(tokens, crates, &names));
    }
    for (_, tokens) in &files {
        for name in declared(tokens, true) {
            hidden.remove(&name);
        }
    }
    let mut found = Vec::new();
    for (file, tokens) in &files {
        let names = names(tokens, crates, &aliases);
        let is_ours = |name: &&String| names.get(*name).is_none_or(String::is_empty);
        let hidden = hidden.iter().filter(is_ours).cloned().collect();
        for signature in signatures(tokens, &hidden) {
            for (at, line) in uses(signature, crates, &names) {
                found.push(((*file).to_owned(), line, at));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn signatures_are_read_as_the_compiler_reads_them() {
    let crates: BTreeSet<String> = ["jiff", "http", "csv"].map(str::to_owned).into();
    let read = |code: &str| {
        let texts = [("a.rs".to_owned(), code.to_owned())];
        let found = foreign(&texts, &crates).into_iter();
        found
            .map(|(_, line, of)| format!("{line} {of}"))
            .collect::<Vec<_>>()
    };
    let open = [
        "pub fn a(x: &mut jiff::Timestamp) {}",
        "pub const fn a() -> Option<Vec<jiff::Timestamp>> { None }",
        "pub struct A<T: jiff::Arithmetic>(T);",
        "pub struct A { pub a: Vec<u8>, pub(crate) b: u8, pub c: HashMap<u8, jiff::Span> }",
        "pub struct A(u8, pub jiff::Span);",
        "pub enum A { B(u8), C { d: jiff::Span } }",
        "pub trait A { fn b(&self) { 'x'; \"}\"; } fn c(&self) -> jiff::Span; }",
        "pub trait A { type B: jiff::C; }",
        "pub type A = jiff::Span;",
        "pub use jiff::Span;",
        "pub use {jiff, std::fmt};",
        "pub const A: jiff::Span = x();",
        "impl From<jiff::Span> for A {}",
        "impl<T: B<C>> jiff::B for A<T> {}",
        "impl A for B { type C = jiff::Span; fn d() {} }",
        "type S = Vec<jiff::Span>; pub fn a() -> S {}",
    ];
    for code in open {
        assert_eq!(read(code), ["1 jiff"], "{code}");
    }
    assert_eq!(
        read(
            "use std::{fmt, io};\nuse jiff::{Span, civil::{self, Date as D}};\n\npub fn a(\n    a: D,\n    b: fmt::A,\n) -> civil::A {}"
        ),
        ["5 jiff", "7 jiff"]
    );
    assert_eq!(
        read("use jiff::Span;\npub trait A {}\nimpl A for Span {}\nmod b { struct Span; }"),
        ["3 jiff"]
    );
    let closed = [
        "pub fn a() { let x: jiff::Span = y; }",
        "pub(crate) fn a(x: jiff::Span) {}",
        "fn a(x: jiff::Span) {}",
        "pub struct A { a: jiff::Span, pub b: u8 }",
        "pub struct A(jiff::Span);",
        "struct A; impl From<jiff::Span> for A {}",
        "impl A { fn a(x: jiff::Span) {} }",
        "impl A for B { fn a(x: u8) -> jiff::Span {} }",
        "// pub fn a(x: jiff::Span) {}\n/* pub use jiff; */",
        "const A: &str = r#\"\" pub use jiff::A; \"#;",
        "mod csv; pub fn a() -> csv::A {}",
        "use crate::csv; pub fn a<'csv>(x: &'csv str) -> csv::A {}",
    ];
    for code in closed {
        assert_eq!(read(code), [""; 0], "{code}");
    }
}
