//! The tag that a parser is in the middle of, and how many attributes it has so far.
//!
//! A parser hands a tag over when it is complete, and compares each of its attributes with all before it until then. So
//! they are counted as they come. Only what the parser itself says to be unfinished is read here: an own idea of where
//! tags begin could be led astray.

use memchr::memchr;

/// Counts the attributes of one tag, whose text comes in parts.
#[derive(Debug, Default)]
pub(super) struct OpenTag {
    state: State,
    attributes: usize,
}

/// The states of the tokenizer in the HTML standard that matter, from section 13.2.5.6 on.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum State {
    #[default]
    Text,
    /// State behind the `<`, and behind the `/` of an end tag.
    Opened,
    Name,
    BeforeAttribute,
    Attribute,
    AfterAttribute,
    BeforeValue,
    Value,
    Quoted(u8),
    /// A comment or the like: it ends at a place that does not matter.
    Other,
}

impl OpenTag {
    /// Reads the next part. Returns how many attributes have begun.
    pub(super) fn read(&mut self, mut part: &[u8]) -> usize {
        while let Some((&byte, rest)) = part.split_first() {
            part = match self.state {
                State::Other => return self.attributes,
                State::Text => skip_to(b'<', part, || self.state = State::Opened),
                State::Quoted(quote) => {
                    skip_to(quote, part, || self.state = State::BeforeAttribute)
                }
                state => {
                    self.state = self.step(state, byte);
                    rest
                }
            };
        }
        self.attributes
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        match (state, byte) {
            (State::Opened, b'/') => State::Opened,
            (State::Opened, _) if byte.is_ascii_alphabetic() => State::Name,
            (State::Opened, b'<') => State::Opened,
            (State::Opened, _) => State::Other,
            (State::BeforeValue, b'"' | b'\'') => State::Quoted(byte),
            (_, b'>') => State::Text,
            (State::BeforeValue, _) if byte.is_ascii_whitespace() => state,
            (State::BeforeValue, _) => State::Value,
            (State::Value, _) if byte.is_ascii_whitespace() => State::BeforeAttribute,
            (State::Value, _) => state,
            (_, b'/') => State::BeforeAttribute,
            (State::Attribute | State::AfterAttribute, b'=') => State::BeforeValue,
            (State::Attribute | State::AfterAttribute, _) if byte.is_ascii_whitespace() => {
                State::AfterAttribute
            }
            (State::Name | State::BeforeAttribute, _) if byte.is_ascii_whitespace() => {
                State::BeforeAttribute
            }
            (State::Name | State::Attribute, _) => state,
            _ => {
                self.attributes += 1;
                State::Attribute
            }
        }
    }
}

/// Returns the rest behind the next `mark`, after calling `found`; nothing if there is no `mark`.
fn skip_to(mark: u8, part: &[u8], found: impl FnOnce()) -> &[u8] {
    let Some(at) = memchr(mark, part) else {
        return b"";
    };
    found();
    part.get(at + 1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_as_they_begin() {
        for (text, expected) in [
            ("", 0),
            ("text <p", 0),
            ("<p ", 0),
            ("<p a", 1),
            ("</p a b", 2),
            ("<p a = 'b c' d=e/f =g", 3),
            ("<p/a/b/", 2),
            ("<p a='b'c", 2),
            ("<p a= \"b c d", 1),
            ("<p a b=>", 2),
            ("<!-- a b", 0),
            ("<<p a", 1),
        ] {
            assert_eq!(OpenTag::default().read(text.as_bytes()), expected, "{text}");
            let mut tag = OpenTag::default();
            let counts = text.bytes().map(|byte| tag.read(&[byte]));
            assert_eq!(counts.last().unwrap_or_default(), expected, "{text}");
        }
    }
}
