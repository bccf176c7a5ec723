//! What becomes of XML, well-formed or not, in trees and in scans.

use std::fmt::Write;

use url::Url;

use super::{Dialect, parse, scan};
use crate::page::html::base::Base;
use crate::page::html::{Cuts, Html, Limits, Page};
use crate::page::request::Request;
use crate::page::response::Response;

fn url() -> Url {
    Url::parse("http://a.example/d/").unwrap()
}

fn xml(text: &str) -> Html {
    Html::parse_xml(text, url())
}

fn values(text: &str, query: &str) -> Vec<String> {
    xml(text).get_all(query).unwrap()
}

fn scanned(text: &str) -> Page {
    let base = Base::new(url(), encoding_rs::UTF_8);
    scan(text, Dialect::Xml, base, usize::MAX).0
}

/// The tree as its elements and texts: `a(b("text"))`.
fn shape(text: &str) -> String {
    fn walk(element: crate::page::html::Element<'_>, out: &mut String) {
        out.push_str(element.name());
        out.push('(');
        for child in element.content() {
            match child {
                crate::page::html::Child::Text(text) => write!(out, "{text:?}").unwrap(),
                crate::page::html::Child::Element(element) => walk(element, out),
            }
        }
        out.push(')');
    }
    let mut out = String::new();
    walk(xml(text).root(), &mut out);
    out
}

const XHTML: &str = "http://www.w3.org/1999/xhtml";

#[test]
fn every_element_can_close_itself_and_cdata_is_text() {
    for (text, expected) in [
        ("<a><title/>x<script/>y</a>", r#"a(title()"x"script()"y")"#),
        ("<a><link>l</link><b/></a>", r#"a(link("l")b())"#),
        ("<a>1<![CDATA[<b>&amp;]]>2</a>", r#"a("1<b>&amp;2")"#),
        ("<a><!-- <b/> -->x<?pi <c/> ?>y</a>", r#"a("xy")"#),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE a [<!ELEMENT a (b)> ]>\n<a/>\n",
            "a()",
        ),
        (
            "<a b='1>2'>&lt;&#233;&#xe9;&nbsp;&unknown;&#146;</a>",
            r#"a("<éé\u{a0}&unknown;’")"#,
        ),
        ("<a>1\r\n2\r3</a>", r#"a("1\n2\n3")"#),
        ("<p>a<p>b</p><li/></p>", r#"p("a"p("b")li())"#),
    ] {
        assert_eq!(shape(text), expected, "{text}");
        assert!(xml(text).is_well_formed(), "{text}");
    }
}

#[test]
fn names_are_as_the_page_spells_them() {
    let text = "<R xmlns:dc='urn:d'><dc:Title ID='1' dc:lang='de'>x</dc:Title><Title>y</Title><title>z</title></R>";
    for (query, expected) in [
        ("dc|Title", &["x"][..]),
        (r"dc\:Title", &["x"]),
        ("Title", &["y"]),
        ("title", &["z"]),
        ("dc|title, r > *", &[]),
        ("R > dc|Title::attr(ID)", &["1"]),
        ("R > dc|Title::attr(id)", &[]),
        ("[dc|lang=de]::attr(dc:lang)", &["de"]),
        ("[ID]", &["x"]),
    ] {
        assert_eq!(values(text, query), expected, "{query}");
    }
}

#[test]
fn a_name_with_a_prefix_is_suggested_as_selectors_have_it() {
    let error = xml("<a/>").get("b > media:group").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("an element of that name is media|group"),
        "{error}"
    );
}

#[test]
fn xhtml_has_the_names_of_html_by_any_prefix() {
    let text = format!(
        "<h:html xmlns:h='{XHTML}' xmlns:s='http://www.w3.org/2000/svg'><h:head><h:title>T</h:title><h:base href='/b/'/>\
         </h:head><h:body><h:a href='x'>l</h:a><s:svg viewBox='0'><s:title>no</s:title></s:svg></h:body></h:html>"
    );
    let html = xml(&text);
    assert_eq!(html.title().as_deref(), Some("T"));
    assert_eq!(html.links("a").unwrap()[0].as_str(), "http://a.example/b/x");
    assert_eq!(html.root().text(), "l");
    assert_eq!(values(&text, "svg::attr(viewBox)"), ["0"]);
    let page = scanned(&text);
    assert_eq!(
        (page.title.as_deref(), page.links[0].path()),
        (Some("T"), "/b/x")
    );
}

#[test]
fn elements_of_html_in_other_xml_keep_their_prefix() {
    let text = format!(
        "<urlset xmlns:x='{XHTML}'><x:link href='/de'/><content><div xmlns='{XHTML}'><b>t</b></div></content></urlset>"
    );
    assert_eq!(values(&text, "x|link::attr(href)"), ["/de"]);
    assert_eq!(values(&text, "content > div > b"), ["t"]);
}

#[test]
fn the_text_of_data_has_its_parts_apart_and_hides_nothing() {
    for (text, expected) in [
        ("<n><first>Ann</first><last>Lee</last></n>", "Ann Lee"),
        (
            "<n><title>T</title><script>s</script><head>h</head></n>",
            "T s h",
        ),
        ("<p>H<sub>2</sub>O is <i>wet</i></p>", "H2O is wet"),
        ("<p><b>a</b><!-- --><b>c</b></p>", "a c"),
    ] {
        assert_eq!(xml(text).root().text(), expected, "{text}");
    }
    let text = xml("<r><item><a>1</a><b>2</b></item><item>3</item></r>")
        .root()
        .block_text();
    assert_eq!(text, "1\n2\n3");
}

#[test]
fn what_the_document_type_declares_is_known_and_bombs_are_not() {
    let doctype = "<!DOCTYPE r [<!ENTITY x 'http://x.example/#'><!ENTITY x 'late'><!ENTITY e SYSTEM 'file:///etc/passwd'>\
                   <!ENTITY b '&x;&x;'><!ENTITY m '<b/>'>]>";
    let text = format!("{doctype}<r about='&x;A'>&x;&e;&b;&m;</r>");
    assert_eq!(values(&text, "r::attr(about)"), ["http://x.example/#A"]);
    assert_eq!(values(&text, "r"), ["http://x.example/#&e;&b;&m;"]);
}

#[test]
fn an_attribute_has_one_line_and_its_first_value() {
    assert_eq!(
        values("<a b=' 1\n2&#10;3' b='4'/>", "a::attr(b)"),
        [" 1 2\n3"]
    );
}

#[test]
fn a_document_that_is_not_well_formed_is_read_on() {
    for (text, expected, line, what) in [
        (
            "<a><b>1<c>2</b>3</a>",
            r#"a(b("1"c("2"))"3")"#,
            1,
            "an end tag",
        ),
        ("<a>\n<b>1</x></b></a>", r#"a("\n"b("1"))"#, 2, "an end tag"),
        ("<a>1 < 2 <b/></a>", r#"a("1 < 2 "b())"#, 1, "a <"),
        ("<a><b>1", r#"a(b("1"))"#, 1, "the end"),
        ("<a b=1 c>x</a>", r#"a("x")"#, 1, "an attribute"),
        (
            "<a>1</a><a>2</a>",
            r#"xml(a("1")a("2"))"#,
            1,
            "more than one",
        ),
        ("<a>x<![CDATA[y", r#"a("xy")"#, 1, "CDATA"),
        ("<a>x<!-- y", r#"a("x")"#, 1, "a comment"),
        ("<a><b c='1>x</b></a>", r#"a(b("x"))"#, 1, "a tag"),
        (
            "<?xml version='1.0'>\n<a>x</a><?y?>",
            r#"a("x")"#,
            1,
            "a processing",
        ),
        ("<a>x</a", r#"a("x")"#, 1, "an end tag"),
        (
            "just text",
            r#"html(head()body("just text"))"#,
            1,
            "there is no element",
        ),
        ("", "html(head()body())", 1, "there is no element"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
        let (_, _, fault) = parse(text, Dialect::Xml, Limits::default());
        let fault = fault.unwrap();
        assert_eq!(fault.line, line, "{text}");
        assert!(fault.what.contains(what), "{text}: {fault:?}");
    }
}

#[test]
fn xhtml_that_is_not_well_formed_is_html_whose_elements_close_themselves() {
    let text = format!(
        "<html xmlns='{XHTML}'><head><script src='a.js'/><title>T</title></head><body><h1>H<br></h1><iframe src='/f'/>\
         <p>one<p><![CDATA[a<b]]><script>if (a<b) '<div/>'</script><a href=x>two</a></body></html>"
    );
    let html = xml(&text);
    assert!(!html.is_well_formed());
    assert_eq!(html.get_all("body > p").unwrap(), ["one", "a<btwo"]);
    assert_eq!(
        html.one("p script").unwrap().raw_text(),
        "if (a<b) '<div/>'"
    );
    assert_eq!(
        (html.title().as_deref(), html.get("h1").unwrap().as_deref()),
        (Some("T"), Some("H"))
    );
    let page = scanned(&text);
    assert_eq!(
        (page.title.as_deref(), page.h1.as_deref()),
        (Some("T"), Some("H"))
    );
    assert_eq!(page.links[0].path(), "/d/x");
}

#[test]
fn a_scan_finds_what_the_tree_has() {
    let text = format!(
        "<html xmlns='{XHTML}'><head><title>A &amp; <![CDATA[<B>]]></title><script src='a.js'/><link rel='x next' href='2'/>\
         </head><body><textarea/><h1>One <b>two</b><script>no</script></h1><template><a href='t'/></template>\
         <a href='/1?a=1&amp;b=2#f'/><svg xmlns='http://www.w3.org/2000/svg'><a xmlns:xlink='l' xlink:href='s'/></svg>\
         <iframe src='/f'/><!-- <a href='c'/> --></body></html>"
    );
    let page = scanned(&text);
    assert_eq!(page.title.as_deref(), Some("A & <B>"));
    assert_eq!(page.h1.as_deref(), Some("One two"));
    let links: Vec<_> = page.links.iter().map(Url::as_str).collect();
    assert_eq!(
        links,
        ["http://a.example/1?a=1&b=2", "http://a.example/d/s"]
    );
    assert_eq!(xml(&text).links("a").unwrap(), page.links);
    let parts: Vec<_> = page.parts.iter().map(Url::path).collect();
    assert_eq!(parts, ["/d/2", "/f"]);
}

#[test]
fn the_type_of_an_answer_says_by_which_rules_it_is_read() {
    let page =
        "<html><head><script src='a.js'/><title>T</title></head><body><a href='/n'/></body></html>";
    for (content_type, title) in [
        ("application/xhtml+xml; charset=utf-8", Some("T")),
        ("text/xml", Some("T")),
        ("application/atom+xml", Some("T")),
        ("text/html", None),
        ("", None),
    ] {
        let response = Response::new(Request::from(url()), 200).with_body(content_type, page);
        assert_eq!(response.scan(9).title.as_deref(), title, "{content_type}");
        assert_eq!(
            response.html().unwrap().title().as_deref(),
            title,
            "{content_type}"
        );
        assert_eq!(
            response.links().len(),
            usize::from(title.is_some()),
            "{content_type}"
        );
    }
    let response = Response::new(Request::from(url()), 200);
    let response = response.with_body("", "<?xml version='1.0'?><r><link>l</link></r>");
    assert_eq!(
        response.html().unwrap().get("r > link").unwrap().as_deref(),
        Some("l")
    );
    let fragment = Response::new(Request::from(url()), 200);
    let fragment = fragment.with_body("application/xhtml+xml", "<div><p/><title>t</title>x</div>");
    assert_eq!(fragment.html().unwrap().root().text(), "x");
}

#[test]
fn an_encoding_that_is_not_read_any_more_is_told() {
    for (content_type, name) in [
        ("text/html; charset=HZ-GB-2312", "HZ-GB-2312"),
        ("application/xml; charset=iso-2022-cn", "iso-2022-cn"),
    ] {
        let response = Response::new(Request::from(url()), 200).with_body(content_type, "<p>a</p>");
        let error = response.html().unwrap_err();
        assert_eq!(error.kind(), crate::page::error::ErrorKind::NotHtml);
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(response.scan(9), Page::default());
    }
}

#[test]
fn limits_hold_and_the_content_stays() {
    let limits = |depth, nodes, attributes| Limits {
        depth,
        nodes,
        attributes,
    };
    let deep = "<a>".repeat(20) + "x" + &"</a>".repeat(20) + "<b/>";
    let (tree, cuts, _) = parse(&format!("<r>{deep}</r>"), Dialect::Xml, limits(5, 100, 9));
    assert_eq!(cuts, Cuts::DEPTH);
    assert_eq!(tree.root_element().text().collect::<String>(), "x");
    assert_eq!(tree.root_element().child_elements().count(), 2);
    let (tree, cuts, _) = parse(
        &format!("<r>{}</r>", "<a/>".repeat(100)),
        Dialect::Xml,
        limits(9, 50, 9),
    );
    assert_eq!((cuts, tree.tree.values().len()), (Cuts::NODES, 50));
    let (tree, cuts, _) = parse("<r a='1' b='2' c='3'/>", Dialect::Xml, limits(9, 50, 2));
    assert_eq!(
        (cuts, tree.root_element().value().attrs().count()),
        (Cuts::ATTRIBUTES, 2)
    );
}

#[test]
fn hostile_documents_take_time_in_proportion() {
    let many = 200_000;
    for text in [
        "<a>".repeat(many) + &"</b>".repeat(many) + &"</a>".repeat(many),
        "<a ".repeat(many),
        "<a b='".repeat(many),
        "<!--".repeat(many),
        "<![CDATA[".repeat(many),
        "<!DOCTYPE [".repeat(many),
        "<!DOCTYPE [>".repeat(many),
        "<?a>".repeat(many),
        "&a".repeat(many),
        "<a xmlns:b='c'>".repeat(many),
        (0..many).fold(String::from("<r>"), |mut text, n| {
            write!(text, "<element{n}/>").unwrap();
            text
        }),
    ] {
        let start = &text[..20.min(text.len())];
        let (_, cuts, fault) = parse(&text, Dialect::Xml, Limits::default());
        assert!(fault.is_some() || !cuts.is_none(), "{start}");
        let base = Base::new(url(), encoding_rs::UTF_8);
        assert_eq!(scan(&text, Dialect::Xml, base, 10).0.links, [], "{start}");
    }
}
