//! Tests of JMESPath expressions: their results, and the limits on expressions and values.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::page::response::Response;

#[test]
fn an_expression_finds_what_jmespath_says() {
    let value = json!({
        "z": 1, "a": {"b": [1, 2, 3, 4]}, "s": "x",
        "list": [{"n": "p", "v": 2, "t": ["i", "j"]}, {"n": "q", "v": 10.5}, {"v": null, "t": ["k"]}],
    });
    for (expression, expected) in [
        ("a.b[0]", json!(1)),
        ("a.b[-1]", json!(4)),
        ("a.b[9]", json!(null)),
        ("a.b[1:3]", json!([2, 3])),
        ("a.b[::-1]", json!([4, 3, 2, 1])),
        ("a.b[::2147483647]", json!([1])),
        ("a.b[-3:]", json!([2, 3, 4])),
        ("a.b[-99:99:3]", json!([1, 4])),
        ("list[].n", json!(["p", "q"])),
        ("list[*].t[0]", json!(["i", "k"])),
        ("list[].t[]", json!(["i", "j", "k"])),
        ("list[?v > `3`].n | [0]", json!("q")),
        ("list[?n == 'p'].v", json!([2])),
        ("list[?n != 'p'].v", json!([10.5])),
        ("list[?v == `2.0`].n", json!(["p"])),
        ("list[?s < `1`]", json!([])),
        ("a.*", json!([[1, 2, 3, 4]])),
        ("nothing || s", json!("x")),
        ("z && s", json!("x")),
        ("!s", json!(false)),
        ("[z, s]", json!([1, "x"])),
        ("nothing.[z]", json!(null)),
        ("s.x[].y", json!(null)),
        ("length(list)", json!(3)),
        ("sum(a.b)", json!(10.0)),
        ("max_by(list[:2], &v).n", json!("q")),
        ("sort_by(list[:2], &n)[].v", json!([2, 10.5])),
        ("map(&n, list)", json!(["p", "q", null])),
        ("join(', ', list[].n)", json!("p, q")),
        ("contains(s, 'x')", json!(true)),
        ("`{\"b\": [1]}`.b", json!([1])),
        ("@.s", json!("x")),
    ] {
        assert_eq!(
            search(&value, expression).unwrap(),
            expected,
            "{expression}"
        );
    }
}

#[test]
fn objects_keep_the_order_of_their_keys() {
    let value = json!({"z": 1, "a": {"y": 1, "b": 2}});
    for (expression, expected) in [
        ("@", r#"{"z":1,"a":{"y":1,"b":2}}"#),
        ("{z: z, a: a}", r#"{"z":1,"a":{"y":1,"b":2}}"#),
        ("a.*", "[1,2]"),
    ] {
        assert_eq!(search(&value, expression).unwrap().to_string(), expected);
    }
}

#[test]
fn a_bad_expression_says_where() {
    for (expression, what) in [
        ("", "it is empty"),
        (
            "lenght(a)",
            r#"no function "lenght" at column 1; did you mean "length"?"#,
        ),
        ("a[?b(@)]", r#"no function "b" at column 4"#),
        (
            "é",
            "Invalid character: é at column 1; a key with such signs is quoted: \"é\"",
        ),
    ] {
        let error = check(expression).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Selector);
        assert_eq!(
            error.to_string(),
            format!("bad expression {expression:?}: {what}")
        );
    }
    for (expression, column) in [
        ("a.[", 4),
        ("a b", 3),
        ("a[?b >]", 7),
        ("a.b..c", 5),
        ("a == ", 6),
    ] {
        let error = check(expression).unwrap_err().to_string();
        assert!(error.ends_with(&format!(" at column {column}")), "{error}");
    }
    assert!(
        check("a.\nb..c")
            .unwrap_err()
            .to_string()
            .ends_with(" at line 2 column 3")
    );
}

#[test]
fn a_function_that_cannot_take_a_value_says_so() {
    let error = search(&json!({"a": 1}), "length(a)").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Json);
    assert!(
        error
            .to_string()
            .starts_with(r#"expression "length(a)": length: argument 0 expects type"#),
        "{error}"
    );
    assert!(
        search(&json!([1]), "[::0]")
            .unwrap_err()
            .to_string()
            .contains("step 0")
    );
}

#[test]
fn an_expression_that_multiplies_is_stopped() {
    let doubling = ["[@,@]"; 30].join("|");
    assert_eq!(
        search(&json!(1), &doubling).unwrap_err().kind(),
        ErrorKind::TooLarge
    );
    let text = json!("x".repeat(1 << 20));
    let many = format!("[{}]", ["@"; 300].join(","));
    assert_eq!(
        search(&text, &many).unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

#[test]
fn an_expression_nested_too_deeply_is_refused() {
    for expression in [
        "(".repeat(100_000),
        "!".repeat(100_000),
        "[".repeat(1_000),
        format!("a{}", ".a".repeat(1_000)),
        format!("a{}", "[0]".repeat(1_000)),
        format!("a{}", "||a".repeat(1_000)),
        format!("{}a{}", "abs(".repeat(200), ")".repeat(200)),
    ] {
        let error = check(&expression).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("it is too long or too deeply nested"),
            "{error}"
        );
    }
    for expression in [
        format!("{}a{}", "(".repeat(140), ")".repeat(140)),
        format!("{}a", "!".repeat(140)),
        format!("a{}", ".a".repeat(140)),
        format!("a{}", "[0]".repeat(70)),
        format!("{{{}}}", vec!["a: b.c[0].d[?e == 'f'].g"; 300].join(", ")),
    ] {
        search(&json!({"a": {"a": 1}}), &expression).unwrap();
    }
}

#[test]
fn json_is_read_where_sites_put_it() {
    for text in [
        r#"{"a":1}"#,
        "\u{feff} {\"a\":1}\n;",
        r#"<!-- {"a":1} -->"#,
        r#"<!-- {"a":1} //-->"#,
        "//<![CDATA[\n{\"a\":1}\n//]]>",
        r#"window.__DATA__ = {"a":1};"#,
        r#"window["a b"].c[0]={"a":1}; var b = {"c":2}"#,
        r#"var x = {"a":1}"#,
        "export const x_1 =\n{\"a\":1};run();",
        r#"callback({"a":1});"#,
        r#"a.b.$c({"a":1}, 2)"#,
        ")]}',\n{\"a\":1}",
    ] {
        assert_eq!(parse(text).unwrap(), json!({"a": 1}), "{text}");
    }
    for (text, expected) in [
        ("true", json!(true)),
        ("null;", json!(null)),
        ("-1.5", json!(-1.5)),
        ("\"a = 1\"", json!("a = 1")),
    ] {
        assert_eq!(parse(text).unwrap(), expected);
    }
}

#[test]
fn what_json_ld_may_get_wrong_is_read_everywhere() {
    for text in [
        "{\"a\": [1, 2,], // two\n}",
        "var a = {/* x */ \"a\": [1, 2]}; run('\"')",
        "{&quot;a&quot;: [1, 2]}",
    ] {
        assert_eq!(parse(text).unwrap(), json!({"a": [1, 2]}), "{text}");
    }
    assert_eq!(parse("[\"a\nb\"]").unwrap(), json!(["a\nb"]));
    let url = url::Url::parse("http://a.example/").unwrap();
    let html = Html::parse("<script>x = {\"a\": [3,],};</script>", url);
    assert_eq!(html.jmespath("script", "a[0]").unwrap(), Some(json!(3)));
}

#[test]
fn the_first_object_or_list_that_is_assigned_comes_before_other_values() {
    for (text, expected) in [
        ("var a = 1; var data = {\"b\": 2}; c = [3]", json!({"b": 2})),
        ("var a = f(), data = [1]", json!([1])),
        ("var a = 1, b = \"c = [2]\"", json!(1)),
        ("var a = \"; c = [2]\";", json!("; c = [2]")),
        ("f(1); x.y = {\"a\": 1,}", json!({"a": 1})),
    ] {
        assert_eq!(parse(text).unwrap(), expected, "{text}");
    }
    let error = parse("var a = 1; b = {c: 2}; d = [3]").unwrap_err();
    assert!(error.to_string().contains("line 1 column 17"), "{error}");
}

#[test]
fn what_is_not_json_says_where() {
    for (text, what) in [
        ("", "there is nothing"),
        ("<!-- -->", "there is nothing"),
        (
            "{a: 1}",
            "key must be a string at line 1 column 2, before \"a: 1}\"",
        ),
        (
            "x = {\n'a': 1}",
            "key must be a string at line 2 column 1, before \"'a': 1}\"",
        ),
        ("[1] x", "it goes on at line 1 column 5, before \"x\""),
        ("1 2", "it goes on at line 1 column 3, before \"2\""),
        (
            "{\"a\":1}\n{\"a\":}",
            "expected value at line 2 column 6, before \"}\"",
        ),
        (
            "<!-- by us --> {a: 1}",
            "key must be a string at line 1 column 17, before \"a: 1}\"",
        ),
        (
            "é = [é]",
            "expected value at line 1 column 6, before \"é]\"",
        ),
        ("[1", "it ends too early (EOF while parsing a list)"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (ErrorKind::Json, format!("not JSON: {what}")),
            "{text}"
        );
    }
    let deep = "[".repeat(100_000);
    assert!(
        parse(&deep)
            .unwrap_err()
            .to_string()
            .contains("nested more than 127 levels deep")
    );
    let most = format!("{}{}", "[".repeat(127), "]".repeat(127));
    assert!(search(&parse(&most).unwrap(), "[@]").is_ok());
}

#[test]
fn several_documents_are_a_list() {
    for text in [
        "{\"a\":1}\n{\"a\":2}\n",
        "{\"a\":1}{\"a\":2}",
        "\u{1e}{\"a\":1}\n\u{1e}{\"a\":2}\n",
        "{\"a\":1},\r\n{\"a\":2},\r\n",
        "\u{feff}{\"a\":1}\n\n// more\n{\"a\":2,}",
    ] {
        assert_eq!(parse(text).unwrap(), json!([{"a": 1}, {"a": 2}]), "{text}");
    }
    assert_eq!(parse("1\n\"x\"\nnull\n").unwrap(), json!([1, "x", null]));
    assert_eq!(parse("[1]\n").unwrap(), json!([1]));
}

#[test]
fn remarks_of_html_stand_around_values() {
    for text in [
        "<!-- by us --> {\"a\":1}",
        "{\"a\":1}\n<!-- cached 12:00 -->",
        "<!-- x = {\"a\":0} --> {\"a\":1}",
        "{<!-- one -->\"a\":<!-- \"two\" -->1}",
        "<!-- hide this\nvar x = {\"a\":1};\n// -->",
        "<!-- one --><!-- two -->x = {\"a\":1}",
    ] {
        assert_eq!(parse(text).unwrap(), json!({"a": 1}), "{text}");
    }
    let hidden = "<!-- {\"a\": \"x --> y\"} -->";
    assert_eq!(parse(hidden).unwrap(), json!({"a": "x --> y"}));
}

#[test]
fn guards_and_callbacks_are_no_part_of_it() {
    for text in [
        "while(1);{\"a\":1}",
        "while (true);{\"a\":1,}",
        "for (;;);{\"a\":1,}",
        "throw 1;{\"a\":1,}",
        "for (;;); {\"a\":1}",
        "throw 1; < don't be evil' >{\"a\":1}",
        "{}&&{\"a\":1}",
        "/*-secure-\n{\"a\":1}*/",
        "// {\"a\":1}",
        ")]}',\n{\"a\":1,}",
        "/**/cb({\"a\":1});",
        "/**/ typeof cb === 'function' && cb({\"a\":1});",
        "try{cb({\"a\":1})}catch(e){}",
        "if(window.cb)window.cb({\"a\":1})",
        "({\"a\":1})",
        ";jQuery_1.x[2]({\"a\":1})",
    ] {
        assert_eq!(parse(text).unwrap(), json!({"a": 1}), "{text}");
    }
}

#[test]
fn what_is_no_number_costs_nothing_else() {
    let text = r#"{"a": NaN, "b": [-Infinity, 1e999, 2], "c": undefined, "NaN": "Infinity 1e400"}"#;
    let expected = json!({"a": null, "b": [null, null, 2], "c": null, "NaN": "Infinity 1e400"});
    assert_eq!(parse(text).unwrap(), expected);
}

#[test]
fn numbers_keep_their_digits() {
    let digits = "7".repeat(330);
    let text = format!(
        "[18446744073709551615, -9223372036854775808, {digits}, -18446744073709551616, 0.1, 1.7976931348623157e308]"
    );
    assert_eq!(
        parse(&text).unwrap().to_string(),
        format!(
            "[18446744073709551615,-9223372036854775808,\"{digits}\",\"-18446744073709551616\",0.1,1.7976931348623157e+308]"
        )
    );
    // The nearest fraction, which takes more than the first digits to tell.
    for text in [
        "3.5584269662921348",
        "1.1125369292536007e-308",
        "17.3904382470119521912",
    ] {
        let nearest: f64 = text.parse().unwrap();
        assert_eq!(parse(text).unwrap().as_f64(), Some(nearest));
    }
}

#[test]
fn wide_numbers_are_compared_and_sorted_as_numbers() {
    let value = parse("{\"ids\": [300000000000000000000, 5, 20000000000000000000, -100000000000000000000],
        \"rows\": [{\"id\": 99999999999999999999, \"n\": \"b\"}, {\"id\": 100000000000000000000, \"n\": \"a\"}]}")
    .unwrap();
    for (expression, expected) in [
        (
            "ids[?@ > `6`]",
            json!(["300000000000000000000", "20000000000000000000"]),
        ),
        (
            "ids[?@ < `20000000000000000000`]",
            json!([5, "-100000000000000000000"]),
        ),
        (
            "ids[?@ == `20000000000000000000`]",
            json!(["20000000000000000000"]),
        ),
        ("ids[?@ >= `1.5e20`]", json!(["300000000000000000000"])),
        ("max(ids)", json!("300000000000000000000")),
        ("min(ids)", json!("-100000000000000000000")),
        (
            "sort(ids)[1:]",
            json!([5, "20000000000000000000", "300000000000000000000"]),
        ),
        ("sort_by(rows, &id)[].n", json!(["b", "a"])),
        ("max_by(rows, &id).n", json!("a")),
        ("min_by(rows, &id).n", json!("b")),
        ("to_number(rows[0].id)", json!("99999999999999999999")),
        ("to_string(rows[0].id)", json!("99999999999999999999")),
        ("contains(ids, `20000000000000000000`)", json!(true)),
        (
            "`[1, 20000000000000000000]`",
            json!([1, "20000000000000000000"]),
        ),
    ] {
        assert_eq!(
            search(&value, expression).unwrap(),
            expected,
            "{expression}"
        );
    }
    assert!(search(&value, "sum(ids)").is_err());
}

#[test]
fn the_mean_of_nothing_is_null() {
    let value = json!({"a": [], "b": [1, 2]});
    for (expression, expected) in [
        ("avg(a)", json!(null)),
        (
            "{mean: avg(a), of_b: avg(b)}",
            json!({"mean": null, "of_b": 1.5}),
        ),
        ("avg(a) || 'none'", json!("none")),
        ("max(a)", json!(null)),
        ("sum(a)", json!(0.0)),
    ] {
        assert_eq!(
            search(&value, expression).unwrap(),
            expected,
            "{expression}"
        );
    }
}

#[test]
fn a_key_that_must_be_quoted_is_told_so() {
    for (expression, key) in [
        ("a-b", "\"a-b\""),
        ("x.data-id", "\"data-id\""),
        ("@type", "\"@type\""),
        ("[].og:title", "\"og:title\""),
        ("$id", "\"$id\""),
        ("a.2nd", "\"2nd\""),
        ("häuser", "\"häuser\""),
    ] {
        let error = check(expression).unwrap_err().to_string();
        assert!(error.contains(&format!("is quoted: {key}")), "{error}");
    }
    for expression in ["a.", "a b", "a[", "lenght(a)"] {
        let error = check(expression).unwrap_err().to_string();
        assert!(!error.contains("quoted"), "{error}");
    }
}

#[test]
fn a_type_of_ones_own_takes_what_is_repaired() {
    let response = |body: &str| {
        let url = url::Url::parse("http://a.example/").unwrap();
        Response::new(url.into(), 200).with_body("application/json", body.to_owned())
    };
    let id = "340282366920938463463374607431768211455";
    assert_eq!(response(id).json::<u128>().unwrap(), u128::MAX);
    assert_eq!(response(id).json::<String>().unwrap(), id);
    assert_eq!(response(id).json::<Value>().unwrap(), id);
    assert_eq!(
        response("100000000000000000000")
            .json::<f64>()
            .unwrap()
            .to_bits(),
        1e20_f64.to_bits()
    );
    assert_eq!(response("1\n2\n").json::<Vec<u8>>().unwrap(), [1, 2]);
    assert_eq!(response(")]}'\n[1,]").json::<Vec<u8>>().unwrap(), [1]);
    assert_eq!(
        response("[\"\\ud83d\"]").json::<Vec<String>>().unwrap(),
        ["\u{fffd}"]
    );
    let error = response("[1,\n\"x\"]").json::<Vec<u8>>().unwrap_err();
    assert!(
        error.chain().contains("at line 2 column 3"),
        "{}",
        error.chain()
    );
    let error = response("[1,\n{a:1}]").json::<Value>().unwrap_err();
    assert!(
        error.chain().contains("at line 2 column 2"),
        "{}",
        error.chain()
    );
}

#[test]
fn errors_name_the_page() {
    let url = url::Url::parse("http://a.example/").unwrap();
    let html = Html::parse(
        "<script>oops</script><script id=a>[1]</script>",
        url.clone(),
    );
    for error in [
        html.one("script").unwrap().json().unwrap_err(),
        html.jmespath("script", "a").unwrap_err(),
        html.jmespath("#a", "a.").unwrap_err(),
        html.jmespath("#a", "abs('x')").unwrap_err(),
        html.jmespath("#[", "a").unwrap_err(),
        Response::new(url.clone().into(), 200)
            .jmespath("a")
            .unwrap_err(),
        Response::new(url.clone().into(), 200)
            .jmespath("a.")
            .unwrap_err(),
    ] {
        assert_eq!(error.url(), Some(&url), "{error}");
    }
}

proptest! {
    #[test]
    fn no_expression_is_too_odd(expression in "(a|b|\\.|\\[|\\]|\\*|\\?|\\||&|!|@|[0-9]{1,10}|-|:|,|'|`|\"|\\{|\\}|\\(|\\)|\\\\|==|<|length|map| |é){0,12}") {
        let value = json!({"a": [{"b": [1, -2.5, "x", null]}, []], "b": {"a": true}});
        let found = search(&value, &expression);
        prop_assert_eq!(check(&expression).is_err(), matches!(&found, Err(error) if error.kind() == ErrorKind::Selector));
    }

    #[test]
    fn no_text_is_too_odd(text in "(\u{feff}|<!--|-->|=|;|a|\\{|\\}|\\[|\\]|\"|:|,|[0-9]|\\(|\\)|\n| |é|null){0,12}") {
        let _ = parse(&text);
    }

    #[test]
    fn it_finds_what_the_crate_finds(
        expression in prop::sample::select(vec![
            "a", "a.b", "a[0]", "[-1]", "[]", "[][]", "[*].a", "*.a", "[?a]", "[?a==b].a", "[:2]", "[::-2]", "a||b", "a&&b", "!a",
            "{x: a, y: b}", "[a, b]", "type(@)", "to_array(@)[0]", "[?a > `1`]", "@ | [0]", "a < b", "length(to_string(@))",
        ]),
        value in any_value(),
    ) {
        let theirs = jmespath::compile(expression).unwrap().search(&value).unwrap();
        let theirs: Value = serde_json::to_value(&*theirs).unwrap();
        prop_assert_eq!(search(&value, expression).unwrap(), theirs);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-3..4_i32).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("[abc]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
