//! Parser of a tag: its name, its attributes, and the namespace of both; and of references.

use std::borrow::Cow;

use crate::page::html;

/// Number of attributes of an element that are looked at.
const MAX_ATTRIBUTES: usize = 64;

/// The longest URL of a namespace that is kept, in bytes.
const LONGEST_SPACE: usize = 200;

/// The beginning of an element. One that is empty ends by a token of its own, too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    spaces: &'a [Space],
}

/// A namespace that is declared.
#[derive(Debug)]
pub(super) struct Space {
    /// Depth of the element that declares the namespace.
    pub(super) depth: usize,
    /// Prefix of the names; empty for names without one.
    prefix: Box<str>,
    url: Box<str>,
}

/// A reference, such as `&amp;` or `&#38;`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entity<'a>(&'a str);

impl<'a> Tag<'a> {
    /// `text` is what stands between `<` and `>`.
    pub(super) fn new(text: &'a str, spaces: &'a [Space]) -> Self {
        let (name, attributes) = name(text);
        let attributes = attributes.strip_suffix('/').unwrap_or(attributes);
        Self {
            name,
            attributes,
            spaces,
        }
    }

    /// The name without its prefix.
    pub(crate) fn local(&self) -> &'a str {
        local(self.name)
    }

    /// The prefix of the name, empty for none.
    pub(crate) fn prefix(&self) -> &'a str {
        self.name.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// The namespace of the name, if it is declared.
    pub(crate) fn namespace(&self) -> Option<&'a str> {
        let prefix = self.prefix();
        let mut spaces = self.spaces.iter().rev();
        let space = spaces.find(|space| *space.prefix == *prefix)?;
        Some(&*space.url).filter(|url| !url.is_empty())
    }

    /// The value of one of the first 64 attributes, in whatever case its name is, trimmed.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let found = attributes(self.attributes).find(|(key, _)| *key == name);
        let found = found.or_else(|| {
            attributes(self.attributes).find(|(key, _)| key.eq_ignore_ascii_case(name))
        });
        let value = html::decode(found?.1, html::Place::Attribute);
        Some(value.trim().to_owned())
    }

    /// The attributes as they are written, with the space before them.
    pub(crate) fn attributes(&self) -> &'a str {
        self.attributes
    }
}

impl Space {
    /// Returns the namespace that an attribute declares; `None` if the attribute declares none.
    pub(super) fn of(depth: usize, name: &str, value: &str) -> Option<Self> {
        let prefix = match name.strip_prefix("xmlns")? {
            "" => "",
            name => name.strip_prefix(':')?,
        };
        (value.len() <= LONGEST_SPACE).then(|| Self {
            depth,
            prefix: prefix.into(),
            url: value.trim().into(),
        })
    }
}

impl<'a> Entity<'a> {
    pub(super) fn new(name: &'a str) -> Self {
        Self(name)
    }

    /// Returns the text that the reference stands for in XML itself; `None` for one that is not known or stands for no
    /// character. A number that means a character of Windows is that, as in HTML.
    pub(crate) fn text(&self) -> Option<Cow<'static, str>> {
        let character = match self.0 {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            name => return number(name.strip_prefix('#')?),
        };
        Some(Cow::Borrowed(character))
    }

    /// Returns the text between `&` and `;`.
    pub(crate) fn name(&self) -> &'a str {
        self.0
    }
}

fn number(digits: &str) -> Option<Cow<'static, str>> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let character = char::from_u32(code).filter(|c| *c != '\0')?;
    if (128..160).contains(&code) {
        let written = format!("&#{code};");
        return Some(Cow::Owned(
            html::decode(&written, html::Place::Text).into_owned(),
        ));
    }
    Some(Cow::Owned(character.to_string()))
}

/// Returns the name that a tag begins with, and the text behind it.
pub(super) fn name(text: &str) -> (&str, &str) {
    let is_end = |c: char| c.is_ascii_whitespace() || c == '/';
    let end = text.find(is_end).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

pub(super) fn local(name: &str) -> &str {
    let name = name.trim_end();
    name.split_once(':').map_or(name, |(_, local)| local)
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':'
}

/// Names and values as they are written, without quotes.
pub(super) fn attributes(mut text: &str) -> impl Iterator<Item = (&str, &str)> {
    let next = move || {
        text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '='));
        let is_end = |c: char| c.is_ascii_whitespace() || c == '=';
        let end = text.find(is_end).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        let (value, rest) = match rest.trim_start().strip_prefix('=') {
            None => ("", rest),
            Some(value) => value_of(value.trim_start()),
        };
        text = rest;
        Some((name, value)).filter(|(name, _)| !name.is_empty())
    };
    std::iter::from_fn(next).take(MAX_ATTRIBUTES)
}

/// The value that this begins with, and what stands behind it.
fn value_of(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote
        && let Some(inner) = text.strip_prefix(quote)
    {
        // A quote that is missing may be that of the last value.
        return inner.split_once(quote).unwrap_or((inner, ""));
    }
    let end = text.find(|c: char| c.is_ascii_whitespace());
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}
