//! Typed items by derive: what each option takes, what errors say, the schema, and the shop against code by hand.

mod errors;
mod schema;
mod shop;

use std::time::SystemTime;

use crawlworks::prelude::*;
use crawlworks::{BoxError, clean};
use jiff::civil;

fn page(body: &str) -> Html {
    Html::parse(body, "https://shop.example/books/1".parse().unwrap())
}

#[derive(Debug, PartialEq, Extract)]
struct Texts {
    #[extract("p")]
    text: String,
    #[extract("p", own_text)]
    own: String,
    #[extract("p", block_text)]
    block: String,
    #[extract("p", html)]
    html: String,
    #[extract("b", outer_html)]
    outer_html: String,
    #[extract("p::text")]
    piece: String,
    #[extract("p::text")]
    pieces: Vec<String>,
    #[extract("p::text", re = "t(.)o")]
    middle: String,
}

#[test]
fn each_way_of_taking_text_differs() {
    let texts: Texts = page("<p> One <b>bold</b> two<br>three</p>")
        .extract()
        .unwrap();
    let expected = Texts {
        text: "One bold two three".to_owned(),
        own: "One two three".to_owned(),
        block: "One bold two\nthree".to_owned(),
        html: " One <b>bold</b> two<br>three".to_owned(),
        outer_html: "<b>bold</b>".to_owned(),
        piece: "One".to_owned(),
        pieces: vec!["One".to_owned(), "two".to_owned(), "three".to_owned()],
        middle: "w".to_owned(),
    };
    assert_eq!(texts, expected);
}

#[derive(Debug, PartialEq, Extract)]
struct Urls {
    #[extract("a, img")]
    link: Url,
    #[extract("a", text)]
    text: Url,
    #[extract("a::attr(href)")]
    typed: Url,
    #[extract("a", attr = "href", url)]
    absolute: String,
    #[extract("a::attr(href)")]
    as_written: String,
    #[extract("img", url)]
    image: Option<Url>,
    #[extract("a, img", url)]
    all: Vec<String>,
    #[extract(page_url)]
    page: Url,
    #[extract(page_url)]
    page_text: String,
}

#[test]
fn urls_are_made_absolute() {
    let urls: Urls = page("<base href=/b/><a href='c#d'>e</a><img src=f>")
        .extract()
        .unwrap();
    let at = |path: &str| {
        Url::parse("https://shop.example/")
            .unwrap()
            .join(path)
            .unwrap()
    };
    let expected = Urls {
        link: at("b/c#d"),
        text: at("b/e"),
        typed: at("b/c#d"),
        absolute: at("b/c#d").into(),
        as_written: "c#d".to_owned(),
        image: Some(at("b/f")),
        all: vec![at("b/c#d").into(), at("b/f").into()],
        page: at("books/1"),
        page_text: at("books/1").into(),
    };
    assert_eq!(urls, expected);
}

#[derive(Debug, PartialEq, Extract)]
struct Values {
    #[extract("#n")]
    number: u16,
    #[extract("#f", clean = number)]
    float: f32,
    #[extract("#yes")]
    yes: bool,
    #[extract("input::attr(disabled)", present)]
    is_disabled: bool,
    #[extract("#stock", re = "in stock", present)]
    in_stock: bool,
    #[extract("#day", clean = date)]
    day: String,
    #[extract("#day", clean = date, with = str::parse)]
    of_another_crate: civil::Date,
    #[extract("#us", format = "%m/%d/%Y")]
    us: String,
    #[extract("#us", re = r"\S+", format = "%m/%d/%Y", with = str::parse)]
    days: Vec<civil::Date>,
    #[extract("time::attr(datetime)", with = clean::timestamp)]
    time: SystemTime,
    #[extract("#words", clean = [squeeze, upper])]
    words: String,
    #[extract("#words", with = str::parse)]
    parsed: Option<String>,
    #[extract("#n", with = boxed)]
    boxed: Box<i64>,
    #[extract(skip)]
    later: Option<Vec<u8>>,
}

/// `with` gives what the function gives.
fn boxed<T: TryFrom<i128>>(text: &str) -> Result<Box<T>, String> {
    clean::integer(text).map(Box::new)
}

#[test]
fn texts_become_values_of_the_fields_types() {
    let values: Values = page(
        "<i id=n> 42 </i><i id=f>1,234.5</i><i id=yes>Yes</i><input disabled><i id=stock>in stock</i>\
         <i id=day>31 Jan 2024</i><i id=us>01/31/2024</i><time datetime=2024-01-31T10:00:00+01:00></time>\
         <i id=words> a \u{a0} b</i>",
    )
    .extract()
    .unwrap();
    let expected = Values {
        number: 42,
        float: 1234.5,
        yes: true,
        is_disabled: true,
        in_stock: true,
        day: "2024-01-31".to_owned(),
        of_another_crate: civil::date(2024, 1, 31),
        us: "2024-01-31".to_owned(),
        days: vec![civil::date(2024, 1, 31)],
        time: SystemTime::UNIX_EPOCH + Duration::from_hours(474_081),
        words: "A B".to_owned(),
        parsed: Some("a \u{a0} b".to_owned()),
        boxed: Box::new(42),
        later: None,
    };
    assert_eq!(values, expected);
}

#[derive(Debug, PartialEq, Extract)]
struct Perhaps {
    #[extract(".a")]
    none: Option<u8>,
    #[extract(".b")]
    blank: Option<String>,
    #[extract("p")]
    filled_one: String,
    #[extract("i")]
    filled_last: Option<String>,
    #[extract("p", default = "unknown")]
    filled_or_not: String,
    #[extract(".a", default)]
    zero: u8,
    #[extract(".a", default = 7)]
    seven: u8,
    #[extract(".b", default = "unknown")]
    unknown: String,
    #[extract(".c", re = r"(\d+)", default = 1)]
    unmatched: u8,
    #[extract("i")]
    filled: Vec<String>,
    #[extract("i::attr(id)")]
    ids: Vec<String>,
    #[extract("i::attr(id)")]
    first_id: String,
    #[extract("i", re = "x(.)")]
    first_match: String,
}

#[test]
fn what_is_missing_or_blank_is_put_as_the_field_says() {
    let perhaps: Perhaps =
        page("<p class=b> </p><p class=c>none</p><i> </i><i>1</i><i>\u{a0}</i><i id=e>x3</i>")
            .extract()
            .unwrap();
    let expected = Perhaps {
        none: None,
        blank: None,
        filled_one: "none".to_owned(),
        filled_last: Some("1".to_owned()),
        filled_or_not: "none".to_owned(),
        zero: 0,
        seven: 7,
        unknown: "unknown".to_owned(),
        unmatched: 1,
        filled: vec!["1".to_owned(), "x3".to_owned()],
        ids: vec!["e".to_owned()],
        first_id: "e".to_owned(),
        first_match: "3".to_owned(),
    };
    assert_eq!(perhaps, expected);
}

#[derive(Debug, Extract)]
struct Filled {
    #[extract("p")]
    #[expect(dead_code, reason = "not reached")]
    text: String,
}

#[test]
fn a_required_text_of_white_space_is_missing() {
    let error = page("<p> </p><p></p>").extract::<Filled>().unwrap_err();
    assert_eq!(error.kind(), crawlworks::ErrorKind::Missing);
    let said = r#"Filled.text: there is only white space at "p", in <body>"#;
    assert!(error.to_string().starts_with(said), "{error}");
}

#[derive(Debug, Extract)]
#[extract("> body > ul > li")]
struct Child {
    #[extract("> b::text, > i::text")]
    own: Vec<String>,
    #[extract(":scope::attr(id)")]
    id: Option<String>,
}

#[test]
fn a_leading_combinator_means_children_of_the_element() {
    let html = page("<ul><li id=a><b>1</b><p><b>2</b></p><i>3</i><ul><li></ul></ul>");
    let children: Vec<Child> = html.items().unwrap();
    assert_eq!(children.len(), 1);
    assert_eq!(children[0].own, ["1", "3"]);
    assert_eq!(children[0].id.as_deref(), Some("a"));
}

#[derive(Debug, Extract)]
struct Deep {
    #[extract("div")]
    #[expect(dead_code, reason = "not reached")]
    texts: Vec<String>,
}

#[test]
fn a_list_of_texts_has_a_limit() {
    let html = page(&("<div>".repeat(100) + &"x".repeat(1 << 20)));
    let error = html.extract::<Deep>().unwrap_err();
    assert_eq!(error.kind(), crawlworks::ErrorKind::TooLarge);
    let said = r#"Deep.texts: "div" gives more than 64 MiB of text"#;
    assert!(error.to_string().starts_with(said), "{error}");
}

#[derive(Debug, Extract)]
struct Dated {
    #[extract("p", format = "%d.%m.%Y")]
    day: String,
}

#[test]
fn a_format_with_a_year_of_four_digits_takes_no_other() {
    let error = page("<p>31.01.24").extract::<Dated>().unwrap_err();
    assert_eq!(error.kind(), crawlworks::ErrorKind::Value);
    assert!(error.to_string().contains("the year 24"), "{error}");
    let dated: Dated = page("<p>31.01.2024").extract().unwrap();
    assert_eq!(dated.day, "2024-01-31");
}

/// The crate by another name, where nothing is in scope.
#[no_implicit_prelude]
mod bare {
    pub(super) use ::crawlworks as crawler;

    #[::core::prelude::v1::derive(::crawlworks::Extract)]
    #[extract(crate = "crate::extract::bare::crawler")]
    pub(super) struct Renamed {
        #[extract("p::text", re = "t(.)o")]
        pub(super) middle: ::std::string::String,
        #[extract("p", clean = [squeeze])]
        pub(super) texts: ::std::vec::Vec<::std::string::String>,
        #[extract("p::text", default = 1, with = ::crawlworks::clean::integer)]
        pub(super) number: u8,
        #[extract("i", nested)]
        pub(super) inner: ::std::vec::Vec<Renamed>,
        #[extract(page_url)]
        pub(super) url: ::std::string::String,
    }
}

#[test]
fn the_crate_may_have_another_name_and_nothing_need_be_in_scope() {
    let item: bare::Renamed = page("<p>1 two<br>two").extract().unwrap();
    assert_eq!((item.number, item.inner.len()), (1, 0));
    assert!(item.url.starts_with("https://shop.example/"));
    assert_eq!((item.middle.as_str(), item.texts.len()), ("w", 1));
}

#[derive(Debug, Extract)]
#[extract("li.comment")]
struct Comment {
    #[extract(nested)]
    author: Author,
    #[extract(".editor", nested)]
    editor: Option<Author>,
    #[extract(".missing", nested, default = Author { name: "nobody".to_owned(), r#type: None })]
    reviewer: Author,
    #[extract(":scope > ul > li", nested)]
    replies: Vec<Comment>,
}

#[derive(Debug, Extract)]
#[extract("b")]
struct Author {
    #[extract(":scope")]
    name: String,
    #[extract("::attr(type)")]
    r#type: Option<String>,
}

#[test]
fn items_hold_items_also_of_their_own_type() {
    let html = page(
        "<html lang=en><ul><li class=comment><b type=x>Ada</b><i class=editor>Eve</i>\
         <ul><li class=comment><b>Bob</b><ul><li class=comment><b>Cy</b></ul><li><b>Di</b></ul></ul>",
    );
    let comment: Comment = html.extract().unwrap();
    assert_eq!(
        (
            comment.author.name.as_str(),
            comment.author.r#type.as_deref()
        ),
        ("Ada", Some("x"))
    );
    assert_eq!(comment.editor.unwrap().name, "Eve");
    assert_eq!(comment.reviewer.name, "nobody");
    let names: Vec<_> = comment
        .replies
        .iter()
        .map(|reply| reply.author.name.as_str())
        .collect();
    assert_eq!(names, ["Bob", "Di"]);
    assert_eq!(comment.replies[0].replies[0].author.name, "Cy");
    assert_eq!(html.items::<Comment>().unwrap().len(), 3);
    assert_eq!(
        html.one("ul ul").unwrap().items::<Comment>().unwrap().len(),
        2
    );
    assert_eq!(html.extract_all::<Author>("b").unwrap().len(), 4);
}

#[derive(Debug, Extract)]
struct Root {
    #[extract("html::attr(lang)")]
    language: String,
}

#[test]
fn the_root_of_a_page_is_within_the_page() {
    let html = page("<html lang=en><p>x");
    assert_eq!(html.extract::<Root>().unwrap().language, "en");
    assert!(html.one("p").unwrap().extract::<Root>().is_err());
    assert_eq!(html.items::<Root>().unwrap().len(), 1);
}

#[derive(Debug, Extract)]
struct Nest {
    #[extract("div", nested)]
    within: Vec<Nest>,
}

#[test]
fn a_page_cannot_make_items_without_end() -> Result<(), BoxError> {
    // All descendants of all descendants: twice as many with each level.
    let error = page(&"<div>".repeat(40)).extract::<Nest>().unwrap_err();
    assert_eq!(error.kind(), crawlworks::ErrorKind::TooLarge);
    assert!(error.to_string().contains("more than 100000"), "{error}");
    assert!(
        page("<div><div>").extract::<Nest>()?.within[0].within[0]
            .within
            .is_empty()
    );
    Ok(())
}
