//! Pages made to be costly. What takes time in proportion to the page must take four times as long for four times the
//! page, give or take; what cannot be had so is refused.

use std::time::Duration;

use crawlworks::ErrorKind;
use crawlworks::html::Html;

fn parse(page: &str) -> Html {
    let url = url::Url::parse("http://a.example/").unwrap();
    Html::parse(page, url)
}

/// What this thread has used of a processor, in nanoseconds: other than the clock, it does not count who else wants one.
fn used() -> Option<u64> {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    used.split(' ').next()?.parse().ok()
}

/// What something takes, from as many times as the system needs to tell.
fn cost(work: impl Fn()) -> Option<f64> {
    let before = used()?;
    for times in 1..=10_000_u32 {
        work();
        let spent = Duration::from_nanos(used()? - before);
        if spent >= Duration::from_millis(100) {
            return Some(spent.as_secs_f64() / f64::from(times));
        }
    }
    None
}

/// Whether something takes about four times as long on a page four times as large: 16 times if it is quadratic.
#[track_caller]
fn is_linear(what: &str, page: impl Fn(usize) -> String, size: usize, ask: impl Fn(&Html)) {
    let (small, large) = (parse(&page(size)), parse(&page(4 * size)));
    // Systems that do not tell have nothing to compare.
    if let (Some(small), Some(large)) = (cost(|| ask(&small)), cost(|| ask(&large))) {
        let ratio = large / small;
        assert!(
            ratio < 10.0,
            "{what}: four times the page takes {ratio} times as long"
        );
    }
}

#[cfg(feature = "article")]
#[test]
fn main_texts_are_found_in_proportion() {
    let page = |size| {
        let item = "<li>Ink was once made at home, of soot, <a href=a>water</a> and gum.";
        format!("{}{}", "<ul><li>".repeat(45), item.repeat(size))
    };
    is_linear("article", page, 100, |html| drop(html.article()));
    let page = |size| "<p>Ink was once made at home, of soot, water and gum.".repeat(size);
    is_linear("paragraphs", page, 200, |html| drop(html.article()));
}

fn wide(size: usize) -> String {
    "<p class=c>x</p>\n".repeat(size)
}

#[test]
fn selectors_are_linear_in_the_width_of_a_page() {
    for css in [
        "p.c + p",
        "p:has(a)",
        "body:has(a b) p",
        ":has(+ a)",
        "p:not(:has(i)):empty",
        "p:last-child",
        "p:only-child",
        "[class~=d]",
    ] {
        is_linear(css, wide, 2_000, |html| drop(html.select(css).unwrap()));
    }
}

#[test]
fn queries_are_linear_in_the_width_of_a_page() {
    for query in [
        "p::text",
        "body ::text",
        "p::attr(class), p::text",
        "* ::attr(class)",
        "p, > i",
    ] {
        is_linear(query, wide, 2_000, |html| {
            drop(html.get_all(query).unwrap());
        });
    }
}

#[test]
fn the_first_value_does_not_cost_all() {
    is_linear(
        "first of each",
        |size| "<ul><li>a<li>b</ul>".repeat(size),
        1_000,
        |html| {
            for list in html.select("ul").unwrap() {
                list.get("li::text").unwrap();
            }
        },
    );
}

#[test]
fn tables_are_read_in_proportion() {
    let table = |size| {
        format!(
            "<table>{}",
            "<tr><td rowspan=3>x<td colspan=2>y<td>z".repeat(size)
        )
    };
    is_linear("records", table, 500, |html| {
        drop(html.root().records().unwrap());
    });
    is_linear("pairs", table, 500, |html| {
        drop(html.root().pairs().unwrap());
    });
    let same = |size| {
        format!(
            "<table><tr>{}<tr>{}",
            "<th>a".repeat(size),
            "<td>x".repeat(size)
        )
    };
    is_linear("names", same, 500, |html| {
        drop(html.root().records().unwrap());
    });
}

#[test]
fn deep_pages_are_searched_up_to_their_limit() {
    let html = parse(&format!(
        "{}deep{}<a href=x>after</a>",
        "<div>".repeat(100_000),
        "</div>".repeat(100_000)
    ));
    assert!(html.was_too_deep());
    assert_eq!(
        html.get("body > a::text").unwrap().as_deref(),
        Some("after")
    );
    assert_eq!(html.get_all("div div ::text").unwrap(), ["deep"]);
    assert_eq!(html.root().block_text(), "deep\nafter");
    assert_eq!(html.select("body:has(> a)").unwrap().len(), 1);
    assert!(html.root().outer_html().len() < 10_000);
}

#[test]
fn a_million_siblings_are_one_page() {
    let html = parse(&"<i>x".repeat(1_000_000));
    assert!(html.was_too_deep());
    assert_eq!(html.get("i::text").unwrap().as_deref(), Some("x"));
    let html = parse(&"<br>".repeat(1_000_000));
    assert_eq!(html.select("br").unwrap().len(), 1_000_000);
    assert_eq!(
        html.select("br ~ br").unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

#[test]
fn an_attribute_of_10_megabytes_is_a_value_like_others() {
    let value = "x ".repeat(5 << 20);
    let html = parse(&format!("<p title='{value}' class='{value}'>y"));
    assert_eq!(
        html.get("p::attr(title)").unwrap().unwrap().len(),
        value.len()
    );
    assert_eq!(html.select("[title*=y]").unwrap().len(), 0);
    assert_eq!(html.select("p.x").unwrap().len(), 1);
    assert_eq!(html.urls("p::attr(title)").unwrap().len(), 1);
}

#[test]
fn a_page_is_read_up_to_too_many_names_of_tags_and_attributes() {
    for name in ["<p data-{}>x", "<custom-{0}></custom-{0}>x"] {
        let page = |count: usize| -> String {
            let tags = (0..count).map(|n| {
                name.replace("{}", &n.to_string())
                    .replace("{0}", &n.to_string())
            });
            tags.collect::<String>() + "<h1>end</h1>"
        };
        let (few, many) = (parse(&page(10_000)), parse(&page(100_000)));
        assert!(few.first("h1").unwrap().is_some(), "{name}");
        assert!(
            many.was_too_deep() && many.first("h1").unwrap().is_none(),
            "{name}"
        );
    }
}

#[test]
fn very_many_attributes_are_cut_off() {
    let attributes: Vec<_> = (0..100_000).map(|n| format!(" a{n}=x")).collect();
    let html = parse(&format!("<p{}>y", attributes.concat()));
    assert_eq!(html.get("p::attr(a1)").unwrap().as_deref(), Some("x"));
    assert_eq!(html.get("p::attr(a99999)").unwrap(), None);
}

#[test]
fn selectors_that_would_take_minutes_are_refused() {
    let names: Vec<_> = (0..20_000).map(|n| format!("<x{n}></x{n}>")).collect();
    let nested = format!("{}{}", "<div>".repeat(500), "<b>x</b>".repeat(2_000));
    let classes: Vec<_> = (0..250_000).map(|n| format!("c{n} ")).collect();
    for (page, css) in [
        (wide(10_001), "i ~ p"),
        (wide(10_001), "p:has(~ i)"),
        (names.concat(), ":first-of-type"),
        (nested, "div:has(p b)"),
        (wide(1_500), ":is(:is(b ~ p) ~ p) ~ p"),
        ("<div>".repeat(300), ":is(:is(:is(q div) div) div) div"),
        (format!("<p class='{}'>", classes.concat()), "p.x"),
    ] {
        let error = parse(&page).select(css).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{css}");
        assert_eq!(error.url().unwrap().as_str(), "http://a.example/");
    }
    assert_eq!(
        parse(&wide(1_500))
            .select("p:nth-of-type(2)")
            .unwrap()
            .len(),
        1
    );
}
