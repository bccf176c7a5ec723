//! Detection of HTML markup in texts: titles of RSS are plain text by the specification and HTML by custom.

use std::borrow::Cow;

/// HTML elements that occur in titles and short texts.
const NAMES: [&str; 57] = [
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "blink",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "del",
    "dfn",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "nobr",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "td",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "picture",
    "time",
];

/// Returns whether a text is meant as HTML: it has a comment, an element with its end tag, or one with attributes or that
/// needs no end tag. The name of an element in angle brackets alone, as in "how to use <div>", is not enough.
pub(super) fn is_meant(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let mut rest = &*lower;
    while let Some((before, tag)) = rest.split_once('<') {
        let is_first = before.trim().is_empty() && rest.len() == lower.len();
        if tag.starts_with("!--") || is_tag(tag, is_first) {
            return true;
        }
        rest = tag;
    }
    false
}

/// Returns whether an HTML tag begins at `text`, which follows its `<`.
fn is_tag(text: &str, is_first: bool) -> bool {
    let (is_end, text) = text
        .strip_prefix('/')
        .map_or((false, text), |text| (true, text));
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let Some((name, rest)) = text.split_at_checked(end) else {
        return false;
    };
    let Some((attributes, behind)) = rest.split_once('>') else {
        return false;
    };
    if !NAMES.contains(&name)
        || !attributes.is_empty() && !attributes.starts_with([' ', '/', '\n', '\t'])
    {
        return false;
    }
    let has_end = || behind.contains(&format!("</{name}>"));
    let is_alone = matches!(name, "br" | "wbr" | "hr");
    is_end || is_first || is_alone || !attributes.trim().is_empty() || has_end()
}

/// Returns a text without CDATA marks, which are part of a text when they were escaped themselves.
pub(super) fn without_cdata(text: &str) -> Cow<'_, str> {
    const START: &str = "<![CDATA[";
    if !text.contains(START) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inner)) = rest.split_once(START) {
        out.push_str(before);
        let (inner, behind) = inner.split_once("]]>").unwrap_or((inner, ""));
        out.push_str(inner);
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_told_from_signs_and_from_talk_of_elements() {
        for text in [
            "<i>Moby</i> again",
            "one<br>two",
            "one<br/>two",
            "a <img src=x> b",
            "<P>whole",
            "x</a>",
            "so <!-- not --> it is",
            "<A HREF='/x'>y</A>",
        ] {
            assert!(is_meant(text), "{text}");
        }
        for text in [
            "a < b and c > d",
            "x<y>z",
            "I <3 ink",
            "how to use the <div> element",
            "Vec<u8> and Box<dyn Fn()>",
            "a <b",
            "<?php and <%",
            "the <bold> one</bold>",
        ] {
            assert!(!is_meant(text), "{text}");
        }
    }

    #[test]
    fn marks_of_cdata_go_and_what_is_in_them_stays() {
        for (text, expected) in [
            ("<![CDATA[ink]]>", "ink"),
            ("a <![CDATA[b]]> c <![CDATA[d]]>", "a b c d"),
            ("<![CDATA[cut", "cut"),
            ("plain ]]>", "plain ]]>"),
        ] {
            assert_eq!(without_cdata(text), expected);
        }
    }
}
