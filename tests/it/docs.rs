//! Texts of the repository, as a forge shows them and as rustdoc does: links lead somewhere, examples are shown whole, and
//! tables have what the code has.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crawlworks::Settings;
use crawlworks::settings::Setting;
use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd,
};

/// What rustdoc reads before each of its texts: the items that their links lead to.
const ITEMS: &str = "src/docs/links.txt";
/// The texts that rustdoc shows.
const SHOWN: &str = "src/docs";

/// A Markdown file.
struct Text {
    /// Its path, from the root of the repository.
    path: PathBuf,
    markdown: String,
}

/// A link of a text.
struct Link {
    /// File and line.
    place: String,
    to: String,
    /// The name of its definition; empty for one whose target stands beside it.
    name: String,
}

impl Text {
    fn read(path: &Path) -> Self {
        let markdown = std::fs::read_to_string(root().join(path)).unwrap();
        let path = path.to_owned();
        Self { path, markdown }
    }

    fn events(&self) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
        Parser::new_ext(&self.markdown, Options::ENABLE_TABLES).into_offset_iter()
    }

    fn place(&self, at: usize) -> String {
        let line = self.markdown[..at].matches('\n').count() + 1;
        format!("{}:{line}", self.path.display())
    }

    fn links(&self) -> Vec<Link> {
        let link = |(event, range): (Event<'_>, Range<usize>)| match event {
            Event::Start(Tag::Link { dest_url, id, .. } | Tag::Image { dest_url, id, .. }) => {
                Some(Link {
                    place: self.place(range.start),
                    to: dest_url.into_string(),
                    name: id.into_string(),
                })
            }
            _ => None,
        };
        let links = self.events().filter_map(link);
        // To other sites: whether they are there is not for a test to say.
        links.filter(|link| !link.to.contains("://")).collect()
    }

    /// The names that its headings have as targets of links.
    fn anchors(&self) -> BTreeSet<String> {
        let (mut anchors, mut heading) = (BTreeSet::new(), None);
        for (event, _) in self.events() {
            match (event, &mut heading) {
                (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
                (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
                (Event::End(TagEnd::Heading(_)), _) => {
                    anchors.extend(heading.take().map(|text| anchor(&text)));
                }
                _ => {}
            }
        }
        anchors
    }

    /// The code blocks: place, language and what is in them.
    fn blocks(&self) -> Vec<(String, String, String)> {
        let mut blocks: Vec<(String, String, String)> = Vec::new();
        let mut is_code = false;
        for (event, range) in self.events() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    is_code = true;
                    let place = self.place(range.start);
                    blocks.push((place, language.into_string(), String::new()));
                }
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Text(code) if is_code => blocks.last_mut().unwrap().2.push_str(&code),
                _ => {}
            }
        }
        blocks
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All texts of the repository.
fn texts() -> Vec<Text> {
    let (mut texts, mut directories) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(root().join(&directory)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = directory.join(&name);
            if entry.file_type().unwrap().is_dir() {
                if !name.starts_with('.') && name != "target" {
                    directories.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "md") {
                texts.push(Text::read(&path));
            }
        }
    }
    assert!(texts.len() > 15);
    texts
}

/// The texts that rustdoc shows.
fn shown() -> Vec<Text> {
    let texts = texts().into_iter();
    let shown: Vec<Text> = texts.filter(|text| text.path.starts_with(SHOWN)).collect();
    assert!(shown.len() > 10);
    shown
}

/// The name that a heading has as the target of a link.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|char| match char {
        ' ' => Some('-'),
        '-' | '_' => Some(char),
        _ => char.is_alphanumeric().then_some(char),
    });
    kept.collect::<String>().to_lowercase()
}

/// The names that rustdoc has items for.
fn items() -> BTreeSet<String> {
    let text = Text::read(Path::new(ITEMS));
    let parser = Parser::new(&text.markdown);
    let definitions = parser.reference_definitions().iter();
    let names: BTreeSet<String> = definitions.map(|(name, _)| name.to_owned()).collect();
    assert_eq!(names.len(), text.markdown.trim().lines().count());
    names
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_of_it() {
    let mut wrong = Vec::new();
    for text in texts() {
        for Link { place, to, .. } in text.links() {
            let (file, anchor) = to.split_once('#').unwrap_or((&to, ""));
            let target = match file {
                "" => text.path.clone(),
                file => text.path.parent().unwrap().join(file),
            };
            let is_there = root().join(&target).exists()
                && (anchor.is_empty() || Text::read(&target).anchors().contains(anchor));
            if !is_there {
                wrong.push(format!("{place}: no {to}"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_link_that_names_its_target_has_a_definition() {
    let mut wrong = Vec::new();
    for text in texts() {
        let undefined = |link: BrokenLink<'_>| {
            // Brackets around a word are no link; those around code are meant as one.
            if link.link_type == LinkType::Reference || link.reference.starts_with('`') {
                let place = text.place(link.span.start);
                wrong.push(format!("{place}: [{}] is not defined", link.reference));
            }
            None::<(CowStr<'_>, CowStr<'_>)>
        };
        let options = Options::ENABLE_TABLES;
        Parser::new_with_broken_link_callback(&text.markdown, options, Some(undefined))
            .for_each(drop);
    }
    none(&wrong);
}

#[test]
fn every_link_that_rustdoc_shows_leads_to_an_item_there() {
    let (items, mut wrong, mut used) = (items(), Vec::new(), BTreeSet::new());
    for text in shown() {
        for Link { place, to, name } in text.links() {
            if items.contains(&name) {
                used.insert(name);
            } else if !to.starts_with('#') {
                wrong.push(format!("{place}: {ITEMS} has no item for {to}"));
            }
        }
    }
    let unused = items.difference(&used);
    wrong.extend(unused.map(|name| format!("{ITEMS}: no text leads to {name}")));
    none(&wrong);
}

#[test]
fn the_file_that_a_name_leads_to_has_that_name() {
    let mut wrong = Vec::new();
    for text in shown() {
        for Link { place, to, name } in text.links() {
            let file = root().join(SHOWN).join(&to);
            let is_code = file.extension().is_some_and(|extension| extension == "rs");
            if !is_code || name.starts_with("module ") {
                continue;
            }
            let code = std::fs::read_to_string(file).unwrap();
            let last = name.rsplit("::").next().unwrap();
            let is_there = ["fn ", "struct ", "enum ", "trait ", "pub ", "    "]
                .iter()
                .any(|before| code.contains(&format!("{before}{last}")));
            if !is_there {
                wrong.push(format!("{place}: {to} has no {last}"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_example_is_shown_whole() {
    let mut wrong = Vec::new();
    for text in texts() {
        for (place, language, code) in text.blocks() {
            if language.is_empty() {
                wrong.push(format!("{place}: a code block without a language"));
            }
            // What rustdoc leaves out, a forge shows with its `#`.
            let is_hidden = |line: &str| line.trim() == "#" || line.trim().starts_with("# ");
            if language.starts_with("rust") && code.lines().any(is_hidden) {
                wrong.push(format!("{place}: hidden lines"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_guide_to_settings_has_the_table_of_the_code() {
    let guide = Text::read(Path::new("src/docs/guide_settings.md"));
    let written: Vec<&str> = guide
        .markdown
        .lines()
        .skip_while(|line| *line != "# All of them")
        .filter(|line| line.starts_with("| `") || line.starts_with("## "))
        .collect();
    let row = |setting: &Setting| match setting.default.as_str() {
        "" => format!("| `{}` |  | {} |", setting.name, setting.about),
        default => format!("| `{}` | `{default}` | {} |", setting.name, setting.about),
    };
    let table = Settings::table();
    let expected: Vec<String> = table
        .chunk_by(|one, next| one.group == next.group)
        .flat_map(|group| {
            let title = format!("## {}", group[0].group);
            std::iter::once(title).chain(group.iter().map(row))
        })
        .collect();
    assert_eq!(written, expected);
}
