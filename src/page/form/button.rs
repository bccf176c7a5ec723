//! Buttons that send a form.

use std::fmt;

use url::Url;

use super::Way;
use super::encode::{Content, Encoding, Entry};

#[derive(Clone)]
pub(super) struct Button {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) id: String,
    /// Text on the button.
    pub(super) label: String,
    /// Set for a button that is an image and sends the position of the click.
    pub(super) is_image: bool,
    /// Position of the button in the page.
    pub(super) place: usize,
    /// `formaction`, `formmethod` and `formenctype`.
    pub(super) url: Option<Result<Url, String>>,
    pub(super) method: Option<Way>,
    pub(super) body: Option<Encoding>,
}

impl Button {
    /// Returns the rank of the way in which `wanted` describes the button: less is better, `None` is not at all.
    pub(super) fn rank(&self, wanted: &str) -> Option<usize> {
        let has_id = wanted.strip_prefix('#').is_some_and(|id| id == self.id);
        let ways = [
            has_id || wanted == self.name,
            wanted == self.label,
            self.is_pair(wanted),
            wanted == self.value,
        ];
        ways.iter().position(|is_so| *is_so)
    }

    /// Returns whether `wanted` is the `name=value` of the button.
    fn is_pair(&self, wanted: &str) -> bool {
        let value = wanted
            .strip_prefix(&self.name)
            .and_then(|rest| rest.strip_prefix('='));
        value == Some(&self.value)
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
    /// Writes the button in the form in which it can be pressed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.name, &*self.label, &*self.id) {
            ("", "", "") => f.write_str("one without a name"),
            ("", "", id) => write!(f, "\"#{id}\""),
            ("", label, _) => write!(f, "{label:?}"),
            (name, _, _) if self.value.is_empty() => write!(f, "{name:?}"),
            (name, _, _) => write!(f, "{:?}", format!("{name}={}", self.value)),
        }
    }
}

impl fmt::Debug for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
