//! `crawl new`: a project to begin with. CI compiles and runs one; here it is only looked at.

use super::{Directory, crawl};

#[test]
fn a_project_has_a_spider_its_test_and_settings() {
    let directory = Directory::new();
    directory
        .crawl(&["new", "my-bot"])
        .exits(0)
        .says("cd my-bot");
    let manifest: toml::Table = directory.read("my-bot/Cargo.toml").parse().unwrap();
    assert_eq!(manifest["package"]["name"].as_str(), Some("my-bot"));
    let library = &manifest["dependencies"]["crawlworks"];
    assert_eq!(library["default-features"].as_bool(), Some(false));
    assert_eq!(
        library["features"].as_array(),
        Some(&vec![toml::Value::from("cli"), toml::Value::from("derive")])
    );
    assert!(
        directory
            .read("my-bot/src/main.rs")
            .contains("crawlworks::cli::run([quotes::job()])")
    );
    assert!(
        directory
            .read("my-bot/src/quotes.rs")
            .contains("#[tokio::test]")
    );
    assert!(directory.read("my-bot/README.md").starts_with("# my-bot\n"));
    for file in ["crawl.toml", ".gitignore", "src/quotes.html"] {
        assert!(
            !directory.read(&format!("my-bot/{file}")).contains("{{"),
            "{file}"
        );
    }
}

#[test]
fn a_directory_of_the_library_can_be_given() {
    let directory = Directory::new();
    directory.crawl(&["new", "bot", "--path", "."]).exits(0);
    let manifest: toml::Table = directory.read("bot/Cargo.toml").parse().unwrap();
    let path = manifest["dependencies"]["crawlworks"]["path"]
        .as_str()
        .unwrap();
    assert_eq!(
        path,
        std::fs::canonicalize(directory.files.path(""))
            .unwrap()
            .to_str()
            .unwrap()
    );
}

#[test]
fn the_settings_of_a_new_project_can_be_read() {
    let directory = Directory::new();
    directory.crawl(&["new", "bot"]).exits(0);
    let settings = directory.read("bot/crawl.toml");
    Directory::with_toml(&settings)
        .crawl(&["run", "quotes", "--max-pages", "1"])
        .exits(0);
}

#[test]
fn a_name_that_cargo_would_refuse_is_refused() {
    let directory = Directory::new();
    for name in ["2bot", "my bot", "../bot", "test"] {
        directory
            .crawl(&["new", name])
            .exits(2)
            .says(&format!("{name:?}"));
    }
    assert_eq!(
        std::fs::read_dir(directory.files.path("")).unwrap().count(),
        0
    );
}

#[test]
fn a_directory_that_exists_is_left_alone() {
    let directory = Directory::new();
    std::fs::create_dir(directory.files.path("bot")).unwrap();
    directory
        .crawl(&["new", "bot"])
        .exits(2)
        .says("bot exists already");
    assert_eq!(
        std::fs::read_dir(directory.files.path("bot"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn a_library_that_is_not_there_is_told() {
    crawl(&["new", "bot", "--path", "nowhere"])
        .exits(4)
        .says("no directory nowhere");
}
