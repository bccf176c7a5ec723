//! XHTML made into HTML, for pages that are not well-formed: what is written in ways that only XML has is written in HTML's.

use super::token::{Token, Tokens};
use crate::page::html::entities::escape;
use crate::page::html::name::{self, Name};

/// The page as HTML that means the same: an element that closes itself gets an end tag, CDATA becomes text. All else,
/// faults included, stays as it is.
pub(crate) fn as_html(text: &str) -> String {
    let mut tokens = Tokens::new(text);
    let mut out = String::with_capacity(text.len());
    while let Some((span, token)) = tokens.next() {
        let written = text.get(span).unwrap_or_default();
        match token {
            Token::Open { name, is_empty, .. } => {
                let kind = Name::of(name.as_bytes());
                if is_empty && !kind.is_void() {
                    out.push_str(written.strip_suffix("/>").unwrap_or(written));
                    out.extend(["></", name, ">"]);
                    continue;
                }
                out.push_str(written);
                if kind == name::SCRIPT || kind == name::STYLE {
                    // What looks like a tag in there is none, by the rules of HTML.
                    out.push_str(tokens.skip_to(if kind == name::SCRIPT {
                        "</script"
                    } else {
                        "</style"
                    }));
                }
            }
            Token::CData(text) => out.push_str(&escape(text)),
            Token::Close(_) | Token::Text(_) | Token::DocType(_) | Token::Other => {
                out.push_str(written);
            }
        }
    }
    out
}
