//! Parts that can be taken of an element: its text, an attribute, HTML.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::selector::Ending;

/// Part that is taken of an element.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Take {
    Text,
    OwnText,
    BlockText,
    Html,
    OuterHtml,
    /// Each text directly in the element: `::text`.
    Pieces,
    Attr(String),
    /// An attribute as an absolute URL.
    Url(String),
    /// Value of `href` or `src`, as the page has it, for a type that makes it absolute itself.
    Link,
    /// Value of `href` or `src` as an absolute URL.
    LinkUrl,
}

impl Take {
    pub(crate) fn ending(ending: Ending) -> Self {
        match ending {
            Ending::Text => Self::Pieces,
            Ending::Attr(name) => Self::Attr(name),
        }
    }

    /// Returns the message of the error for a page on which no matching element has this part.
    pub(crate) fn missing(&self, css: &str) -> String {
        let lacking = match self {
            Self::Pieces => "a text directly in it".to_owned(),
            Self::Attr(name) => format!("an attribute {name:?}"),
            Self::Url(name) => format!("a URL in an attribute {name:?}"),
            Self::Link | Self::LinkUrl => "a URL in \"href\" or \"src\"".to_owned(),
            _ => return format!("no element matches {css:?}"),
        };
        match css {
            "" => format!("the element has not {lacking}"),
            css => format!("no element that matches {css:?} has {lacking}"),
        }
    }

    /// Generates the code that takes this part of `found`; for a `Vec`, all such parts.
    pub(crate) fn tokens(&self, field: &TokenStream, found: &Ident, all: bool) -> TokenStream {
        match self {
            Self::Text => quote!(#field::text(#found)),
            Self::OwnText => quote!(#field::own_text(#found)),
            Self::BlockText => quote!(#field::block_text(#found)),
            Self::Html => quote!(#field::html(#found)),
            Self::OuterHtml => quote!(#field::outer_html(#found)),
            Self::Pieces if all => quote!(#field::pieces(#found)),
            Self::Pieces => quote!(#field::piece(#found)),
            Self::Attr(name) => quote!(#field::attr(#found, #name)),
            Self::Url(name) => quote!(#field::url(#found, #name)),
            Self::Link => quote!(#field::link(#found)),
            Self::LinkUrl => quote!(#field::link_url(#found)),
        }
    }
}
