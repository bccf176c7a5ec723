//! What a shell and `man` need.

use super::{Directory, crawl};

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = crawl(&["completions", shell]).exits(0);
        for word in ["crawl", "sitemap", "max-pages"] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn an_unknown_shell_is_a_usage_error() {
    crawl(&["completions", "abacus"]).exits(2);
}

#[test]
fn the_manual_page_names_the_verbs() {
    let ran = crawl(&["man"]).exits(0);
    assert!(ran.stdout.contains(".TH crawl 1"), "{ran:#?}");
    assert!(ran.stdout.contains("sitemap"), "{ran:#?}");
}

#[test]
fn a_directory_gets_a_manual_page_for_every_verb() {
    let directory = Directory::new();
    directory.crawl(&["man", "pages"]).exits(0);
    for page in ["crawl.1", "crawl-run.1", "crawl-site.1"] {
        assert!(
            directory.read(&format!("pages/{page}")).contains(".TH"),
            "{page}"
        );
    }
}
