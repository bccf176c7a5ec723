//! [Open Graph](https://ogp.me/) and Twitter cards, with structured properties together.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::Properties;

/// Open Graph properties in the order of the page, each with its parts: `og:image:width` belongs to the `og:image`
/// before it.
///
/// ```
/// use crawlworks::html::Html;
/// let page = "<meta property=og:image content=/a.png><meta property=og:image:width content=400>
///     <meta property=og:image content=/b.png><meta name=twitter:card content=summary>";
/// let graph = Html::parse(page, url::Url::parse("https://example.com/")?).structured().open_graph;
/// let images: Vec<_> = graph.all("og:image").map(|image| (&*image.content, image.part("width"))).collect();
/// assert_eq!(images, [("/a.png", Some("400")), ("/b.png", None)]);
/// assert_eq!(graph.get("twitter:card"), Some("summary"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OpenGraph(Vec<OpenGraphProperty>);

/// A property: `{"property": "og:image", "content": "…", "parts": {"width": "400"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpenGraphProperty {
    /// The name in lower case, such as `og:image`.
    pub property: String,
    /// The value, as the page has it.
    pub content: String,
    /// Parts of the property, name and value, in the order of the page. A part that is there several times is
    /// serialised as a list: `{"alternate": ["fr_FR", "es_ES"]}`.
    #[serde(serialize_with = "as_map", skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<(String, String)>,
}

impl OpenGraphProperty {
    /// Returns the first value of a part, such as `width` of an image.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&str> {
        let found = self.parts.iter().find(|(own, _)| own == name);
        found.map(|(_, content)| content.as_str())
    }
}

impl OpenGraph {
    /// Returns the first value of a property, `og:title`, or of a part, `og:image:width`, in the order of the page.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// Returns all values of a property or of a part, in the order of the page: `og:locale:alternate` has one per
    /// language.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let owner = name.rsplit_once(':');
        self.0.iter().flat_map(move |own| {
            let whole = (own.property == name).then_some(own.content.as_str());
            let (_, part) = owner.filter(|(owner, _)| own.property == *owner).unzip();
            let parts = own
                .parts
                .iter()
                .filter(move |(own, _)| part == Some(own.as_str()));
            whole
                .into_iter()
                .chain(parts.map(|(_, content)| content.as_str()))
        })
    }

    /// Returns all properties of this name: a page may have several images.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &OpenGraphProperty> {
        self.0.iter().filter(move |own| own.property == name)
    }

    /// Returns all properties.
    pub fn iter(&self) -> impl Iterator<Item = &OpenGraphProperty> {
        self.0.iter()
    }

    /// Returns whether there is no property.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, name: &str, content: &str) {
        let mut name = short(name).to_ascii_lowercase();
        if let Some((whole, part)) = name.rsplit_once(':') {
            // By the specification og:image:url is og:image, and some pages have only that: another one is another image.
            let is_whole = part == "url" && matches!(whole, "og:image" | "og:video" | "og:audio");
            let owner = self.0.iter_mut().rev().find(|own| own.property == whole);
            match owner.filter(|own| !is_whole || own.content == content) {
                Some(owner) => return owner.parts.push((part.to_owned(), content.to_owned())),
                None if is_whole => name.truncate(whole.len()),
                None => {}
            }
        }
        self.0.push(OpenGraphProperty {
            property: name,
            content: content.to_owned(),
            parts: Vec::new(),
        });
    }
}

/// Returns the name of a property by its customary prefix, if it is named by its whole URL: `og:image` for
/// `http://ogp.me/ns#image`, `article:author` for `http://ogp.me/ns/article#author`.
pub(super) fn short(name: &str) -> Cow<'_, str> {
    let lower = name.to_ascii_lowercase();
    let path = ["https://", "http://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme))
        .map(|rest| rest.strip_prefix("www.").unwrap_or(rest));
    let named = path.and_then(|path| {
        if let Some(rest) = path.strip_prefix("ogp.me/ns") {
            let (vocabulary, property) = rest.split_once('#')?;
            return match vocabulary.trim_matches('/') {
                "" => Some(("og", property)),
                vocabulary if vocabulary.contains('/') => None,
                vocabulary => Some((vocabulary, property)),
            };
        }
        // What came before ogp.me, and what Facebook calls its own.
        let found = ["opengraphprotocol.org/schema/", "opengraph.org/schema/"];
        let old = found.iter().find_map(|old| path.strip_prefix(old));
        let own = || path.strip_prefix("facebook.com/2008/fbml#");
        old.map(|property| ("og", property))
            .or_else(|| own().map(|property| ("fb", property)))
    });
    match named {
        Some((prefix, property)) if !property.is_empty() => {
            Cow::Owned(format!("{prefix}:{property}"))
        }
        _ => Cow::Borrowed(name),
    }
}

/// A value, or the list of them.
#[derive(Serialize)]
#[serde(untagged)]
enum OneOrAll<'a> {
    One(&'a String),
    All(&'a [String]),
}

fn as_map<S: Serializer>(parts: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    let named: Properties<String> = parts.iter().cloned().collect();
    serializer.collect_map(named.iter().map(|(name, values)| match values {
        [value] => (name, OneOrAll::One(value)),
        values => (name, OneOrAll::All(values)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_may_be_named_by_its_whole_url() {
        for (name, expected) in [
            ("http://ogp.me/ns#title", "og:title"),
            ("https://www.ogp.me/ns#image:width", "og:image:width"),
            ("HTTP://OGP.ME/ns#Type", "og:type"),
            ("http://ogp.me/ns/book#isbn", "book:isbn"),
            ("https://ogp.me/ns/fb#app_id", "fb:app_id"),
            ("http://opengraphprotocol.org/schema/url", "og:url"),
            ("http://www.facebook.com/2008/fbml#admins", "fb:admins"),
            ("og:title", "og:title"),
            ("http://ogp.me/ns#", "http://ogp.me/ns#"),
            ("http://example.com/ns#title", "http://example.com/ns#title"),
        ] {
            assert_eq!(short(name), expected);
        }
    }

    #[test]
    fn parts_named_by_their_url_belong_to_their_property() {
        let mut graph = OpenGraph::default();
        graph.push("http://ogp.me/ns#image", "/a.png");
        graph.push("http://ogp.me/ns#image:width", "40");
        assert_eq!(graph.get("og:image:width"), Some("40"));
        assert_eq!(graph.iter().count(), 1);
    }
}
