//! A [`Template`]: text with `{arguments}` in it and, in start URLs, `{1..50}` and `{one,other}`.

mod part;

use url::form_urlencoded::byte_serialize;

use part::Part;

/// Text with gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

impl Template {
    /// Reads a text. `{{` and `}}` are braces.
    ///
    /// # Errors
    /// What is wrong, and what it might have been.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                plain.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                plain.push('}');
                rest = after;
            } else if let Some((inside, after)) =
                from.strip_prefix('{').and_then(|from| from.split_once('}'))
            {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::parse(inside)?);
                rest = after;
            } else {
                let brace = &from.get(..1).unwrap_or_default();
                return Err(format!(
                    "a lone {brace:?} in {text:?}; a brace itself is written twice"
                ));
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// The arguments in it.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Returns the number of texts that the template stands for.
    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(Part::count).fold(1, u64::saturating_mul)
    }

    /// The text with these arguments. One that is not known is empty; of a range only the first is taken.
    pub(super) fn fill<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> String {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Name(name) => filled.push_str(value(name).unwrap_or_default()),
                part => filled.push_str(&part.choices().next().unwrap_or_default()),
            }
        }
        filled
    }

    /// Returns all URLs that the template stands for. The value of an argument is taken as it is before the `?`, and as
    /// the value of a parameter after it.
    pub(super) fn urls<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Vec<String> {
        let mut urls = vec![String::new()];
        let mut in_query = false;
        for part in &self.0 {
            match part {
                Part::Text(text) => {
                    in_query |= text.contains('?');
                    for url in &mut urls {
                        url.push_str(text);
                    }
                }
                Part::Name(name) => {
                    let value = value(name).unwrap_or_default();
                    let value = if in_query {
                        byte_serialize(value.as_bytes()).collect()
                    } else {
                        value.to_owned()
                    };
                    in_query |= value.contains('?');
                    for url in &mut urls {
                        url.push_str(&value);
                    }
                }
                choices => {
                    in_query |= choices.choices().any(|choice| choice.contains('?'));
                    let longer = |url: &String| {
                        let url = url.clone();
                        choices.choices().map(move |choice| url.clone() + &choice)
                    };
                    urls = urls.iter().flat_map(longer).collect();
                }
            }
        }
        urls
    }
}

/// Returns whether a text is a valid name of an argument.
pub(super) fn is_name(text: &str) -> bool {
    matches!(Part::parse(text), Ok(Part::Name(_)))
}

#[cfg(test)]
mod tests;
