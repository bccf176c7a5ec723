//! `crawl url`: how a URL is read, compared and grouped.

use std::io::{self, Write};

use serde_json::{Value, json};
use url::Url;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::flags::input;
use crate::cli::terminal;
use crate::page::error::Result;
use crate::page::identity;

/// Show how a URL is read, compared or grouped
///
/// Exit code 1 when it is no http(s) URL, or has no site.
#[derive(Debug, clap::Args)]
#[command(
    name = "url",
    after_help = "Examples:\n  crawl url 'HTTP://Example.com:80/a/../b?'\n  \
                  crawl url ../b --base https://example.com/a/\n  \
                  crawl url 'https://example.com/?b=2&a=1' --canonical\n  \
                  crawl url https://shop.example.co.uk/ --site"
)]
pub(in crate::cli) struct UrlVerb {
    /// The URL, or a reference relative to --base
    #[arg(required_unless_present = "batch")]
    url: Option<String>,

    /// What it is relative to
    #[arg(long, value_name = "URL")]
    base: Option<String>,

    /// The form that URLs of the same page share
    #[arg(long, conflicts_with = "site")]
    canonical: bool,

    /// The registrable domain, such as example.co.uk
    #[arg(long)]
    site: bool,

    /// Answer JSON lines: {"url","base","op":"href"|"canonical"|"site"} in, {"ok"} out
    #[arg(long, conflicts_with_all = ["url", "base", "canonical", "site"])]
    batch: bool,
}

impl UrlVerb {
    pub(in crate::cli) fn run(self) -> Outcome {
        if self.batch {
            return input::batch(question);
        }
        let op = match (self.canonical, self.site) {
            (true, _) => Op::Canonical,
            (_, true) => Op::Site,
            _ => Op::Href,
        };
        let url = self.url.unwrap_or_default();
        let base = self
            .base
            .map(|base| identity::parse(&base, None))
            .transpose()
            .map_err(|error| Failure::usage(format!("--base: {}", error.chain())))?;
        match op.of(&url, base.as_ref()) {
            Ok(Some(text)) => {
                writeln!(io::stdout(), "{text}")?;
                Ok(Exit::Finished)
            }
            Ok(None) => {
                terminal::say("no site: an IP address, a single label, or a public suffix itself");
                Ok(Exit::Unexpected)
            }
            Err(error) => {
                let other = meant(&url, base.as_ref());
                terminal::say(&format!("error: {}{other}", error.chain()));
                Ok(Exit::Unexpected)
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Op {
    Href,
    Canonical,
    Site,
}

impl Op {
    fn of(self, url: &str, base: Option<&Url>) -> Result<Option<String>> {
        let url = identity::parse(url, base)?;
        Ok(match self {
            Self::Href => Some(url.into()),
            Self::Canonical => Some(identity::canonical(&url).into_owned()),
            Self::Site => identity::site(&url),
        })
    }
}

/// Returns a hint on how the other verbs read text without a scheme. Here it is a relative reference, as it is in a
/// page.
fn meant(url: &str, base: Option<&Url>) -> String {
    match (base, input::url(url)) {
        (None, Ok(url)) => format!("\n  hint: every other verb reads this as {url}"),
        _ => String::new(),
    }
}

fn question(question: &Value) -> Result<Value, String> {
    let op = match input::text(question, "op")? {
        "href" => Op::Href,
        "canonical" => Op::Canonical,
        "site" => Op::Site,
        other => return Err(format!("unknown op {other:?}")),
    };
    // What `about:blank` is the base of has none.
    let base = question
        .get("base")
        .and_then(Value::as_str)
        .filter(|base| *base != "about:blank")
        .map(|base| identity::parse(base, None))
        .transpose();
    let url = input::text(question, "url")?;
    let ok = base.and_then(|base| op.of(url, base.as_ref()));
    Ok(json!({"ok": ok.ok().flatten()}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_a_scheme_is_explained() {
        assert!(meant("example.com", None).ends_with("https://example.com/"));
        assert_eq!(meant("a/b", None), "");
        let base = Url::parse("http://example.com/").unwrap();
        assert_eq!(meant("example.com", Some(&base)), "");
    }

    #[test]
    fn a_batch_answers_null_for_what_is_none() {
        let table = [
            (
                json!({"url": "/a#b", "base": "http://example.com", "op": "href"}),
                json!("http://example.com/a#b"),
            ),
            (
                json!({"url": "http://a.example.co.uk", "base": null, "op": "site"}),
                json!("example.co.uk"),
            ),
            (
                json!({"url": "http://EXAMPLE.com:80/%7e#x", "op": "canonical"}),
                json!("http://example.com/%7E"),
            ),
            (
                json!({"url": "/a", "base": "about:blank", "op": "href"}),
                Value::Null,
            ),
            (
                json!({"url": "http://localhost/", "base": null, "op": "site"}),
                Value::Null,
            ),
        ];
        for (asked, expected) in table {
            assert_eq!(
                question(&asked).unwrap(),
                json!({"ok": expected}),
                "{asked}"
            );
        }
        assert!(question(&json!({"url": "x", "op": "guess"})).is_err());
    }
}
