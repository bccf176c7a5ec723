//! Parser of a document type: the texts of its entities, and the references of a document to them.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memchr;

use crate::page::html::entities::{self, Place};

/// Limits for the number of entities, and for the text of one, in bytes: those of real documents are parts of URLs.
const MOST: usize = 1000;
const LONGEST: usize = 1000;
/// The longest reference that is looked up, in bytes.
const REFERENCE: usize = 100;

/// The entities of a document.
#[derive(Debug, Default)]
pub(super) struct Entities<'a> {
    declared: HashMap<&'a str, Cow<'a, str>>,
}

impl<'a> Entities<'a> {
    /// Reads the `<!ENTITY name "text">` of a document type, but for those of files and those with markup or entities in
    /// them.
    pub(super) fn declare(&mut self, doctype: &'a str) {
        for declaration in doctype.split("<!ENTITY").skip(1).take(MOST) {
            if let Some((name, text)) = entity(declaration) {
                // The first one counts.
                self.declared.entry(name).or_insert(text);
            }
        }
    }

    /// A text with its references decoded; those that are not known stay as they are.
    pub(super) fn decode<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut rest = text;
        let mut out = String::new();
        while let Some((before, found)) =
            memchr(b'&', rest.as_bytes()).and_then(|at| rest.split_at_checked(at))
        {
            out.push_str(before);
            let length = reference_length(found);
            let reference = found.get(..length).unwrap_or("&");
            match self.declared.get(reference.trim_matches(['&', ';'])) {
                Some(text) => out.push_str(text),
                None => out.push_str(&entities::decode(reference, Place::Attribute)),
            }
            rest = found.get(reference.len()..).unwrap_or_default();
        }
        if out.is_empty() && rest.len() == text.len() {
            return Cow::Borrowed(text);
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

/// Returns the length of the reference that the text begins with; a lone `&` is one byte.
fn reference_length(text: &str) -> usize {
    let is_end = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"#_-.:".contains(byte));
    let start = text.as_bytes().iter().skip(1).take(REFERENCE);
    let end = start.enumerate().find(|(_, byte)| is_end(byte));
    match end {
        Some((length, b';')) if length > 0 => length + 2,
        _ => 1,
    }
}

fn entity(declaration: &str) -> Option<(&str, Cow<'_, str>)> {
    let (name, rest) = declaration
        .trim_ascii_start()
        .split_once(|c: char| c.is_ascii_whitespace())?;
    let rest = rest.trim_ascii_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (text, _) = rest.get(1..)?.split_once(quote)?;
    let is_plain = text.len() <= LONGEST && !text.contains(['<', '%']);
    let text = entities::decode(Some(text).filter(|_| is_plain)?, Place::Attribute);
    // What is an entity in turn would have to be expanded again.
    (name != "%" && !text.contains('&')).then_some((name, text))
}
