//! Removal of parameters that change nothing but the URL from found links: the setting `strip_params`.

use regex::RegexSet;
use url::Url;

use super::session::{is_session, without};
use crate::page::error::{Error, ErrorKind, Result};

/// Names of parameters that the word `tracking` stands for: where a visitor came from, by the names that campaigns and
/// shops of advertisements use.
const TRACKING: [&str; 20] = [
    "utm_*",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "_openstat",
];

/// Parameters that are taken out of links.
#[derive(Debug, Clone)]
pub(crate) struct Strip {
    names: RegexSet,
    sessions: bool,
}

impl Strip {
    /// Reads names of parameters, in which `*` stands for anything, and the words `tracking` and `session`.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when there are too many to be looked for.
    pub(crate) fn new(names: &[String]) -> Result<Self> {
        let given = names
            .iter()
            .map(String::as_str)
            .filter(|name| !["tracking", "session"].contains(name));
        let has = |word: &str| names.iter().any(|name| name == word);
        let tracking = TRACKING.into_iter().filter(|_| has("tracking"));
        let patterns = given.chain(tracking).map(|name| {
            let parts: Vec<String> = name.split('*').map(regex::escape).collect();
            format!("(?i)^{}$", parts.join(".*"))
        });
        let too_large = |e| {
            Error::new(
                ErrorKind::Settings,
                "bad value for setting \"strip_params\"",
            )
            .with_source(e)
        };
        Ok(Self {
            names: RegexSet::new(patterns).map_err(too_large)?,
            sessions: has("session"),
        })
    }

    /// Returns the link without the unwanted parameters; `None` if it has none of them.
    pub(crate) fn apply(&self, url: &Url) -> Option<Url> {
        if self.names.is_empty() && !self.sessions {
            return None;
        }
        without(url, |parameter| {
            let name = parameter.split('=').next().unwrap_or_default();
            self.sessions && is_session(parameter) || self.names.is_match(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(names: &[&str], path: &str) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let url = Url::parse("http://a.example").unwrap().join(path).unwrap();
        let url = Strip::new(&names).unwrap().apply(&url).unwrap_or(url);
        url.as_str()["http://a.example".len()..].to_owned()
    }

    #[test]
    fn parameters_are_named_in_any_case_and_with_stars() {
        for (names, path, expected) in [
            (&["ref"][..], "/a?REF=1&reference=2", "/a?reference=2"),
            (&["*_src", "x"], "/a?ad_src=1&x&xy=", "/a?xy="),
            (&["a.c"], "/?abc=1&a.c=2", "/?abc=1"),
            (&["v"], "/a;v=2;w=3/b", "/a;w=3/b"),
            (&[], "/a?x=1", "/a?x=1"),
        ] {
            assert_eq!(stripped(names, path), expected, "{names:?}");
        }
    }

    #[test]
    fn words_stand_for_many_names() {
        let path = "/a;jsessionid=A?q=%7E+x&utm_source=b&fbclid=c&page=2";
        assert_eq!(
            stripped(&["tracking"], path),
            "/a;jsessionid=A?q=%7E+x&page=2"
        );
        assert_eq!(
            stripped(&["session"], path),
            "/a?q=%7E+x&utm_source=b&fbclid=c&page=2"
        );
        assert_eq!(stripped(&["session", "tracking", "q"], path), "/a?page=2");
    }
}
