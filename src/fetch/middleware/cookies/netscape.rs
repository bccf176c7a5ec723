//! Cookie files in the format of Netscape, which curl and browsers' extensions write: seven fields with tabs between.

use std::io::Write;

use super::cookie::{Cookie, is_public_suffix};

/// Prefix of the domain of a cookie that is not for scripts.
const HTTP_ONLY: &[u8] = b"#HttpOnly_";
/// First lines of a file.
pub(super) const HEAD: &[u8] = b"# Netscape HTTP Cookie File\n# Written by crawlworks. Whoever has it is logged in as you.\n\n";

/// Reads the cookies of a file, those that have expired too.
///
/// # Errors
/// The number of the first line that is none, and what is wrong with it.
pub(super) fn read(text: &[u8]) -> Result<Vec<Cookie>, (usize, &'static str)> {
    let mut cookies = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (line, is_http_only) = match line.strip_prefix(HTTP_ONLY) {
            Some(line) => (line, true),
            None => (line, false),
        };
        if line.trim_ascii().is_empty() || (line.starts_with(b"#") && !is_http_only) {
            continue;
        }
        let cookie = cookie(line, is_http_only).map_err(|why| (index + 1, why))?;
        // As from an answer: one without a name could pass for any other.
        cookies.extend(cookie.filter(|cookie| !cookie.name.is_empty()));
    }
    Ok(cookies)
}

/// Parses one line; `None` if its domain is not valid.
fn cookie(line: &[u8], is_http_only: bool) -> Result<Option<Cookie>, &'static str> {
    let fields: Vec<&[u8]> = line.splitn(7, |byte| *byte == b'\t').collect();
    let (domain, below, path, secure, expires, name, value) = match fields[..] {
        [domain, below, path, secure, expires, name, value] => {
            (domain, below, path, secure, expires, name, value)
        }
        // curl leaves the tab before an empty value out.
        [domain, below, path, secure, expires, name] => {
            (domain, below, path, secure, expires, name, &b""[..])
        }
        _ => return Err("expected seven fields with tabs between them"),
    };
    let domain = domain.strip_prefix(b".").unwrap_or(domain);
    let domain = std::str::from_utf8(domain)
        .ok()
        .and_then(|domain| url::Host::parse(domain).ok());
    let domain = domain.ok_or("the first field is no domain")?.to_string();
    if !path.starts_with(b"/") {
        return Err("the third field is no path");
    }
    if [name, value, path]
        .concat()
        .iter()
        .any(|byte| *byte < 0x20 || matches!(byte, 0x7F | b';'))
    {
        return Err("a cookie has neither control characters nor semicolons in it");
    }
    Ok(Some(Cookie {
        name: name.to_vec(),
        value: value.to_vec(),
        is_host_only: !flag(below, "the second field is neither TRUE nor FALSE")?
            || is_public_suffix(&domain),
        domain,
        path: path.to_vec(),
        is_secure: flag(secure, "the fourth field is neither TRUE nor FALSE")?,
        is_http_only,
        expires: time(expires)?,
        created: 0,
        used: 0,
        given_for: None,
    }))
}

fn flag(field: &[u8], why: &'static str) -> Result<bool, &'static str> {
    match field.to_ascii_uppercase().as_slice() {
        b"TRUE" => Ok(true),
        b"FALSE" => Ok(false),
        _ => Err(why),
    }
}

/// Seconds since 1970, perhaps with a fraction; nothing or zero is for a cookie that ends with the session.
fn time(field: &[u8]) -> Result<Option<i64>, &'static str> {
    let whole = field.split(|byte| *byte == b'.').next().unwrap_or_default();
    if whole.is_empty() {
        return Ok(None);
    }
    let seconds = std::str::from_utf8(whole)
        .ok()
        .and_then(|text| text.parse().ok());
    let seconds: i64 = seconds.ok_or("the fifth field is no time in seconds")?;
    Ok((seconds != 0).then_some(seconds))
}

/// Writes a cookie as a line.
pub(super) fn write(cookie: &Cookie, to: &mut Vec<u8>) {
    let word = |flag: bool| if flag { "TRUE" } else { "FALSE" };
    let (start, dot) = (
        if cookie.is_http_only { HTTP_ONLY } else { b"" },
        if cookie.is_host_only { "" } else { "." },
    );
    to.extend_from_slice(start);
    let below = word(!cookie.is_host_only);
    // Writing into memory cannot fail.
    let _ = write!(to, "{dot}{}\t{below}\t", cookie.domain);
    to.extend_from_slice(&cookie.path);
    let expires = cookie.expires.unwrap_or(0);
    let _ = write!(to, "\t{}\t{expires}\t", word(cookie.is_secure));
    to.extend_from_slice(&cookie.name);
    to.push(b'\t');
    to.extend_from_slice(&cookie.value);
    to.push(b'\n');
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;
    use url::Url;

    use super::super::set_cookie;
    use super::*;

    proptest! {
        #[test]
        fn whatever_a_site_sets_can_be_sent_and_kept(
            pair in "[ -~\\t\u{e9}]{0,12}",
            rest in "(; ?(Path|Domain|Max-Age|Expires|Secure|x)(=[ -~\u{e9}]{0,12})?){0,4}",
        ) {
            let url = Url::parse("https://www.a.example/dir/page").unwrap();
            let line = format!("{pair}{rest}");
            let cookie = set_cookie::parse(line.as_bytes(), &url, 1_000_000_000);
            if let Some(cookie) = cookie.filter(|cookie| !cookie.is_expired(1_000_000_000)) {
                let sent = [&cookie.name[..], b"=", &cookie.value].concat();
                prop_assert!(HeaderValue::from_bytes(&sent).is_ok(), "{line:?}");
                let mut kept = Vec::new();
                write(&cookie, &mut kept);
                prop_assert_eq!(read(&kept), Ok(vec![cookie]), "{:?}", line);
            }
        }
    }

    const FILE: &str = "# Netscape HTTP Cookie File\r\n\r\n\
        .a.example\tTRUE\t/\tFALSE\t2000000000.5\tall\t1\r\n\
        #HttpOnly_www.A.example\tFALSE\t/dir\tTRUE\t0\tsession\tx=y z\n\
        localhost\tTRUE\t/\tfalse\t\tempty\n\
        # a comment\n\
        b.example\tFALSE\t/\tFALSE\t0\t\tnameless\n";

    #[test]
    fn a_file_is_read_and_written() {
        let cookies = read(FILE.as_bytes()).unwrap();
        let mut written = Vec::new();
        for cookie in &cookies {
            write(cookie, &mut written);
        }
        assert_eq!(
            String::from_utf8(written.clone()).unwrap(),
            ".a.example\tTRUE\t/\tFALSE\t2000000000\tall\t1\n\
             #HttpOnly_www.a.example\tFALSE\t/dir\tTRUE\t0\tsession\tx=y z\n\
             localhost\tFALSE\t/\tFALSE\t0\tempty\t\n"
        );
        assert_eq!(read(&written).unwrap(), cookies);
    }

    #[test]
    fn what_is_no_cookie_is_an_error_that_names_the_line() {
        let head = "# comment\n\n";
        for (line, why) in [
            ("a=b", "seven fields"),
            ("{\"cookies\": []}", "seven fields"),
            ("a b\tTRUE\t/\tTRUE\t0\ta\tb", "no domain"),
            ("a.example\tYES\t/\tTRUE\t0\ta\tb", "second field"),
            ("a.example\tTRUE\tdir\tTRUE\t0\ta\tb", "no path"),
            ("a.example\tTRUE\t/\t1\t0\ta\tb", "fourth field"),
            ("a.example\tTRUE\t/\tTRUE\tsoon\ta\tb", "fifth field"),
            ("a.example\tTRUE\t/\tTRUE\t0\ta\tb; c=d", "semicolons"),
            ("a.example\tTRUE\t/\tTRUE\t0\ta\tb\u{1}", "control"),
            ("a.example\tTRUE\t/\tTRUE\t0\ta\tb\tc", "control"),
        ] {
            let (number, said) = read(format!("{head}{line}\n").as_bytes()).unwrap_err();
            assert_eq!(number, 3, "{line}");
            assert!(said.contains(why), "{line}: {said}");
        }
    }
}
