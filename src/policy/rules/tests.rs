use super::*;
use crate::page::error::ErrorKind;

const PAGE: &str = "\
    <nav><a href=/a>Home</a> <a href=/next rel='Prev NoFollow'>Next</a></nav>\
    <div id=main><a href='/item/1#reviews'>One</a><a href=/item/1>Again</a>\
    <a href=/item/2?x=1>Two</a><a href=/pic.jpg>Picture</a><a href=mailto:a@b.c>Mail</a>\
    <b data-href=/hidden>Hidden</b><map><area href=/map></map></div>";

fn page(text: &str) -> Html {
    Html::parse(text, Url::parse("http://a.example/").unwrap())
}

fn paths(rules: &Rules, text: &str) -> Vec<String> {
    let requests = rules.requests(&page(text)).unwrap();
    let paths = requests
        .iter()
        .map(|request| &request.url()[url::Position::BeforePath..]);
    paths.map(str::to_owned).collect()
}

fn one(rule: Rule) -> Vec<String> {
    paths(&Rules::new([rule]).unwrap(), PAGE)
}

#[test]
fn a_rule_without_conditions_takes_every_link_to_a_page() {
    assert_eq!(
        one(Rule::new()),
        ["/a", "/next", "/item/1", "/item/2?x=1", "/map"]
    );
}

#[test]
fn files_are_taken_on_request() {
    assert_eq!(one(Rule::new().allow(r"\.jpg$").files()), ["/pic.jpg"]);
}

#[test]
fn patterns_look_at_the_absolute_url() {
    assert_eq!(
        one(Rule::new().allow("^http://a.example/item/").deny("x=1")),
        ["/item/1"]
    );
    assert_eq!(one(Rule::new().allow("/map$").allow("/a$")), ["/a", "/map"]);
}

#[test]
fn regions_hold_links_or_are_links() {
    assert_eq!(one(Rule::new().within("nav")), ["/a", "/next"]);
    assert_eq!(
        one(Rule::new().within("nav").within("map, p")),
        ["/a", "/next", "/map"]
    );
    assert_eq!(one(Rule::new().within("a[rel~=prev i]")), ["/next"]);
    assert_eq!(one(Rule::new().within("aside")), [""; 0]);
}

#[test]
fn any_attribute_can_hold_the_url() {
    assert_eq!(one(Rule::new().query("b::attr(data-href)")), ["/hidden"]);
    assert_eq!(
        one(Rule::new().query("::attr(data-href)").within("#main")),
        ["/hidden"]
    );
    assert_eq!(one(Rule::new().query("nav a")), ["/a", "/next"]);
}

#[test]
fn the_text_of_a_link_is_a_condition() {
    assert_eq!(one(Rule::new().text("^(One|Next)$")), ["/next", "/item/1"]);
}

#[test]
fn nofollow_is_respected_on_request() {
    assert_eq!(one(Rule::new().within("nav").respect_nofollow()), ["/a"]);
    for rel in ["ugc", "x sponsored", "NOFOLLOW"] {
        let rules = Rules::new([Rule::new().respect_nofollow()]).unwrap();
        assert!(
            paths(&rules, &format!("<a href=/a rel='{rel}'>a</a>")).is_empty(),
            "{rel}"
        );
    }
}

#[test]
fn a_link_goes_by_the_first_rule_that_takes_it() {
    let rules = Rules::new([
        Rule::new().allow("/item/1").label("first").priority(2),
        Rule::new().allow("/item/").label("second"),
    ])
    .unwrap();
    let requests = rules.requests(&page(PAGE)).unwrap();
    let labels: Vec<_> = requests
        .iter()
        .map(|r| (r.url().path(), r.label(), r.priority()))
        .collect();
    assert_eq!(
        labels,
        [
            ("/item/1", Some("first"), 2),
            ("/item/2", Some("second"), 0)
        ]
    );
}

#[test]
fn named_groups_of_the_pattern_that_matched_are_metadata() {
    let rule = Rule::new()
        .allow("/none/(?<kind>x)")
        .allow(r"/(?<kind>\w+)/(?<id>\d+)(?<rest>\?y)?");
    let requests = Rules::new([rule]).unwrap().requests(&page(PAGE)).unwrap();
    let meta = |name| requests[0].meta::<String>(name).unwrap();
    assert_eq!(
        (meta("kind").as_deref(), meta("id").as_deref()),
        (Some("item"), Some("1"))
    );
    assert_eq!(meta("rest"), None);
}

#[test]
fn a_limit_counts_different_urls_over_all_pages() {
    let rules = Rules::new([Rule::new().allow("/item/").limit(2), Rule::new()]).unwrap();
    assert_eq!(
        paths(&rules, PAGE),
        ["/item/1", "/item/2?x=1", "/a", "/next", "/map"]
    );
    let other = "<a href=/item/1>known</a><a href=/item/3>new</a><a href=/item/3#a>new</a>";
    let mut out = Output::<()>::new();
    rules.follow(&page(other), &mut out).unwrap();
    assert_eq!(out.requests().len(), 1);
    assert_eq!(out.over_rules(), 1);
}

#[test]
fn each_pattern_of_urls_has_a_limit_of_its_own() {
    let rules = Rules::new([Rule::new().limit_per_pattern(1)]).unwrap();
    let page = "<a href=/p/1>1</a><a href=/p/2>2</a><a href=/q/1>3</a><a href=/p/1>4</a>";
    assert_eq!(paths(&rules, page), ["/p/1", "/q/1"]);
}

#[test]
fn bare_urls_are_judged_by_what_can_be_seen_of_them() {
    let rules = Rules::new([
        Rule::new().within("nav").label("no"),
        Rule::new().text("x").label("no"),
        Rule::new().query("b::attr(c)").label("no"),
        Rule::new().allow("/b").label("b").limit(1),
    ])
    .unwrap();
    let urls = [
        "http://a.example/b#x",
        "http://a.example/c",
        "http://a.example/b/2",
    ];
    let mut out = Output::<()>::new();
    rules.follow_urls(urls.map(|url| Url::parse(url).unwrap()), &mut out);
    assert_eq!(out.requests()[0].url().as_str(), "http://a.example/b");
    assert_eq!(
        (out.requests()[0].label(), out.requests().len()),
        (Some("b"), 1)
    );
    assert_eq!(out.over_rules(), 1);
}

#[test]
fn a_bad_rule_is_named() {
    for (rule, kind, said) in [
        (
            Rule::new().allow("("),
            ErrorKind::Settings,
            r#"link rule 2: bad allow pattern "(""#,
        ),
        (
            Rule::new().deny("[").label("x"),
            ErrorKind::Settings,
            r#"link rule 2 ("x"): bad deny pattern "[""#,
        ),
        (
            Rule::new().text("*"),
            ErrorKind::Settings,
            "bad text pattern",
        ),
        (
            Rule::new().allow(r"\w{1000}{1000}"),
            ErrorKind::Settings,
            "size limit",
        ),
        (
            Rule::new().within("a >"),
            ErrorKind::Selector,
            "link rule 2: bad selector",
        ),
        (
            Rule::new().within("a) b"),
            ErrorKind::Selector,
            "bad selector",
        ),
        (
            Rule::new().within("a::attr(b)"),
            ErrorKind::Selector,
            "has no ending",
        ),
        (
            Rule::new().query("a::text"),
            ErrorKind::Selector,
            "::attr(name)",
        ),
        (
            Rule::new().query("a::html"),
            ErrorKind::Selector,
            "bad selector",
        ),
    ] {
        let error = Rules::new([Rule::new(), rule]).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn rules_are_shared_by_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Rules>();
}
