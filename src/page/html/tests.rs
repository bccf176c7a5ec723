//! The two ways of reading a page, and what they promise about each other.

use encoding_rs::UTF_8;
use proptest::prelude::*;
use url::Url;

use super::{Element, Html, Page, scan_html};
use crate::page::error::ErrorKind;

fn here() -> Url {
    Url::parse("http://example.com/dir/page").unwrap()
}

fn parse(text: &str) -> Html {
    Html::parse(text, here())
}

/// What [`scan_html`] finds, found in the tree.
fn scan_tree(text: &str) -> Page {
    let html = parse(text);
    let h1s = html.select("h1").unwrap();
    let h1 = h1s.into_iter().find(Element::is_html).map(Element::text);
    Page {
        title: html.title(),
        h1: h1.filter(|text| !text.is_empty()),
        links: html
            .links(r"a[href], area[href], svg a[xlink\:href]")
            .unwrap(),
        parts: html
            .links("frame[src], iframe[src], link[rel=next]")
            .unwrap(),
        dropped_links: 0,
    }
}

#[test]
fn elements_come_in_document_order_even_when_moved() {
    let html = parse("<table><tr><td id=2>x</td></tr><b id=1>moved before the table</b></table>");
    let ids: Vec<_> = html
        .select("[id]")
        .unwrap()
        .map(|e| e.attr("id").unwrap())
        .collect();
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn the_root_can_be_selected() {
    let html = parse("");
    assert_eq!(html.one("html").unwrap(), html.root());
}

#[test]
fn a_missing_element_is_named_with_its_page() {
    let html = parse("<p>x");
    let error = html.one("p > b.x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Missing);
    assert_eq!(
        error.to_string(),
        r#"no element matches "p > b.x" (http://example.com/dir/page)"#
    );
    assert_eq!(
        html.one("p").unwrap().one("i").unwrap_err().kind(),
        ErrorKind::Missing
    );
}

#[test]
fn text_is_what_a_reader_sees() {
    for (body, text) in [
        ("<p> a\n <b>b</b>c </p>", "a bc"),
        ("<p>a</p><p>b</p>", "a b"),
        ("a<br>b<wbr>c", "a bc"),
        ("<table><tr><td>1<td>2</table>", "1 2"),
        (
            "a<script>x</script><style>y</style><template>z</template>b",
            "ab",
        ),
        ("a&nbsp;b &amp; c", "a\u{a0}b & c"),
        ("<pre> a\n\n b</pre>", "a b"),
        ("a<noscript>b</noscript>", "ab"),
        ("<textarea>a  b</textarea>", "a b"),
        ("<svg><title>x</title><text>y</text></svg>", "y"),
    ] {
        assert_eq!(
            parse(&format!("<title>T</title><body>{body}"))
                .root()
                .text(),
            text,
            "{body}"
        );
    }
}

#[test]
fn an_element_that_is_never_shown_still_has_its_own_text() {
    let html = parse("<title> a  title </title><script>1 + 1</script>");
    assert_eq!(html.one("title").unwrap().text(), "a title");
    assert_eq!(html.one("script").unwrap().text(), "1 + 1");
}

#[test]
fn the_other_texts_differ_as_they_say() {
    let html = parse("<p> a <b>b</b> c</p>");
    let p = html.one("p").unwrap();
    assert_eq!(
        (p.raw_text().as_str(), p.own_text().as_str()),
        (" a b c", "a c")
    );
    assert_eq!(
        (
            p.inner_html().as_str(),
            p.one("b").unwrap().outer_html().as_str()
        ),
        (" a <b>b</b> c", "<b>b</b>")
    );
}

#[test]
fn relatives_are_elements() {
    let html = parse("<ul>x<li id=1>a</li>y<li id=2>b</li></ul>");
    let list = html.one("ul").unwrap();
    let ids: Vec<_> = list.children().map(|li| li.attr("id").unwrap()).collect();
    assert_eq!(ids, ["1", "2"]);
    let first = html.one("li").unwrap();
    assert_eq!(first.parent(), Some(list));
    assert_eq!(first.next_sibling().unwrap().text(), "b");
    assert_eq!((html.root().parent(), html.root().name()), (None, "html"));
}

#[test]
fn scope_is_the_element_asked() {
    let html = parse("<div><p>1</p><div><p>2</p></div></div>");
    let outer = html.one("div").unwrap();
    assert_eq!(
        outer
            .select(":scope > p")
            .unwrap()
            .map(Element::text)
            .collect::<Vec<_>>(),
        ["1"]
    );
}

#[test]
fn links_are_absolute_and_once_each() {
    let html = parse(
        "<base href='data:x'><base href=/b/><a href=x#1>x</a><img src=y><a href=x#2>x</a><a href=mailto:z>z",
    );
    let links: Vec<_> = html
        .links("a, img")
        .unwrap()
        .into_iter()
        .map(String::from)
        .collect();
    assert_eq!(links, ["http://example.com/b/x", "http://example.com/b/y"]);
    assert_eq!(html.base_url().as_str(), "http://example.com/b/");
    assert_eq!(
        html.one("a").unwrap().url("href").unwrap().as_str(),
        "http://example.com/b/x#1"
    );
}

#[test]
fn both_ways_of_reading_agree() {
    for page in [
        "<title> A <b>title</title><h1>One <i>h&eacute;ading</i><br>here</h1><a href=1>1</a><area href='2&amp;3'>",
        "<svg><title>no</title><a href=svg>x</a></svg><title>yes</title>",
        "<h1></h1><h1>second</h1>",
        "<h1>a<h2>b</h2>",
        "<h1>a</h2>b</h1>",
        "<div><h1>a</div>b",
        "<h1>a<div>b</div>c</h1>d",
        "<h1>a<script>x</script><svg><title>y</title></svg><template>z</template>b</h1>",
        "<h1><!-- c -->a<textarea>b</textarea></h1>",
        "<h1>a<p>b</p>c</h1>d",
        "<noscript><a href=n>n</a></noscript><a href=java&#10;script:x>",
        "<a href=a><base href=//other.example/><a href=b>",
        "<h1>never closed <b>here",
        "<template><a href=t>t</a></template>",
    ] {
        assert_eq!(
            scan_html(page.as_bytes(), UTF_8, &here(), 100),
            scan_tree(page),
            "{page}"
        );
    }
}

#[test]
fn links_beyond_the_limit_are_counted() {
    let page = scan_html(
        b"<a href=1><a href=2><a href=1><a href=3><a href=4>",
        UTF_8,
        &here(),
        2,
    );
    assert_eq!((page.links.len(), page.dropped_links), (2, 2));
}

fn levels(html: &Html) -> usize {
    let level =
        |element| std::iter::successors(Some(element), |e: &Element<'_>| e.parent()).count();
    html.select("*").unwrap().map(level).max().unwrap()
}

#[test]
fn a_tree_is_never_deeper_than_in_browsers() {
    for tags in [
        "<div>",
        "<ul><li>",
        "<b><i><font size=1>",
        "<table><tr><td>",
        "<svg><style>",
        "<svg><g>",
    ] {
        let html = parse(&format!("{}<a href=x>x</a>", tags.repeat(2000)));
        assert!(html.was_too_deep(), "{tags}");
        assert!(levels(&html) <= 516, "{tags}: {}", levels(&html));
        assert_eq!(html.root().raw_text(), "x", "{tags}");
    }
}

#[test]
fn what_follows_a_deep_part_stands_where_it_belongs() {
    let html = parse(&format!(
        "{}deep{}<p id=after>x",
        "<div>".repeat(5000),
        "</div>".repeat(5000)
    ));
    assert_eq!(html.one("#after").unwrap().parent().unwrap().name(), "body");
}

#[test]
fn very_many_attributes_are_cut_off_wherever_they_come() {
    let attributes: Vec<_> = (0..20_000).map(|n| format!(" a{n}='>'")).collect();
    let html = parse(&format!(
        "<p>before<p {}>after<a href=x>x</a>",
        attributes.concat()
    ));
    assert!(html.was_too_deep());
    assert_eq!(
        (html.root().text().as_str(), html.links("a").unwrap().len()),
        ("before afterx", 1)
    );
}

#[test]
fn many_tags_with_many_attributes_are_cut_off_as_well() {
    let attributes: Vec<_> = (0..2_000).map(|n| format!(" a{n}")).collect();
    let html = parse(&format!("<p {}>x", attributes.concat()).repeat(50));
    let most = html.select("p").unwrap().map(|p| p.attr("a600").is_some());
    assert_eq!((most.len(), html.was_too_deep()), (50, true));
    assert!(html.select("[a600]").unwrap().next().is_none());
    assert!(html.select("[a500]").unwrap().len() == 50);
}

/// Names of four letters, all different.
fn short_names(count: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    (0..count)
        .flat_map(|n| {
            [
                ' ',
                letter(n / 17_576),
                letter(n / 676),
                letter(n / 26),
                letter(n),
            ]
        })
        .collect()
}

#[test]
fn very_many_attributes_cannot_be_hidden_from_the_limit() {
    let (long, many) = ("x".repeat(70_000), short_names(240_000));
    for page in [
        // A raw text element that the tree builder ignores, behind something that takes a chunk by itself.
        format!("<!doctype html><html><frameset q='{long}'><style><p {many}>x</p>"),
        format!("<frameset><style><p {many}>x</p>"),
        format!("<frameset><style><p q='{long}' {many}>x</p>"),
        format!("<frameset><style></p q=\"<b x='\" {many}>x</p>"),
        format!("<frameset><style><<p {many}>x</p>"),
        format!(
            "<p {many}><frameset><style>{}</style><p {many}>x",
            "x ".repeat(5)
        ),
    ] {
        let start = page.get(..40).unwrap();
        assert!(parse(&page).was_too_deep(), "{start}");
    }
}

#[test]
fn siblings_are_searched_up_to_a_width() {
    let html = parse(&"<p>x".repeat(10_001));
    assert_eq!(
        html.select("i ~ p").unwrap_err().kind(),
        crate::page::error::ErrorKind::TooLarge
    );
    assert_eq!(
        html.select("p:has(i), p + i, p:last-child").unwrap().len(),
        1
    );
}

#[test]
fn a_long_attribute_is_kept() {
    let value = "x".repeat(200_000);
    let html = parse(&format!("<img alt={value}>"));
    assert_eq!(
        (html.one("img").unwrap().attr("alt"), html.was_too_deep()),
        (Some(value.as_str()), false)
    );
    let value = "data:a/b c=d /".repeat(20_000);
    for page in [
        format!("x<img src='{value}' alt=\"{value}\">"),
        format!("<p a='{value}'>{value}<!-- < {value} --><script>'<a {value}'</script>"),
    ] {
        assert!(!parse(&page).was_too_deep());
    }
}

#[test]
fn wide_pages_are_not_deep() {
    for item in [
        "<p>x",
        "<li>x",
        "<br>",
        "<img>",
        "<div></div>",
        "<svg><path/></svg>",
        "<b>x</b>",
        "<tr><td>x",
    ] {
        assert!(!parse(&item.repeat(2000)).was_too_deep(), "{item}");
    }
}

#[test]
fn copies_of_misnested_formatting_are_bounded() {
    let formatting: Vec<_> = (0..300).map(|n| format!("<p><b a={n}></p>")).collect();
    let page = formatting.concat() + &"<p>x".repeat(20_000);
    let html = parse(&page);
    assert!(html.was_too_deep());
    assert!(html.select("*").unwrap().len() <= 1_100_000);
}

#[test]
fn what_is_in_a_template_is_not_on_the_page() {
    let page = "<ul class=t><template><li class=a><a href='/{{x}}'>{{y}}</a><template><b>z</b></template></li></template>\
        <li class=a>1</ul><a href=/b>2</a>";
    let html = parse(page);
    for query in [".a", ".t .a", "li", "ul > li.a", "[class=a]"] {
        assert_eq!(html.get_all(query).unwrap(), ["1"], "{query}");
    }
    assert_eq!(html.root().raw_text(), "12");
    assert_eq!(html.get_all("template, b").unwrap(), [""]);
    let page = scan_html(page.as_bytes(), UTF_8, &here(), 9);
    assert_eq!(page.links, html.links("a").unwrap());
}

#[test]
fn a_template_that_is_a_shadow_root_is_content_in_its_place() {
    let page = "<x-card id=c><template shadowRootMode=Open><p class=x><a href=/s>in</a></p><template><i>no</i></template>\
        </template><b>light</b></x-card>";
    let html = parse(page);
    assert_eq!(
        html.get_all("#c > p.x > a, #c p + template + b").unwrap(),
        ["in", "light"]
    );
    assert_eq!(html.root().text(), "in light");
    assert_eq!(
        html.get_all("#c > template[shadowrootmode], i").unwrap(),
        [""; 0]
    );
    let page = scan_html(page.as_bytes(), UTF_8, &here(), 9);
    assert_eq!(page.links, html.links("a").unwrap());
}

#[test]
fn attributes_of_svg_have_the_names_that_the_page_writes() {
    let html = parse(
        "<svg ViewBox='0 0 1 1' xmlns='http://www.w3.org/2000/svg' xml:lang=de><use XLINK:HREF='#i' x:y=z /><a xlink:href=/s>\
         <linearGradient gradientUnits=u /></a></svg><p xml:lang=fr>",
    );
    for (query, expected) in [
        ("svg::attr(viewBox)", &["0 0 1 1"][..]),
        ("svg::attr(viewbox)", &["0 0 1 1"]),
        ("svg::attr(xmlns)", &["http://www.w3.org/2000/svg"]),
        ("use::attr(xlink:href), use::attr(X:Y)", &["#i", "z"]),
        (r"use[xlink|href='#i']::attr(Xlink:Href)", &["#i"]),
        (
            "::attr(xml:lang), svg::attr(xml:lang), p::attr(xml:lang)",
            &["de", "fr"],
        ),
        ("linearGradient::attr(gradientUnits)", &["u"]),
        ("svg::attr(width)", &[]),
    ] {
        assert_eq!(html.get_all(query).unwrap(), expected, "{query}");
    }
    assert_eq!(html.links("a").unwrap()[0].path(), "/s");
    assert_eq!(html.urls("a").unwrap()[0].path(), "/s");
    let outer = html.one("use").unwrap().outer_html();
    assert_eq!(outer, "<use x:y=\"z\" xlink:href=\"#i\"></use>");
}

#[test]
fn frames_and_the_next_page_are_parts_and_no_links() {
    let page = "<base href=/b/><link rel='prefetch NEXT' href=2><link rel=nextish href=no><frame src=f><iframe src='f#x'>\
        <a href=no></iframe><iframe></iframe><iframe src=about:blank></iframe><frame src=g><a href=l>";
    let page = scan_html(page.as_bytes(), UTF_8, &here(), 9);
    let paths = |urls: &[Url]| {
        urls.iter()
            .map(|url| url.path().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(&page.links), ["/b/l"]);
    assert_eq!(paths(&page.parts), ["/b/2", "/b/f", "/b/g"]);
    let few = scan_html(
        b"<a href=1><a href=2><iframe src=3></iframe><frame src=1>",
        UTF_8,
        &here(),
        2,
    );
    assert_eq!(
        (few.links.len(), few.parts.len(), few.dropped_links),
        (2, 0, 2)
    );
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(<|>|/|!|-|=|'|\"|&|#|;|a|h1|title|svg|script|href|é| |\0){0,40}") {
        let page = scan_html(text.as_bytes(), UTF_8, &here(), 5);
        prop_assert!(page.links.len() <= 5);
        let html = parse(&text);
        let _ = (html.title(), html.root().text(), html.root().outer_html());
    }

    #[test]
    fn no_bytes_are_too_odd(body: Vec<u8>, content_type in ".*") {
        let encoding = crate::page::charset::encoding(&body, Some(&content_type), None);
        let _ = scan_html(&body, encoding, &here(), 5);
    }

    #[test]
    fn no_selector_is_too_odd(css in "[a-z:.#>\\[\\]()=\"'+~*, é-]{0,20}") {
        let _ = parse("<p>x").select(&css).map(Iterator::count);
    }

    #[test]
    fn both_ways_of_reading_agree_on_well_formed_pages(body in well_formed()) {
        let page = format!("<body>{body}");
        prop_assert_eq!(scan_html(page.as_bytes(), UTF_8, &here(), 100), scan_tree(&page), "{}", page);
    }
}

/// Pages whose elements are closed in order; what they say is arbitrary.
fn well_formed() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "text ",
        " &lt;",
        "<br>",
        "<p>x</p>",
        "<a href='a&amp;b#c'>x</a>",
        "<A HREF=x/y>y</A>",
        "<area href=?&copy=1>",
        "<!-- <a href=no> -->",
        "<script>'<a href=no>'</script>",
        "<title>T <a href=no></title>",
        "<base href=/b/>",
        "<svg><title>S</title><a href=s>s</a></svg>",
        "<textarea><a href=no></textarea>",
        "<template>t<a href=no></a><iframe src=no></iframe></template>",
        "<section><template shadowrootmode=open><a href=shadow>x</a></template></section>",
        "<svg><a xlink:href=x>s</a></svg>",
        "<iframe src=f></iframe>",
        "<link rel=next href=n>",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(4, 30, 6, |inner| {
            let name = prop::sample::select(vec![
                "div",
                "b",
                "h1",
                "h2",
                "noscript",
                "table><tr><td",
                "ul><li",
                "section",
            ]);
            (name, prop::collection::vec(inner, 0..6)).prop_map(|(name, parts)| {
                let ends: Vec<_> = name.rsplit("><").map(|name| format!("</{name}>")).collect();
                format!("<{name}>{}{}", parts.concat(), ends.concat())
            })
        })
}

#[test]
fn what_describes_a_drawing_or_a_formula_is_no_text() {
    let page = "<p>a<svg><desc>Made by a program.</desc><metadata>m</metadata><text>seen</text></svg> \
        <math><semantics><mi>y</mi><annotation>\\upsilon</annotation></semantics></math><desc>b</desc>";
    let html = Html::parse(page, Url::parse("http://a.example/").unwrap());
    assert_eq!(html.one("p").unwrap().text(), "aseen yb");
    assert_eq!(html.one("svg desc").unwrap().text(), "Made by a program.");
}

#[test]
fn a_heading_is_the_same_with_and_without_a_tree() {
    let url = Url::parse("http://a.example/").unwrap();
    for inner in [
        "Pumps<svg><desc>Made by a program.</desc></svg>",
        "Pumps <svg><metadata>m</metadata><text>seen</text></svg> and <b>wells</b>",
        "<math><semantics><mi>y</mi><annotation>\\upsilon</annotation></semantics></math> is it",
        "<desc>no drawing</desc>",
    ] {
        let page = format!("<h1>{inner}</h1><p>more");
        let html = Html::parse(&page, url.clone());
        let scanned = scan_html(page.as_bytes(), encoding_rs::UTF_8, &url, 10);
        let text = html.one("h1").unwrap().text();
        assert_eq!(scanned.h1.as_deref(), Some(&*text), "{inner}");
    }
}
