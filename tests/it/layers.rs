//! The floors of `src/`: imports point down, and modules do not import each other in a circle.
//!
//! A module is a child of a floor that other floors can see (`pub mod` or `pub(crate) mod` in its `mod.rs`); what a floor
//! keeps to itself belongs to the floor. Read are the paths that begin with `crate::` or leave the module by `super::`, in
//! code that is not for tests. `lib.rs`, `prelude.rs` and `guide.rs` are the door: they show what all floors have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the lowest to the highest.
const FLOORS: [&str; 11] = [
    "page", "model", "policy", "queue", "fetch", "items", "store", "engine", "testing", "recipe",
    "cli",
];
const DOOR: [&str; 4] = ["lib.rs", "prelude.rs", "guide.rs", "docs"];

/// A module, and where it imports another: `src/…:line`.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

pub(super) fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn src_holds_the_floors_and_the_door() {
    let entries = fs::read_dir(source()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let strangers: Vec<_> = names
        .filter(|name| !FLOORS.contains(&&**name) && !DOOR.contains(&&**name))
        .collect();
    assert!(
        strangers.is_empty(),
        "neither floor nor door: {strangers:?}"
    );
}

#[test]
fn imports_point_down() {
    let height = |module: &str| {
        let floor = module.split("::").next();
        FLOORS.iter().position(|name| Some(*name) == floor)
    };
    let mut wrong = Vec::new();
    for (module, imports) in &imports() {
        for (imported, place) in imports {
            if height(imported).is_none() {
                wrong.push(format!(
                    "{place}: crate::{imported} is on no floor: name the module that has it"
                ));
            } else if height(imported) > height(module) {
                wrong.push(format!(
                    "{place}: {module} imports {imported}, which is on a higher floor"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modules_do_not_import_each_other_in_a_circle() {
    let imports = imports();
    let (mut done, mut circles) = (BTreeSet::new(), Vec::new());
    for module in imports.keys() {
        follow(module, &imports, &mut Vec::new(), &mut done, &mut circles);
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// Follows the imports of a module in depth, and notes the way whenever it comes back to a module that is on it.
fn follow<'a>(
    module: &'a str,
    imports: &'a Imports,
    way: &mut Vec<(&'a str, &'a str)>,
    done: &mut BTreeSet<&'a str>,
    circles: &mut Vec<String>,
) {
    if let Some(start) = way.iter().position(|(known, _)| *known == module) {
        let steps = way[start..]
            .iter()
            .map(|(module, place)| format!("{module} at {place}"));
        circles.push(format!(
            "a circle: {}",
            steps.collect::<Vec<_>>().join(", ")
        ));
        return;
    }
    if done.contains(module) {
        return;
    }
    for (imported, place) in imports.get(module).into_iter().flatten() {
        way.push((module, place));
        follow(imported, imports, way, done, circles);
        way.pop();
    }
    done.insert(module);
}

/// All imports from one module to another.
fn imports() -> Imports {
    let mut imports = Imports::new();
    let modules = modules();
    for file in files(&source()) {
        let name = file
            .strip_prefix(source())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        if DOOR.contains(&&*name) {
            continue;
        }
        let path = path_of(&name);
        let own = module_of(&path, &modules);
        for (line, target) in paths(&fs::read_to_string(&file).unwrap(), &path) {
            let target = module_of(&target, &modules);
            if target != own {
                let place = format!("src/{name}:{line}");
                imports
                    .entry(own.clone())
                    .or_default()
                    .entry(target)
                    .or_insert(place);
            }
        }
    }
    assert!(
        imports.len() > 40,
        "only {} modules were found",
        imports.len()
    );
    imports
}

/// The children of floors that other floors can see, as `floor::child`.
fn modules() -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for floor in FLOORS {
        let text = fs::read_to_string(source().join(floor).join("mod.rs")).unwrap();
        for line in text.lines() {
            let child = line
                .strip_prefix("pub mod ")
                .or_else(|| line.strip_prefix("pub(crate) mod "));
            modules.extend(child.map(|child| format!("{floor}::{}", child.trim_end_matches(';'))));
        }
    }
    modules
}

fn module_of(path: &[String], modules: &BTreeSet<String>) -> String {
    let child = path.iter().take(2).cloned().collect::<Vec<_>>().join("::");
    if modules.contains(&child) {
        child
    } else {
        path[0].clone()
    }
}

/// All Rust files below this directory that are not tests as a whole.
pub(super) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() && !is_test {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            found.push(path);
        }
    }
    found
}

/// The module that a file is: `page/html/scan.rs` is `page::html::scan`.
fn path_of(file: &str) -> Vec<String> {
    let parts = file
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| *part != "mod");
    parts.map(str::to_owned).collect()
}

/// The paths in a file that lead out of it, with their lines, from the root of the crate.
fn paths(text: &str, own: &[String]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let code: Vec<&str> = without_tests(text)
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = &code[..at];
            let is_inside =
                before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
            if is_inside {
                continue;
            }
            let line = before.matches('\n').count() + 1;
            let mut rest = &code[at..];
            let mut base = if start == "crate::" {
                Vec::new()
            } else {
                own.to_vec()
            };
            while let Some(shorter) = rest.strip_prefix("super::") {
                base.pop();
                rest = shorter;
            }
            rest = rest.strip_prefix("crate::").unwrap_or(rest);
            found.extend(ends(rest, base).into_iter().map(|path| (line, path)));
        }
    }
    found
}

/// The lines of a file, of which those of test modules are empty: `#[cfg(test)]` and what follows it, up to the brace or the
/// semicolon that ends it.
pub(super) fn without_tests(text: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    text.lines().map(move |line| {
        let was_test = is_test;
        let goes_on = line.starts_with("    ") || !line.ends_with(';') && line != "}";
        is_test = line == "#[cfg(test)]" || was_test && goes_on;
        if was_test || is_test { "" } else { line }
    })
}

/// Where a path leads that goes on with this text: to several places, if it ends in a list, of which two levels count.
fn ends(rest: &str, base: Vec<String>) -> Vec<Vec<String>> {
    if base.len() >= 2 {
        return vec![base];
    }
    if let Some(list) = rest.strip_prefix('{') {
        return items(list)
            .into_iter()
            .flat_map(|item| ends(item, base.clone()))
            .collect();
    }
    let length = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let (name, after) = rest.split_at(length);
    let mut base = base;
    if name == "self" || name.is_empty() {
        return vec![base];
    }
    base.push(name.to_owned());
    match after.strip_prefix("::") {
        Some(after) => ends(after, base),
        None => vec![base],
    }
}

/// The items of a list up to the brace that ends it.
fn items(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(list[from..at].trim());
                from = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|item| !item.is_empty());
    found
}

#[test]
fn the_architecture_names_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let named = text.split('`').skip(1).step_by(2);
    let files: Vec<_> = named
        .filter(|name| name.contains('/') && !name.contains("NAME"))
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|extension| extension == "rs")
        })
        .collect();
    let missing: Vec<_> = files
        .iter()
        .filter(|name| !root.join(name).exists() && !source().join(name).exists())
        .collect();
    assert!(
        files.len() > 15 && missing.is_empty(),
        "missing: {missing:?}"
    );
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let own = path_of("page/html/scan.rs");
    let read = |code: &str| {
        let paths = paths(code, &own).into_iter();
        paths
            .map(|(line, path)| format!("{line} {}", path.join("::")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        read("use crate::page::error::{Error, Result};"),
        ["1 page::error"]
    );
    assert_eq!(
        read("\nuse crate::page::{html, json::{self, parse}};"),
        ["2 page::html", "2 page::json"]
    );
    assert_eq!(read("use super::tags::Tags;"), ["1 page::html"]);
    assert_eq!(read("super::super::json::parse()"), ["1 page::json"]);
    assert_eq!(
        read("// crate::cli::x\n#[cfg(test)]\nuse crate::cli::y;"),
        [""; 0]
    );
    let tests = "#[cfg(test)]\nmod tests {\n    use crate::cli;\n\n    fn a() {\n    }\n}\nuse crate::json;";
    assert_eq!(read(tests), ["8 json"]);
    assert_eq!(
        read("#[cfg(test)]\nmod tests;\n\nuse crate::json;"),
        ["4 json"]
    );
    assert_eq!(read("crate::Error"), ["1 Error"]);
}
