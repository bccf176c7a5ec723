//! What queries mean, and what is said about those that mean nothing.

use proptest::prelude::*;

use super::*;

const PAGE: &str = "<html lang=en><h1 id=top>Big <i>news</i></h1><p>One <b>two</b>\n three <a href='x::text' title=t>four</a>\
    </p><p> </p><div><p>five</p><div id=in>six</div></div>";

fn values(query: &str) -> Vec<String> {
    let url = url::Url::parse("http://example.com/").unwrap();
    let all = Html::parse(PAGE, url).get_all(query).unwrap();
    let url = url::Url::parse("http://example.com/").unwrap();
    assert_eq!(
        Html::parse(PAGE, url).get(query).unwrap().as_ref(),
        all.first(),
        "{query}"
    );
    all
}

#[test]
fn an_ending_says_what_is_taken() {
    for (query, expected) in [
        ("h1", &["Big news"][..]),
        ("p:empty, h1", &["Big news"]),
        ("h1::text", &["Big"]),
        ("p::text", &["One", "three", "five"]),
        ("p ::text", &["One", "two", "three", "four", "five"]),
        ("h1 *::text", &["Big", "news"]),
        ("div ::text", &["five", "six"]),
        ("div > *::text", &["five", "six"]),
        ("h1::attr(ID)", &["top"]),
        ("div ::attr(id)", &["in"]),
        ("html::attr(lang)", &["en"]),
        ("::attr(lang)", &["en"]),
        ("::text", &[]),
        ("a[href='x::text']", &["four"]),
        ("a[href='x::text']::attr( title )", &["t"]),
        (":is(h1, b)::text", &["Big", "two"]),
        ("table::text", &[]),
    ] {
        assert_eq!(values(query), expected, "{query}");
    }
}

#[test]
fn a_list_has_endings_of_its_own_and_answers_in_document_order() {
    for (query, expected) in [
        ("b::text, h1::attr(id)", &["top", "two"][..]),
        ("b::text, h1::text", &["Big", "two"]),
        ("div::attr(id), div > p, h1", &["Big news", "five", "in"]),
        ("a::attr(title), a::text, a", &["t", "four", "four"]),
        ("::attr(lang), b ::text", &["en", "two"]),
    ] {
        assert_eq!(values(query), expected, "{query}");
    }
}

#[test]
fn a_query_is_asked_of_the_element() {
    let html = Html::parse(
        "<ul><li class=a><ul><li>1</ul>x<li>2",
        url::Url::parse("http://a.example/").unwrap(),
    );
    let list = html.one("ul").unwrap();
    assert_eq!(list.get_all("> li::text").unwrap(), ["x", "2"]);
    assert_eq!(list.get_all("li::text").unwrap(), ["1", "x", "2"]);
    let item = list.one("> li").unwrap();
    assert_eq!(item.get_all("li").unwrap(), ["1"]);
    assert_eq!(item.get("::attr(class)").unwrap().as_deref(), Some("a"));
    assert_eq!(item.get_all("*::text").unwrap(), ["1", "x"]);
}

#[test]
fn pieces_of_text_come_in_document_order_also_of_elements_within_each_other() {
    let page = "<div>1<div>2<b>x</b>3</div>4<p>5</p><div>6<div></div>7</div>8</div><div>9</div>";
    let html = Html::parse(page, url::Url::parse("http://a.example/").unwrap());
    for (query, expected) in [
        ("div::text", "1 2 3 4 6 7 8 9"),
        ("div::text, b::text", "1 2 x 3 4 6 7 8 9"),
        ("div, b::text, p ::text", "1 2x3 4 5 6 7 8 2x3 x 5 6 7  9"),
        ("p::text, body ::text, b::text", "1 2 x 3 4 5 6 7 8 9"),
        ("div div::text", "2 3 6 7"),
        ("*::text", "1 2 x 3 4 5 6 7 8 9"),
    ] {
        assert_eq!(html.get_all(query).unwrap().join(" "), expected, "{query}");
        let first = html.get(query).unwrap();
        assert_eq!(
            first.as_ref(),
            html.get_all(query).unwrap().first(),
            "{query}"
        );
    }
    let outer = html.one("div").unwrap();
    assert_eq!(
        outer.get_all("::text, div::text").unwrap(),
        ["1", "2", "3", "4", "6", "7", "8"]
    );
}

#[test]
fn scope_is_the_element_itself() {
    let html = Html::parse(
        "<li id=a>One <b>two</b> three",
        url::Url::parse("http://a.example/").unwrap(),
    );
    let item = html.one("li").unwrap();
    for (query, expected) in [
        (":scope", &["One two three"][..]),
        (" :scope::text", &["One", "three"]),
        (":scope ::text", &["One", "two", "three"]),
        (":scope::attr(id)", &["a"]),
        (":scope > b", &["two"]),
        ("b, :scope", &["One two three", "two"]),
    ] {
        assert_eq!(item.get_all(query).unwrap(), expected, "{query}");
    }
    assert_eq!(Query::parse(":scope").unwrap().to_string(), ":scope");
    assert_eq!(html.get(":scope").unwrap(), html.get("html").unwrap());
}

#[test]
fn text_that_elements_within_each_other_repeat_has_a_limit() {
    let page = "<div>".repeat(100) + &"x".repeat(1 << 20);
    let html = Html::parse(&page, url::Url::parse("http://a.example/").unwrap());
    let error = html.get_all("div").unwrap_err();
    assert_eq!(error.kind(), crate::page::error::ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        r#""div" gives more than 64 MiB of text: does it match elements within each other? (http://a.example/)"#
    );
    assert_eq!(html.get_all("div::text").unwrap().len(), 1);
}

#[test]
fn a_bad_query_says_where_and_what_was_meant() {
    for (query, what) in [
        (
            "a::txt",
            r#"unexpected "::txt" at column 2; did you mean "::text"?"#,
        ),
        (
            "é, a::atr(x)",
            r#"unexpected "::atr" at column 5; did you mean "::attr"?"#,
        ),
        (
            "a::before",
            r#"unexpected "::before" at column 2; there are ::text and ::attr(name)"#,
        ),
        (
            "a::attr",
            "::attr has no name of an attribute at column 2; write ::attr(href)",
        ),
        (
            "a::attr()",
            "::attr has no name of an attribute at column 2; write ::attr(href)",
        ),
        (
            "a::attr(x y)",
            "::attr has no name of an attribute at column 2; write ::attr(href)",
        ),
        (
            "a::text b",
            r#"unexpected "b" at column 9; nothing can follow ::text"#,
        ),
        (
            "a::text(2)",
            r#"unexpected "(" at column 8; ::text takes nothing in brackets"#,
        ),
        (
            "a::text::text",
            r#"unexpected "::text" at column 8; nothing can follow ::text"#,
        ),
        ("h1::text, p >> a::text", r#"unexpected ">" at column 14"#),
        (
            "a, b:fist-child::text",
            r#"unexpected ":fist-child" at column 5; did you mean ":first-child"?"#,
        ),
        ("p > ::text", "it ends too early"),
        ("a::text,", "it is empty"),
        ("", "it is empty"),
    ] {
        let error = Query::parse(query).unwrap_err();
        assert_eq!(error.to_string(), format!("bad selector {query:?}: {what}"));
    }
}

#[test]
fn an_error_names_the_page() {
    let html = Html::parse("", url::Url::parse("http://a.example/p").unwrap());
    for error in [
        html.get("a::txt").unwrap_err(),
        html.get_all("a[").unwrap_err(),
        html.select("a::text").unwrap_err(),
        html.first("a[").unwrap_err(),
        html.one("a[").unwrap_err(),
        html.links("a[").unwrap_err(),
        html.root().select("a[").unwrap_err(),
        html.root().first("a[").unwrap_err(),
        html.root().links("a[").unwrap_err(),
        html.urls("a[").unwrap_err(),
    ] {
        assert_eq!(
            error.url().map(url::Url::as_str),
            Some("http://a.example/p"),
            "{error}"
        );
    }
}

/// Selectors with endings, among them odd ones.
fn queries() -> impl Strategy<Value = String> {
    let css = prop::sample::select(vec![
        "a",
        "p > b",
        "> li",
        "[x='a::text, b']",
        ":is(a, b)",
        "*",
        "a *",
        "div > *",
        "é.ü",
        "",
        r"a\,b",
        "a:has(> b)",
        "a ",
        "* ",
        "svg|a *",
    ]);
    let ending = prop::sample::select(vec![
        "::text",
        "::attr(href)",
        "::attr( data-X )",
        "",
        " ::text",
        " *::attr(a)",
    ]);
    prop::collection::vec((css, ending), 1..4).prop_map(|parts| {
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(css, ending)| format!("{css}{ending}"))
            .collect();
        parts.join(" ,")
    })
}

proptest! {
    #[test]
    fn what_is_displayed_is_read_as_the_same(text in queries()) {
        if let Ok(query) = Query::parse(&text) {
            prop_assert_eq!(Query::parse(&query.to_string()).unwrap(), query);
        }
    }

    #[test]
    fn no_query_is_too_odd(text in "([a-z]|::|:|text|attr|[(),.>~*\"'\\[\\]\\\\ é]|/\\*){0,12}") {
        if let Ok(query) = Query::parse(&text) {
            prop_assert_eq!(&Query::parse(&query.to_string()).unwrap(), &query);
            let url = url::Url::parse("http://example.com/").unwrap();
            let html = Html::parse(PAGE, url);
            let all = query.values(html.root()).unwrap();
            let first = query.value(html.root()).unwrap();
            prop_assert_eq!(first.as_ref(), all.first());
        }
    }
}
