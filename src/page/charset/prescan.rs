//! Encoding that a page declares in its first bytes: section 13.2.3.2 of the HTML standard, to the letter.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use memchr::memmem;

/// Number of bytes at the start of a page that are looked at.
const LENGTH: usize = 1024;

/// The encoding that a `<meta>` or an XML declaration in the first 1,024 bytes names.
pub(super) fn prescan(body: &[u8]) -> Option<&'static Encoding> {
    let start = body.get(..LENGTH).unwrap_or(body);
    utf_16(start)
        .or_else(|| Prescan { rest: start }.find())
        .or_else(|| xml_declaration(start))
}

/// UTF-16 without a byte order mark, detected by the beginning of an XML declaration.
fn utf_16(start: &[u8]) -> Option<&'static Encoding> {
    match start {
        [b'<', 0, b'?', 0, b'x', 0, ..] => Some(UTF_16LE),
        [0, b'<', 0, b'?', 0, b'x', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding of `<?xml version="1.0" encoding="...">`.
pub(super) fn xml_declaration(start: &[u8]) -> Option<&'static Encoding> {
    let declaration = start.strip_prefix(b"<?xml")?;
    let end = declaration.iter().position(|&byte| byte == b'>')?;
    let declaration = declaration.get(..end)?;
    let at = memmem::find(declaration, b"encoding")? + b"encoding".len();
    let value = skip_controls(declaration.get(at..)?).strip_prefix(b"=")?;
    let (quote, rest) = skip_controls(value).split_first()?;
    let length = rest.iter().position(|byte| byte == quote)?;
    let label = rest
        .get(..length)
        .filter(|_| matches!(quote, b'"' | b'\''))?;
    if label.iter().any(|&byte| byte <= b' ') {
        return None;
    }
    Encoding::for_label(label).map(|encoding| if is_utf_16(encoding) { UTF_8 } else { encoding })
}

fn skip_controls(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().position(|&byte| byte > b' ');
    bytes
        .get(length.unwrap_or(bytes.len())..)
        .unwrap_or_default()
}

fn is_utf_16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Returns the encoding that a `<meta>` means: a page that could be read as ASCII is not UTF-16, whatever it declares.
pub(super) fn in_ascii(encoding: &'static Encoding) -> &'static Encoding {
    match encoding {
        encoding if is_utf_16(encoding) => UTF_8,
        encoding if encoding == X_USER_DEFINED => WINDOWS_1252,
        encoding => encoding,
    }
}

/// The encoding in `text/html; charset=...`: "extracting a character encoding from a meta element".
pub(super) fn in_content(content: &[u8]) -> Option<&'static Encoding> {
    let lower = content.to_ascii_lowercase();
    let mut rest = &lower[..];
    let value = loop {
        let at = memmem::find(rest, b"charset")? + b"charset".len();
        rest = rest.get(at..)?.trim_ascii_start();
        if let Some(value) = rest.strip_prefix(b"=") {
            break value.trim_ascii_start();
        }
    };
    let label = match value {
        [quote @ (b'"' | b'\''), quoted @ ..] => {
            let length = quoted.iter().position(|byte| byte == quote)?;
            quoted.get(..length)?
        }
        plain => {
            let is_end = |&byte: &u8| byte == b';' || byte.is_ascii_whitespace();
            plain.split(is_end).next()?
        }
    };
    Encoding::for_label(label)
}

/// The tags of a page as the prescan knows them: also those within scripts.
struct Prescan<'a> {
    rest: &'a [u8],
}

impl<'a> Prescan<'a> {
    fn find(mut self) -> Option<&'static Encoding> {
        loop {
            let at = memchr::memchr(b'<', self.rest)?;
            self.skip(at);
            match self.rest {
                [b'<', b'!', b'-', b'-', ..] => self.skip_comment()?,
                [
                    b'<',
                    b'm' | b'M',
                    b'e' | b'E',
                    b't' | b'T',
                    b'a' | b'A',
                    end,
                    ..,
                ] if end.is_ascii_whitespace() || *end == b'/' => {
                    self.skip(5);
                    if let Some(encoding) = self.meta() {
                        return Some(encoding);
                    }
                }
                [b'<', b'a'..=b'z' | b'A'..=b'Z', ..]
                | [b'<', b'/', b'a'..=b'z' | b'A'..=b'Z', ..] => {
                    self.skip_to(|byte| byte.is_ascii_whitespace() || byte == b'>')?;
                    while self.attribute().is_some() {}
                }
                [b'<', b'!' | b'/' | b'?', ..] => self.skip_to(|byte| byte == b'>')?,
                _ => self.skip(1),
            }
        }
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Goes to the next such byte; `None` at the end, where all is over.
    fn skip_to(&mut self, is_it: impl Fn(u8) -> bool) -> Option<()> {
        let at = self.rest.iter().position(|&byte| is_it(byte))?;
        self.skip(at);
        Some(())
    }

    /// Goes to the end of a comment. Its dashes may be those that it begins with.
    fn skip_comment(&mut self) -> Option<()> {
        let end = memmem::find(self.rest.get(2..)?, b"-->")?;
        self.skip(2 + end + 3);
        Some(())
    }

    /// Returns the encoding that the attributes of a `<meta>` name.
    fn meta(&mut self) -> Option<&'static Encoding> {
        let (mut has_pragma, mut needs_pragma, mut encoding) = (false, None, None);
        let mut seen = [false; 3];
        while let Some((name, value)) = self.attribute() {
            let names: [&[u8]; 3] = [b"http-equiv", b"content", b"charset"];
            let Some(nth) = names
                .iter()
                .position(|known| name.eq_ignore_ascii_case(known))
            else {
                continue;
            };
            if seen
                .get_mut(nth)
                .is_none_or(|seen| std::mem::replace(seen, true))
            {
                continue;
            }
            match nth {
                0 => has_pragma = value.eq_ignore_ascii_case(b"content-type"),
                1 if encoding.is_none() && needs_pragma.is_none() => {
                    if let Some(found) = in_content(value) {
                        (encoding, needs_pragma) = (Some(found), Some(true));
                    }
                }
                1 => {}
                _ => (encoding, needs_pragma) = (Encoding::for_label(value), Some(false)),
            }
        }
        // A tag that is not over at the end of what is looked at says nothing.
        let is_over = self.rest.starts_with(b">");
        let counts = is_over && needs_pragma.is_some_and(|needs| !needs || has_pragma);
        encoding.filter(|_| counts).map(in_ascii)
    }

    /// The next attribute; `None` at the `>` of the tag, and at the end of what is looked at, where nothing is left.
    fn attribute(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let attribute = self.read_attribute();
        if attribute.is_none() && !self.rest.starts_with(b">") {
            self.rest = b"";
        }
        attribute
    }

    /// "Get an attribute".
    fn read_attribute(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        self.skip_to(|byte| !byte.is_ascii_whitespace() && byte != b'/')?;
        if self.rest.starts_with(b">") {
            return None;
        }
        // An equals sign that stands first is part of the name.
        let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'/' | b'>');
        let (name, rest) = (self.rest, self.rest.get(1..)?);
        let length = 1 + rest.iter().position(|&byte| ends(byte))?;
        let name = name.get(..length)?;
        self.skip(length);
        if self.rest.first()?.is_ascii_whitespace() {
            self.skip_to(|byte| !byte.is_ascii_whitespace())?;
        }
        if !self.rest.starts_with(b"=") {
            return Some((name, b""));
        }
        self.skip(1);
        self.skip_to(|byte| !byte.is_ascii_whitespace())?;
        let value = match self.rest {
            [quote @ (b'"' | b'\''), quoted @ ..] => {
                let length = quoted.iter().position(|byte| byte == quote)?;
                self.skip(length + 2);
                quoted.get(..length)?
            }
            rest => {
                self.skip_to(|byte| byte.is_ascii_whitespace() || byte == b'>')?;
                rest.get(..rest.len() - self.rest.len())?
            }
        };
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(page: &str) -> &'static str {
        prescan(page.as_bytes()).map_or("", Encoding::name)
    }

    #[test]
    fn a_meta_says_it_in_many_ways() {
        for (page, expected) in [
            ("<META CharSet = 'koi8-r'>", "KOI8-R"),
            ("<meta/charset=koi8-r/>", ""),
            ("<meta/charset='koi8-r'/>", "KOI8-R"),
            ("<meta charset=koi8-r >", "KOI8-R"),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>",
                "KOI8-R",
            ),
            (
                "<meta content='x; charset charset= \"koi8-r\" ;' http-equiv=content-type>",
                "KOI8-R",
            ),
            ("<meta content='text/html; charset=koi8-r'>", ""),
            (
                "<meta http-equiv=content-type content='charset=\"koi8-r'>",
                "",
            ),
            ("<meta http-equiv=refresh content='charset=koi8-r'>", ""),
            (
                "<meta charset=koi8-r content='charset=utf-8' http-equiv=content-type>",
                "KOI8-R",
            ),
            ("<meta content='charset=utf-8' charset=koi8-r>", "KOI8-R"),
            ("<meta charset=koi8-r charset=utf-8>", "KOI8-R"),
            (
                "<meta charset=none content='charset=koi8-r' http-equiv=content-type><p>",
                "",
            ),
            ("<meta charset=none><meta charset=koi8-r>", "KOI8-R"),
            ("<meta charset=utf-16>", "UTF-8"),
            ("<meta charset=x-user-defined>", "windows-1252"),
            ("<metacharset=koi8-r>", ""),
            ("<meta charset=koi8-r", ""),
            ("<meta charset='koi8-r>", ""),
        ] {
            assert_eq!(name(page), expected, "{page}");
        }
    }

    #[test]
    fn only_what_the_prescan_takes_for_markup_hides_a_meta() {
        for (page, expected) in [
            ("<!-- <meta charset=koi8-r> -->", ""),
            ("<!--><meta charset=koi8-r>-->", "KOI8-R"),
            ("<!-- > -- ><meta charset=koi8-r>", ""),
            ("<script>'<meta charset=koi8-r>'</script>", "KOI8-R"),
            ("<a title='<meta charset=koi8-r>'>", ""),
            ("<p <meta charset=koi8-r>", ""),
            ("</p title='><meta charset=koi8-r>", ""),
            ("<! '><meta charset=koi8-r>", "KOI8-R"),
            ("<1 <meta charset=koi8-r>", "KOI8-R"),
        ] {
            assert_eq!(name(page), expected, "{page}");
        }
    }

    #[test]
    fn a_declaration_counts_when_no_meta_does() {
        for (page, expected) in [
            ("<?xml version='1.0' encoding = \"koi8-r\"?><p>", "KOI8-R"),
            ("<?xml encoding='koi8-r'?><meta charset=utf-8>", "UTF-8"),
            ("<?xml version='1.0' encoding='utf-16'?><p>", "UTF-8"),
            ("<?xml encoding='koi8 r'?>", ""),
            ("<?xml encoding=koi8-r?>", ""),
            (" <?xml encoding='koi8-r'?>", ""),
            ("<\0?\0x\0m\0l\0", "UTF-16LE"),
            ("\0<\0?\0x\0m\0l", "UTF-16BE"),
        ] {
            assert_eq!(name(page), expected, "{page}");
        }
    }

    #[test]
    fn what_comes_after_1024_bytes_is_not_looked_at() {
        let padded = |length| format!("{:length$}<meta charset=koi8-r>", "", length = length);
        assert_eq!(name(&padded(1024 - 21)), "KOI8-R");
        assert_eq!(name(&padded(1024 - 20)), "");
    }
}
