//! What becomes of each kind of element, and of what only looks like Markdown.

use super::*;
use crate::html::Html;

fn markdown(page: &str) -> String {
    of(Html::parse(page, url::Url::parse("http://example.com/a/").unwrap()).root())
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
            "<p><script>x</script><style>x</style><template>x</template><noscript>x</noscript>",
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
            "a*b [c] &lt;d&gt; e\\f `g`",
            "a\\*b \\[c\\] \\<d> e\\\\f \\`g\\`\n",
        ),
        ("snake_case _x_", "snake_case \\_x\\_\n"),
        ("# a", "\\# a\n"),
        ("1. a - b", "1\\. a - b\n"),
        ("- a", "\\- a\n"),
        ("AT&T &amp;amp; b", "AT\\&T \\&amp; b\n"),
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
