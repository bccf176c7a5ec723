//! The recipes in ./spiders. That two of them find what the Rust spiders find is shown with the command.

use crawlworks::{Args, Recipe};
use serde_json::{Value, json};

pub(super) const RECIPES: [(&str, &str); 4] = [
    ("shop.toml", include_str!("../../../spiders/shop.toml")),
    (
        "sayings.toml",
        include_str!("../../../spiders/sayings.toml"),
    ),
    (
        "postgresql-manual.toml",
        include_str!("../../../spiders/postgresql-manual.toml"),
    ),
    (
        "python-manual.toml",
        include_str!("../../../spiders/python-manual.toml"),
    ),
];

/// The only item that a recipe finds in a page.
async fn item(name: &str, html: &str) -> Value {
    let (_, text) = RECIPES.iter().find(|(known, _)| *known == name).unwrap();
    let spider = Recipe::parse(name, text)
        .unwrap()
        .spider(&mut Args::default())
        .unwrap();
    let out = crawlworks::testing::parse(&spider, "https://a.example/docs/page.html", html)
        .await
        .unwrap();
    assert_eq!(out.items().len(), 1);
    serde_json::to_value(&out.items()[0]).unwrap()
}

#[test]
fn every_recipe_says_what_it_does() {
    for (name, text) in RECIPES {
        let recipe = Recipe::parse(name, text).unwrap();
        assert_eq!(Some(recipe.name()), name.strip_suffix(".toml"));
        assert!(!recipe.description().is_empty());
        assert!(
            !recipe
                .job()
                .crawler(Args::default())
                .unwrap()
                .start()
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_page_of_the_postgresql_manual_is_an_item() {
    let page = r#"<title>2.6. Joins</title><body id="docContent"><div class="navheader"><table><tr>
        <td><a accesskey="u" href="tutorial-sql.html" title="Chapter 2. SQL">Up</a></td>
        <td><a accesskey="n" href="tutorial-agg.html">Next</a></td></tr></table></div>
        <div class="sect1"><div class="titlepage"><h2 class="title">2.6. Joins Between Tables</h2></div>
        <p>Thus far, <em>queries</em>.</p><pre class="programlisting">
SELECT 1
  FROM x;</pre><div class="sect2"><div class="titlepage"><h3 class="title">2.6.1. More</h3></div></div></div>"#;
    assert_eq!(
        item("postgresql-manual.toml", page).await,
        json!({
            "url": "https://a.example/docs/page.html",
            "title": "2.6. Joins",
            "h1": "2.6. Joins Between Tables",
            "part": "Chapter 2. SQL",
            "up": "https://a.example/docs/tutorial-sql.html",
            "next": "https://a.example/docs/tutorial-agg.html",
            "summary": "Thus far, queries.",
            "sections": ["2.6.1. More"],
            "examples": ["SELECT 1 FROM x;"],
            "text": "2.6. Joins Between Tables Thus far, queries. SELECT 1 FROM x; 2.6.1. More",
        })
    );
}

#[tokio::test]
async fn a_page_of_the_python_manual_is_an_item() {
    let page = r##"<title>json</title><link rel=next href="mailbox.html">
        <div class="related"><ul><li class="nav-item nav-item-1"><a href="index.html">Library</a> »</li></ul></div>
        <div class="document"><div class="body"><section><h1>json<a class="headerlink" href="#x">¶</a></h1><p>Encode.</p>
        <h2>Usage<a class="headerlink" href="#u">¶</a></h2>
        <dl class="py function"><dt id="json.dump">dump()</dt></dl></section></div></div>
        <div class="related"><ul><li class="nav-item"><a href="index.html">Library</a></li></ul></div>"##;
    assert_eq!(
        item("python-manual.toml", page).await,
        json!({
            "url": "https://a.example/docs/page.html",
            "title": "json",
            "h1": "json",
            "section": "Library",
            "prev": null,
            "next": "https://a.example/docs/mailbox.html",
            "summary": "Encode.",
            "sections": ["Usage"],
            "defines": ["json.dump"],
            "text": "json¶ Encode. Usage¶ dump()",
        })
    );
}
