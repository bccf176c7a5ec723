//! What becomes of each kind of element, and of what only looks like Markdown.

use super::*;
use crate::page::html::Html;

mod read_back;

fn parse(page: &str) -> Html {
    Html::parse(page, url::Url::parse("http://example.com/a/").unwrap())
}

fn markdown(page: &str) -> String {
    of(parse(page).root(), Links::Written)
}

fn hold(table: &[(&str, &str)]) {
    for (page, expected) in table {
        assert_eq!(markdown(page), *expected, "{page}");
    }
}

#[test]
fn blocks() {
    let table = [
        (
            "<h1>A\n b<br>c</h1><p>d<p>e<hr>",
            "# A b c\n\nd\n\ne\n\n---\n",
        ),
        ("a<br>b <br> c", "a\\\nb\\\nc\n"),
        ("<blockquote><p>a<p>b</blockquote>c", "> a\n>\n> b\n\nc\n"),
        (
            "<pre><code class='x language-rust'>fn a() {\n}\n\n</code></pre>",
            "```rust\nfn a() {\n}\n```\n",
        ),
        ("<pre>```</pre>", "````\n```\n````\n"),
        (
            "<p><script>x</script><style>x</style><template>x</template><noscript> </noscript>",
            "",
        ),
        ("<h2></h2><p> </p>", ""),
    ];
    for (page, expected) in table {
        assert_eq!(markdown(page), expected, "{page}");
    }
}

#[test]
fn lists() {
    let table = [
        ("x<ul><li>a<li>b</ul>y", "x\n\n- a\n- b\n\ny\n"),
        (
            "<ol start=9><li><p>a</p></li><li><p>b<p>c</ol>",
            "9. a\n10. b\n\n    c\n",
        ),
        (
            "<ul><li>a<ul><li>b<li>c</ul></li><li>d</ul>",
            "- a\n  - b\n  - c\n- d\n",
        ),
        ("<ul><li><ul><li>a</ul></ul>", "- - a\n"),
        ("<ul><li></li><li>a</ul>", "- a\n"),
        (
            "<blockquote><ul><li>a<li>b</ul></blockquote>",
            "> - a\n> - b\n",
        ),
    ];
    for (page, expected) in table {
        assert_eq!(markdown(page), expected, "{page}");
    }
}

#[test]
fn inline() {
    let table = [
        ("a <b> b <i>c</i> </b>d", "a **b *c*** d\n"),
        ("<b><b>a</b></b><i></i>", "**a**\n"),
        ("<b>a<p>b</p></b>", "**a**\n\n**b**\n"),
        (
            "<a href='b c(1)'>x <img src=i.png alt='p  q'></a>",
            "[x ![p q](http://example.com/a/i.png)](http://example.com/a/b%20c\\(1\\))\n",
        ),
        ("<a href='javascript:x()'>x</a><a href=/></a>", "x\n"),
        ("<code>a`b</code> <code>  </code>", "``a`b``\n"),
    ];
    for (page, expected) in table {
        assert_eq!(markdown(page), expected, "{page}");
    }
}

#[test]
fn what_means_something_in_markdown_is_escaped() {
    let table = [
        (
            "a*b [c] &lt;d&gt; 1 &lt; 2 e\\f `g`",
            "a\\*b \\[c\\] \\<d> 1 < 2 e\\\\f \\`g\\`\n",
        ),
        ("snake_case _x_ a__b c_", "snake_case \\_x\\_ a__b c\\_\n"),
        ("# a", "\\# a\n"),
        ("1. a - b", "1\\. a - b\n"),
        ("- a", "\\- a\n"),
        (
            "AT&T &amp;amp; b &amp; c; &amp;#x; d",
            "AT&T \\&amp; b & c; \\&#x; d\n",
        ),
    ];
    for (page, expected) in table {
        assert_eq!(markdown(page), expected, "{page}");
    }
}

#[test]
fn tables() {
    let table = [
        (
            "<table><tr><th>a<th>b<tr><td>1|2<td><p>3<p>4</table>",
            "| a | b |\n| --- | --- |\n| 1\\|2 | 3 4 |\n",
        ),
        ("<table><tr><td>layout</table>", "layout\n"),
        (
            "<table><caption>c</caption><tr><td>a<td>b<tr><td>c</table>",
            "c\n\n| a | b |\n| --- | --- |\n| c |\n",
        ),
    ];
    for (page, expected) in table {
        assert_eq!(markdown(page), expected, "{page}");
    }
}

#[test]
fn deep_nesting_stays_small() {
    let page = format!("{}x", "<blockquote>".repeat(2_000));
    assert!(markdown(&page).len() < 100);
}

#[test]
fn lines_of_code_are_those_of_the_page() {
    hold(&[
        (
            "<pre>ls<br>cat<br><br>rm</pre>",
            "```\nls\ncat\n\nrm\n```\n",
        ),
        (
            "<pre><div>ls</div><div>cat</div></pre>",
            "```\nls\ncat\n```\n",
        ),
        (
            "<pre><div>ls</div><div><br></div><div>cat</div></pre>",
            "```\nls\n\ncat\n```\n",
        ),
        ("<pre><ol><li>ls<li>cat</ol></pre>", "```\nls\ncat\n```\n"),
        (
            "<pre><span class=line>ls</span><span class=line>cat</span></pre>",
            "```\nls\ncat\n```\n",
        ),
        (
            "<pre><span class=line>ls</span>\n<span class=line></span>\n<span class=line>cat</span></pre>",
            "```\nls\n\ncat\n```\n",
        ),
        (
            "<pre>  ls\n\tcat <span hidden>x</span><button>Copy</button></pre>",
            "```\n  ls\n\tcat\n```\n",
        ),
        (
            "<ul><li><pre>ls<br>cat</pre></ul>",
            "- ```\n  ls\n  cat\n  ```\n",
        ),
        ("<p><code>ls<br>cat</code>", "`ls cat`\n"),
    ]);
}

#[test]
fn code_in_tables_keeps_its_lines_without_their_numbers() {
    let page = "<table><tr><td><pre>1\n2</pre><td><pre>ls\ncat</pre></table>";
    assert_eq!(markdown(page), "```\nls\ncat\n```\n");
    let page = "<table><tr><td>Lists<td><pre>ls\nls -l</pre></table>";
    assert_eq!(markdown(page), "Lists\n\n```\nls\nls -l\n```\n");
}

#[test]
fn code_in_a_link_is_no_definition() {
    let page = "<a href=/x>a <code>b]:c</code></a>";
    assert_eq!(markdown(page), "[a b\\]:c](http://example.com/x)\n");
}

#[test]
fn links_in_code_are_links() {
    hold(&[(
        "<code>Vec&lt;<a href=/t>T</a>&gt;</code>",
        "`Vec<`[`T`](http://example.com/t)`>`\n",
    )]);
}

#[test]
fn the_language_of_code_is_found_where_highlighters_say_it() {
    let table = [
        "<div class='highlight-ini notranslate'><div class=highlight><pre>x</pre></div></div>",
        "<pre class='sourceCode ini'><code class='sourceCode ini'>x</code></pre>",
        "<pre><code class='hljs ini'>x</code></pre>",
        "<pre class='brush: ini; gutter: false'>x</pre>",
        "<pre class='brush:ini'>x</pre>",
        "<pre lang=ini>x</pre>",
        "<pre data-lang=ini>x</pre>",
        "<pre class='prettyprint lang-ini'>x</pre>",
        "<div class='mw-highlight mw-highlight-lang-ini'><pre>x</pre></div>",
        "<pre class='src src-ini'>x</pre>",
    ];
    for page in table {
        assert_eq!(markdown(page), "```ini\nx\n```\n", "{page}");
    }
    for class in [
        "highlight-default",
        "code",
        "prettyprint linenums",
        "language-`x",
        "wide",
    ] {
        assert_eq!(
            markdown(&format!("<pre class='{class}'>x</pre>")),
            "```\nx\n```\n",
            "{class}"
        );
    }
}

#[test]
fn marks_that_would_be_seen_are_moved_or_left_out() {
    hold(&[
        ("<b>Soot:</b>black", "**Soot**:black\n"),
        ("black<b>(soot)</b>", "black(**soot)**\n"),
        ("a<b>!</b>b", "a!b\n"),
        ("<i>a</i><i>b</i> <i>c</i>", "*ab* *c*\n"),
        ("<b>a</b><i>b</i>", "**a**b\n"),
        ("<b>a&nbsp;</b>b<i>&nbsp;</i>c", "**a**\u{a0}b\u{a0}c\n"),
        ("<b>a<br></b>b", "**a**\\\nb\n"),
        ("<b><i>a</i></b><b><i>b</i></b>", "***ab***\n"),
    ]);
}

#[test]
fn what_stands_above_or_below_the_line_keeps_its_element() {
    hold(&[
        (
            "10<sup>3</sup> CO<sub>2</sub>",
            "10<sup>3</sup> CO<sub>2</sub>\n",
        ),
        (
            "ink<sup><a href=/n>[1]</a></sup>",
            "ink[\\[1\\]](http://example.com/n)\n",
        ),
        ("<ruby>墨<rt>sumi</rt></ruby>絵", "墨(sumi)絵\n"),
    ]);
}

#[test]
fn lists_keep_their_numbers_and_stay_apart() {
    hold(&[
        ("<ol><div><li>a</li></div><li>b</ol>", "1. a\n2. b\n"),
        ("<ol><li>a<li value=7>b<li>c</ol>", "1. a\n\n7) b\n8) c\n"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n\n1) b\n"),
        ("<ol start=-1><li>a</ol>", "- -1. a\n"),
        ("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b\n"),
        ("<ul><li>a<ol start=5><li>b</ol></ul>", "- a\n\n  5. b\n"),
        ("<ul><li>a<ul><li>b</ul>c</ul>", "- a\n  - b\n\n  c\n"),
        ("<ul><li><hr></ul>", "- ___\n"),
    ]);
}

#[test]
fn quotes_hold_what_is_in_them_and_stay_apart() {
    hold(&[
        (
            "<blockquote>a<blockquote>b</blockquote><blockquote>c</blockquote>d</blockquote>",
            "> a\n>\n> > b\n>\n> > c\n>\n> d\n",
        ),
        (
            "<blockquote>a</blockquote><blockquote>b</blockquote>",
            "> a\n\n> b\n",
        ),
        (
            "<ul><li>a<blockquote>b</blockquote><li>c</ul>",
            "- a\n\n  > b\n- c\n",
        ),
    ]);
}

#[test]
fn links_hold_words_and_not_the_marks_of_blocks() {
    hold(&[
        (
            "<a href=/x><h2>a</h2><p>b</p></a>",
            "## [a](http://example.com/x)\n\n[b](http://example.com/x)\n",
        ),
        ("<a href=/x><pre>a\nb</pre></a>", "```\na\nb\n```\n"),
        (
            "<table><tr><td><h3>a</h3><td><ul><li>b<li>c</ul></table>",
            "| a | b; c |\n| --- | --- |\n",
        ),
        ("<h2>a<ul><li>b<li>c</ul></h2>", "## a b c\n"),
        (
            "<a href=/x title='a \"b\"'>c</a>",
            "[c](http://example.com/x \"a \\\"b\\\"\")\n",
        ),
        (
            "a!<a href='/x?a=1&amp;lt;'>b</a>",
            "a\\![b](http://example.com/x?a=1\\&lt;)\n",
        ),
    ]);
}

#[test]
fn values_of_tables_stay_under_their_headings() {
    hold(&[
        (
            "<table><tr><th>a<th colspan=2>b<th>c<tr><td rowspan=2>1<td>2<td>3<td>4<tr><td>5<td>6<td>7</table>",
            "| a | b |  | c |\n| --- | --- | --- | --- |\n| 1 | 2 | 3 | 4 |\n|  | 5 | 6 | 7 |\n",
        ),
        (
            "<table><tr><td>a<td hidden>b<td>c<tr hidden><td>d<td>e<td>f</table>",
            "| a | c |\n| --- | --- |\n",
        ),
        (
            "<table role=presentation><tr><td>a<td>b</table>",
            "a\n\nb\n",
        ),
        (
            "<table><tr><td><table><tr><td>a<td>b</table><td>c</table>",
            "| a | b |\n| --- | --- |\n\nc\n",
        ),
    ]);
}

#[test]
fn pictures_are_found_where_scripts_load_them_from() {
    let picture = "![p](http://example.com/p.png)\n";
    for page in [
        "<img data-src=/p.png src=/blank.gif alt=p>",
        "<img srcset='/s.png 1x, /p.png 2x' alt=p>",
        "<img src=data:, data-srcset='/s.png 100w,/p.png 200w, ' alt=p>",
        "<picture><source srcset=/p.png><img alt=p></picture>",
        "<img src=/p.png data-lazy=true alt=p>",
    ] {
        assert_eq!(markdown(page), picture, "{page}");
    }
    hold(&[
        ("a <img src=data:, alt='blot of ink'>", "a blot of ink\n"),
        ("a <img src=/count.gif width=1 height=1 alt=x>", "a\n"),
        (
            "<img src=/p.png alt=p title=t>",
            "![p](http://example.com/p.png \"t\")\n",
        ),
    ]);
}

#[test]
fn headings_without_a_section_are_left_out() {
    hold(&[
        ("<h1>a</h1><h2>b</h2><h2>c</h2>d", "# a\n\n## c\n\nd\n"),
        ("<h1>a</h1>b<h2>c</h2><h3>d</h3>", "# a\n\nb\n"),
        (
            "a<h2><a href=/x>b</a></h2>",
            "a\n\n## [b](http://example.com/x)\n",
        ),
        ("<h3>a</h3><h2>b</h2>c", "## b\n\nc\n"),
        (
            "a<h2>b</h2><h2>c</h2><h2>d</h2>",
            "a\n\n## b\n\n## c\n\n## d\n",
        ),
        ("<h2>a</h2>", "## a\n"),
        ("a<h2>b</h2><h3>c</h3>d", "a\n\n## b\n\n### c\n\nd\n"),
    ]);
}

#[test]
fn links_can_be_left_out() {
    let page = parse(
        "<a href=/x title=t>a <b>b</b></a> <code><a href=/y>c</a></code> <img src=/p.png alt=p>",
    );
    assert_eq!(
        of(page.root(), Links::Left),
        "a **b** `c` ![p](http://example.com/p.png)\n"
    );
}
