//! A page without some of its elements.

use std::cell::OnceCell;
use std::collections::HashSet;

use ego_tree::NodeId;
use scraper::Node;

use super::{Element, Html};

impl Html {
    /// The page with nothing in its body but `kept`, of which none is in another, without the elements in `left_out`. `href`
    /// and `src` in there are absolute.
    pub(crate) fn pruned(&self, kept: &[Element<'_>], left_out: &HashSet<NodeId>) -> Self {
        let mut tree = self.tree.clone();
        for id in left_out {
            if let Some(mut node) = tree.tree.get_mut(*id) {
                node.detach();
            }
        }
        let body = self.root().children().find(|part| part.name() == "body");
        if let Some(body) = body.filter(|body| !kept.contains(body)) {
            for element in kept {
                if let Some(mut node) = tree.tree.get_mut(element.id()) {
                    node.detach();
                }
            }
            if let Some(mut body) = tree.tree.get_mut(body.id()) {
                while let Some(mut child) = body.first_child() {
                    child.detach();
                }
                for element in kept {
                    body.append_id(element.id());
                }
            }
        }
        for element in kept {
            make_absolute(*element, &mut tree);
        }
        Self {
            tree,
            cuts: self.cuts,
            fault: self.fault,
            url: self.url.clone(),
            encoding: self.encoding,
            base: OnceCell::new(),
            extent: self.extent.again(),
        }
    }
}

/// References into the page itself stay as they are.
fn make_absolute(kept: Element<'_>, tree: &mut scraper::Html) {
    for name in ["href", "src"] {
        let found = kept.select(&format!("[{name}]"));
        for element in found.into_iter().flatten() {
            let is_within = element
                .attr(name)
                .is_some_and(|value| value.starts_with('#'));
            let url = element.url(name).filter(|_| !is_within);
            let Some((url, mut node)) = url.zip(tree.tree.get_mut(element.id())) else {
                continue;
            };
            if let Node::Element(element) = node.value() {
                let mut attributes = element.attrs.iter_mut();
                if let Some((_, value)) = attributes.find(|(own, _)| &*own.local == name) {
                    *value = url.as_str().into();
                }
            }
        }
    }
}
