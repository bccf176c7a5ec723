//! Element names as numbers, so that telling a tag is one comparison, and what those elements mean for text.

use super::attributes::ends_name;

/// The name of an element in lower case, packed; names longer than any that matters are all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name(u128);

pub(crate) const NONE: Name = Name(0);
pub(crate) const A: Name = Name::of(b"a");
pub(crate) const ANNOTATION_XML: Name = Name::of(b"annotation-xml");
pub(crate) const AREA: Name = Name::of(b"area");
pub(crate) const BASE: Name = Name::of(b"base");
pub(crate) const BODY: Name = Name::of(b"body");
pub(crate) const BR: Name = Name::of(b"br");
pub(crate) const DESC: Name = Name::of(b"desc");
pub(crate) const FOREIGN_OBJECT: Name = Name::of(b"foreignobject");
pub(crate) const FRAME: Name = Name::of(b"frame");
pub(crate) const H1: Name = Name::of(b"h1");
pub(crate) const HTML: Name = Name::of(b"html");
pub(crate) const IFRAME: Name = Name::of(b"iframe");
pub(crate) const LINK: Name = Name::of(b"link");
pub(crate) const MATH: Name = Name::of(b"math");
pub(crate) const META: Name = Name::of(b"meta");
pub(crate) const P: Name = Name::of(b"p");
pub(crate) const PLAINTEXT: Name = Name::of(b"plaintext");
pub(crate) const SCRIPT: Name = Name::of(b"script");
pub(crate) const STYLE: Name = Name::of(b"style");
pub(crate) const SVG: Name = Name::of(b"svg");
pub(crate) const TEMPLATE: Name = Name::of(b"template");
pub(crate) const TEXTAREA: Name = Name::of(b"textarea");
pub(crate) const TITLE: Name = Name::of(b"title");

macro_rules! names {
    ($name:expr => $($spelled:literal)*) => {
        [$(const { Name::of($spelled.as_bytes()) }),*].contains(&$name)
    };
}

/// Compares with names of at most eight letters, in one machine word: what is asked of each tag of each page is quick.
macro_rules! short_names {
    ($name:expr => $($spelled:literal)*) => {
        u64::try_from($name.0).is_ok_and(|word| false $(|| word == const { short($spelled.as_bytes()) })*)
    };
}

/// Packs a name of at most eight letters in lower case.
const fn short(spelled: &[u8]) -> u64 {
    assert!(spelled.len() <= size_of::<u64>());
    let (mut packed, mut rest) = (0, spelled);
    while let Some((first, others)) = rest.split_first() {
        packed = packed << 8 | *first as u64;
        rest = others;
    }
    packed
}

impl Name {
    /// The name as a page or a tree spells it, in any case.
    pub(crate) const fn of(spelled: &[u8]) -> Self {
        let mut packed = 0;
        let mut rest = spelled;
        if spelled.len() > size_of::<u128>() {
            return NONE;
        }
        while let Some((first, others)) = rest.split_first() {
            packed = packed << 8 | first.to_ascii_lowercase() as u128;
            rest = others;
        }
        Self(packed)
    }

    /// Reads the name that a tag begins with; returns it with its length.
    pub(super) fn read(tag: &[u8]) -> (Self, usize) {
        let (mut packed, mut length) = (0, 0);
        for &byte in tag.iter().take_while(|byte| !ends_name(**byte)) {
            packed = packed << 8 | u128::from(byte.to_ascii_lowercase());
            length += 1;
        }
        let is_short = length <= size_of::<u128>();
        (if is_short { Self(packed) } else { NONE }, length)
    }

    /// Returns whether a scan looks at the element: it links to another page, sets the base of references, or is a title, a first
    /// heading or a template. Most elements are none of these, so this is a quick check.
    pub(super) fn is_scanned(self) -> bool {
        short_names!(self => "a" "area" "base" "frame" "h1" "iframe" "link" "template" "title")
    }

    /// Returns whether the content is text whatever it looks like. Scripts and `plaintext` end by rules of their own.
    pub(crate) fn has_no_markup(self) -> bool {
        short_names!(self => "iframe" "noembed" "noframes" "script" "style" "textarea" "title" "xmp")
            || self == PLAINTEXT
    }

    /// Returns whether the element is `h1` to `h6`.
    pub(crate) fn is_heading(self) -> bool {
        names!(self => "h1" "h2" "h3" "h4" "h5" "h6")
    }

    /// Returns whether the element has no content and no end tag.
    pub(crate) fn is_void(self) -> bool {
        names!(self => "area" "base" "basefont" "bgsound" "br" "col" "embed" "frame" "hr" "image" "img" "input" "keygen"
            "link" "meta" "param" "source" "track" "wbr")
    }

    /// Returns whether a browser starts a new line or cell for the element, so that words do not run together across
    /// its edges.
    pub(crate) fn is_block(self) -> bool {
        names!(self => "address" "article" "aside" "blockquote" "body" "br" "caption" "center" "dd" "details" "dialog"
            "dir" "div" "dl" "dt" "fieldset" "figcaption" "figure" "footer" "form" "h1" "h2" "h3" "h4" "h5" "h6"
            "header" "hgroup" "hr" "html" "legend" "li" "listing" "main" "menu" "nav" "ol" "optgroup" "option" "p" "pre"
            "search" "section" "select" "summary" "table" "tbody" "td" "tfoot" "th" "thead" "tr" "ul" "xmp")
    }

    /// Returns whether a browser never shows the element's text on the page.
    pub(crate) fn is_hidden(self) -> bool {
        names!(self => "audio" "canvas" "datalist" "head" "iframe" "noembed" "noframes" "script" "style" "template" "title"
            "video")
    }

    /// Returns whether a browser never shows the text of this element in `svg` and `math`: it describes what is drawn.
    pub(crate) fn is_hidden_in_foreign(self) -> bool {
        names!(self => "annotation" "annotation-xml" "defs" "desc" "metadata")
    }

    /// Returns whether the start tag ends `svg` and `math` around it: section 13.2.6.5 of the HTML standard.
    pub(crate) fn leaves_foreign(self) -> bool {
        names!(self => "b" "big" "blockquote" "body" "br" "center" "code" "dd" "div" "dl" "dt" "em" "embed" "h1" "h2"
            "h3" "h4" "h5" "h6" "head" "hr" "i" "img" "li" "listing" "menu" "meta" "nobr" "ol" "p" "pre" "ruby" "s"
            "small" "span" "strong" "strike" "sub" "sup" "table" "tt" "u" "ul" "var")
    }

    /// Returns whether the content of this `math` element is HTML.
    pub(crate) fn is_math_text(self) -> bool {
        names!(self => "mi" "mo" "mn" "ms" "mtext") || self == ANNOTATION_XML
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_any_case_and_whole() {
        assert_eq!(Name::of(b"foreignObject"), FOREIGN_OBJECT);
        assert_ne!(Name::of(b"h11"), H1);
        assert_ne!(Name::of(b"h\x11"), H1);
        assert_eq!(
            Name::of(b"a-name-that-is-longer-than-any"),
            Name::of(b"another-name-that-is-long")
        );
    }
}
