//! [Open Graph](https://ogp.me/) and Twitter cards, with structured properties together.

use serde::{Serialize, Serializer};

/// The properties in the order of the page, each with its parts: `og:image:width` belongs to the `og:image` before it.
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

/// One property: `{"property": "og:image", "content": "…", "parts": {"width": "400"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpenGraphProperty {
    /// The name in lower case, such as `og:image`.
    pub property: String,
    /// The value, as the page has it.
    pub content: String,
    /// What belongs to it: name and value.
    #[serde(serialize_with = "as_map", skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<(String, String)>,
}

impl OpenGraphProperty {
    /// The value of a part, such as `width` of an image.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&str> {
        let found = self.parts.iter().find(|(own, _)| own == name);
        found.map(|(_, content)| content.as_str())
    }
}

impl OpenGraph {
    /// The first value of a property, `og:title`, or of a part, `og:image:width`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let whole = self.all(name).next().map(|found| found.content.as_str());
        whole.or_else(|| {
            let (property, part) = name.rsplit_once(':')?;
            self.all(property).find_map(|found| found.part(part))
        })
    }

    /// All properties of this name: a page may have several images.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &OpenGraphProperty> {
        self.0.iter().filter(move |own| own.property == name)
    }

    /// All properties.
    pub fn iter(&self) -> impl Iterator<Item = &OpenGraphProperty> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, name: &str, content: &str) {
        let mut name = name.to_ascii_lowercase();
        if let Some((whole, part)) = name.rsplit_once(':') {
            let mut own = self.0.iter_mut().rev();
            // The same part again is of another property, whose beginning is missing.
            if let Some(owner) = own
                .find(|own| own.property == whole)
                .filter(|own| own.part(part).is_none())
            {
                return owner.parts.push((part.to_owned(), content.to_owned()));
            }
            // By the specification og:image:url is og:image, and some pages have only that.
            if part == "url" && matches!(whole, "og:image" | "og:video" | "og:audio") {
                name.truncate(whole.len());
            }
        }
        self.0.push(OpenGraphProperty {
            property: name,
            content: content.to_owned(),
            parts: Vec::new(),
        });
    }
}

fn as_map<S: Serializer>(parts: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(parts.iter().map(|(name, content)| (name, content)))
}
