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
    ] {
        let error = Article::read(&read(&page)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    }
}

/// Where time is quadratic in something, the test takes minutes.
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
        format!(
            "{}{}",
            "<ul><li>".repeat(45),
            "<li>Ink, <a href=a>b</a>".repeat(13_000)
        ),
        "<div class=entry-content><p>Ink, made at home, of soot.".repeat(3_000),
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

/// A page that says that it is an article, with things beside it.
fn news(data: &str, body: &str) -> String {
    format!("<html lang=en><title>Making ink</title>{data}<body>{body}</body>")
}

const SAYS_SO: [&str; 5] = [
    "<meta property=og:type content=article>",
    "<meta property='article:published_time' content=2026-02-03>",
    r#"<script type="application/ld+json">{"@type": "BlogPosting", "headline": "Making ink"}</script>"#,
    r#"<script type="application/ld+json">{"@graph": [{"@type": ["WebPage"]}, {"@type": ["Thing", "OpinionNewsArticle"]}]}</script>"#,
    "<div itemscope itemtype=https://schema.org/NewsArticle></div>",
];

#[test]
fn beside_an_article_nothing_is_kept() {
    let text = SENTENCE.repeat(6);
    for data in SAYS_SO {
        for beside in [
            "<div class=box><h2>Elsewhere</h2><p>Paper is dear.</p><table><tr><td>x</table></div>",
            "<section><h3>Write to us</h3><p>Paper is dear.</section>",
            "<ol id=talk><li><article><p>Paper is dear.</article></ol>",
            "<p>Paper is dear.</p>",
        ] {
            let found = article(&news(
                data,
                &format!("<article><p>{text}<p>{text}</article>{beside}"),
            ));
            assert_eq!(
                found.text.matches("and it lasted").count(),
                12,
                "{data}: {}",
                found.text
            );
            assert!(!found.text.contains("dear"), "{data}: {beside}");
        }
    }
}

#[test]
fn a_page_that_does_not_say_so_loses_nothing_beside_its_article() {
    let text = SENTENCE.repeat(6);
    let found = article(&news(
        "",
        &format!(
            "<article><p>{text}</article><div class=box><h2>Elsewhere</h2><p>Paper is dear, too.</div>"
        ),
    ));
    assert!(
        found.text.contains("Elsewhere\nPaper is dear, too."),
        "{}",
        found.text
    );
}

#[test]
fn an_article_in_several_parts_is_whole() {
    let part = format!(
        "<section><div class=post__content><p>{0}<p>{0}</div></section>",
        SENTENCE.repeat(4)
    );
    let body = format!(
        "<div id=root><div>{}</div></div><ul><li><a href=/1>Paper, today</a></ul>",
        part.repeat(3)
    );
    let found = article(&news(SAYS_SO[0], &body));
    assert_eq!(
        found.text.matches("and it lasted").count(),
        24,
        "{}",
        found.text
    );
    assert!(!found.text.contains("Paper"), "{}", found.text);
}

#[test]
fn the_text_in_json_ld_tells_which_part_it_is() {
    let text = "Quills come from geese, and the best of them from the left wing. ".repeat(6);
    let other = SENTENCE.repeat(20);
    let data = format!(
        r#"<script type="application/ld+json">{{"@type": "Article", "articleBody": "{text}"}}</script>"#
    );
    let body = format!("<div class=a><p>{text}</div><div class=b><p>{other}<p>{other}</div>");
    let found = article(&news(&data, &body));
    assert_eq!(found.text, text.trim());
}

#[test]
fn a_text_that_is_in_json_ld_only_is_the_text() {
    let data = r#"<script type="application/ld+json">{"@type": "BlogPosting", "headline": "Quills", "author": "Ada",
        "articleBody": "Geese &amp; quills.\n\nThe left wing is < the right one."}</script>"#;
    let found = article(&news(data, "<div id=app>Loading</div>"));
    assert_eq!(
        found.text,
        "Geese & quills.\nThe left wing is < the right one."
    );
    assert_eq!(found.title.as_deref(), Some("Quills"));
    assert_eq!(found.byline.as_deref(), Some("Ada"));
}

#[test]
fn boilerplate_is_left_out_whatever_its_size() {
    let text = SENTENCE.repeat(6);
    let long = "Paper is dear, and getting dearer by the day, they say. ".repeat(40);
    for beside in [
        format!("<aside><h2>Today</h2><p>{long}</aside>"),
        format!("<nav><p>{long}</nav>"),
        format!("<footer><p>{long}</footer>"),
        format!("<div class=postComments><p>{long}</div>"),
        format!("<div role=complementary><p>{long}</div>"),
        format!("<select>{}</select>", "<option>Paper is dear".repeat(200)),
    ] {
        let found = article(&news(
            "",
            &format!("<main><h2>Ink</h2><p>{text}</main>{beside}"),
        ));
        assert!(!found.text.contains("Paper"), "{}", found.text);
        assert!(found.text.contains("and it lasted"), "{}", found.text);
    }
}

#[test]
fn what_holds_the_article_is_no_boilerplate_whatever_it_is_called() {
    let text = SENTENCE.repeat(6);
    for (open, close) in [
        (
            "<body class='has-sidebar comments-open'><div class='navbar-page'>",
            "</div>",
        ),
        (
            "<form id=aspnetForm><div class=modal-enabled>",
            "</div></form>",
        ),
        ("<div class=paywall>", "</div>"),
    ] {
        let found = article(&format!(
            "<title>x</title>{open}<article><p>{text}<p>{text}</article>{close}"
        ));
        assert_eq!(
            found.text.matches("and it lasted").count(),
            12,
            "{open}: {}",
            found.text
        );
    }
}

#[test]
fn asides_forms_and_headers_may_have_text_of_the_article() {
    let text = SENTENCE.repeat(6);
    let found = article(&news("", &format!(
        "<header><h1>On ink</h1><p>All that there is to know about it, in one sentence.</header>
         <main><p>{text}<aside><p>Soot is the blackest of all that burns, and the cheapest.</aside>
         <aside role=note><h4>Mind</h4><p>It stains.</aside>
         <form><p>A bottle of ours lasts for a year, and costs next to nothing.<input type=number><button>Buy</button></form>
         <form><p>Write us your address, and we shall send you a letter.<input type=email></form>
         <div class=social-embed><blockquote><p>Ink on my sleeves again!</blockquote></div>
         <p>I use:<ul><li><a href=/1>A quill</a><li><a href=/2>A knife</a></ul><p>{text}
         <h3><button>How much?</button></h3><p>Little.</main>"
    )));
    for kept in [
        "All that there is",
        "blackest of all",
        "It stains.",
        "A bottle of ours",
        "sleeves again",
        "A knife",
        "How much?",
    ] {
        assert!(found.text.contains(kept), "{kept} in {}", found.text);
    }
    for gone in ["your address", "Buy"] {
        assert!(!found.text.contains(gone), "{gone} in {}", found.text);
    }
}

#[test]
fn a_short_article_is_found_beside_many_links() {
    let links = "<a href=/x>Paper of today</a> ".repeat(300);
    let text = SENTENCE.repeat(5);
    for page in [
        format!("<nav>{links}</nav><main><p>{text}</main>"),
        format!("<div><main><p>{text}</main><p>{links}</div>"),
    ] {
        let found = article(&news("", &page));
        assert!(found.text.contains("and it lasted"), "{}", found.text);
    }
}

#[test]
fn what_is_known_is_taken_from_wherever_it_is_said() {
    let text = SENTENCE.repeat(8);
    let known = |data: &str| {
        let found = article(&news(
            data,
            &format!("<article><span class=byline>By Cy Dee</span><p>{text}</article>"),
        ));
        (found.byline, found.published, found.site_name)
    };
    let some = |text: &str| Some(text.to_owned());
    let graph = "<meta property=og:site_name content='The Ink'><meta name=author content='by Ada'>
        <meta property=article:published_time content='2026-02-03 04:05:06+01:00'>";
    assert_eq!(
        known(graph),
        (
            some("Ada"),
            some("2026-02-03T04:05:06+01:00"),
            some("The Ink")
        )
    );
    let json = r#"<script type="application/ld+json">{"@type": "NewsArticle", "author": [{"name": "Ben &amp; Co"}],
        "datePublished": "Wed, 04 Feb 2026 10:00:00 GMT", "publisher": {"@type": "Organization", "name": "Pen"}}</script>"#;
    assert_eq!(
        known(json),
        (some("Ben & Co"), some("2026-02-04T10:00:00Z"), some("Pen"))
    );
    let shown =
        "<meta name=date content=03/04/2026><meta name=author content=https://example.com/ada>";
    assert_eq!(known(shown), (some("Cy Dee"), None, None));
}

#[test]
fn the_lead_of_an_article_comes_before_its_text() {
    let text = SENTENCE.repeat(6);
    let lead = "All that there is to know about ink, in one sentence.";
    for (data, page) in [
        (
            "",
            format!("<header><h1>Making ink</h1><p>{lead}</header><main><p>{text}</main>"),
        ),
        (
            SAYS_SO[0],
            format!("<header><h1>Making ink</h1><p>{lead}</header><main><p>{text}</main>"),
        ),
        (
            SAYS_SO[0],
            format!(
                "<article><div class=article__lead>{lead}</div><div class=article__text><p>{text}<p>{text}</div></article>"
            ),
        ),
        (
            SAYS_SO[0],
            format!(
                "<article><header><h1>Making ink</h1><div><p>{lead}</div></header><div class=x><p>{text}<p>{text}</div></article>"
            ),
        ),
    ] {
        let found = article(&news(data, &page));
        assert_eq!(found.text.lines().next(), Some(lead), "{page}");
    }
    let found = article(&news(
        SAYS_SO[0],
        &format!("<header><h1>The Ink Blog</h1><p>words since 1999</header><main><p>{text}</main>"),
    ));
    assert_eq!(found.text, text.trim());
}
