//! Tests of the errors for mistakes: their messages, and the text that they point at.

use crate::expand::expand;

/// Returns each error of a struct: the text that it points at, and its message.
fn errors(source: &str) -> Vec<(String, String)> {
    let tokens = source.parse().unwrap();
    let error = expand(tokens).expect_err("it compiles");
    error
        .into_iter()
        .map(|error| {
            let at = error.span().source_text().unwrap_or_default();
            (at, error.to_string())
        })
        .collect()
}

/// Returns the only error of a struct with one field, which has this attribute and type.
fn error(attribute: &str, ty: &str) -> (String, String) {
    let source = format!("struct Book {{ #[extract({attribute})] field: {ty} }}");
    let errors = errors(&source);
    assert_eq!(errors.len(), 1, "{source}: {errors:?}");
    errors.into_iter().next().unwrap()
}

fn check(attribute: &str, ty: &str, at: &str, message: &str) {
    let (found, said) = error(attribute, ty);
    assert_eq!(
        (found.as_str(), said.as_str()),
        (at, message),
        "{attribute} {ty}"
    );
}

#[test]
fn a_bad_selector_is_pointed_at_and_says_where() {
    check(
        r#""h1 >""#,
        "String",
        r#""h1 >""#,
        r#"bad selector "h1 >": it ends too early"#,
    );
    check(
        r#""p:frist-child b", default"#,
        "String",
        r#""p:frist-child b""#,
        r#"bad selector "p:frist-child b": it cannot be understood from ":frist-child b" on"#,
    );
    check(
        r#""""#,
        "String",
        r#""""#,
        r#"bad selector "": it is empty"#,
    );
    check(
        r#""a::href""#,
        "String",
        r#""a::href""#,
        r#"bad selector "a::href": unexpected "::href"; there are ::text and ::attr(name)"#,
    );
}

#[test]
fn an_ending_that_means_all_depths_elsewhere_is_refused() {
    for css in [
        "p ::text",
        "p *::text",
        "*::text",
        "p ::attr(id)",
        "b::text, p *::text",
    ] {
        let attribute = format!("{css:?}");
        let message = format!(
            "bad selector {css:?}: an ending that is about the element and all in it is for `get` and `get_all`; the text at \
             all depths is what a field takes without ::text"
        );
        check(&attribute, "String", &attribute, &message);
    }
}

#[test]
fn a_list_with_different_endings_is_refused() {
    for css in [
        "h1::text, img::attr(alt)",
        "h1, img::attr(alt)",
        "a::text, b",
    ] {
        let attribute = format!("{css:?}");
        let (at, message) = error(&attribute, "String");
        assert_eq!(at, attribute);
        assert!(message.contains("a field takes one"), "{message}");
    }
    let (_, message) = error(r#"":scope, p""#, "String");
    assert!(message.contains("cannot be one of a list"), "{message}");
}

#[test]
fn crate_is_for_the_struct() {
    let (at, message) = error(r#""p", crate = "a""#, "String");
    assert_eq!(at, "crate");
    assert!(message.contains("is for the struct"), "{message}");
}

#[test]
fn a_bad_pattern_or_format_is_pointed_at() {
    check(
        r#""p", re = "(a""#,
        "String",
        r#""(a""#,
        r#"bad pattern "(a": unclosed group"#,
    );
    check(
        r#""p", re = "(a)(b)""#,
        "String",
        r#""(a)(b)""#,
        "more than one group: which one is the value? Write the others as `(?:…)`",
    );
    check(
        r#""p", format = "%d.%m.%q""#,
        "Date",
        r#""%d.%m.%q""#,
        r#"bad format "%d.%m.%q": there is no directive `%q`; such as %d, %m, %Y, %H, %M, %S are"#,
    );
    check(
        r#""p", format = "dd.mm""#,
        "Date",
        r#""dd.mm""#,
        r#"bad format "dd.mm": it has no directive such as %Y"#,
    );
}

#[test]
fn an_unknown_option_suggests_the_nearest() {
    check(
        r#""p", atr = "x""#,
        "String",
        "atr",
        "unknown option `atr`; did you mean `attr`?",
    );
    check(
        r#""p", required"#,
        "String",
        "required",
        "unknown option `required`",
    );
}

#[test]
fn options_that_do_not_go_together_are_pointed_at() {
    for (attribute, ty, at, message) in [
        (
            r#""p", html, attr = "x""#,
            "String",
            "attr",
            "`attr` and `html` do not go together: leave one out",
        ),
        (
            r#""p", present, format = "%Y""#,
            "bool",
            "format",
            "`format` and `present` do not go together: leave one out",
        ),
        (
            r#""p::text", html"#,
            "String",
            r#""p::text""#,
            "`::text` and `html` do not go together: leave one out",
        ),
        (
            r#""p", nested, re = "a""#,
            "Author",
            "re",
            "`re` means nothing with `nested`",
        ),
        (
            r#""p", present, clean = trim"#,
            "bool",
            "clean",
            "`clean` means nothing with `present`",
        ),
        (
            r#""p", page_url"#,
            "Url",
            r#""p""#,
            "a selector means nothing with `page_url`",
        ),
        (r#""p", url, url"#, "Url", "url", "`url` is given twice"),
    ] {
        check(attribute, ty, at, message);
    }
}

#[test]
fn options_that_do_not_go_with_the_type_are_pointed_at() {
    for (attribute, ty, at, message) in [
        (
            r#""p", default"#,
            "Option<String>",
            "default",
            "an `Option` has no other default than `None`",
        ),
        (
            r#""p", default = vec![]"#,
            "Vec<String>",
            "default",
            "a `Vec` has no other default than an empty one",
        ),
        (
            r#""p", present"#,
            "Option<bool>",
            "present",
            "`present` is for a field of type `bool`",
        ),
        (
            r#""p", nested"#,
            "Vec<String>",
            "nested",
            "a `String` is read from a text and cannot be `nested`",
        ),
        (
            "page_url",
            "Option<Url>",
            "page_url",
            "every page has one URL: `Url` or `String` will do",
        ),
    ] {
        check(attribute, ty, at, message);
    }
    let (at, message) = error(r#""p""#, "Option<Vec<String>>");
    assert!(at.starts_with("Vec"), "{at}");
    assert!(message.contains("a `Vec` of nothing is empty"), "{message}");
}

#[test]
fn a_missing_selector_or_value_is_pointed_at() {
    let (at, message) = error(r#"attr = "href""#, "String");
    assert_eq!(at, r#"#[extract(attr = "href")]"#);
    assert!(message.starts_with("a selector is missing"), "{message}");
    check(
        r#""a", attr"#,
        "String",
        "attr",
        "`attr` needs a value: `attr = \"href\"`",
    );
    check(
        r#""a", html = true"#,
        "String",
        "html",
        "`html` takes no value",
    );
    check(
        r#""a", attr = href"#,
        "String",
        "href",
        "expected a text in quotation marks: `attr = \"href\"`",
    );
    check(
        r#""a", with = |text| text"#,
        "String",
        "|",
        "a closure cannot be given here: write a function and give its name",
    );
    check(
        r#""a", "b""#,
        "String",
        r#""b""#,
        "a second selector; several in one string are separated by commas: \"a, b\"",
    );
}

#[test]
fn a_field_without_the_attribute_is_pointed_at() {
    let errors = errors("struct Book { title: String }");
    assert_eq!(errors[0].0, "title");
    assert!(
        errors[0].1.contains("where on the page is `title`?"),
        "{errors:?}"
    );
}

#[test]
fn what_is_no_struct_with_names_is_refused_at_its_name() {
    for (source, message) in [
        ("enum Book { A }", "cannot be derived for an enum"),
        ("struct Book(String);", "a struct whose fields have names"),
        ("struct Book;", "a struct whose fields have names"),
        ("union Book { a: u8 }", "cannot be derived for a union"),
    ] {
        let errors = errors(source);
        assert_eq!(errors[0].0, "Book");
        assert!(errors[0].1.contains(message), "{errors:?}");
    }
    let errors = errors(r#"struct Book<'a, T> { #[extract("h1")] title: &'a T }"#);
    assert_eq!(errors[0].0, "<'a, T>");
    assert!(errors[0].1.contains("a type with parameters"), "{errors:?}");
}

#[test]
fn a_struct_has_a_selector_and_no_options() {
    let found = errors(r#"#[extract("div::text", html)] struct Book {}"#);
    assert_eq!(found[0].0, "html");
    assert_eq!(found[1].0, r#""div::text""#);
    let found = errors("#[extract()] struct Book {}");
    assert!(found[0].1.contains("a selector is missing"), "{found:?}");
}

#[test]
fn all_mistakes_are_reported_together() {
    let found = errors(
        r#"#[extract("div >")]
        struct Book {
            #[extract("h1 >", re = "(", htlm)]
            title: String,
            #[extract("p >", re = "(")]
            price: f64,
            stock: u32,
        }"#,
    );
    let at: Vec<_> = found.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(at, [r#""div >""#, "htlm", r#""p >""#, r#""(""#, "stock"]);
}

#[test]
fn what_is_right_is_accepted() {
    let source = r#"
        /// A book.
        #[extract("> article", crate = "some::place")]
        #[serde(rename_all(serialize = "camelCase"), deny_unknown_fields, bound = "")]
        pub struct r#Book {
            #[extract(":scope")] all: String,
            #[extract("> li::text, > p::TEXT")] children: Vec<String>,
            #[extract("p > *::text")] elements: Vec<String>,
            #[extract(":scope::attr(id)")] own: String,
            #[extract("[title='a::b, c']:is(a, b)::attr(ID), b::attr(ID)")] odd: String,
            #[extract("::attr(data-id)")] id: u64,
            #[extract("h1::text")] r#type: String,
            #[extract("a", url)] link: Option<Url>,
            #[extract("img", attr = "SRC", url)] image: String,
            #[extract("p", block_text, re = r"(\d+) (?:a|b)", clean = [squeeze, number], default = 1 + 2)] count: u32,
            #[extract("p", with = clean::price::<f64>)] price: std::option::Option<f64>,
            #[extract("p", format = "%Y-%m-%d %-H:%M:%S%.f %:z")] time: String,
            #[extract("p", clean = squeeze, format = "%d.%m.%Y", with = str::parse)] day: Date,
            #[extract("b", present)] is_bold: bool,
            #[extract("b", nested, default)] author: Author,
            #[extract(nested)] replies: Vec<Box<Book>>,
            #[extract(page_url)] #[serde(rename = "at", default)] url: Url,
            #[extract(skip)] #[serde(skip)] other: Option<Vec<u8>>,
        }"#;
    let tokens = source.parse().unwrap();
    let code = expand(tokens).unwrap().to_string();
    assert!(code.contains("automatically_derived"), "{code}");
}
