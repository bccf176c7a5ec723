//! A [`Template`]: text with `{arguments}` in it and, in start URLs, `{1..50}` and `{one,other}`.

use url::form_urlencoded::byte_serialize;

/// Text with gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The value of an argument.
    Name(String),
    /// The numbers of a range, with at least so many digits.
    Numbers {
        first: u64,
        last: u64,
        step: u64,
        digits: usize,
    },
    OneOf(Vec<String>),
}

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

    /// How many texts it stands for.
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

    /// All URLs that it stands for. The value of an argument is taken as it is in front of the `?`, and as the value of a
    /// parameter behind it.
    pub(super) fn urls<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Vec<String> {
        let mut urls = vec![String::new()];
        let mut in_query = false;
        for part in &self.0 {
            match part {
                Part::Text(text) => {
                    in_query |= text.contains('?');
                    urls.iter_mut().for_each(|url| url.push_str(text));
                }
                Part::Name(name) => {
                    let value = value(name).unwrap_or_default();
                    let value = if in_query {
                        byte_serialize(value.as_bytes()).collect()
                    } else {
                        value.to_owned()
                    };
                    in_query |= value.contains('?');
                    urls.iter_mut().for_each(|url| url.push_str(&value));
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

impl Part {
    /// What is between braces.
    fn parse(inside: &str) -> Result<Self, String> {
        if inside.contains(',') {
            let choices = inside.split(',').map(|choice| choice.trim().to_owned());
            return Ok(Self::OneOf(choices.collect()));
        }
        if inside.contains("..") {
            return Self::range(inside);
        }
        let is_name = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && inside.chars().all(is_of_name);
        if is_name {
            return Ok(Self::Name(inside.to_owned()));
        }
        Err(format!(
            "{{{inside}}} is no argument; ranges are {{1..9}}, alternatives {{a,b}}, and a brace itself is written twice"
        ))
    }

    /// `1..50`, `01..50`, `0..100..20`, `a..f`.
    fn range(inside: &str) -> Result<Self, String> {
        let bad = || format!("{{{inside}}} is no range; write {{1..50}} or {{0..100..20}}");
        let ends: Vec<&str> = inside.split("..").collect();
        let (from, to, step) = match ends[..] {
            [from, to] => (from, to, "1"),
            [from, to, step] => (from, to, step),
            _ => return Err(bad()),
        };
        let mut letters = (from.chars(), to.chars());
        if let (Some(first @ ('a'..='z' | 'A'..='Z')), None, Some(last), None) = (
            letters.0.next(),
            letters.0.next(),
            letters.1.next(),
            letters.1.next(),
        ) && last.is_ascii_alphabetic()
            && step == "1"
        {
            let choices: Vec<String> = (first..=last).map(String::from).collect();
            return if choices.is_empty() {
                Err(format!(
                    "the range {{{inside}}} is empty: its end is before its beginning"
                ))
            } else {
                Ok(Self::OneOf(choices))
            };
        }
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number
                .then(|| text.parse::<u64>().ok())
                .flatten()
                .ok_or_else(bad)
        };
        let (first, last, step) = (number(from)?, number(to)?, number(step)?);
        if step == 0 {
            return Err(format!(
                "the range {{{inside}}} has steps of 0 and would never end"
            ));
        }
        if first > last {
            return Err(format!(
                "the range {{{inside}}} is empty; did you mean {{{to}..{from}}}?"
            ));
        }
        let digits = if from.starts_with('0') { from.len() } else { 0 };
        Ok(Self::Numbers {
            first,
            last,
            step,
            digits,
        })
    }

    fn count(&self) -> u64 {
        match self {
            Self::Text(_) | Self::Name(_) => 1,
            Self::Numbers {
                first, last, step, ..
            } => ((last - first) / step).saturating_add(1),
            Self::OneOf(choices) => choices.len() as u64,
        }
    }

    /// The texts that it stands for; those of arguments are not known here.
    fn choices(&self) -> Box<dyn Iterator<Item = String> + '_> {
        match self {
            Self::Text(text) => Box::new(std::iter::once(text.clone())),
            Self::Name(_) => Box::new(std::iter::empty()),
            Self::OneOf(choices) => Box::new(choices.iter().cloned()),
            Self::Numbers {
                first,
                last,
                step,
                digits,
            } => Box::new((0..self.count()).map(move |at| {
                let number = first.saturating_add(at.saturating_mul(*step)).min(*last);
                format!("{number:0digits$}")
            })),
        }
    }
}

/// Whether an argument can be called so.
pub(super) fn is_name(text: &str) -> bool {
    matches!(Part::parse(text), Ok(Part::Name(_)))
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn urls(text: &str) -> Vec<String> {
        Template::parse(text)
            .unwrap()
            .urls(|name| (name == "q").then_some("a b&c"))
    }

    #[test]
    fn ranges_and_alternatives_are_multiplied_out_in_order() {
        assert_eq!(urls("/{1..3}/"), ["/1/", "/2/", "/3/"]);
        assert_eq!(urls("{08..10}"), ["08", "09", "10"]);
        assert_eq!(urls("{0..50..20}"), ["0", "20", "40"]);
        assert_eq!(urls("{a..c}"), ["a", "b", "c"]);
        assert_eq!(urls("{x,y}-{1..2}"), ["x-1", "x-2", "y-1", "y-2"]);
        assert_eq!(urls("/{,old/}x"), ["/x", "/old/x"]);
        assert_eq!(urls("{{}}"), ["{}"]);
    }

    #[test]
    fn an_argument_is_encoded_behind_the_question_mark() {
        assert_eq!(urls("/{q}?q={q}&x"), ["/a b&c?q=a+b%26c&x"]);
    }

    #[test]
    fn what_is_no_template_says_what_it_might_be() {
        for (text, expected) in [
            ("{5..1}", "the range {5..1} is empty; did you mean {1..5}?"),
            (
                "{1..9..0}",
                "the range {1..9..0} has steps of 0 and would never end",
            ),
            (
                "{1..x}",
                "{1..x} is no range; write {1..50} or {0..100..20}",
            ),
            (
                "{c..a}",
                "the range {c..a} is empty: its end is before its beginning",
            ),
            (
                "a}",
                "a lone \"}\" in \"a}\"; a brace itself is written twice",
            ),
            (
                "{a",
                "a lone \"{\" in \"{a\"; a brace itself is written twice",
            ),
            (
                "{a b}",
                "{a b} is no argument; ranges are {1..9}, alternatives {a,b}, and a brace itself is written twice",
            ),
        ] {
            assert_eq!(Template::parse(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_huge_range_is_counted_and_not_made() {
        let template = Template::parse("{0..18446744073709551615}{1..9}").unwrap();
        assert_eq!(template.count(), u64::MAX);
    }

    proptest! {
        #[test]
        fn as_many_urls_are_made_as_were_counted(text in "([a-z?]|\\{[0-9]\\.\\.[0-9]{1,2}\\}|\\{a,b\\}){0,6}") {
            if let Ok(template) = Template::parse(&text) && template.count() < 10_000 {
                prop_assert_eq!(template.urls(|_| None).len() as u64, template.count());
            }
        }

        #[test]
        fn text_without_braces_is_left_alone(text in "[^{}]{0,40}") {
            prop_assert_eq!(Template::parse(&text).unwrap().fill(|_| None), text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = Template::parse(&text);
        }
    }
}
