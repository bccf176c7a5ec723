//! Session ids in URLs: parts that tell visitors apart, not pages.
//!
//! Servers that cannot set a cookie write the session into every link, a new one for whoever comes without. Only names
//! and values are taken for one that are known to be: `s=` can be a search, and `session_id=7` a talk at a conference.

use url::Url;

/// Parameters that never are anything else.
const ALWAYS: [&str; 7] = [
    "jsessionid",
    "phpsessid",
    "cfid",
    "cftoken",
    "oscsid",
    "zenid",
    "asp.net_sessionid",
];
/// Parameters that are when their value looks like one.
const OFTEN: [&str; 5] = ["sid", "s", "sessid", "sessionid", "phpsessionid"];
/// How long the ids of common servers are: PHP's by its settings, phpBB's and vBulletin's 32.
const LENGTHS: [usize; 4] = [26, 32, 40, 64];

/// Whether a parameter of a query or a path, given as `name=value`, is a session id.
pub(super) fn is_session(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    let asp = name
        .get(..12)
        .is_some_and(|start| start.eq_ignore_ascii_case("aspsessionid"));
    asp || ALWAYS.iter().any(is) || OFTEN.iter().any(is) && is_random(value)
}

fn is_random(value: &str) -> bool {
    LENGTHS.contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The URL without its session ids; `None` if it has none, which costs no more than a look at its query.
///
/// They are parameters of the query, of the path (`;jsessionid=...`), and ASP.NET's `/(S(...))`.
#[must_use]
pub(crate) fn without_session(url: &Url) -> Option<Url> {
    without(url, is_session)
}

/// The URL without the parameters that `is_unwanted` says, given as `name=value`; `None` if there are none.
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

/// `(S(lit3py55t21z5v55vlm25s55))`, in which ASP.NET keeps what others keep in cookies.
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

/// The parameters that are not unwanted; `None` if all are kept.
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
            (format!("/a?sid={ID}"), "/a"),
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
        for path in [
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
}
