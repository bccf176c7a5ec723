//! Names of jobs of recipes: those that a person would type.

use crawlworks::testing::PracticeSite;

use crate::command::Directory;

/// A directory with a recipe that has an argument with a default; its site.
fn with_recipe(place: &str) -> (Directory, PracticeSite) {
    let (directory, site) = (Directory::new(), PracticeSite::start().unwrap());
    write(&directory, &site, place);
    (directory, site)
}

fn write(directory: &Directory, site: &PracticeSite, place: &str) {
    let url = site.at("/quotes/");
    let recipe = format!(
        "start = '{url}?mark={{mark}}'\nargs.mark = {{ default = 'a' }}\n\
         settings = {{ delay = '0s', max_pages = 2 }}\n[items.page.fields]\ntitle = 'h1'\n"
    );
    let path = directory.files.path(place);
    std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
    directory.files.write(place, &recipe);
}

fn run(directory: &Directory, words: &[&str]) {
    directory
        .crawl(&[&["run"], words, &["-q"]].concat())
        .exits(0);
}

#[test]
fn a_recipe_gives_its_job_its_name_unless_arguments_make_it_another() {
    let (directory, _site) = with_recipe("spiders/titles.toml");
    run(&directory, &["titles"]);
    run(&directory, &["spiders/titles.toml"]);
    run(&directory, &["titles", "-a", "mark=a"]);
    assert_eq!(directory.names(".crawl"), ["titles"]);
    run(&directory, &["titles", "-a", "mark=b"]);
    let names = directory.names(".crawl");
    assert_eq!((names.len(), &*names[0]), (2, "titles"));
    assert!(names[1].starts_with("titles-"), "{names:?}");
}

#[test]
fn recipes_of_one_name_have_jobs_of_their_own() {
    let (directory, site) = with_recipe("a/titles.toml");
    write(&directory, &site, "b/titles.toml");
    for place in ["a/titles.toml", "b/titles.toml"].repeat(2) {
        run(&directory, &[place]);
    }
    let names = directory.names(".crawl");
    assert_eq!((names.len(), &*names[0]), (2, "titles"));
    let recipe = |name: &str| {
        let shown = directory.crawl(&["jobs", "show", name, "--json"]).json();
        shown["arguments"]["recipe"].clone()
    };
    assert_eq!(recipe(&names[0]), "a/titles.toml");
    assert_eq!(recipe(&names[1]), "b/titles.toml");
}

#[test]
fn a_job_whose_name_stands_for_the_file_too_keeps_it() {
    let (directory, site) = with_recipe("a/titles.toml");
    write(&directory, &site, "b/titles.toml");
    run(&directory, &["a/titles.toml"]);
    run(&directory, &["b/titles.toml"]);
    // As an earlier version, which gave every recipe's job such a name, has left it.
    directory.crawl(&["jobs", "rm", "titles"]).exits(0);
    let name = directory.names(".crawl").remove(0);
    run(&directory, &["b/titles.toml"]);
    assert_eq!(directory.names(".crawl"), [name]);
    let shown = directory
        .crawl(&["jobs", "show", "titles", "--json"])
        .exits(0);
    assert_eq!(shown.json()["history"].as_array().unwrap().len(), 2);
}

#[test]
fn a_recipe_leaves_a_spider_of_the_program_its_name() {
    let (directory, _site) = with_recipe("quotes.toml");
    run(&directory, &["./quotes.toml"]);
    let names = directory.names(".crawl");
    assert!(names[0].starts_with("quotes-"), "{names:?}");
}

#[test]
fn what_a_recipe_gave_up_is_tried_again_by_its_name() {
    let directory = Directory::new();
    directory.files.write(
        "gone.toml",
        "start = 'http://127.0.0.1:9/'\nsettings = { robots = false, retries = 0 }\n\
         [items.page.fields]\ntitle = 'h1'\n",
    );
    directory.crawl(&["run", "gone", "-O", "x.jsonl"]).exits(9);
    let ran = directory.crawl(&["retry-failed", "gone"]).exits(0);
    assert!(
        ran.stdout.contains(
            "1 request of gone will be tried again by:\n  crawl run gone.toml -o x.jsonl\n"
        ),
        "{ran:#?}"
    );
}
