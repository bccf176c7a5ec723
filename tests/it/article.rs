//! The main text of a page: what it keeps, what it leaves out, and pages made to be expensive.

use crawlworks::html::Html;
use crawlworks::{Article, ErrorKind};
use url::Url;

const SENTENCE: &str = "Ink was once made at home, of soot, water and gum, and it lasted. ";

fn read(page: &str) -> Html {
    Html::parse(page, Url::parse("https://example.com/ink/").unwrap())
}

fn article(page: &str) -> Article {
    read(page).article().unwrap()
}

/// A page as sites have them: an article among menus.
fn page_with(article: &str) -> String {
    format!(
        "<html lang=en><head><title>Making ink - The Site</title><meta name=author content='Ada L.'>
         <meta property=article:published_time content=2026-01-02T03:04:05Z>
         <meta name=description content='How ink was made.'></head>
         <body><header><a href=/>The Site</a> tagline</header><nav class=menu><a href=/a>A</a><a href=/b>B</a></nav>
         <div id=content><h1>Making ink</h1>{article}</div>
         <div class=sidebar><p>Buy our paper, it is on sale.</div><footer>All rights reserved</footer></body>"
    )
}

#[test]
fn the_text_is_without_what_is_around_it() {
    let text = SENTENCE.repeat(5);
    let found = article(&page_with(&format!(
        "<p>{text}</p><p>{text}</p><p>The end.</p>"
    )));
    let lines: Vec<&str> = found.text.lines().collect();
    assert_eq!(lines, [text.trim(), text.trim(), "The end."]);
}

#[test]
fn what_is_known_about_it_comes_along() {
    let found = article(&page_with(&format!("<p>{}</p>", SENTENCE.repeat(20))));
    assert_eq!(found.byline.as_deref(), Some("Ada L."));
    assert_eq!(found.published.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(found.language.as_deref(), Some("en"));
    assert_eq!(found.excerpt.as_deref(), Some("How ink was made."));
    assert!(found.title.unwrap().starts_with("Making ink"));
}

#[test]
fn what_json_ld_says_is_trusted_most() {
    let data = r#"<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ink at home",
        "author": [{"name": "Ben"}, {"name": "Cy"}], "datePublished": "2026-05-01"}</script>"#;
    let found = article(&page_with(&format!("{data}<p>{}</p>", SENTENCE.repeat(20))));
    assert_eq!(found.title.as_deref(), Some("Ink at home"));
    assert_eq!(found.byline.as_deref(), Some("Ben, Cy"));
    assert_eq!(found.published.as_deref(), Some("2026-05-01"));
}

#[test]
fn markdown_and_html_have_absolute_links() {
    let found = article(&page_with(&format!(
        "<p>{}<a href=soot#top>Soot</a></p><p><img src=../a.png alt=pot> {0}</p>",
        SENTENCE.repeat(10)
    )));
    assert!(
        found
            .markdown
            .contains("[Soot](https://example.com/ink/soot#top)"),
        "{}",
        found.markdown
    );
    assert!(
        found
            .html
            .contains("href=\"https://example.com/ink/soot#top\""),
        "{}",
        found.html
    );
    assert!(
        found.html.contains("src=\"https://example.com/a.png\""),
        "{}",
        found.html
    );
}

#[test]
fn a_manual_of_lists_and_tables_is_kept_whole() {
    let rows: Vec<_> = (0..30)
        .map(|n| format!("<tr><td>code{n}<td>condition_{n}"))
        .collect();
    let rows = rows.concat();
    let terms: Vec<_> = (0..30).map(|n| format!("<dt>-{n}<dd>{SENTENCE}")).collect();
    let terms = terms.concat();
    let found = article(&page_with(&format!(
        "<p>{SENTENCE}</p><table>{rows}</table><dl>{terms}</dl>"
    )));
    for expected in ["code0 condition_0\n", "code29 condition_29\n", "-29\nInk"] {
        assert!(
            found.text.contains(expected),
            "{expected} in {}",
            found.text
        );
    }
    assert!(!found.text.contains("rights"), "{}", found.text);
}

#[test]
fn a_chapter_is_no_menu_because_of_a_word_in_its_id() {
    let text = SENTENCE.repeat(10);
    let found = article(&page_with(&format!(
        "<p>{text}</p><div id=sql-for-update-share><p>Locked rows.</p></div><div id=share><p>Tell all.</p></div><p>{text}</p>"
    )));
    assert!(found.text.contains("Locked rows."), "{}", found.text);
    assert!(!found.text.contains("Tell all."), "{}", found.text);
}

#[test]
fn a_manual_keeps_its_tables_of_links_and_its_references() {
    let row = |n| format!("<tr><td><a href=f{n}>function_{n}</a><td>Does {n}.");
    let reference = |n| format!("<li><a href=r{n}>Reference number {n}, a book</a>");
    let text = SENTENCE.repeat(20);
    for (open, close) in [
        ("<main>", "</main>"),
        ("<article>", "</article>"),
        ("<section>", "</section>"),
    ] {
        let found = article(&page_with(&format!(
            "{open}<h2>API</h2><p>{text}</p><table>{}</table><p>{text}</p>
             <div><h2>References</h2><ol>{}</ol></div>{close}",
            (0..5).map(row).collect::<String>(),
            (0..5).map(reference).collect::<String>(),
        )));
        for n in 0..5 {
            let expected = format!("function_{n} Does {n}.");
            assert!(
                found.text.contains(&expected),
                "{open}: {expected} in {}",
                found.text
            );
            let expected = format!("Reference number {n}, a book");
            assert!(
                found.text.contains(&expected),
                "{open}: {expected} in {}",
                found.text
            );
        }
    }
}

#[test]
fn chapters_may_be_called_what_menus_are() {
    let text = SENTENCE.repeat(20);
    let found = article(&page_with(&format!(
        "<p>{text}</p><section id=cookies><h2>One</h2><p>Baked.</p></section>
         <section id=x><div id=pagination><p>Turned.</p></div><p>{text}</p></section>
         <h2 id=related-work>Others</h2><p class=share>Divided.</p><div class=text-navy>Blue.</div>
         <table><tr><td class=menu>Dishes.<td>x</table>"
    )));
    for expected in [
        "One", "Baked.", "Turned.", "Others", "Divided.", "Blue.", "Dishes.",
    ] {
        assert!(
            found.text.contains(expected),
            "{expected} in {}",
            found.text
        );
    }
}

#[test]
fn names_that_would_take_most_of_a_page_are_not_believed() {
    let text = SENTENCE.repeat(10);
    let part = format!("<div class=related><p>{text}</p></div>");
    let found = article(&format!(
        "<body><nav>Home</nav>{}<p>{SENTENCE}",
        part.repeat(5)
    ));
    assert_eq!(found.text.matches("and it lasted").count(), 51);
    assert!(!found.text.contains("Home"), "{}", found.text);
}

#[test]
fn a_list_of_links_has_no_main_text() {
    let links: Vec<_> = (0..200)
        .map(|n| format!("<li><a href=/{n}>{SENTENCE}</a>"))
        .collect();
    let links = links.concat();
    let html = read(&page_with(&format!("<ul>{links}</ul>")));
    assert!(html.article().is_none());
    let error = Article::read(&html).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Missing);
    assert_eq!(error.url().unwrap().as_str(), "https://example.com/ink/");
}

#[test]
fn an_empty_page_has_no_main_text() {
    for page in [
        "",
        "<p>",
        "<body><nav>x</nav>",
        "<frameset><frame src=a>",
        "<title>x</title>",
    ] {
        assert!(read(page).article().is_none(), "{page}");
    }
}

#[test]
fn a_page_that_is_too_large_says_so() {
    for page in [
        "<p>x".repeat(60_000),
        format!("<p>{}", "word ".repeat(1 << 20)),
        format!(
            "{}{}",
            "<ul><li>".repeat(45),
            "<li>Ink, <a href=a>b</a>".repeat(13_000)
        ),
    ] {
        let error = Article::read(&read(&page)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    }
}

/// A tenth of what they may be. Where time is quadratic in something, the test takes minutes.
#[test]
fn pages_made_to_be_expensive_are_read() {
    let words = SENTENCE.repeat(60);
    let deep = |open: &str, count: usize| format!("{}{}", open.repeat(count), words.repeat(10));
    for page in [
        format!("<p>{words}</p>").repeat(100),
        format!("<p>{SENTENCE}").repeat(4_000),
        format!(
            "<table><tr>{}</table>",
            format!("<td>{SENTENCE}").repeat(4_000)
        ),
        format!(
            "<table>{}</table>",
            format!("<tr><td>{SENTENCE}<td>x").repeat(1_500)
        ),
        deep("<div>", 600),
        format!("{}{}", "<div>".repeat(600), SENTENCE.repeat(5_000)),
        format!(
            "{}{}",
            "<ul><li>".repeat(45),
            format!("<li>{SENTENCE}, <a href=a>b</a>").repeat(1_000)
        ),
        deep("<div class=share><form><fieldset><ul><li>", 120),
        deep("<div><p>a</p>", 90),
        format!("<div>{}", format!("<div>{SENTENCE}<br><br>").repeat(1_500)),
        format!("<p>{}</p>", "a<br><br>".repeat(3_000)),
        format!("<div>{}</div>", "<a href=#>b</a>,".repeat(3_000)),
        format!("<noscript>{}</noscript>", "<img src=a.png>".repeat(4_000)),
        format!("<p class='{}'>{words}", "nav ".repeat(100_000)),
        "<svg><title><math><table><form><select><option>".repeat(500),
    ] {
        let start: String = page.chars().take(60).collect();
        if let Err(error) = Article::read(&read(&page)) {
            assert_eq!(error.kind(), ErrorKind::Missing, "{start}: {error}");
        }
    }
}
