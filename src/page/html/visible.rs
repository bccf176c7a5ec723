//! Detection of the elements that a reader of the page does not see.

mod style;

use super::Element;
use super::name::{self, Name};

/// A request to enable scripts is no longer than this, in bytes.
const REQUEST: usize = 300;
/// Number of nodes of a `noscript` that are looked at.
const NODES: usize = 1000;
const NOSCRIPT: Name = Name::of(b"noscript");
const DIALOG: Name = Name::of(b"dialog");

/// Names of scripts in the texts that ask for them, and the beginnings of such requests, in several languages.
const SCRIPTS: [&str; 6] = [
    "javascript",
    "java script",
    "script",
    "скрипт",
    "スクリプト",
    "脚本",
];
const ASKS: [&str; 40] = [
    "enable",
    "disable",
    "turn",
    "switch",
    "activ",
    "aktiv",
    "allow",
    "require",
    "need",
    "support",
    "must",
    "please",
    "without",
    "browser",
    "necess",
    "benötig",
    "erforder",
    "einschalt",
    "ativ",
    "attiv",
    "habilit",
    "abilit",
    "nécess",
    "requier",
    "necesi",
    "requis",
    "vereis",
    "nodig",
    "inschakel",
    "wymaga",
    "włącz",
    "povol",
    "kapcsol",
    "etkin",
    "включ",
    "отключ",
    "有効",
    "無効",
    "启用",
    "啟用",
];

impl Element<'_> {
    /// Returns whether a reader does not see the text in the element: by its name, since it says so (`hidden`,
    /// `aria-hidden`, `display` and `visibility` in its `style`), since it is a closed `dialog`, or a `noscript` that
    /// only asks for scripts.
    ///
    /// The page as a whole is never hidden: a script would show it. What `hidden=until-found` hides is found by a search in
    /// the page, and is kept like that of closed `details`.
    pub(crate) fn is_hidden(self) -> bool {
        if self.is_data() {
            return false;
        }
        let name = Name::of(self.name().as_bytes());
        if !self.is_html() {
            return name.is_hidden() || name.is_hidden_in_foreign();
        }
        name.is_hidden()
            || name == NOSCRIPT && !self.has_text_instead_of_scripts()
            || name == DIALOG && self.attr("open").is_none()
            || name != name::BODY && name != name::HTML && self.says_it_is_hidden()
    }

    fn says_it_is_hidden(self) -> bool {
        let mut attributes = self.node.value().attrs();
        attributes.any(|(name, value)| match name {
            "hidden" => !value.trim_ascii().eq_ignore_ascii_case("until-found"),
            "aria-hidden" => {
                value.trim_ascii().eq_ignore_ascii_case("true") && !self.is_picture_of_formula()
            }
            "style" => style::hides(value),
            _ => false,
        })
    }

    /// Formulas of an encyclopedia: the text is hidden, and so is the picture, from those who can have the other one.
    fn is_picture_of_formula(self) -> bool {
        self.attr("class")
            .is_some_and(|class| class.contains("fallback-image"))
    }

    /// Returns whether the element is a `noscript` with text of the page in it.
    fn has_text_instead_of_scripts(self) -> bool {
        let mut text = String::new();
        for node in self.node.descendants().take(NODES) {
            if let Some(part) = node.value().as_text() {
                text.push_str(part.trim_ascii());
                text.push(' ');
            }
            if text.len() > REQUEST {
                return true;
            }
        }
        let text = text.to_lowercase();
        let has_one = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
        let asks = (has_one(&SCRIPTS) || has_word(&text, "js")) && has_one(&ASKS);
        !asks && text.contains(char::is_alphanumeric)
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|part| part == word)
}

#[cfg(test)]
mod tests;
