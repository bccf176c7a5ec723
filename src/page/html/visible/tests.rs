//! What is seen, and what is not.

use crate::page::html::Html;

fn text(page: &str) -> String {
    let url = url::Url::parse("http://example.com/ink").unwrap();
    Html::parse(page, url).root().block_text()
}

#[test]
fn what_says_that_it_is_hidden_is_not_text() {
    for attribute in [
        "hidden",
        "hidden=''",
        "HIDDEN=hidden",
        "aria-hidden=true",
        "aria-hidden=' TRUE '",
        "style='display:none'",
        "style='color: red; DISPLAY : NONE !important;'",
        "style='display:block;display:none'",
        "style='display:/* not shown */none'",
        "style='visibility:hidden'",
        "style='visibility: collapse'",
        "style='display:none!important;display:block'",
    ] {
        let page = format!("<p>ink <span {attribute}>blot</span>pot</p>");
        assert_eq!(text(&page), "ink pot", "{attribute}");
    }
}

#[test]
fn what_only_looks_hidden_is_text() {
    for attribute in [
        "class=hidden",
        "data-hidden",
        "aria-hidden=false",
        "hidden=until-found",
        "style='display:inline'",
        "style='display:none;display:inline'",
        "style='--display:none'",
        "style='content:\"; display:none\"'",
        "style='background:url(a;display:none)'",
        "style='overflow:hidden'",
        "style='/* display:none */'",
        "title='display:none'",
    ] {
        let page = format!("<p>ink <span {attribute}>blot</span>pot</p>");
        assert_eq!(text(&page), "ink blotpot", "{attribute}");
    }
}

#[test]
fn a_page_is_never_hidden_as_a_whole() {
    assert_eq!(text("<body style='visibility:hidden' hidden>ink"), "ink");
}

#[test]
fn closed_dialogs_and_suggestions_are_not_text() {
    let page = "a<dialog>b</dialog><dialog open>c</dialog><datalist><option>d</datalist><details><summary>e</summary>f</details>";
    assert_eq!(text(page), "a\nc\ne\nf");
    assert_eq!(
        text("a<video>b</video> <canvas>c</canvas> <audio>d</audio>"),
        "a"
    );
}

#[test]
fn formulas_are_text_once() {
    let formula =
        "<math><semantics><mi>x</mi><annotation encoding=t>\\x</annotation></semantics></math>";
    assert_eq!(text(formula), "x");
    assert_eq!(text("<svg><desc>d</desc><text>t</text></svg>"), "t");
}

#[test]
fn noscript_is_text_unless_it_asks_for_scripts() {
    let long = "The soot of lamps, the gum of trees. ".repeat(12)
        + "JavaScript is needed for the map only.";
    let table = [
        ("<p>Soot and <b>gum</b>.</p>", "Soot and gum."),
        ("<img src=/count.gif alt=dot>", ""),
        ("<iframe src=/frame></iframe>", ""),
        ("You need to enable JavaScript to run this app.", ""),
        (
            "<div><strong>JavaScript</strong> is disabled in your browser.</div>",
            "",
        ),
        ("Bitte aktivieren Sie JavaScript.", ""),
        ("Этот сайт требует включить JavaScript", ""),
        ("Please turn on JS", ""),
        (
            "A script was a hand's writing.",
            "A script was a hand's writing.",
        ),
        (&*long, &*long),
    ];
    for (content, expected) in table {
        assert_eq!(
            text(&format!("<body><noscript>{content}</noscript>")),
            expected.trim(),
            "{content}"
        );
    }
}

#[test]
fn marks_that_link_to_their_own_heading_are_not_text() {
    let table = [
        ("<h2>Soot<a href=#soot>¶</a></h2>", "Soot"),
        ("<h2><a href=/ink#soot>#</a> Soot</h2>", "Soot"),
        (
            "<h2>Soot<a class=headerlink href=#soot>Permalink to this headline</a></h2>",
            "Soot",
        ),
        ("<h2><a class=anchor href=#soot>Soot</a></h2>", "Soot"),
        ("<p>See <a href=/other#x>#</a>", "See #"),
        ("<p>See <a href=#n>*</a>", "See *"),
    ];
    for (page, expected) in table {
        assert_eq!(text(page), expected, "{page}");
    }
}
