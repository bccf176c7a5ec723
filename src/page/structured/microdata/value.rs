//! Value of a property that is no item.

use crate::page::html::Element;

/// Place where an element has its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// An attribute.
    Attr(&'static str),
    /// An attribute that holds a URL.
    Url(&'static str),
    /// The text of the element.
    Text,
}

impl Source {
    pub(super) fn of(element: Element<'_>) -> Self {
        match element.name() {
            "meta" => Self::Attr("content"),
            "audio" | "embed" | "iframe" | "img" | "source" | "track" | "video" => Self::Url("src"),
            "a" | "area" | "link" => Self::Url("href"),
            "object" => Self::Url("data"),
            "data" | "meter" => Self::Attr("value"),
            "time" if element.attr("datetime").is_some() => Self::Attr("datetime"),
            _ if element.attr("content").is_some() => Self::Attr("content"),
            _ => Self::Text,
        }
    }

    /// Returns the amount to read for the value, before anything is read.
    pub(super) fn weight(self, element: Element<'_>) -> usize {
        match self {
            Self::Attr(name) | Self::Url(name) => element.attr(name).map_or(0, str::len),
            Self::Text => {
                let (nodes, bytes) = element.size();
                nodes + bytes
            }
        }
    }

    /// Reads the value: empty when the attribute is missing or no URL.
    pub(super) fn read(self, element: Element<'_>) -> String {
        match self {
            Self::Attr(name) => element.attr(name).unwrap_or_default().to_owned(),
            Self::Url(name) => element.url(name).map(String::from).unwrap_or_default(),
            Self::Text => element.text(),
        }
    }
}
