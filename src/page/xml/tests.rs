use super::source::{Origin, Source};
use super::*;

/// The tokens of a document, one a word: `<a` and `>a` for the beginning and the end of an element, `/a` for an end that is
/// not written, `~a` for one that ends nothing.
fn tokens(text: &str) -> String {
    let source = Source::new(text.as_bytes(), Origin::default()).unwrap();
    let mut xml = Xml::new(source, "text");
    let mut out = Vec::new();
    loop {
        let (depth, token) = xml.next().unwrap();
        out.push(match token {
            Token::Open(tag) => format!("<{}{depth}", tag.local()),
            Token::Close(end) if end.is_written => format!(">{}{depth}", end.local()),
            Token::Close(end) => format!("/{}{depth}", end.local()),
            Token::Stray(name) => format!("~{name}"),
            Token::Text(text) => format!("'{text}'"),
            Token::CData(text) => format!("[{text}]"),
            Token::Entity(entity) => format!("&{}", entity.name()),
            Token::DocType(text) => format!("!{}", text.trim()),
            Token::Other => "-".to_owned(),
            Token::End => return out.join(" "),
        });
    }
}

/// The attribute `x` of the first element.
fn attribute(text: &str) -> Option<String> {
    let source = Source::new(text.as_bytes(), Origin::default()).unwrap();
    let mut xml = Xml::new(source, "text");
    match xml.next().unwrap().1 {
        Token::Open(tag) => tag.attribute("x"),
        token => panic!("{token:?}"),
    }
}

#[test]
fn an_end_tag_ends_what_it_names_and_all_that_is_open_in_it() {
    for (text, expected) in [
        ("<a><b>c</a>", "<a1 <b2 'c' /b2 >a1"),
        ("<a><b><b>c</b></a>", "<a1 <b2 <b3 'c' >b3 /b2 >a1"),
        ("<a><b/></c></a>", "<a1 <b2 >b2 ~c >a1"),
        (
            "<a><br>c<img src='x'></a>",
            "<a1 <br2 >br2 'c' <img2 >img2 >a1",
        ),
        ("<A><p:b>c</B></a>", "<A1 <b2 'c' >b2 >A1"),
        ("<a><b></a", "<a1 <b2"),
        ("<a></a\n<b></b>", "<a1 >a1 <b1 >b1"),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn signs_that_begin_nothing_are_text() {
    for (text, expected) in [
        ("<a>1 < 2</a>", "<a1 '1 ' '< 2' >a1"),
        ("<a>x <y & z</a>", "<a1 'x ' '<y ' '& z' >a1"),
        ("<a>don't <3 it's</a>", "<a1 'don't ' '<3 it's' >a1"),
        ("<a>b&c;&#65;&;&d e</a>", "<a1 'b' &c &#65 '&;' '&d e' >a1"),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn a_quote_that_is_missing_ends_with_its_tag() {
    assert_eq!(
        tokens("<a><b x=\"1></b><c y=\"2\"></c></a>"),
        "<a1 <b2 >b2 <c2 >c2 >a1"
    );
    assert_eq!(tokens("<a x='1><b>c</b></a>"), "<a1 <b2 'c' >b2 >a1");
    assert_eq!(attribute("<a x=\"1></a>").as_deref(), Some("1"));
}

#[test]
fn values_are_read_however_they_are_quoted() {
    for (text, expected) in [
        ("<a x='1>2'>", Some("1>2")),
        ("<a x='<i>'>", Some("<i>")),
        ("<a y=1 x = \" &amp;&#146;&eacute; \"/>", Some("&\u{2019}é")),
        ("<a X=one/two>", Some("one/two")),
        ("<a y='x=3'>", None),
        ("<a it's x='4'>", Some("4")),
    ] {
        assert_eq!(attribute(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn sections_that_are_not_closed_end_where_they_can() {
    for (text, expected) in [
        ("<a><![CDATA[<b>]]></a>", "<a1 [<b>] >a1"),
        ("<a><![CDATA[b</a><c>d</c>", "<a1 - 'b' >a1 <c1 'd' >c1"),
        (
            "<a><![CDATA[b</a><a><![CDATA[c]]></a>",
            "<a1 [b] >a1 <a1 [c] >a1",
        ),
        ("<a><!-- <b> --></a><!-- c", "<a1 - >a1"),
        ("<!DOCTYPE a [<!-- > -->]><a/>", "!a [<!-- > -->] <a1 >a1"),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn long_sections_come_in_pieces() {
    let long = "é".repeat(2 << 20);
    let text = format!("<a><![CDATA[{long}]]>b</a>");
    let source = Source::new(text.as_bytes(), Origin::default()).unwrap();
    let mut xml = Xml::new(source, "text");
    let (mut pieces, mut length) = (0, 0);
    loop {
        match xml.next().unwrap().1 {
            Token::CData(piece) => (pieces, length) = (pieces + 1, length + piece.len()),
            Token::Text(text) => assert_eq!(text, "b"),
            Token::End => break,
            _ => {}
        }
    }
    assert!(pieces > 1);
    assert_eq!(length, long.len());
}

#[test]
fn deep_nesting_hides_no_end() {
    let text = format!("<a><b>{}</b></a>", "<c>".repeat(2 * MAX_DEPTH));
    let ended = tokens(&text);
    assert!(ended.ends_with("/c3 >b2 >a1"), "{ended}");
}

#[test]
fn namespaces_hold_within_the_element_that_declares_them() {
    let text = "<a xmlns:p='one'><b xmlns:p='two'><p:c/></b><p:d/><e xmlns='three'/><f/></a>";
    let source = Source::new(text.as_bytes(), Origin::default()).unwrap();
    let mut xml = Xml::new(source, "text");
    let mut found = Vec::new();
    loop {
        match xml.next().unwrap().1 {
            Token::Open(tag) => found.push(tag.namespace().unwrap_or("").to_owned()),
            Token::End => break,
            _ => {}
        }
    }
    assert_eq!(found, ["", "", "two", "one", "three", ""]);
}
