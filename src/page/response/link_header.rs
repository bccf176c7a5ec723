//! The `Link` header: relations of a page to others (RFC 8288).

use url::Url;

use super::Response;

impl Response {
    /// Returns the first URL of a relation in the `Link` headers (RFC 8288), such as `next`; `None` if there is none.
    ///
    /// ```
    /// use crawlworks::{Request, Response};
    /// let page = Response::new(Request::get("https://example.com/items")?, 200)
    ///     .with_header("link", "</items?after=9>; rel=\"next\", </items>; rel=first")?;
    /// assert_eq!(page.related("next").unwrap().as_str(), "https://example.com/items?after=9");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn related(&self, relation: &str) -> Option<Url> {
        let headers = self.headers().get_all(http::header::LINK).iter();
        let mut texts = headers.filter_map(|value| value.to_str().ok());
        let reference = texts.find_map(|text| find(text, relation))?;
        self.join(&reference).ok()
    }
}

/// Returns the reference of the first link with this relation.
fn find(mut text: &str, relation: &str) -> Option<String> {
    while let Some((_, from)) = text.split_once('<') {
        let (reference, after) = from.split_once('>')?;
        let (parameters, rest) = parameters(after);
        let named = |wanted: &str| {
            let mut all = parameters.iter();
            all.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        // Only the first `rel` counts, and a link with an `anchor` is about another page.
        let is_it = named("rel").is_some_and(|(_, relations)| {
            let mut relations = relations.split_ascii_whitespace();
            relations.any(|word| word.eq_ignore_ascii_case(relation))
        });
        if is_it && named("anchor").is_none() {
            return Some(reference.trim().to_owned());
        }
        text = rest;
    }
    None
}

/// Returns the parameters of one link, and the text behind the comma that ends it.
fn parameters(text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    let mut part = String::new();
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => {
                part.push(c);
                is_escaped = false;
            }
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => found.extend(parameter(&std::mem::take(&mut part))),
            ',' if !is_quoted => {
                found.extend(parameter(&part));
                return (found, text.get(at + 1..).unwrap_or_default());
            }
            _ => part.push(c),
        }
    }
    found.extend(parameter(&part));
    (found, "")
}

fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_is_found_however_it_is_written() {
        for (text, expected) in [
            (
                r#"<https://a.example/?p=2>; rel="next""#,
                Some("https://a.example/?p=2"),
            ),
            ("</2>;REL=Next", Some("/2")),
            (
                r#"</1>; rel="prev"; title="a, b; <c>", </2>; title="x\"y"; rel="last next""#,
                Some("/2"),
            ),
            ("</a,b;c>; rel=next", Some("/a,b;c")),
            ("</1>; rel=prev; rel=next", None),
            ("</1>; rel=next; anchor=\"#x\"", None),
            ("</1>", None),
            ("nonsense", None),
            ("<", None),
        ] {
            assert_eq!(find(text, "next").as_deref(), expected, "{text}");
        }
    }
}
