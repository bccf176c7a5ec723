//! Session ids in URLs: parts that tell visitors apart, not pages.
//!
//! Servers that cannot set a cookie write the session into every link, a new one for whoever comes without. Without
//! being asked, only names are taken for one that are never anything else: `s=` can be a search or a commit, and `cfid=`
//! the id of a page.

use url::Url;

/// Names of parameters that are session ids and never anything else.
const ALWAYS: [&str; 6] = [
    "jsessionid",
    "phpsessid",
    "cftoken",
    "oscsid",
    "zenid",
    "asp.net_sessionid",
];
/// Names of parameters that are session ids if the setting asks for them to be taken out and the value looks like one.
const OFTEN: [&str; 6] = ["sid", "s", "session", "sessid", "sessionid", "phpsessionid"];
/// A visitor's number, which comes with a `cftoken`.
const VISITOR: &str = "cfid";
/// Lengths of the ids of common servers: PHP's by its settings, phpBB's and vBulletin's 32.
const LENGTHS: [usize; 4] = [26, 32, 40, 64];

/// Returns whether a parameter of a query or a path, given as `name=value`, is a session id for those who asked for them to
/// be taken out.
pub(super) fn is_session(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    is_certain(name) || is(&VISITOR) || OFTEN.iter().any(is) && is_random(value)
}

/// Returns whether the name is that of a session id and of nothing else.
fn is_certain(name: &str) -> bool {
    let asp = name
        .get(..12)
        .is_some_and(|start| start.eq_ignore_ascii_case("aspsessionid"));
    asp || ALWAYS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn is_random(value: &str) -> bool {
    LENGTHS.contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Returns the URL without parts that can only be session ids; `None` if it has none, which costs no more than a look at
/// its query.
///
/// They are parameters of the query, of the path (`;jsessionid=...`), and ASP.NET's `/(S(...))`.
#[must_use]
pub(crate) fn without_session(url: &Url) -> Option<Url> {
    without(url, |parameter| {
        let name = name_of(parameter);
        is_certain(name) || name.eq_ignore_ascii_case(VISITOR) && has_token(url)
    })
}

fn name_of(parameter: &str) -> &str {
    parameter.split('=').next().unwrap_or_default()
}

fn has_token(url: &Url) -> bool {
    let mut parameters = url.as_str().split(['?', '&', ';', '#']);
    parameters.any(|parameter| name_of(parameter).eq_ignore_ascii_case("cftoken"))
}

/// Returns the URL without the parameters that `is_unwanted` names, given as `name=value`; `None` if there are none.
pub(super) fn without(url: &Url, is_unwanted: impl Fn(&str) -> bool) -> Option<Url> {
    let query = url.query().and_then(|query| kept(query, '&', &is_unwanted));
    let path = url
        .path()
        .contains([';', '('])
        .then(|| path_without(url.path(), &is_unwanted))
        .flatten();
    if query.is_none() && path.is_none() {
        return None;
    }
    let mut url = url.clone();
    if let Some(path) = path {
        url.set_path(&path);
    }
    if let Some(query) = query {
        url.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
    }
    Some(url)
}

fn path_without(path: &str, is_unwanted: impl Fn(&str) -> bool) -> Option<String> {
    let mut is_changed = false;
    let mut segments = Vec::new();
    for segment in path.split('/') {
        if is_asp(segment) && is_unwanted("asp.net_sessionid") {
            is_changed = true;
            continue;
        }
        let (name, parameters) = segment.split_once(';').unwrap_or((segment, ""));
        match kept(parameters, ';', &is_unwanted) {
            None => segments.push(segment.to_owned()),
            Some(rest) => {
                is_changed = true;
                let mark = if rest.is_empty() { "" } else { ";" };
                segments.push(format!("{name}{mark}{rest}"));
            }
        }
    }
    is_changed.then(|| segments.join("/"))
}

/// Returns whether a segment is `(S(lit3py55t21z5v55vlm25s55))`, in which ASP.NET keeps what others keep in cookies.
fn is_asp(segment: &str) -> bool {
    let inside = segment
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix("))"));
    inside.is_some_and(|inside| {
        inside.as_bytes().get(1) == Some(&b'(')
            && inside
                .get(2..)
                .is_some_and(|id| id.len() >= 24 && id.bytes().all(|b| b.is_ascii_alphanumeric()))
    })
}

/// Returns the parameters that are not unwanted; `None` if all are kept.
fn kept(parameters: &str, mark: char, is_unwanted: impl Fn(&str) -> bool) -> Option<String> {
    if !parameters.split(mark).any(&is_unwanted) {
        return None;
    }
    let kept: Vec<&str> = parameters
        .split(mark)
        .filter(|part| !is_unwanted(part))
        .collect();
    Some(kept.join(mark.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn stripped(path: &str) -> String {
        let url = Url::parse("http://a.example").unwrap().join(path).unwrap();
        let url = without_session(&url).unwrap_or(url);
        url.as_str()["http://a.example".len()..].to_owned()
    }

    #[test]
    fn session_ids_are_taken_out_of_queries_and_paths() {
        for (path, expected) in [
            (format!("/a?x=1&PHPSESSID={ID}&y=2"), "/a?x=1&y=2"),
            ("/a?CFID=1&CFTOKEN=2f1&x=1".to_owned(), "/a?x=1"),
            ("/a;JSessionId=A1.node2?x=1".to_owned(), "/a?x=1"),
            ("/a;v=2;jsessionid=A/b;c".to_owned(), "/a;v=2/b;c"),
            ("/a?ASPSESSIONIDQABC=XYZ".to_owned(), "/a"),
            (
                "/(S(lit3py55t21z5v55vlm25s55))/b.aspx".to_owned(),
                "/b.aspx",
            ),
        ] {
            assert_eq!(stripped(&path), expected, "{path}");
        }
    }

    #[test]
    fn what_may_be_something_else_stays() {
        let commit = format!("/+log/main?s={ID}01234567");
        for path in [
            &commit,
            &format!("/a?sid={ID}"),
            &format!("/a?session={ID}"),
            "/a?cfid=1",
            "/a?sid=123",
            "/a?s=where+is+it",
            "/a?s=abcdefabcdefabcdefabcdefabcdefab",
            "/talks?session_id=12345678901234567890123456789012",
            "/a;b=c?d&e=",
            "/f(x)/(S(short))",
        ] {
            assert_eq!(stripped(path), path);
        }
    }

    #[test]
    fn whoever_asks_for_it_loses_what_looks_like_a_session_id() {
        for (parameter, expected) in [
            (format!("sid={ID}"), true),
            (format!("S={ID}"), true),
            (format!("session={ID}"), true),
            ("cfid=1".to_owned(), true),
            ("sid=123".to_owned(), false),
            (format!("xs={ID}"), false),
        ] {
            assert_eq!(is_session(&parameter), expected, "{parameter}");
        }
    }
}
