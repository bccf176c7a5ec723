//! Attributes as absolute URLs, also those that are lists of pictures.

use std::ops::ControlFlow;

use url::Url;

use super::query::Part;
use super::{Element, Html};
use crate::page::error::{Error, ErrorKind, Result};

/// Limit for the pictures that a `srcset` may list.
const PICTURES: usize = 10_000;

impl Html {
    /// The absolute URLs that a [`Query`](super::Query) finds in the page.
    ///
    /// `a::attr(href)` gives that attribute, `loc::text` the text, and a selector without an ending `href`, or else `src`.
    /// An attribute whose name ends in `srcset` is read as the list that it is. They are of whatever scheme, with their
    /// fragments, in document order, as often as they are there; what is no URL is left out. For links to follow there is
    /// [`links`](Self::links).
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let page = "<base href=/shop/><img src=a.png srcset='a-2x.png 2x, a-3x.png 3x'><a href=tel:1>call</a>";
    /// let html = Html::parse(page, url::Url::parse("http://example.com/")?);
    /// assert_eq!(html.urls("img::attr(src)")?[0].as_str(), "http://example.com/shop/a.png");
    /// assert_eq!(html.urls("img::attr(srcset)")?[1].as_str(), "http://example.com/shop/a-3x.png");
    /// assert_eq!(html.urls("a")?[0].as_str(), "tel:1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`] if it is no query, and [`ErrorKind::TooLarge`] for a `srcset` of more than 10,000 pictures.
    pub fn urls(&self, query: &str) -> Result<Vec<Url>> {
        self.root().urls(query)
    }
}

impl Element<'_> {
    /// The absolute URLs that a [`Query`](super::Query) finds within this element: see [`Html::urls`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Selector`] if it is no query, and [`ErrorKind::TooLarge`] for a `srcset` of more than 10,000 pictures.
    pub fn urls(self, query: &str) -> Result<Vec<Url>> {
        let mut urls = Vec::new();
        let mut failure = None;
        self.query(query)?.each(self, |element, branch| {
            let mut found = Vec::new();
            match branch.part() {
                Part::Text => {
                    let reference = element.reference();
                    found.extend(reference.and_then(|it| self.html.base().resolve(it)));
                }
                Part::Attr(name) => {
                    for element in branch.elements(element) {
                        match element.named_urls(name) {
                            Ok(more) => found.extend(more),
                            Err(error) => failure = Some(error),
                        }
                    }
                }
                Part::TextNodes => drop(branch.values(element, &mut |text| {
                    found.extend(self.html.base().resolve(&text));
                    ControlFlow::Continue(())
                })),
            }
            urls.append(&mut found);
            if failure.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        failure.map_or(Ok(urls), Err)
    }

    fn named_urls(self, name: &str) -> Result<Vec<Url>> {
        if name.to_ascii_lowercase().ends_with("srcset") {
            self.srcset(name)
        } else {
            Ok(self.url(name).into_iter().collect())
        }
    }

    /// The URLs in a list of pictures, such as `srcset`, absolute and in the order of the list; none if the attribute is
    /// missing. What is no URL is left out.
    ///
    /// ```
    /// use crawlworks::html::Html;
    /// let html = Html::parse("<img data-srcset='s.png, m.png 480w'>", url::Url::parse("http://example.com/")?);
    /// let pictures = html.one("img")?.srcset("data-srcset")?;
    /// assert_eq!(pictures[1].as_str(), "http://example.com/m.png");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] if there are more than 10,000.
    pub fn srcset(self, name: &str) -> Result<Vec<Url>> {
        let list = self.attr(name).unwrap_or_default();
        let references: Vec<_> = candidates(list).take(PICTURES + 1).collect();
        if references.len() > PICTURES {
            let message = format!("{name:?} lists more than {PICTURES} pictures");
            return Err(Error::new(ErrorKind::TooLarge, message).with_url(self.html.url()));
        }
        let base = self.html.base();
        Ok(references
            .into_iter()
            .filter_map(|reference| base.resolve(reference))
            .collect())
    }
}

/// The references in a `srcset`: section 4.8.4.2.2 of the HTML standard. A comma ends one only behind a space, or as its
/// last character.
fn candidates(list: &str) -> impl Iterator<Item = &str> {
    let is_space = |c: char| c.is_ascii_whitespace();
    let mut rest = list;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| is_space(c) || c == ',');
        let (reference, others) =
            rest.split_at_checked(rest.find(is_space).unwrap_or(rest.len()))?;
        if reference.is_empty() {
            return None;
        }
        let bare = reference.trim_end_matches(',');
        rest = if bare.len() < reference.len() {
            others
        } else {
            behind_descriptors(others)
        };
        Some(bare)
    })
}

/// Returns the text from the comma on that ends descriptors like `480w`; a comma in brackets does not end them.
fn behind_descriptors(text: &str) -> &str {
    let mut is_bracketed = false;
    let end = text.find(|c| {
        match c {
            '(' => is_bracketed = true,
            ')' => is_bracketed = false,
            _ => {}
        }
        c == ',' && !is_bracketed
    });
    end.and_then(|end| text.get(end..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_pictures_is_read_as_browsers_do() {
        for (list, expected) in [
            ("a.png", &["a.png"][..]),
            (" a.png 1x ,\n b.png 2x,", &["a.png", "b.png"]),
            ("a.png, b.png", &["a.png", "b.png"]),
            ("a,b.png 1x", &["a,b.png"]),
            (
                "data:image/png;base64,AA 1x, b 2x",
                &["data:image/png;base64,AA", "b"],
            ),
            ("a x(1,2) 1x, b", &["a", "b"]),
            (",, ,", &[]),
        ] {
            assert_eq!(candidates(list).collect::<Vec<_>>(), expected, "{list:?}");
        }
    }

    #[test]
    fn every_part_can_be_a_url() {
        let page = "<a href=x#1>y</a><a name=n>z</a><img src=i srcset='j 1x, k'><b>loc</b><a href='http://['>";
        let html = Html::parse(page, Url::parse("http://a.example/d/").unwrap());
        for (query, expected) in [
            ("a", &["http://a.example/d/x#1"][..]),
            (
                "a, img",
                &["http://a.example/d/x#1", "http://a.example/d/i"],
            ),
            ("b::text", &["http://a.example/d/loc"]),
            (
                "img::attr(srcset), a::attr(href)",
                &[
                    "http://a.example/d/x#1",
                    "http://a.example/d/j",
                    "http://a.example/d/k",
                ],
            ),
            ("body ::attr(src)", &["http://a.example/d/i"]),
        ] {
            let urls = html.urls(query).unwrap();
            assert_eq!(
                urls.iter().map(Url::as_str).collect::<Vec<_>>(),
                expected,
                "{query}"
            );
        }
    }

    #[test]
    fn a_list_of_pictures_is_bounded() {
        let page = format!("<img srcset='{}'>", "a ,".repeat(PICTURES + 1));
        let html = Html::parse(&page, Url::parse("http://a.example/").unwrap());
        assert_eq!(
            html.urls("img::attr(srcset)").unwrap_err().kind(),
            ErrorKind::TooLarge
        );
        assert!(html.get("img::attr(srcset)").unwrap().is_some());
    }
}
