//! Reads `WWW-Authenticate`: what an origin asks for (RFC 9110, section 11.6.1).

/// One challenge: a scheme and its parameters.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The value of a parameter, whose name is given in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        parameters
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The challenges of one header, in order. What cannot be read is passed over.
pub(super) fn read(header: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut reader = Reader { rest: header };
    loop {
        reader.skip(|c| c == ',' || c.is_ascii_whitespace());
        if reader.rest.is_empty() {
            return found;
        }
        let word = reader.take(is_token).to_ascii_lowercase();
        reader.skip(|c| c.is_ascii_whitespace());
        match (reader.rest.strip_prefix('='), found.last_mut()) {
            (Some(rest), Some(challenge)) if !word.is_empty() => {
                reader.rest = rest;
                let value = reader.value();
                challenge.parameters.push((word, value));
            }
            (None, _) if !word.is_empty() => found.push(Challenge {
                scheme: word,
                parameters: Vec::new(),
            }),
            _ => reader.skip(|c| c != ','),
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip(&mut self, is_part: impl Fn(char) -> bool) {
        self.take(is_part);
    }

    /// A token, or a text in quotes.
    fn value(&mut self) -> String {
        self.skip(|c| c.is_ascii_whitespace());
        let Some(quoted) = self.rest.strip_prefix('"') else {
            return self
                .take(|c| c != ',' && !c.is_ascii_whitespace())
                .to_owned();
        };
        let (mut value, mut chars) = (String::new(), quoted.chars());
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => value.extend(chars.next()),
                c => value.push(c),
            }
        }
        self.rest = chars.as_str();
        value
    }
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemes(header: &str) -> Vec<String> {
        read(header)
            .into_iter()
            .map(|challenge| challenge.scheme)
            .collect()
    }

    #[test]
    fn one_header_can_hold_several_challenges() {
        let header = r#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple", Negotiate"#;
        let read = read(header);
        assert_eq!(schemes(header), ["newauth", "basic", "negotiate"]);
        assert_eq!(read[0].get("title"), Some(r#"Login to "apps""#));
        assert_eq!(
            (read[0].get("type"), read[0].get("none")),
            (Some("1"), None)
        );
        assert_eq!(read[1].get("realm"), Some("simple"));
    }

    #[test]
    fn broken_headers_are_read_as_far_as_they_go() {
        for (header, found) in [
            ("", &[][..]),
            (", ,", &[]),
            ("=x, Basic", &["basic"]),
            (
                "NTLM TlRMTVNTUAACAA/+==, Digest nonce=a",
                &["ntlm", "tlrmtvntuaacaa", "digest"],
            ),
            ("Basic realm=\"open", &["basic"]),
            ("Basic realm = \"x\" , charset = \"UTF-8\"", &["basic"]),
            ("\u{e9}, Basic", &["basic"]),
        ] {
            assert_eq!(schemes(header), found, "{header}");
        }
    }
}
