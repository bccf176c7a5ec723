//! `crawl run RECIPE`, `crawl recipe`, and what `crawl list` says of recipes.

use std::path::Path;

use crawlworks::testing::PracticeSite;

use super::Directory;

const RECIPE: &str =
    "about = 'Titles'\nstart = '{url}'\nargs.url = {}\n[items.page.fields]\ntitle = 'h1'\n";

fn bundled(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("spiders")
        .join(name);
    path.to_str().unwrap().to_owned()
}

/// A directory with ./spiders in it.
fn with_spiders(files: &[(&str, &str)]) -> Directory {
    let directory = Directory::new();
    std::fs::create_dir(directory.files.path("spiders")).unwrap();
    for (name, text) in files {
        directory.files.write(&format!("spiders/{name}"), text);
    }
    directory
}

#[test]
fn the_bundled_recipes_find_byte_for_byte_what_the_spiders_find() {
    let site = PracticeSite::start().unwrap();
    let directory = Directory::new();
    for (spider, recipe, path) in [
        ("books", "shop.toml", "/shop/"),
        ("quotes", "sayings.toml", "/quotes/"),
    ] {
        let url = format!("url={}", site.at(path));
        let recipe = bundled(recipe);
        for (what, output) in [(spider, "spider.jsonl"), (recipe.as_str(), "recipe.jsonl")] {
            let flags = ["-s", "delay=0s", "-s", "concurrency=1", "--no-job", "-q"];
            let crawl = ["run", what, "-a", &url, "-O", output];
            directory.crawl(&[&crawl[..], &flags].concat()).exits(0);
        }
        let (found, expected) = (
            directory.read("recipe.jsonl"),
            directory.read("spider.jsonl"),
        );
        assert!(expected.lines().count() >= 100);
        assert!(found == expected, "{spider}");
    }
}

#[test]
fn a_recipe_is_run_by_its_path_or_its_name() {
    let site = PracticeSite::start().unwrap();
    let directory = with_spiders(&[
        ("titles.toml", RECIPE),
        ("other.toml", &format!("name = 'mine'\n{RECIPE}")),
    ]);
    directory.files.write("here.toml", RECIPE);
    let url = format!("url={}", site.at("/shop/"));
    for word in [
        "titles",
        "mine",
        "other",
        "here",
        "./here.toml",
        "spiders/titles.toml",
    ] {
        let ran = directory.crawl(&["run", word, "-a", &url, "-q"]).exits(0);
        assert_eq!(ran.stdout, "{\"title\":\"All books\"}\n", "{word}");
    }
}

#[test]
fn a_recipe_that_is_wrong_is_exit_code_4_with_all_mistakes() {
    let directory = Directory::new();
    directory
        .files
        .write("bad.toml", "strat = 1\n[items.page]\nfields.t = 'h1:x'");
    directory
        .crawl(&["run", "bad.toml"])
        .exits(4)
        .says("error: 3 mistakes in bad.toml")
        .says("\n  bad.toml:1:1: unknown key \"strat\" in a recipe; did you mean \"start\"?")
        .says("\n  bad.toml:3:12: bad selector");
    directory
        .crawl(&["run", "none.toml"])
        .exits(4)
        .says("cannot read the recipe none.toml");
}

#[test]
fn a_recipe_that_is_misspelt_is_suggested() {
    let directory = with_spiders(&[("titles.toml", RECIPE)]);
    directory
        .crawl(&["run", "titels"])
        .exits(2)
        .says("no spider \"titels\"; did you mean \"titles\"?");
}

#[test]
fn recipes_of_one_name_are_jobs_of_their_own_and_go_on_by_their_path() {
    let site = PracticeSite::start().unwrap();
    let directory = Directory::new();
    for place in ["a", "b"] {
        std::fs::create_dir(directory.files.path(place)).unwrap();
        directory
            .files
            .write(&format!("{place}/titles.toml"), RECIPE);
    }
    let url = format!("url={}", site.at("/shop/"));
    for path in ["a/titles.toml", "b/titles.toml"] {
        let ran = directory.crawl(&["run", path, "-a", &url, "-q"]).exits(0);
        assert_eq!(ran.lines().len(), 1);
    }
    let jobs = std::fs::read_dir(directory.files.path(".crawl")).unwrap();
    let jobs: Vec<String> = jobs
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        jobs.iter().filter(|job| job.starts_with("titles-")).count(),
        2,
        "{jobs:?}"
    );
}

#[test]
fn what_a_recipe_gave_up_is_tried_again_by_the_command_that_is_told() {
    let directory = with_spiders(&[("titles.toml", RECIPE)]);
    let url = "url=http://127.0.0.1:9/";
    let command = "crawl run spiders/titles.toml -a url=http://127.0.0.1:9/";
    for word in ["titles", "spiders/titles.toml"] {
        let flags = ["-s", "retries=0", "-s", "robots=false", "-O", "x.jsonl"];
        directory
            .crawl(&[&["run", word, "-a", url][..], &flags].concat())
            .exits(9);
        let jobs = directory.crawl(&["jobs", "--json"]).exits(0).records();
        let job = jobs.iter().find_map(|job| {
            let name = job["job"].as_str().or(job["name"].as_str())?;
            let ran = directory.crawl(&["retry-failed", name]);
            ran.stdout.contains(command).then_some(())
        });
        assert!(job.is_some(), "{word}: {jobs:?}");
    }
}

#[test]
fn recipes_are_listed_and_broken_ones_do_no_harm() {
    let directory = with_spiders(&[
        ("titles.toml", RECIPE),
        ("bad.toml", "strat = 1"),
        ("notes.txt", ""),
    ]);
    let ran = directory.crawl(&["list"]).exits(0);
    let words: Vec<&str> = ran
        .lines()
        .iter()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(words, ["quotes", "books", "bad", "titles"]);
    assert!(
        ran.stdout.contains("cannot be run: spiders/bad.toml:1:1: "),
        "{ran:#?}"
    );
    let records = directory.crawl(&["list", "--json"]).exits(0).records();
    assert_eq!(records[2]["file"], "spiders/bad.toml");
    assert!(
        records[2]["problem"]
            .as_str()
            .unwrap()
            .starts_with("spiders/bad.toml:1:1: ")
    );
    assert_eq!(records[3]["about"], "Titles");
}

#[test]
fn a_check_says_what_is_wrong_and_exits_4() {
    let directory = with_spiders(&[("titles.toml", RECIPE)]);
    let ran = directory.crawl(&["recipe", "check"]).exits(0);
    assert_eq!(ran.stdout, "spiders/titles.toml: good\n");
    directory
        .files
        .write("bad.toml", &format!("{RECIPE}x = {{ csss = 'a' }}"));
    let ran = directory.crawl(&["recipe", "check", "bad.toml"]).exits(4);
    assert_eq!(
        ran.lines(),
        [
            "bad.toml:6:5: a field needs `css`, `json_ld`, `page`, `carried` or `value`",
            "bad.toml:6:7: unknown key \"csss\" in a field; did you mean \"css\"?"
        ]
    );
}

#[test]
fn the_schema_is_printed_for_editors() {
    let schema = super::crawl(&["recipe", "schema"]).exits(0).json();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}

#[test]
fn a_new_recipe_is_good_and_is_not_written_twice() {
    let directory = Directory::new();
    directory.crawl(&["recipe", "new", "mine"]).exits(0);
    directory.crawl(&["recipe", "check", "mine.toml"]).exits(0);
    directory
        .crawl(&["recipe", "new", "mine"])
        .exits(2)
        .says("mine.toml exists already");
}

#[test]
fn a_page_is_parsed_as_the_line_of_the_file_that_it_starts_from() {
    let recipe = "start = [{ file = 'urls.txt', label = 'book' }]\n[items.book]\non = 'book'\nfields.t = 'h1'\n";
    let directory = with_spiders(&[("list.toml", recipe)]);
    let urls = "http://127.0.0.1:9/1\nhttp://127.0.0.1:9/2\n";
    directory.files.write("spiders/urls.txt", urls);
    directory.files.write("page.html", "<h1>Two</h1>");
    let page = ["parse", "--spider", "list", "--file", "page.html", "--json"];
    for (url, is_known) in [
        ("http://127.0.0.1:9/2", true),
        ("http://127.0.0.1:9/3", false),
    ] {
        let parsed = directory.crawl(&[&page[..], &["--base", url]].concat());
        assert_eq!(parsed.stdout.contains("Two"), is_known, "{parsed:#?}");
    }
}

#[test]
fn a_new_recipe_makes_its_directory() {
    let directory = Directory::new();
    directory
        .crawl(&["recipe", "new", "spiders/shop"])
        .exits(0)
        .says("crawl run spiders/shop.toml");
    directory
        .crawl(&["recipe", "check", "spiders/shop.toml"])
        .exits(0);
}

#[test]
fn a_secret_is_not_stored_with_the_job() {
    let site = PracticeSite::start().unwrap();
    let recipe = "start = '{url}account'\nargs = { url = {}, password = { secret = true } }\n\
                  [login]\nurl = '{url}login'\nfields = { username = 'ada', password = '{password}' }\n\
                  [items.secret]\neach = '.secret'\nfields.text = '::text'";
    let directory = with_spiders(&[("account.toml", recipe)]);
    let url = format!("url={}", site.at("/"));
    let crawl = [
        "run",
        "account",
        "-a",
        &url,
        "-a",
        "password=secret",
        "-s",
        "robots=false",
    ];
    let ran = directory
        .crawl(&[&crawl[..], &["-s", "delay=0s"]].concat())
        .exits(0);
    assert_eq!(ran.lines().len(), 5);
    let jobs = std::fs::read_dir(directory.files.path(".crawl")).unwrap();
    let job = jobs
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("run.json").exists())
        .unwrap();
    let run = std::fs::read_to_string(job.join("run.json")).unwrap();
    assert!(run.contains("url") && !run.contains("password"), "{run}");
    let stored = format!("{run}{}", job.display());
    assert!(!stored.contains("secret"), "{stored}");
}

/// The jobs in ./.crawl.
fn jobs(directory: &Directory) -> Vec<String> {
    let records = directory.crawl(&["jobs", "--json"]).exits(0).records();
    let name = |job: &serde_json::Value| {
        job["name"]
            .as_str()
            .or(job["job"].as_str())
            .map(str::to_owned)
    };
    records.iter().filter_map(name).collect()
}

#[test]
fn other_arguments_from_anywhere_are_another_job() {
    let site = PracticeSite::start().unwrap();
    let recipe = |default: &str| {
        format!(
            "start = '{{url}}?q={{q}}'\nargs.url = '{}'\nargs.q = {{ env = 'KK', default = '{default}' }}\n\
             args.token = {{ env = 'TOKEN', secret = true }}\nlogin = {{ url = '{{url}}', fields = {{ t = '{{token}}' }} }}\n\
             [items.page.fields]\ntitle = 'h1'",
            site.at("/shop/")
        )
    };
    let mut directory = with_spiders(&[("shop.toml", &recipe("1"))]);
    let mut count = |variables: &[(&'static str, &str)], default: &str| {
        directory.files.write("spiders/shop.toml", &recipe(default));
        let variables = variables
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        directory.variables = variables.collect();
        directory.crawl(&["run", "shop", "-q", "-s", "delay=0s", "-s", "retries=0"]);
        jobs(&directory).len()
    };
    assert_eq!(count(&[("TOKEN", "a")], "1"), 1);
    assert_eq!(count(&[("TOKEN", "a"), ("KK", "1")], "1"), 1, "the same");
    assert_eq!(count(&[("TOKEN", "a"), ("KK", "2")], "1"), 2, "environment");
    assert_eq!(count(&[("TOKEN", "b"), ("KK", "2")], "1"), 3, "secret");
    assert_eq!(count(&[("TOKEN", "b")], "3"), 4, "default");
}

#[test]
fn a_recipe_is_one_job_however_its_file_is_named() {
    let site = PracticeSite::start().unwrap();
    let directory = with_spiders(&[]);
    directory.files.write("here.toml", RECIPE);
    let url = format!("url={}", site.at("/shop/"));
    let absolute = directory.files.path("here.toml");
    for word in [
        "here",
        "here.toml",
        "./here.toml",
        "spiders/../here.toml",
        &absolute,
    ] {
        directory.crawl(&["run", word, "-a", &url, "-q"]).exits(0);
    }
    assert_eq!(jobs(&directory).len(), 1);
}

/// A directory with a recipe that has the name of a spider of the program.
fn with_two_of_a_name() -> Directory {
    let url = "'http://127.0.0.1:9/'";
    with_spiders(&[("quotes.toml", &RECIPE.replace("{}", url))])
}

#[test]
fn a_name_of_two_spiders_is_a_question_to_which_the_words_are_told() {
    let directory = with_two_of_a_name();
    let question = "error: \"quotes\" is a spider of this program and a recipe; write `spider:quotes` for the spider, \
                    `spiders/quotes.toml` for the recipe";
    for verb in ["run", "record", "schema", "check"] {
        directory.crawl(&[verb, "quotes"]).exits(2).says(question);
    }
    let warning = "warning: \"quotes\" is a spider of this program, too: `crawl run spiders/quotes.toml` runs the recipe, \
                   `crawl run spider:quotes` the spider";
    directory.crawl(&["recipe", "check"]).exits(0).says(warning);
}

#[test]
fn both_spiders_of_a_name_are_listed_by_the_words_that_run_them() {
    let directory = with_two_of_a_name();
    let listed = directory.crawl(&["list"]).exits(0);
    let words: Vec<_> = listed
        .lines()
        .iter()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| word.contains("quotes"))
        .collect();
    assert_eq!(words, ["spider:quotes", "spiders/quotes.toml"]);
    let own = directory.crawl(&["schema", "spider:quotes"]).exits(0);
    let of_recipe = directory.crawl(&["schema", "spiders/quotes.toml"]).exits(0);
    assert_ne!(own.lines(), of_recipe.lines());
}

#[test]
fn a_prefix_names_a_spider_that_there_is_no_doubt_about_either() {
    let directory = with_spiders(&[]);
    let plain = directory.crawl(&["schema", "quotes"]).exits(0);
    let prefixed = directory.crawl(&["schema", "spider:quotes"]).exits(0);
    assert_eq!(plain.lines(), prefixed.lines());
    directory
        .crawl(&["run", "spider:quots"])
        .exits(2)
        .says("no spider \"spider:quots\"; did you mean \"quotes\"?");
}

#[test]
fn a_check_goes_on_behind_a_file_that_cannot_be_read() {
    let directory = with_spiders(&[("titles.toml", RECIPE)]);
    std::fs::create_dir(directory.files.path("directory.toml")).unwrap();
    std::fs::write(
        directory.files.path("latin.toml"),
        b"name = 'x'\nabout = 'caf\xe9'",
    )
    .unwrap();
    let ran = directory
        .crawl(&[
            "recipe",
            "check",
            "none.toml",
            "directory.toml",
            "latin.toml",
            "spiders/titles.toml",
        ])
        .exits(4);
    let lines = ran.lines();
    assert!(
        lines[0].starts_with("cannot read the recipe none.toml: "),
        "{lines:?}"
    );
    assert_eq!(
        lines[1..],
        [
            "cannot read the recipe directory.toml: it is not a file",
            "latin.toml:2:13: this is not UTF-8",
            "spiders/titles.toml: good",
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_recipe_and_is_not_waited_for() {
    let directory = Directory::new();
    let pipe = directory.files.path("pipe.toml");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    directory
        .crawl(&["run", "pipe.toml"])
        .exits(4)
        .says("cannot read the recipe pipe.toml: it is not a file");
}

#[test]
fn a_new_recipe_has_the_whole_name_and_not_that_of_the_settings() {
    let directory = Directory::new();
    directory.crawl(&["recipe", "new", "a.b"]).exits(0);
    assert!(directory.read("a.b.toml").contains("start"));
    directory.crawl(&["recipe", "new", "c.toml"]).exits(0);
    assert!(directory.read("c.toml").contains("start"));
    for name in ["crawl", "crawl.toml", ""] {
        directory
            .crawl(&["recipe", "new", name])
            .exits(2)
            .says("cannot be a recipe: choose another name");
    }
}

#[test]
fn a_label_is_asked_for_only_where_pages_have_labels() {
    let directory = with_spiders(&[
        (
            "plain.toml",
            "start = 'http://a.example/'\n[items.page.fields]\nt = 'h1'",
        ),
        (
            "shop.toml",
            "start = [{ url = 'http://a.example/', label = 'book' }]\n[items.page]\non = 'book'\nfields.t = 'h1'",
        ),
    ]);
    directory.files.write("page.html", "<p>nothing</p>");
    let parse = |spider: &str, more: &[&str]| {
        let page = [
            "parse",
            "--file",
            "page.html",
            "--base",
            "http://a.example/x",
            "--spider",
            spider,
        ];
        directory.crawl(&[&page[..], more].concat())
    };
    let ran = parse("plain", &[]).exits(1);
    assert!(!ran.stderr.contains("label"), "{ran:#?}");
    parse("shop", &[])
        .exits(0)
        .says("has to be given that label");
    parse("shop", &["--label", "bok"])
        .exits(0)
        .says("no page of this crawl has the label \"bok\"; did you mean \"book\"?");
}

#[test]
fn a_refused_password_exits_9_and_is_asked_for_when_the_job_goes_on() {
    let site = PracticeSite::start().unwrap();
    let recipe = "start = '{url}account'\nsettings = { robots = false, delay = '0s' }\n\
                  args = { url = {}, password = { secret = true, env = 'ACCOUNT_PASSWORD' } }\n\
                  [login]\nurl = '{url}login'\nfields = { username = 'ada', password = '{password}' }\n\
                  [items.secret]\neach = '.secret'\nfields.text = '::text'";
    let directory = with_spiders(&[("account.toml", recipe)]).with_variable("ACCOUNT_PASSWORD", "");
    let url = format!("url={}", site.at("/"));
    let run = ["run", "account", "-a", &url, "--job", "mine"];
    directory
        .crawl(&run)
        .exits(4)
        .says("give -a password=…, or set ACCOUNT_PASSWORD");
    let wrong = [&run[..], &["-q", "-a", "password=wrong"]].concat();
    directory
        .crawl(&wrong)
        .exits(9)
        .says("no page but those of the login could be fetched");
    let ran = directory.crawl(&["retry-failed", "mine"]).exits(0);
    assert!(ran.stdout.contains("\n  -a password=…\n"), "{ran:#?}");
}

#[test]
fn a_list_that_matches_nothing_is_a_warning_with_the_command_that_tries_another_selector() {
    let site = PracticeSite::start().unwrap();
    let url = site.at("/quotes/");
    let directory = with_spiders(&[(
        "typo.toml",
        &format!("start = '{url}'\n[items.quote]\neach = 'div.qoute'\nfields.text = 'span.text'\n"),
    )]);
    let crawl = ["run", "typo", "--no-job", "--report", "report.json"];
    let ran = directory.crawl(&crawl).exits(0);
    ran.says("a list matched nothing on any page")
        .says("recipe=\"typo\"")
        .says(&format!(
            "hint: `each = \"div.qoute\"` in [items.quote] matched nothing on 1 page; to try another: \
             crawl select {url} div.qoute\n"
        ));
    assert_eq!(
        directory.json("report.json")["unmatched"][0]["example"],
        url.as_str()
    );

    let quiet = directory.crawl(&[&crawl[..], &["-q"]].concat()).exits(0);
    assert_eq!(quiet.stderr, "");
    assert_eq!(
        directory.json("report.json")["unmatched"][0]["selector"],
        "div.qoute"
    );
}
