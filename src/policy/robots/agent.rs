//! Product tokens: the names that crawlers go by, in robots.txt and in their `User-Agent` header.

/// The product token that a crawler goes by: the leading letters, `_` and `-` (RFC 9309 section 2.2.1). A name of
/// several words has none: `Foo Bar` is not `Foo`.
pub(super) fn product_token(agent: &str) -> &str {
    let end = agent.find(|c| !is_token(c)).unwrap_or(agent.len());
    let (token, rest) = agent.split_at_checked(end).unwrap_or_default();
    let words = rest.trim_start();
    let is_name = words.len() == rest.len() || words.is_empty() || words.starts_with('(');
    if is_name { token } else { "" }
}

/// The token that a `User-agent` line means: `Foo/1.0` and `Foo Bar` are `Foo`.
pub(super) fn agent_of_line(value: &[u8]) -> &str {
    if value == b"*"
        || (value.starts_with(b"*") && value.get(1).is_some_and(u8::is_ascii_whitespace))
    {
        return "*";
    }
    let end = value
        .iter()
        .position(|&byte| !is_token(char::from(byte)))
        .unwrap_or(value.len());
    value
        .get(..end)
        .and_then(|token| std::str::from_utf8(token).ok())
        .unwrap_or_default()
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '-' || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_known_by_their_product_token() {
        let table = [
            ("foo", "foo"),
            ("Foo-Bar_x/1.0", "Foo-Bar_x"),
            ("foo (+http://example.com/)", "foo"),
            ("foo ", "foo"),
            ("foo bar", ""),
            ("", ""),
            ("1foo", ""),
        ];
        for (agent, token) in table {
            assert_eq!(product_token(agent), token, "{agent:?}");
        }
    }

    #[test]
    fn lines_are_read_leniently() {
        let table = [
            ("*", "*"),
            ("* x", "*"),
            ("*x", ""),
            ("Foo Bar", "Foo"),
            ("Foo/1.0", "Foo"),
            ("\u{e9}", ""),
        ];
        for (value, token) in table {
            assert_eq!(agent_of_line(value.as_bytes()), token, "{value:?}");
        }
    }
}
