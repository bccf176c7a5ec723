//! Structured data as schema.org, the HTML standard and real pages write it, and as pages that want to do harm do.

use crawlworks::html::Html;
use crawlworks::structured::{MicrodataItem, Structured};
use serde_json::{Value, json};
use url::Url;

fn data(page: &str) -> Structured {
    let url = Url::parse("https://example.com/shop/page?id=7").unwrap();
    Html::parse(page, url).structured()
}

fn ld(json: &str) -> String {
    format!("<script type='application/ld+json'>{json}</script>")
}

/// The only item of a page, as the standard's JSON has it.
fn item(page: &str) -> Value {
    let found = data(page);
    assert_eq!(found.skipped, [], "{page}");
    assert_eq!(found.microdata.items().len(), 1, "{page}");
    serde_json::to_value(&found.microdata.items()[0]).unwrap()
}

fn messages(found: &Structured) -> Vec<String> {
    let all = found.skipped.iter();
    all.map(|one| format!("{}: {}", one.part, one.message))
        .collect()
}

#[test]
fn it_serialises_in_a_stable_order() {
    let names: Vec<String> = match serde_json::to_value(data("<p>x")).unwrap() {
        Value::Object(fields) => fields.keys().cloned().collect(),
        other => panic!("{other}"),
    };
    assert_eq!(
        names,
        [
            "title",
            "language",
            "canonical",
            "favicon",
            "alternates",
            "feeds",
            "meta",
            "http_equiv",
            "open_graph",
            "json_ld",
            "microdata",
            "skipped"
        ]
    );
}

#[test]
fn links_are_absolute_by_the_base_of_the_page() {
    let found = data(
        "<base href=https://cdn.example/x/><link rel='shortcut icon' href=i.ico><link rel=Canonical href=../c>
         <link rel=canonical href=second><link rel=alternate hreflang=de-AT href=de><link rel=alternate hreflang=x-default href=/>
         <link rel='alternate home' type='application/rss+xml; charset=utf-8' title=' News ' href=feed>
         <link rel=alternate type=application/atom+xml hreflang=en href=atom><link rel=stylesheet href=s.css>",
    );
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["canonical"], "https://cdn.example/c");
    assert_eq!(json["favicon"], "https://cdn.example/x/i.ico");
    assert_eq!(
        json["alternates"],
        json!([{"language": "de-AT", "url": "https://cdn.example/x/de"}, {"language": "x-default", "url": "https://cdn.example/"}])
    );
    assert_eq!(
        json["feeds"],
        json!([{"url": "https://cdn.example/x/feed", "type": "application/rss+xml", "title": "News"},
               {"url": "https://cdn.example/x/atom", "type": "application/atom+xml", "title": null}])
    );
}

#[test]
fn the_language_is_that_of_the_root() {
    let equiv = "<meta http-equiv=Content-Language content=fr>";
    assert_eq!(
        data(&format!("<html lang=en>{equiv}")).language.unwrap(),
        "en"
    );
    assert_eq!(data(equiv).language.unwrap(), "fr");
    assert_eq!(data("").language, None);
}

#[test]
fn structured_properties_belong_to_what_is_before_them() {
    // The example of ogp.me, section "Arrays".
    let found = data(
        r#"<meta property="og:image" content="https://example.com/rock.jpg" />
        <meta property="og:image:width" content="300" /> <meta property="og:image:height" content="300" />
        <meta property="og:image" content="https://example.com/rock2.jpg" />
        <meta property="og:image" content="https://example.com/rock3.jpg" />
        <meta property="og:image:height" content="1000" />"#,
    );
    assert_eq!(
        serde_json::to_value(&found.open_graph).unwrap(),
        json!([
            {"property": "og:image", "content": "https://example.com/rock.jpg", "parts": {"width": "300", "height": "300"}},
            {"property": "og:image", "content": "https://example.com/rock2.jpg"},
            {"property": "og:image", "content": "https://example.com/rock3.jpg", "parts": {"height": "1000"}},
        ])
    );
}

#[test]
fn a_part_that_is_there_again_stays_with_its_owner() {
    let graph = data(
        "<meta property=og:locale content=en_GB><meta property=og:locale:alternate content=fr_FR>
         <meta property=og:locale:alternate content=es_ES><meta property=og:title content=Ink>",
    )
    .open_graph;
    assert_eq!(
        serde_json::to_value(&graph).unwrap(),
        json!([
            {"property": "og:locale", "content": "en_GB", "parts": {"alternate": ["fr_FR", "es_ES"]}},
            {"property": "og:title", "content": "Ink"},
        ])
    );
    assert_eq!(graph.get("og:locale:alternate"), Some("fr_FR"));
    let all: Vec<_> = graph.values("og:locale:alternate").collect();
    assert_eq!(all, ["fr_FR", "es_ES"]);
}

#[test]
fn a_part_without_its_whole_stands_alone() {
    let graph = data(
        "<meta property=product:price:amount content=4><meta property=og:image:url content=a.png>
         <meta property=og:image:alt content=Ink>",
    )
    .open_graph;
    assert_eq!(graph.get("product:price:amount"), Some("4"));
    assert_eq!(graph.get("og:image"), Some("a.png"));
    assert_eq!(graph.get("og:image:alt"), Some("Ink"));
}

#[test]
fn name_and_property_are_told_apart_by_what_they_hold() {
    let found = data(
        "<meta name=og:title content=a><meta property=twitter:card content=b><meta name=Twitter:Site content=c>
         <meta name=theme-color content=red><meta name=dc:title content=d>",
    );
    assert_eq!(found.open_graph.get("og:title"), Some("a"));
    assert_eq!(found.open_graph.get("twitter:card"), Some("b"));
    assert_eq!(found.open_graph.get("twitter:site"), Some("c"));
    let names: Vec<&str> = found.meta.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["theme-color", "dc:title"]);
}

#[test]
fn json_ld_is_kept_as_it_is() {
    // The first example at schema.org/Product, shortened.
    let product = r#"{"@context": "https://schema.org", "@type": "Product",
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": "3.5", "reviewCount": "11"},
        "name": "Kenmore White 17\" Microwave",
        "offers": {"@type": "Offer", "availability": "https://schema.org/InStock", "price": "55.00", "priceCurrency": "USD"},
        "review": [{"@type": "Review", "author": "Ellie"}, {"@type": "Review", "author": "Lucas"}]}"#;
    let found = data(&ld(product)).json_ld;
    let expected: Value = serde_json::from_str(product).unwrap();
    assert_eq!(found.things(), [&expected]);
    assert_eq!(found.of_type("https://schema.org/Product"), [&expected]);
    assert_eq!(found.of_type("Offer")[0]["price"], "55.00");
    assert_eq!(found.of_type("Review").len(), 2);
}

#[test]
fn graphs_and_lists_are_laid_open() {
    let found = data(
        &(ld(r#"{"@graph": [{"@type": "A"}, [{"@type": ["B", "C"]}]]}"#)
            + &ld(r#"[{"@type": "D"}]"#)),
    );
    let types: Vec<&Value> = found
        .json_ld
        .things()
        .iter()
        .map(|thing| &thing["@type"])
        .collect();
    assert_eq!(types, [&json!("A"), &json!(["B", "C"]), &json!("D")]);
    assert_eq!(found.json_ld.of_type("C").len(), 1);
    assert_eq!(found.json_ld.objects().len(), 2);
}

#[test]
fn json_ld_is_read_as_pages_write_it() {
    for (script, expected) in [
        ("<!-- {\"a\": 1} -->", json!([{"a": 1}])),
        ("//<![CDATA[\n{\"a\": 1}\n//]]>", json!([{"a": 1}])),
        ("{\"a\": 1,} {\"b\": [2,],};", json!([{"a": 1}, {"b": [2]}])),
        ("{\"a\": \"one\ntwo\t\"}", json!([{"a": "one\ntwo\t"}])),
        (
            "/* it */ {\"a\": \"http://x/*y\"} // is",
            json!([{"a": "http://x/*y"}]),
        ),
        ("[{\"a\": 1}, {\"b\": 2}]", json!([{"a": 1}, {"b": 2}])),
        ("  ", json!([])),
    ] {
        let found = data(&ld(script));
        assert_eq!(
            serde_json::to_value(&found.json_ld).unwrap(),
            expected,
            "{script}"
        );
        assert_eq!(found.skipped, [], "{script}");
    }
}

#[test]
fn malformed_json_ld_is_named_with_its_place_and_the_rest_is_kept() {
    let found = data(
        &[
            ld(r#"{"a": 1} {"b": }"#),
            ld("{\"c\": 3}"),
            ld("\"x\"\n1"),
            ld("{\n'd': 4}"),
        ]
        .concat(),
    );
    assert_eq!(
        serde_json::to_value(&found.json_ld).unwrap(),
        json!([{"a": 1}, {"c": 3}])
    );
    assert_eq!(
        messages(&found),
        [
            "json_ld: script 1: not JSON: expected value at line 1 column 16, before \"}\"",
            "json_ld: script 3: 2 values that are neither an object nor a list",
            "json_ld: script 4: not JSON: key must be a string at line 2 column 1, before \"'d': 4}\"",
        ]
    );
}

#[test]
fn json_ld_that_is_nested_too_deeply_is_named() {
    let found = data(&ld(&"[".repeat(100_000)));
    assert_eq!(
        messages(&found),
        [
            "json_ld: script 1: not JSON: nested more than 127 levels deep at line 1 column 128, before \"[[[[[[[[[[[[[[[[[[[[\""
        ]
    );
}

#[test]
fn json_ld_that_is_too_large_is_named_and_what_follows_is_read() {
    let found = data(&(ld(&format!("[{}1]", "1,".repeat(5 << 20))) + &ld("{\"a\": 1}")));
    assert_eq!(
        serde_json::to_value(&found.json_ld).unwrap(),
        json!([{"a": 1}])
    );
    assert_eq!(
        messages(&found),
        ["json_ld: too many or too large: 1 left out"]
    );
}

#[test]
fn entries_that_are_too_many_are_counted() {
    let metas: Vec<_> = (0..100_000)
        .map(|n| format!("<meta name=n{n} content=x>"))
        .collect();
    let metas = metas.concat();
    let found = data(&metas);
    assert_eq!(found.meta.iter().count(), 1_000);
    assert_eq!(
        messages(&found),
        ["meta: too many or too large: 99000 left out"]
    );
    let many = format!(
        "<meta property='{}' content='{}'>",
        "og:a ".repeat(100_000),
        "x".repeat(500_000)
    );
    assert_eq!(
        messages(&data(&many)),
        ["open_graph: too many or too large: 6 left out"]
    );
}

#[test]
fn items_have_the_properties_that_the_standard_says() {
    // Section 5.1.2 of the HTML standard and its neighbours.
    assert_eq!(
        item(
            r#"<dl itemscope itemtype="https://vocab.example.net/book" itemid="urn:isbn:0-330-34032-8">
            <dt>Title <dd itemprop="title">The Reality Dysfunction <dt>Author <dd itemprop="author">Peter F. Hamilton
            <dt>Publication date <dd><time itemprop="pubdate" datetime="1996-01-26">26 January 1996</time> </dl>"#
        ),
        json!({"type": ["https://vocab.example.net/book"], "id": "urn:isbn:0-330-34032-8", "properties": {
            "title": ["The Reality Dysfunction"], "author": ["Peter F. Hamilton"], "pubdate": ["1996-01-26"]}})
    );
    assert_eq!(
        item(
            r#"<div itemscope><span itemprop="favorite-color favorite-fruit">orange</span></div>"#
        ),
        json!({"properties": {"favorite-color": ["orange"], "favorite-fruit": ["orange"]}})
    );
    assert_eq!(
        item(
            r#"<div itemscope><p>Flavors in my favorite ice cream:</p><ul><li itemprop="flavor">Lemon sorbet</li>
             <li itemprop="flavor">Apricot sorbet</li></ul></div>"#
        ),
        json!({"properties": {"flavor": ["Lemon sorbet", "Apricot sorbet"]}})
    );
}

#[test]
fn a_property_of_no_item_is_an_item_by_itself() {
    let found = data(
        "<p itemprop=a itemscope itemtype=T><i itemprop=b itemscope><b itemprop=c>1</b></i></p><p itemscope itemtype=U>",
    );
    assert_eq!(
        serde_json::to_value(&found.microdata).unwrap(),
        json!([
            {"type": ["T"], "properties": {"b": [{"properties": {"c": ["1"]}}]}},
            {"type": ["U"], "properties": {}},
        ])
    );
}

#[test]
fn json_ld_that_is_encoded_once_too_often_is_decoded() {
    let found = data(
        "<script type=application/ld+json>{&quot;name&quot;: &quot;A &amp;amp; B&quot;,}</script>",
    );
    assert_eq!(found.json_ld.objects(), [json!({"name": "A &amp; B"})]);
    assert_eq!(found.skipped, []);
}

#[test]
fn properties_may_be_elsewhere() {
    // The example of itemref in the HTML standard, which means the same as the one without it.
    assert_eq!(
        item(
            r#"<div itemscope id="amanda" itemref="a b"></div> <p id="a">Name: <span itemprop="name">Amanda</span></p>
            <div id="b" itemprop="band" itemscope itemref="c"></div>
            <div id="c"> <p>Band: <span itemprop="name">Jazz Band</span></p>
            <p>Size: <span itemprop="size">12</span> players</p></div>"#
        ),
        json!({"properties": {"name": ["Amanda"], "band": [{"properties": {"name": ["Jazz Band"], "size": ["12"]}}]}})
    );
}

#[test]
fn properties_from_elsewhere_are_in_the_order_of_the_page() {
    assert_eq!(
        item(
            "<i id=x itemprop=a>1</i><div itemscope itemref='y x'><i itemprop=a>2</i></div><i id=y itemprop=a>3</i>"
        ),
        json!({"properties": {"a": ["1", "2", "3"]}})
    );
}

#[test]
fn a_value_is_where_its_element_has_it() {
    for (element, expected) in [
        ("<meta itemprop=p content=a>", "a"),
        ("<meta itemprop=p>", ""),
        (
            "<img itemprop=p src=a.png>",
            "https://example.com/shop/a.png",
        ),
        ("<img itemprop=p>", ""),
        (
            "<a itemprop=p href='/x#y'>text</a>",
            "https://example.com/x#y",
        ),
        (
            "<link itemprop=p href=https://schema.org/InStock>",
            "https://schema.org/InStock",
        ),
        (
            "<object itemprop=p data=o></object>",
            "https://example.com/shop/o",
        ),
        ("<data itemprop=p value=8>eight</data>", "8"),
        ("<meter itemprop=p value=3 max=5>***</meter>", "3"),
        (
            "<time itemprop=p datetime=2026-01-01>today</time>",
            "2026-01-01",
        ),
        ("<time itemprop=p>2026</time>", "2026"),
        (
            "<span itemprop=p content=1000.00>1,000.00</span>",
            "1000.00",
        ),
        ("<span itemprop=p>\n one\n <b>two</b></span>", "one two"),
    ] {
        assert_eq!(
            item(&format!("<div itemscope>{element}</div>")),
            json!({"properties": {"p": [expected]}}),
            "{element}"
        );
    }
}

#[test]
fn items_that_lead_back_to_themselves_are_errors_as_in_the_standard() {
    let found = data(
        "<div itemscope id=a itemref=b></div><p id=b itemprop=p itemscope itemref=c></p><p id=c itemprop=q itemscope itemref=b>",
    );
    assert_eq!(
        serde_json::to_value(&found.microdata).unwrap(),
        json!([{"properties": {"p": [{"properties": {"q": [{"properties": {"p": ["ERROR"]}}]}}]}}])
    );
    assert_eq!(
        messages(&found),
        ["microdata: 1 items that are within themselves by itemref"]
    );
}

/// Each item refers to the next one twice, under two names each: 4^60 values, if all were written.
#[test]
fn references_that_multiply_are_cut_off() {
    let level = |n| {
        let next = n + 1;
        format!(
            "<p id=a{n} itemprop='x y' itemscope itemref='a{next} b{next}'></p><p id=b{n} itemprop='x y' itemscope itemref='a{next} b{next}'></p>"
        )
    };
    let levels: String = (0..60).map(level).collect();
    let found = data(&format!("<div itemscope itemref='a0 b0'></div>{levels}"));
    assert!(
        messages(&found)[0].starts_with("microdata: too many or too large"),
        "{:?}",
        found.skipped
    );
    assert!(values(&found.microdata.items()[0]) <= 10_000);
}

fn values(item: &MicrodataItem) -> usize {
    count(&serde_json::to_value(item).unwrap())
}

fn count(json: &Value) -> usize {
    match json {
        Value::Array(all) => all.iter().map(|value| 1 + count(value)).sum(),
        Value::Object(all) => all.values().map(count).sum(),
        _ => 0,
    }
}

#[test]
fn references_to_the_whole_page_by_many_items_are_cut_off() {
    let items = "<p itemscope itemref=all></p>".repeat(5_000);
    let found = data(&format!(
        "<div id=all>{}</div>{items}",
        "<br>".repeat(100_000)
    ));
    assert_eq!(
        messages(&found),
        ["microdata: itemref name too much: what came last was left out"]
    );
}

#[test]
fn values_within_values_are_bounded_by_their_text() {
    let deep = format!(
        "<div itemscope>{}{}",
        "<div itemprop=p>".repeat(400),
        "word ".repeat(200_000)
    );
    let found = data(&deep);
    assert!(
        messages(&found)[0].starts_with("microdata: too many or too large"),
        "{:?}",
        found.skipped
    );
    assert!(found.microdata.items()[0].properties.all("p").len() <= 5);
}

#[test]
fn deep_pages_are_read() {
    for open in [
        "<div itemscope itemprop=p>",
        "<div itemscope>",
        "<div itemprop=p>",
        "<p><meta name=a content=b>",
    ] {
        let found = data(&open.repeat(100_000));
        assert!(
            serde_json::to_string(&found).unwrap().len() < 1 << 20,
            "{open}"
        );
    }
}
