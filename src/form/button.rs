//! The buttons that send a form.

use std::fmt;

use url::Url;

use super::Way;
use super::encode::{Content, Encoding, Entry};

#[derive(Clone)]
pub(super) struct Button {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) id: String,
    /// What is written on it.
    pub(super) label: String,
    /// An image sends where it was pressed.
    pub(super) is_image: bool,
    /// Where in the page it is.
    pub(super) place: usize,
    /// `formaction`, `formmethod` and `formenctype`.
    pub(super) url: Option<Result<Url, String>>,
    pub(super) method: Option<Way>,
    pub(super) body: Option<Encoding>,
}

impl Button {
    pub(super) fn is_called(&self, wanted: &str) -> bool {
        let has_id = wanted.strip_prefix('#').is_some_and(|id| id == self.id);
        has_id || wanted == self.name || wanted == self.label
    }

    /// Whether Enter presses it, if it is the first. Images are left to those who name them: they send coordinates.
    pub(super) fn is_default(&self) -> bool {
        !self.is_image
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        let entry = |name: String, value: &str| Entry {
            name,
            value: value.to_owned(),
            content: Content::Text,
        };
        match (self.is_image, self.name.as_str()) {
            (true, "") => vec![entry("x".to_owned(), "0"), entry("y".to_owned(), "0")],
            (true, name) => vec![
                entry(format!("{name}.x"), "0"),
                entry(format!("{name}.y"), "0"),
            ],
            (false, "") => Vec::new(),
            (false, name) => vec![entry(name.to_owned(), &self.value)],
        }
    }
}

impl fmt::Display for Button {
    /// As it can be pressed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.name, &*self.label, &*self.id) {
            ("", "", "") => f.write_str("one without a name"),
            ("", "", id) => write!(f, "\"#{id}\""),
            ("", label, _) => write!(f, "{label:?}"),
            (name, _, _) => write!(f, "{name:?}"),
        }
    }
}

impl fmt::Debug for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
