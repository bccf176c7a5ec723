//! Corrections of a tree once it is built: templates, and the names of attributes of SVG and `MathML`.

use ego_tree::NodeId;
use html5ever::{LocalName, QualName, expanded_name, local_name, ns};
use scraper::{Html, Node};

/// Takes away what is in templates, which is not on the page, and puts the content of those that declare a shadow root
/// (`shadowrootmode`) in their place, where browsers show it.
pub(super) fn templates(tree: &mut Html) {
    let is_template = |node: &Node| {
        node.as_element()
            .is_some_and(|element| element.name.expanded() == expanded_name!(html "template"))
    };
    let nodes = tree.tree.root().descendants();
    let found: Vec<NodeId> = nodes
        .filter(|node| is_template(node.value()))
        .map(|node| node.id())
        .collect();
    for template in found {
        let Some(node) = tree.tree.get(template) else {
            continue;
        };
        let is_shadow = node.value().as_element().is_some_and(|element| {
            let mode = element.attr("shadowrootmode").unwrap_or_default();
            is_shadow_root(mode.as_bytes())
        });
        // Of HTML, the content is in a fragment of its own.
        let content = node.children().find(|child| child.value().is_fragment());
        let content = content.unwrap_or(node);
        let children: Vec<NodeId> = content.children().map(|child| child.id()).collect();
        for child in children {
            if is_shadow && let Some(mut template) = tree.tree.get_mut(template) {
                template.insert_id_before(child);
            } else if let Some(mut child) = tree.tree.get_mut(child) {
                child.detach();
            }
        }
        if is_shadow && let Some(mut template) = tree.tree.get_mut(template) {
            template.detach();
        }
    }
}

/// Returns whether this value of `shadowrootmode` makes a template the content of the element around it.
pub(super) fn is_shadow_root(mode: &[u8]) -> bool {
    mode.eq_ignore_ascii_case(b"open") || mode.eq_ignore_ascii_case(b"closed")
}

/// Gives the attributes of SVG and `MathML` the names that the page writes: the standard takes `xlink:href` apart.
pub(super) fn foreign_attributes(tree: &mut Html) {
    for node in tree.tree.values_mut() {
        let Node::Element(element) = node else {
            continue;
        };
        if element.name.ns == ns!(html) || element.attrs.iter().all(|(name, _)| name.ns == ns!()) {
            continue;
        }
        for (name, _) in &mut element.attrs {
            let spelled = match name.prefix.as_ref().filter(|prefix| !prefix.is_empty()) {
                Some(prefix) => LocalName::from(format!("{prefix}:{}", name.local)),
                None => name.local.clone(),
            };
            *name = QualName::new(None, ns!(), spelled);
        }
        // They are looked up in this order.
        element.attrs.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    }
}

/// Returns whether a page with a tag of this name needs [`templates`].
pub(super) fn is_template(name: &LocalName) -> bool {
    *name == local_name!("template")
}

/// Returns whether a page with a tag of this name needs [`foreign_attributes`].
pub(super) fn is_foreign(name: &LocalName) -> bool {
    *name == local_name!("svg") || *name == local_name!("math")
}
