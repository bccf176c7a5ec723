//! Fields of a form: the values that each one holds and may hold.

use std::fmt;
use std::slice;

use super::encode::{Content, Entry};
use crate::page::error::{Error, ErrorKind, Result};

/// Number of values that an error lists.
const SHOWN: usize = 10;

#[derive(Clone)]
pub(super) struct Control {
    pub(super) name: String,
    /// Values that are sent: none for a box that is not checked.
    pub(super) values: Vec<String>,
    pub(super) kind: Kind,
    /// Position of the field in the page.
    pub(super) place: usize,
    /// Set if the value was set by hand.
    pub(super) is_set: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text field that takes any text.
    Text,
    /// Password: text that is redacted in `Debug`.
    Password,
    /// Hidden field `_charset_`, which names the encoding in which the form is sent.
    Charset,
    /// File to be chosen, which none ever is.
    File,
    /// Check box with its value.
    CheckBox(String),
    /// Radio button with its value; only one of its name is checked.
    Radio(String),
    /// List of options, of which one or several are selected.
    Select {
        options: Vec<String>,
        is_multiple: bool,
    },
}

impl Control {
    /// Makes a field that the page does not have: it comes last.
    pub(super) fn added(name: &str, values: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            values,
            // Nobody can tell, but such a name.
            kind: if name.to_ascii_lowercase().contains("pass") {
                Kind::Password
            } else {
                Kind::Text
            },
            place: usize::MAX,
            is_set: true,
        }
    }

    pub(super) fn set(&mut self, values: Vec<String>) {
        self.values = values;
        self.is_set = true;
        if self.kind == Kind::Charset {
            self.kind = Kind::Text;
        }
    }

    /// Returns the entries that the field sends, in a form whose encoding is `charset`.
    pub(super) fn entries(&self, charset: &str) -> Vec<Entry> {
        let entry = |value: &str, content| Entry {
            name: self.name.clone(),
            value: value.to_owned(),
            content,
        };
        match self.kind {
            Kind::Charset => vec![entry(charset, Content::Text)],
            // What a browser sends when nothing was chosen.
            Kind::File if !self.is_set => vec![entry("", Content::NoFile)],
            _ => {
                let values = self.values.iter();
                values.map(|value| entry(value, Content::Text)).collect()
            }
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        match self.kind {
            Kind::Password if !self.values.is_empty() => f.write_str("(hidden)"),
            _ => f.debug_list().entries(&self.values).finish(),
        }
    }
}

/// Refuses values that nobody could choose in a browser.
///
/// # Errors
/// [`ErrorKind::Settings`], which lists the values that can be chosen.
pub(super) fn check(controls: &[Control]) -> Result<()> {
    let set = controls
        .iter()
        .filter(|own| own.is_set && !own.values.is_empty());
    for control in set {
        let bad = |why: String| {
            let message = format!("the field {:?} of the form {why}", control.name);
            Err(Error::new(ErrorKind::Settings, message))
        };
        let same = || controls.iter().filter(|own| own.name == control.name);
        if same().any(|own| own.kind == Kind::File) {
            return bad("is a file, which cannot be sent".to_owned());
        }
        let Some(choice) = choices(same()) else {
            continue;
        };
        if let Some(value) = control
            .values
            .iter()
            .find(|v| !choice.options.contains(&v.as_str()))
        {
            return bad(choice.refusal(value));
        }
        if choice.has_one && control.values.len() > 1 {
            return bad(format!(
                "holds one value only, not {}",
                control.values.len()
            ));
        }
    }
    Ok(())
}

struct Choices<'a> {
    options: Vec<&'a str>,
    has_one: bool,
}

/// Returns the values that fields of one name offer together. `None` if any text can be written into one of them.
fn choices<'a>(same: impl Iterator<Item = &'a Control>) -> Option<Choices<'a>> {
    let mut all = Choices {
        options: Vec::new(),
        has_one: true,
    };
    for control in same {
        let (options, has_one) = match &control.kind {
            Kind::CheckBox(value) => (slice::from_ref(value), false),
            Kind::Radio(value) => (slice::from_ref(value), true),
            Kind::Select {
                options,
                is_multiple,
            } => (options.as_slice(), !is_multiple),
            _ => return None,
        };
        all.options.extend(options.iter().map(String::as_str));
        all.has_one &= has_one;
    }
    Some(all)
}

impl Choices<'_> {
    fn refusal(&self, value: &str) -> String {
        let all: Vec<String> = self
            .options
            .iter()
            .take(SHOWN)
            .map(|o| format!("{o:?}"))
            .collect();
        let more = if self.options.len() > SHOWN {
            ", …"
        } else {
            ""
        };
        let near = self
            .options
            .iter()
            .map(|option| (strsim::jaro_winkler(option, value), option))
            .filter(|(similarity, _)| *similarity > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = near.map_or_else(String::new, |(_, option)| {
            format!("; did you mean {option:?}?")
        });
        format!("has no {value:?}, only {}{more}{hint}", all.join(", "))
    }
}
