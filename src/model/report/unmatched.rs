//! Lists of a recipe that matched nothing on any page of a crawl.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::output::Listed;

/// List of a recipe, `each` or `json` of a kind of items, that matched nothing on any page of the crawl: a mistake in the
/// recipe, or the site has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unmatched {
    /// Name of the kind of items: `book` of `[items.book]`.
    pub kind: String,
    /// Key of the recipe that has the selector: `each` for CSS, `json` for JMESPath.
    pub key: String,
    /// Selector or expression.
    pub selector: String,
    /// Selector of the script that has the JSON; `None` if the page is the JSON, or for CSS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// Number of pages that were read for the list.
    pub pages: u64,
    /// URL of the first of these pages.
    pub example: String,
}

/// Lists met so far, by kind of items.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Lists(BTreeMap<String, List>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct List {
    key: String,
    selector: String,
    script: Option<String>,
    has_matched: bool,
    pages: u64,
    example: String,
}

impl Lists {
    /// Counts a page that was read for a list. A list that had another selector in an earlier process begins anew.
    pub(crate) fn count(&mut self, listed: &Listed, url: &Url) {
        let is_known = self
            .0
            .get(&*listed.kind)
            .is_some_and(|list| *list.key == *listed.key && *list.selector == *listed.selector);
        if !is_known {
            let list = List {
                key: listed.key.to_owned(),
                selector: listed.selector.to_string(),
                script: listed.script.as_deref().map(str::to_owned),
                has_matched: false,
                pages: 0,
                example: url.to_string(),
            };
            self.0.insert(listed.kind.to_string(), list);
        }
        if let Some(list) = self.0.get_mut(&*listed.kind) {
            list.pages += 1;
            list.has_matched |= listed.has_matched;
        }
    }

    /// Returns the lists that never matched, by name of the kind.
    pub(crate) fn into_unmatched(self) -> Vec<Unmatched> {
        let lists = self.0.into_iter().filter(|(_, list)| !list.has_matched);
        lists
            .map(|(kind, list)| Unmatched {
                kind,
                key: list.key,
                selector: list.selector,
                script: list.script,
                pages: list.pages,
                example: list.example,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lists: &mut Lists, selector: &str, path: &str, has_matched: bool) {
        let listed = Listed {
            kind: "book".into(),
            key: "each",
            script: None,
            selector: selector.into(),
            has_matched,
        };
        let url = Url::parse("http://a.example/").unwrap().join(path).unwrap();
        lists.count(&listed, &url);
    }

    #[test]
    fn a_list_that_matches_on_one_page_is_matched() {
        let mut lists = Lists::default();
        count(&mut lists, "li", "/1", false);
        count(&mut lists, "li", "/2", true);
        count(&mut lists, "li", "/3", false);
        assert_eq!(lists.into_unmatched(), []);
    }

    #[test]
    fn a_list_that_never_matches_has_the_number_of_pages_and_the_first() {
        let mut lists = Lists::default();
        count(&mut lists, "li", "/1", false);
        count(&mut lists, "li", "/2", false);
        let unmatched = lists.into_unmatched();
        let [one] = &unmatched[..] else {
            panic!("{unmatched:?}");
        };
        assert_eq!((one.pages, one.example.as_str()), (2, "http://a.example/1"));
    }

    #[test]
    fn a_selector_that_was_corrected_before_the_crawl_went_on_begins_anew() {
        let mut lists = Lists::default();
        count(&mut lists, "li", "/1", true);
        count(&mut lists, "lo", "/2", false);
        let unmatched = lists.into_unmatched();
        assert_eq!(unmatched[0].selector, "lo");
        assert_eq!(unmatched[0].example, "http://a.example/2");
    }
}
