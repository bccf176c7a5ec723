//! Hint for a crawl without items whose list matched nothing.

use crate::cli::crawl::again::quoted;
use crate::cli::terminal::table::plural;
use crate::model::report::Unmatched;

/// Returns which selector matched nothing, and the command that tries another one on a page of the crawl.
pub(super) fn hint(list: &Unmatched) -> String {
    let (url, selector) = (quoted(&list.example), quoted(&list.selector));
    let arguments = match (list.key.as_str(), &list.script) {
        ("json", None) => format!("--jmespath {selector}"),
        ("json", Some(script)) => format!("{} --jmespath {selector}", quoted(script)),
        _ => selector,
    };
    format!(
        "`{} = {:?}` in [items.{}] matched nothing on {}; to try another: crawl select {url} {arguments}",
        list.key,
        list.selector,
        list.kind,
        plural(list.pages, "page"),
    )
}
