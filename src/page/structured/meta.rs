//! Reading of `<meta>`: `name`, `http-equiv`, and Open Graph.

use super::open_graph::{OpenGraph, short};
use super::room::Room;
use super::{Properties, Skipped};
use crate::page::html::Element;

/// Number of names that are read of one `property`.
const NAMES: usize = 8;

#[derive(Default)]
pub(super) struct Metas {
    pub(super) named: Properties<String>,
    pub(super) http_equiv: Properties<String>,
    pub(super) open_graph: OpenGraph,
}

impl Metas {
    pub(super) fn read<'a>(
        metas: impl Iterator<Item = Element<'a>>,
        skipped: &mut Vec<Skipped>,
    ) -> Self {
        let (mut named, mut http_equiv) = (Vec::new(), Vec::new());
        let mut open_graph = OpenGraph::default();
        let mut rooms = [Room::default(), Room::default(), Room::default()];
        let [named_room, equiv_room, graph_room] = &mut rooms;
        for meta in metas {
            let content = meta.attr("content").unwrap_or_default().trim();
            for name in graph_names(meta) {
                if graph_room.take(name.len() + content.len()) {
                    open_graph.push(name, content);
                }
            }
            let own = meta.attr("name").map(str::trim).unwrap_or_default();
            if !own.is_empty() && !is_graph(own) && named_room.take(own.len() + content.len()) {
                named.push((own.to_ascii_lowercase(), content.to_owned()));
            }
            let header = meta.attr("http-equiv").map(str::trim).unwrap_or_default();
            if !header.is_empty() && equiv_room.take(header.len() + content.len()) {
                http_equiv.push((header.to_ascii_lowercase(), content.to_owned()));
            }
        }
        for (room, part) in rooms.iter().zip(["meta", "http_equiv", "open_graph"]) {
            room.tell(part, skipped);
        }
        Self {
            named: named.into_iter().collect(),
            http_equiv: http_equiv.into_iter().collect(),
            open_graph,
        }
    }

    /// Returns the language of the page whose root this is, by the HTML standard. An empty `lang` says that it is
    /// unknown; a pragma with a comma names the languages of readers, of several words the first counts, and of several
    /// pragmas the last.
    pub(super) fn language(&self, root: Element<'_>) -> Option<String> {
        let pragma = || {
            let stated = self.http_equiv.all("content-language").iter().rev();
            stated
                .filter(|content| !content.contains(','))
                .find_map(|content| content.split_whitespace().next())
        };
        let language = root.attr("lang").map(str::trim).or_else(pragma);
        language
            .filter(|language| !language.is_empty())
            .map(str::to_owned)
    }
}

/// Returns the names of a `property`, and the one in `name` if it belongs there: pages confuse the two.
fn graph_names(meta: Element<'_>) -> impl Iterator<Item = &str> {
    let property = meta.attr("property").unwrap_or_default();
    let name = meta
        .attr("name")
        .map(str::trim)
        .filter(|name| is_graph(name));
    // What has both says it twice.
    let name = name.filter(|_| property.trim().is_empty());
    property.split_ascii_whitespace().take(NAMES).chain(name)
}

/// Returns whether a name belongs to Open Graph or to a Twitter card.
fn is_graph(name: &str) -> bool {
    let prefixes = [
        "og", "twitter", "article", "product", "book", "profile", "music", "video", "fb",
    ];
    short(name)
        .split_once(':')
        .is_some_and(|(prefix, _)| prefixes.iter().any(|own| prefix.eq_ignore_ascii_case(own)))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::html::Html;

    fn language(page: &str) -> Option<String> {
        let url = Url::parse("https://a.example/").unwrap();
        Html::parse(page, url).structured().language
    }

    #[test]
    fn an_empty_lang_says_that_the_language_is_unknown() {
        let pragma = "<meta http-equiv=content-language content=is>";
        for page in ["<html lang>", "<html lang=' '>"] {
            assert_eq!(language(&format!("{page}{pragma}")), None, "{page}");
        }
    }

    #[test]
    fn a_pragma_names_one_language_or_none() {
        for (contents, expected) in [
            (&["nl, be"][..], None),
            (&[" nl be "], Some("nl")),
            (&["nl", "be"], Some("be")),
            (&["nl", "be,", ""], Some("nl")),
        ] {
            let pragmas = contents
                .iter()
                .map(|content| format!("<meta http-equiv='Content-Language' content='{content}'>"));
            let page: String = pragmas.collect();
            assert_eq!(language(&page).as_deref(), expected, "{page}");
        }
    }
}
