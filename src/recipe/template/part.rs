//! A part of a template: text, or what is between braces.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
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

impl Part {
    /// Parses the text between braces.
    pub(super) fn parse(inside: &str) -> Result<Self, String> {
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
            if first.is_ascii_lowercase() != last.is_ascii_lowercase() {
                return Err(format!(
                    "the range {{{inside}}} goes from a small letter to a capital or back; write {{a..z}} or {{A..Z}}"
                ));
            }
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

    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Text(_) | Self::Name(_) => 1,
            Self::Numbers {
                first, last, step, ..
            } => ((last - first) / step).saturating_add(1),
            Self::OneOf(choices) => choices.len() as u64,
        }
    }

    /// The texts that it stands for; those of arguments are not known here.
    pub(super) fn choices(&self) -> Box<dyn Iterator<Item = String> + '_> {
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

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}
