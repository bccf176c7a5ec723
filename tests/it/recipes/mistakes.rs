//! What is said of a recipe that is wrong: every mistake, with its place and what was meant.

use crawlworks::{ErrorKind, Recipe, recipe};
use proptest::prelude::*;

/// All that is said of a recipe.
fn told(text: &str) -> Vec<String> {
    let problems = recipe::check("test.toml", text);
    problems.iter().map(ToString::to_string).collect()
}

/// A good recipe but for these lines, which begin in line 1.
fn told_beside(lines: &str) -> Vec<String> {
    told(&format!(
        "{lines}\n[items.page]\non = \"*\"\nfields.title = \"h1\"\n"
    ))
}

const START: &str = "start = ['http://a.example/']";

/// The same for a field.
fn told_of_field(field: &str) -> Vec<String> {
    told(&format!("{START}\n[items.page.fields]\nf = {field}"))
}

#[test]
fn a_good_recipe_has_no_mistakes() {
    assert_eq!(told_beside(START), [] as [&str; 0]);
}

#[test]
fn a_cleaner_that_is_given_as_a_type_is_told_as_it_is_written() {
    let told = |kind: &str| {
        told(&format!(
            "start = 'http://a.example/'\n[items.page.fields]\nn = {{ css = 'b', type = '{kind}' }}\n"
        ))
    };
    assert_eq!(
        told("price"),
        [r#"3:25: unknown type "price"; it is a cleaner: clean = ["price"], type = "number""#]
    );
    assert_eq!(
        told("lower"),
        [r#"3:25: unknown type "lower"; it is a cleaner: clean = ["lower"]"#]
    );
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_text() {
    let text = "strat = ['http://a.example/']\nstart = 'http://a.example/{1..3}'\n[settings]\ndealy = '1s'\n\
                [items.page]\neach = 'p:frist'\n[items.page.fields]\nn = { css = 'b', type = 'int', claen = 'trim' }\n";
    assert_eq!(
        told(text),
        [
            r#"1:1: unknown key "strat" in a recipe; did you mean "start"?"#,
            r#"4:9: unknown setting "dealy"; did you mean "delay"?"#,
            r#"6:8: bad selector "p:frist": unexpected ":frist" at column 2"#,
            r#"8:25: unknown type "int"; there are text, integer, number, boolean, url, date, exists"#,
            r#"8:32: unknown key "claen" in a field; did you mean "clean"?"#,
        ]
    );
}

#[test]
fn the_default_of_a_list_is_a_list() {
    assert_eq!(
        told_of_field("{ css = 'a', list = true, default = 'x' }"),
        ["3:41: the default of a list is a list, such as []"]
    );
    assert_eq!(
        told_of_field("{ css = 'a', list = true, join = ',', default = [] }"),
        ["3:53: the default of joined texts is a text"]
    );
}

#[test]
fn a_list_that_begins_with_a_body_does_not_go_on_by_urls() {
    let lines =
        "start = [{ url = 'http://a.example/', json = {} }]\npagination.url = '?page={page}'\n";
    assert_eq!(
        told_beside(lines),
        [
            "1:18: the `url` of [pagination] is asked for with GET and without a body: this start cannot go on so; `body` there puts the number or cursor into its body"
        ]
    );
}

#[test]
fn mistakes_in_the_parts_around_items_are_told() {
    for (lines, expected) in [
        ("start = []", "1:9: no start URL"),
        (
            "start = 7",
            "1:9: expected a list of URLs, found a whole number",
        ),
        (
            "start = ['a.example']",
            r#"1:10: bad start URL "a.example": not a valid URL: a.example: relative URL without a base"#,
        ),
        (
            "start = ['http://a.example/{1..10000000000}']",
            "1:9: 10000000000 start URLs are too many: at most 100000; page by page goes [pagination]",
        ),
        (
            "start = 'http://a.example/'\nsitemaps = 'http://a.example/{1..99999999999}.xml'",
            "2:12: 99999999999 sitemaps are too many: at most 100000 with the start URLs",
        ),
        (
            "start = 'http://a.example/{1..60000}'\nsitemaps = ['http://a.example/{1..60000}.xml']",
            "2:12: 60000 sitemaps are too many: at most 100000 with the start URLs",
        ),
        (
            "start = 'http://a.example/'\nsitemaps = []",
            "2:12: no sitemap",
        ),
        (
            "name = '../../etc/passwd'",
            r#"1:8: "../../etc/passwd" cannot be a name: use letters, digits, -, _ and ., and begin with none of - and ."#,
        ),
        (
            "name = '.hidden'",
            r#"1:8: ".hidden" cannot be a name: use letters, digits, -, _ and ., and begin with none of - and ."#,
        ),
        (
            "start = ['http://a.example/{X..c}']",
            "1:10: the range {X..c} goes from a small letter to a capital or back; write {a..z} or {A..Z}",
        ),
        (
            "start = ['http://a.example/{9..1}']",
            "1:10: the range {9..1} is empty; did you mean {1..9}?",
        ),
        (
            "start = ['http://a.example/{page}']",
            "1:10: unknown argument {page}; [args] declares arguments",
        ),
        (
            "start = ['http://a.example/{ulr}']\nargs.url = 'x'",
            r#"1:10: unknown argument {ulr}; did you mean "url"?"#,
        ),
        (
            "start = ['http://a.example/']\nfollow = [{ within = 'li:' }]",
            r#"2:22: bad selector "li:": unexpected ":" at column 3"#,
        ),
        (
            "start = ['http://a.example/']\nfollow = [{ allow = ['a', '('] }]",
            r#"2:27: bad regular expression "(": unclosed group"#,
        ),
        (
            "start = ['http://a.example/']\nfollow = [{ label = '*' }]",
            r#"2:21: "*" cannot be a label"#,
        ),
        (
            "start = ['http://a.example/']\nfollow = { within = 'p' }",
            "2:10: expected a list: write [[follow]]",
        ),
        (
            "start = ['http://a.example/']\npagination = { url = '/x' }",
            "2:22: the URL has no {page}: write it where the value belongs",
        ),
        (
            "start = ['http://a.example/']\npagination = {}",
            "2:14: [pagination] needs `next`, `link_header`, `json`, `url` or `body`",
        ),
        (
            "start = ['http://a.example/']\nsettings.retries = 'x'",
            r#"2:20: bad value "x" for setting "retries": expected a whole number"#,
        ),
        (
            "start = ['http://a.example/']\nargs.q = 'x'",
            r#"2:6: argument "q" is used nowhere; write {q} where its value belongs"#,
        ),
        (
            "sitemaps = 'http://a.example/s.xml'\nfollow = [{ on = 'sitemap', within = 'p' }]",
            r#"2:29: "within" is for links of HTML pages, not for the URLs of JSON or a sitemap"#,
        ),
        (
            "start = ['http://a.example/{p}']\nargs.p = { default = 'x', secret = true }",
            "1:10: {p} is secret and would be stored here; secrets belong into headers, bodies and the fields of [login]",
        ),
    ] {
        let told = told_beside(lines);
        assert!(told.contains(&expected.to_owned()), "{lines}: {told:#?}");
    }
}

#[test]
fn mistakes_in_fields_are_told() {
    for (field, expected) in [
        (
            "7",
            "3:5: expected a selector or a table; a constant is { value = … }",
        ),
        (
            "{}",
            "3:5: a field needs `css`, `json_ld`, `page`, `carried` or `value`",
        ),
        (
            "'a::attrs(x)'",
            r#"3:5: bad selector "a::attrs(x)": unexpected "::attrs" at column 2; did you mean "::attr"?"#,
        ),
        (
            "{ page = 'ulr' }",
            r#"3:14: unknown "ulr": a page has url, title, label, status, canonical; did you mean "url"?"#,
        ),
        (
            "{ css = 'b', clean = ['pirce'] }",
            r#"3:27: unknown cleaner "pirce"; did you mean "price"?"#,
        ),
        (
            "{ css = 'b', page = 'url' }",
            "3:18: a value comes from one place: `css` is there already",
        ),
        (
            "{ css = 'b', join = ',' }",
            r#"3:18: "join" needs `list = true`: it joins the texts of a list"#,
        ),
        (
            "{ css = 'b', type = 'integer', default = 'x' }",
            "3:46: the default is not of the field's type, a whole number",
        ),
        (
            "{ css = 'b', optional = true, default = 'x' }",
            "3:18: a field with a default is never null: leave `optional` out",
        ),
        (
            "{ css = 'b', format = '%Y' }",
            r#"3:27: "format" needs type = "date""#,
        ),
        (
            "{ css = 'b', type = 'date', format = '%H' }",
            r#"3:42: bad format "%H": it has no whole date in it, such as %Y-%m-%d"#,
        ),
        (
            "{ css = 'b', fields = { x = 'i' }, type = 'text' }",
            r#"3:40: "type" means nothing beside `fields`: write it at one of them"#,
        ),
    ] {
        let told = told_of_field(field);
        assert!(told.contains(&expected.to_owned()), "{field}: {told:#?}");
    }
}

#[test]
fn labels_that_do_not_meet_are_told() {
    for (rest, expected) in [
        (
            "[items.book]\non = 'bok'\nfields.t = 'h1'\n[[follow]]\nlabel = 'book'",
            r#"3:6: no start and no rule gives the label "bok"; did you mean "book"?"#,
        ),
        (
            "[items.page]\nfields.t = 'h1'\n[[follow]]\nlabel = 'book'",
            r#"5:9: pages labelled "book" lead nowhere: no [items…], [[follow]] or [pagination] is for them"#,
        ),
        (
            "[items.book]\non = 'book'\nfields.t = 'h1'\n[[follow]]\non = 'book'\nlabel = 'book'",
            "2:8: no way leads from a start to the pages of [items.book]",
        ),
    ] {
        let told = told(&format!("{START}\n{rest}"));
        assert!(told.contains(&expected.to_owned()), "{rest}: {told:#?}");
    }
    let labelled =
        "start = [{ url = 'http://a.example/', label = 'list' }]\n[items.page]\nfields.t = 'h1'";
    assert_eq!(
        told(labelled),
        [
            r#"1:47: pages labelled "list" lead nowhere: no [items…], [[follow]] or [pagination] is for them"#,
            r#"2:1: all pages have labels: say by `on` which this is for ("list")"#,
        ]
    );
}

#[test]
fn a_unique_field_has_to_be_there() {
    let told = told(&format!(
        "{START}\n[items.page]\nunique = ['titel']\nfields.title = 'h1'"
    ));
    assert_eq!(
        told,
        [r#"3:11: no field "titel" to be unique; did you mean "title"?"#]
    );
}

#[test]
fn json_and_html_are_told_apart() {
    let html = told_of_field("{ json = 'a' }");
    assert!(
        html[0].starts_with("3:7: this page is HTML: `json` needs `css`"),
        "{html:?}"
    );
    let whole = told_of_field("{ document = 'a' }");
    assert_eq!(
        whole,
        ["3:18: `document` is the whole JSON around an item: only kinds with `json` have one"]
    );
    let json = told(&format!(
        "{START}\n[items.x]\njson = 'a[]'\nfields.f = {{ css = 'b' }}"
    ));
    assert_eq!(
        json,
        ["4:14: this is taken out of JSON, which has no elements: use `json`"]
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let told = told("start = [\n'http://a.example/'\nname = 'x'");
    assert!(told[0].starts_with("3:"), "{told:?}");
}

#[test]
fn the_error_of_a_recipe_lists_everything() {
    let error = Recipe::parse(
        "spiders/x.toml",
        "a = 1\nb = 2\nstart = ['http://a.example/']",
    )
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert_eq!(
        error.to_string(),
        "3 mistakes in spiders/x.toml\n  spiders/x.toml:1:1: no items: write [items.NAME] and [items.NAME.fields]\n  \
         spiders/x.toml:1:1: unknown key \"a\" in a recipe\n  spiders/x.toml:2:1: unknown key \"b\" in a recipe"
    );
}

#[test]
fn a_hostile_recipe_is_refused_in_little_time() {
    let deep = format!("[{}]", vec!["a"; 400_000].join("."));
    let wide: String = (0..60_000)
        .flat_map(|n| ["k".to_owned(), n.to_string(), " = 1\n".to_owned()])
        .collect();
    let fields = format!("[items.x.{}f]", "fields.f.".repeat(20));
    let pattern = format!(
        "start = 'http://a.example/'\nfollow = [{{ allow = '{}' }}]",
        "(a{1000}){1000}"
    );
    let choices = format!("start = 'http://a.example/{}'", "{1..100}".repeat(100));
    for text in [
        deep,
        wide,
        fields,
        pattern,
        choices,
        "[".repeat(1 << 19),
        "x".repeat(2 << 20),
    ] {
        let told = told(&text);
        assert!((1..=101).contains(&told.len()), "{}", told.len());
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let problems = recipe::check("x.toml", &text);
        prop_assert!(problems.iter().all(|problem| problem.line >= 1 && problem.column >= 1));
    }

    /// A good recipe with something else in the place of one of its bytes.
    #[test]
    fn a_recipe_that_was_mangled_is_read_or_refused(at in 0usize..2_000, with in "[\\[\\]{}='\"a0.,\n]{0,3}") {
        let good = include_str!("../../../spiders/shop.toml");
        if let (Some(before), Some(after)) = (good.get(..at), good.get(at + 1..)) {
            let text = format!("{before}{with}{after}");
            let is_good = recipe::check("x.toml", &text).is_empty();
            prop_assert_eq!(is_good, Recipe::parse("x.toml", &text).is_ok());
        }
    }
}
