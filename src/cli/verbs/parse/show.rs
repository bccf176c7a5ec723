//! Display of what a spider made of a page: text for a person, or one JSON object.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

use crate::cli::terminal::table::plural;
use crate::cli::trial::{Verdict, raw};
use crate::items::sink::Record;
use crate::page::error::Error;
use crate::page::request::Request;

/// Parts of the result that are shown; `None` for those that are not wanted.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    pub(super) page: &'a Url,
    pub(super) items: Option<&'a Vec<Record>>,
    pub(super) requests: Option<&'a Vec<(Request, Verdict)>>,
    pub(super) error: Option<&'a Error>,
}

/// The fields of `--json`, in their order.
#[derive(Serialize)]
struct Whole<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Box<RawValue>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Vec<Value>>,
    error: Option<Value>,
}

impl Shown<'_> {
    /// Returns the result as one JSON object on one line.
    pub(super) fn json(&self) -> String {
        let items = self
            .items
            .map(|items| items.iter().filter_map(raw).collect());
        let requests = self.requests.map(|requests| {
            let requests = requests.iter();
            requests
                .map(|(request, verdict)| fields(request, *verdict))
                .collect()
        });
        let error = self
            .error
            .map(|error| json!({"kind": error.kind().as_str(), "message": error.chain()}));
        let whole = Whole {
            url: self.page.as_str(),
            items,
            requests,
            error,
        };
        // Strings for keys, and values that are JSON already: there is nothing that could fail.
        serde_json::to_string(&whole).unwrap_or_default()
    }

    /// Returns the items, then the requests, each under a heading. `is_pretty` spreads an item over lines.
    pub(super) fn text(&self, is_pretty: bool) -> String {
        let mut text = String::new();
        if let Some(items) = self.items {
            let _ = writeln!(text, "{}", plural(items.len() as u64, "item"));
            for item in items {
                let shown = if is_pretty {
                    pretty(item)
                } else {
                    item.json().to_owned()
                };
                let _ = writeln!(text, "{shown}");
            }
        }
        if self.items.is_some() && self.requests.is_some() {
            text.push('\n');
        }
        if let Some(requests) = self.requests {
            let _ = writeln!(text, "{}", plural(requests.len() as u64, "request"));
            for (request, verdict) in requests {
                let _ = writeln!(text, "{}", line(request, *verdict));
            }
        }
        text
    }
}

fn fields(request: &Request, verdict: Verdict) -> Value {
    json!({
        "method": request.method().as_str(),
        "url": request.url().as_str(),
        "label": request.label(),
        "priority": request.priority(),
        "verdict": verdict.to_string(),
    })
}

/// Formats a request on one line: `GET http://example.com/1 label=book (left out: scope)`.
pub(in crate::cli) fn line(request: &Request, verdict: Verdict) -> String {
    let mut line = format!("{} {}", request.method(), request.url());
    if let Some(label) = request.label() {
        let _ = write!(line, " label={label}");
    }
    if request.priority() != 0 {
        let _ = write!(line, " priority={}", request.priority());
    }
    if verdict != Verdict::Follow {
        let _ = write!(line, " (left out: {verdict})");
    }
    line
}

/// Formats an item over several lines.
pub(in crate::cli) fn pretty(item: &Record) -> String {
    let value: Option<Value> = serde_json::from_str(item.json()).ok();
    value
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| item.json().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::Filter;

    #[test]
    fn a_request_is_one_line() {
        let request = Request::get("http://a.example/1").unwrap();
        assert_eq!(line(&request, Verdict::Follow), "GET http://a.example/1");
        let request = request.with_label("book").with_priority(-2);
        assert_eq!(
            line(&request, Verdict::Filtered(Filter::Scope)),
            "GET http://a.example/1 label=book priority=-2 (left out: scope)"
        );
    }

    #[test]
    fn the_json_has_the_items_as_the_outputs_would() {
        let url = Url::parse("http://a.example/").unwrap();
        let items = vec![Record::new(&json!({"b": 1.50, "a": "ü"})).unwrap()];
        let requests = vec![(Request::get("http://a.example/1").unwrap(), Verdict::Follow)];
        let shown = Shown {
            page: &url,
            items: Some(&items),
            requests: Some(&requests),
            error: None,
        };
        assert_eq!(
            shown.json(),
            r#"{"url":"http://a.example/","items":[{"b":1.5,"a":"ü"}],"requests":[{"method":"GET","url":"http://a.example/1","label":null,"priority":0,"verdict":"follow"}],"error":null}"#
        );
    }

    #[test]
    fn what_is_not_wanted_is_not_shown() {
        let url = Url::parse("http://a.example/").unwrap();
        let shown = Shown {
            page: &url,
            items: None,
            requests: Some(&Vec::new()),
            error: None,
        };
        assert_eq!(shown.text(true), "0 requests\n");
        assert_eq!(
            shown.json(),
            r#"{"url":"http://a.example/","requests":[],"error":null}"#
        );
    }
}
