//! Forms as a browser sends them, and as pages get them wrong.

use crawlworks::html::Html;
use crawlworks::testing::PracticeSite;
use crawlworks::{Error, ErrorKind, Form, Request};
use http::Method;
use url::Url;

use crate::support::{Probe, get, quick, run};

fn page(html: &str) -> Html {
    Html::parse(
        html,
        Url::parse("https://example.com/a/page?x=1#top").unwrap(),
    )
}

fn form(html: &str) -> Form {
    page(html).form("form").unwrap()
}

/// What a form with these fields sends.
fn sent(fields: &str) -> String {
    query(form(&format!("<form>{fields}</form>")))
}

fn query(form: Form) -> String {
    let request = form.submit().unwrap();
    assert_eq!(request.method(), Method::GET);
    request.url().query().unwrap().to_owned()
}

fn body(form: Form) -> String {
    let request = form.submit().unwrap();
    assert_eq!(request.method(), Method::POST);
    String::from_utf8(request.body().to_vec()).unwrap()
}

fn refused(form: Form) -> Error {
    form.submit().unwrap_err()
}

#[test]
fn only_what_is_filled_in_and_has_a_name_is_sent() {
    for (fields, expected) in [
        ("<input name=a value=1><input name=b>", "a=1&b="),
        ("<input value=1><input name='' value=2>", ""),
        ("<input type=hidden name=a value=' x '>", "a=+x+"),
        (
            "<input name=a value=1 disabled><input name=b value=2 readonly>",
            "b=2",
        ),
        (
            "<input type=checkbox name=a checked><input type=checkbox name=b value=2>",
            "a=on",
        ),
        (
            "<input type=checkbox name=a value=1 checked><input type=checkbox name=a value=2 checked>",
            "a=1&a=2",
        ),
        (
            "<input type=radio name=a value=1 checked><input type=radio name=a value=2 checked>",
            "a=2",
        ),
        ("<input type=radio name=a value=1>", ""),
        ("<textarea name=a>\n one\ntwo</textarea>", "a=+one%0D%0Atwo"),
        (
            "<input type=submit name=a value=1 disabled><input type=reset name=b value=2><button type=button name=c value=3>",
            "",
        ),
        ("<input type=file name=a>", "a="),
        (
            "<input type=NUMBER name=a value=5><input type=search name=b value='x y'>",
            "a=5&b=x+y",
        ),
        (
            "<input type=range name=a><input type=range name=b min=10 max=20><input type=color name=c>",
            "a=50&b=15&c=%23000000",
        ),
        (
            "<input name=a value='x\ny'><input type=hidden name=b value='x\ny'>",
            "a=xy&b=x%0D%0Ay",
        ),
        (
            "<input name=a list=l><datalist id=l><select name=b><option>x</select><input name=c></datalist>",
            "a=",
        ),
        (
            "<input type=email name=a value=' x@y\n '><input type=url name=b value=' /z '>",
            "a=x%40y&b=%2Fz",
        ),
        (
            "<input type=number name=a value=1e2><input type=number name=b value=many><input type=number name=c value=' 5'>",
            "a=1e2&b=&c=",
        ),
        ("<input name=é value='ü&='>", "%C3%A9=%C3%BC%26%3D"),
    ] {
        assert_eq!(sent(fields), expected, "{fields}");
    }
}

#[test]
fn options_are_selected_as_in_a_browser() {
    for (select, expected) in [
        ("<select name=s><option>a <option value=2>b</select>", "s=a"),
        (
            "<select name=s><option>a<option selected>b<option selected>c</select>",
            "s=c",
        ),
        (
            "<select name=s multiple><option selected>a<option>b<option selected value=3>c</select>",
            "s=a&s=3",
        ),
        ("<select name=s multiple><option>a</select>", ""),
        ("<select name=s size=4><option>a</select>", ""),
        (
            "<select name=s><option selected disabled>choose<option>a</select>",
            "",
        ),
        (
            "<select name=s><option disabled>a<optgroup disabled><option>b</optgroup><option>c</select>",
            "s=c",
        ),
        ("<select name=s></select>", ""),
        (
            "<select name=s><option>  two\n words </select>",
            "s=two+words",
        ),
    ] {
        assert_eq!(sent(select), expected, "{select}");
    }
}

#[test]
fn a_fieldset_disables_all_but_its_legend() {
    let fields = "<fieldset disabled><legend><input name=a value=1></legend><input name=b value=2>
        <fieldset><legend><input name=c value=3></legend></fieldset><legend><input name=d value=4></legend></fieldset>
        <fieldset><input name=e value=5></fieldset>";
    assert_eq!(sent(fields), "a=1&e=5");
}

#[test]
fn fields_outside_that_name_the_form_belong_to_it() {
    let html = page(
        "<input form=f name=a value=1><form id=f><input name=b value=2><input form=g name=c value=3></form>
         <button form=f name=d value=4>Go</button><form id=g></form><input name=e value=5>",
    );
    assert_eq!(query(html.form("#f").unwrap()), "a=1&b=2&d=4");
    assert_eq!(query(html.form("#g").unwrap()), "c=3");
}

#[test]
fn a_form_in_a_table_keeps_its_fields() {
    let html = page(
        "<table><form id=one><tr><td><input name=a value=1></tr></form><form id=two><tr><td><input name=b value=2></table>
         <input name=c value=3>",
    );
    assert_eq!(query(html.form("#one").unwrap()), "a=1");
    assert_eq!(query(html.form("#two").unwrap()), "b=2");
}

#[test]
fn a_form_is_found_by_what_is_in_it() {
    let html = page(
        "<form action=/a><input name=a></form><form action=/b><p><input type=password></form><b>x</b>",
    );
    assert_eq!(
        html.form("[type=password]")
            .unwrap()
            .action()
            .unwrap()
            .path(),
        "/b"
    );
    assert_eq!(html.form("b").unwrap_err().kind(), ErrorKind::Missing);
    let error = html.form("#none").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Missing);
    assert!(
        error.to_string().contains("#none") && error.url().is_some(),
        "{error}"
    );
    assert_eq!(html.form("[").unwrap_err().kind(), ErrorKind::Selector);
}

#[test]
fn the_action_is_relative_to_the_base_and_an_empty_one_to_the_page() {
    for (html, expected) in [
        ("<form>", "https://example.com/a/page?"),
        ("<form action=''>", "https://example.com/a/page?"),
        ("<form action='b?old=1#x'>", "https://example.com/a/b?"),
        (
            "<base href=//other.example/><form>",
            "https://example.com/a/page?",
        ),
        (
            "<base href=//other.example/><form action=c>",
            "https://other.example/c?",
        ),
    ] {
        assert_eq!(
            form(html).submit().unwrap().url().as_str(),
            expected,
            "{html}"
        );
    }
}

#[test]
fn a_get_replaces_the_query_and_a_post_keeps_it() {
    let fields = "<input name=q value=1></form>";
    let url = |html: String| form(&html).submit().unwrap().url().to_string();
    assert_eq!(
        url(format!("<form action='/s?p=2'>{fields}")),
        "https://example.com/s?q=1"
    );
    assert_eq!(
        url(format!("<form action='/s?p=2' method=POST>{fields}")),
        "https://example.com/s?p=2"
    );
}

#[test]
fn setting_a_field_replaces_what_it_held() {
    let login = form(
        "<form><input type=hidden name=t value=x><input name=u value=old><input type=password name=p></form>",
    );
    assert_eq!(
        query(login.with("u", "ada").with("p", "1").with("new", "n")),
        "t=x&u=ada&p=1&new=n"
    );
    let boxes = || {
        form(
            "<form><input type=checkbox name=c value=1 checked><input type=checkbox name=c value=2><input name=z></form>",
        )
    };
    assert_eq!(query(boxes().with("c", "2")), "c=2&z=");
    assert_eq!(query(boxes().with_all("c", ["1", "2"])), "c=1&c=2&z=");
    assert_eq!(query(boxes().without("c").without("nothing")), "z=");
    let radio = form(
        "<form><input type=radio name=r value=1 checked><input type=radio name=r value=2></form>",
    );
    assert_eq!(query(radio.with("r", "2")), "r=2");
}

#[test]
fn what_cannot_be_chosen_is_refused_with_what_can() {
    let choice = || {
        form(
            "<form><select name=size><option>small<option>large</select><input type=radio name=r value=1></form>",
        )
    };
    let error = refused(choice().with("size", "smal"));
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert_eq!(
        error.to_string(),
        "the field \"size\" of the form has no \"smal\", only \"small\", \"large\"; did you mean \"small\"? \
         (https://example.com/a/page?x=1#top)"
    );
    assert!(
        refused(choice().with("r", "2"))
            .to_string()
            .contains("has no \"2\", only \"1\"")
    );
    assert!(
        refused(choice().with_all("size", ["small", "large"]))
            .to_string()
            .contains("one value only")
    );
    let file = form("<form method=post><input type=file name=f></form>").with("f", "a.txt");
    assert!(
        refused(file)
            .to_string()
            .contains("\"f\" of the form is a file")
    );
}

#[test]
fn the_button_that_is_pressed_is_sent_and_says_where_to() {
    let shop = || {
        form("<form action=/cart><input name=q value=1><button name=add value=7>Add</button>
              <input type=submit id=buy name=buy value='Buy now' formaction=/buy formmethod=post>
              <input type=image name=map src=m.png><button formaction='javascript:x'>Script</button></form>")
    };
    assert_eq!(query(shop()), "q=1&add=7");
    assert_eq!(query(shop().press("map")), "q=1&map.x=0&map.y=0");
    assert_eq!(query(shop().without("add")), "q=1");
    for name in ["buy", "#buy", "Buy now"] {
        let request = shop().press(name).submit().unwrap();
        assert_eq!(
            (request.url().path(), request.body()),
            ("/buy", &b"q=1&buy=Buy+now"[..]),
            "{name}"
        );
    }
    assert_eq!(refused(shop().press("Script")).kind(), ErrorKind::Url);
    let error = refused(shop().press("sell"));
    assert!(
        error
            .to_string()
            .contains("no button \"sell\"; it has \"add=7\", \"buy=Buy now\", \"map\", \"Script\""),
        "{error}"
    );
}

#[test]
fn a_button_that_is_set_like_a_field_is_sent_once() {
    let form = || {
        form(
            "<form><input name=q><button name=go value=1>A</button><button name=go value=2>B</button></form>",
        )
    };
    assert_eq!(query(form().with("go", "2")), "q=&go=2");
    assert_eq!(query(form().with("go", "3")), "q=&go=3");
}

#[test]
fn one_of_several_buttons_with_one_name_is_pressed_by_its_value() {
    let form = || {
        form("<form><button name=go value=1>A</button><button name=go value=2>B</button></form>")
    };
    for (wanted, expected) in [
        ("go", "go=1"),
        ("go=2", "go=2"),
        ("2", "go=2"),
        ("B", "go=2"),
    ] {
        assert_eq!(query(form().press(wanted)), expected, "{wanted}");
    }
    let error = refused(form().press("go=3"));
    assert!(
        error.to_string().contains(r#"it has "go=1", "go=2""#),
        "{error}"
    );
}

#[test]
fn enter_presses_a_picture_if_it_comes_first() {
    assert_eq!(
        sent("<input name=q><input type=image name=map><button name=go value=1>"),
        "q=&map.x=0&map.y=0"
    );
}

#[test]
fn a_button_without_an_address_of_its_own_leads_to_the_page() {
    let form = form("<form action=/b method=post><button formaction=''>A</button></form>");
    assert_eq!(
        form.submit().unwrap().url().as_str(),
        "https://example.com/a/page?x=1"
    );
}

#[test]
fn a_field_elsewhere_leads_to_the_form_that_it_names() {
    let html = page(
        "<form id=e action=/e><input name=out form=f><input name=no form=x></form><form id=f action=/f></form>",
    );
    let form = html.form("input[name=out]").unwrap();
    assert_eq!(form.action().unwrap().path(), "/f");
    assert_eq!(query(form), "out=");
    assert_eq!(
        html.form("[name=no]").unwrap_err().kind(),
        ErrorKind::Missing
    );
}

#[test]
fn a_form_that_leads_nowhere_is_refused() {
    for (html, kind) in [
        ("<form method=dialog>", ErrorKind::Settings),
        ("<form action=mailto:a@b.example>", ErrorKind::Url),
        ("<form action='http://['>", ErrorKind::Url),
    ] {
        assert_eq!(refused(form(html)).kind(), kind, "{html}");
    }
}

#[test]
fn a_form_is_sent_in_its_own_encoding() {
    let fields = "<input name=a value='é€я'><input type=hidden name=_charset_>";
    let unknown = page("<p>").with_encoding("utf-88").unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Settings);
    let latin = page(&format!("<form>{fields}"))
        .with_encoding("latin1")
        .unwrap();
    assert_eq!(
        query(latin.form("form").unwrap()),
        "a=%E9%80%26%231103%3B&_charset_=windows-1252"
    );
    let own = format!("<form accept-charset='none windows-1251'>{fields}");
    assert_eq!(
        query(form(&own)),
        "a=%26%23233%3B%88%FF&_charset_=windows-1251"
    );
    let wide = page(&format!("<form>{fields}"))
        .with_encoding("UTF-16LE")
        .unwrap();
    assert!(query(wide.form("form").unwrap()).ends_with("_charset_=UTF-8"));
}

#[test]
fn a_multipart_form_has_a_part_for_each_field() {
    let upload = || {
        form("<form method=post enctype=multipart/form-data><input name='a\"b' value='1\r\n2'><input type=file name=f></form>")
            .with("c", "é\nd")
    };
    let request = upload().submit().unwrap();
    let kind = request
        .header("content-type")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(
        body(upload()),
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n12\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\né\r\nd\r\n--{boundary}--\r\n"
        )
    );
    // The same form is the same request, and another one is not.
    assert_eq!(request, upload().submit().unwrap());
    assert_ne!(request, upload().with("c", "e").submit().unwrap());
}

#[test]
fn a_plain_form_has_a_line_for_each_field() {
    let plain = form(
        "<form method=post enctype=text/plain><input name=a value='1 &'><textarea name=b>x\ny</textarea></form>",
    );
    let request = plain.submit().unwrap();
    assert_eq!(request.body(), b"a=1 &\r\nb=x\r\ny\r\n");
    assert_eq!(request.header("content-type").unwrap(), "text/plain");
}

#[test]
fn what_a_form_holds_can_be_seen_but_for_passwords() {
    let login = form("<form method=post action=/in><input name=u><input type=password name=p><button>In</button></form>")
        .with("u", "ada")
        .with("p", "secret")
        .with("pass2", "secret");
    assert_eq!(login.value("p"), Some("secret"));
    assert_eq!(
        login.fields().collect::<Vec<_>>(),
        [("u", "ada"), ("p", "secret"), ("pass2", "secret")]
    );
    let shown = format!("{login:?}");
    assert!(
        shown.contains("ada") && shown.contains("/in") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn a_form_is_plain_data() {
    fn is_plain<T: Send + Sync + Clone + 'static>(_: &T) {}
    is_plain(&form("<form>"));
}

#[test]
fn a_form_with_too_many_fields_is_refused() {
    let html = page(&format!("<form>{}", "<input name=a>".repeat(10_001)));
    assert_eq!(html.form("form").unwrap_err().kind(), ErrorKind::TooLarge);
    let deep = page(&format!(
        "{}<form><input name=a>",
        "<fieldset disabled>".repeat(400)
    ));
    assert_eq!(query(deep.form("form").unwrap()), "");
}

/// `crawl` of the practice site, whose form has a token that belongs to the session.
#[tokio::test]
async fn a_login_form_is_sent_with_its_hidden_token() {
    let site = PracticeSite::start().unwrap();
    let start = get(site.at("/login").as_str());
    let spider = Probe::<String>::new([start], |response, out| {
        let html = response.html()?;
        if response.label() == Some("account") {
            html.select(".secret")?
                .for_each(|secret| out.item(secret.text()));
            return Ok(());
        }
        let login = html
            .form("form")?
            .with("username", "ada")
            .with("password", "secret");
        let request: Request = login.submit()?;
        out.follow(request.with_label("account"));
        Ok(())
    });
    let report = run(quick(spider, |_| {})).await;
    assert_eq!(report.items.kept, 5);
}
