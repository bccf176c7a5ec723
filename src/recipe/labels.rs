//! [`On`]: which pages a part of a recipe is for.

use super::reader::Reader;
use super::section::{Placed, Section};

/// The label of sitemaps.
pub(super) const SITEMAP: &str = "sitemap";

/// The labels of pages; a page without one has an empty one.
#[derive(Debug, Clone)]
pub(super) enum On {
    /// `"*"`.
    All,
    These(Vec<Placed<String>>),
}

impl On {
    /// Reads the key `on`: without it, the pages without a label.
    pub(super) fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Self {
        let labels = section.texts("on", &mut reader.problems);
        if labels.iter().any(|label| label.value == "*") {
            return Self::All;
        }
        if section.get("on").is_none() {
            let at = section.at.clone();
            let value = String::new();
            return Self::These(vec![Placed { value, at }]);
        }
        let owned = |label: Placed<&str>| Placed {
            value: label.value.to_owned(),
            at: label.at,
        };
        Self::These(labels.into_iter().map(owned).collect())
    }

    /// Returns whether `on` names the URLs that sitemaps list.
    pub(super) fn is_of_sitemaps(&self) -> bool {
        matches!(self, Self::These(_)) && self.takes(Some(SITEMAP))
    }

    pub(super) fn takes(&self, label: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::These(labels) => labels
                .iter()
                .any(|known| known.value == label.unwrap_or_default()),
        }
    }
}

/// A label that requests get; `*` stands for all, `sitemap` for sitemaps, and what begins with `recipe:` is the
/// recipe's own.
pub(super) fn label(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Placed<String>> {
    let label = section.text("label", &mut reader.problems)?;
    let is_taken = label.value == SITEMAP || label.value.starts_with("recipe:");
    if label.value == "*" || label.value.is_empty() || is_taken {
        reader.add(&label.at, format!("{:?} cannot be a label", label.value));
        return None;
    }
    Some(Placed {
        value: label.value.to_owned(),
        at: label.at,
    })
}
