//! Values of a request's body that differ from page to page: numbers and cursors of lists that are asked for with POST.

use http::Method;
use serde_json::Value as Json;
use url::form_urlencoded;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::request::Request;
use crate::recipe::reader::Reader;
use crate::recipe::section::{Section, text_of};
use crate::recipe::template::Template;

/// Names of form fields, or paths into a body of JSON such as `variables.after`, each with its value.
#[derive(Debug)]
pub(super) struct BodyValues(Vec<(String, Template)>);

impl BodyValues {
    /// Reads `body`; one of its values must have `{known}` in it.
    pub(super) fn read(
        section: &Section<'_>,
        known: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        let at = section.place("body")?;
        let entries = section.entries("body", &mut reader.problems);
        let values: Vec<(String, Template)> = entries
            .filter_map(|(name, value)| {
                let text = text_of(value, &mut reader.problems)?;
                Some((name.value.to_owned(), reader.template(&text, &[known])?))
            })
            .collect();
        let has_known = values
            .iter()
            .any(|(_, template)| template.names().any(|name| name == known));
        if !has_known {
            let message = format!("no value of `body` has {{{known}}}: write it where it belongs");
            reader.add(&at, message);
        }
        Some(Self(values))
    }

    /// A request like this one, with these values in its body. A JSON number stays a number.
    ///
    /// # Errors
    /// [`ErrorKind::Spider`] when the request has no such body.
    pub(super) fn request<'v>(
        &self,
        this: &Request,
        value: impl Fn(&str) -> Option<&'v str>,
    ) -> Result<Request> {
        let kind = this
            .header("content-type")
            .and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default();
        let filled = self
            .0
            .iter()
            .map(|(name, text)| (name.as_str(), text.fill(&value)));
        let next = Request::from(this.url().clone());
        let next = if kind.starts_with("application/json") {
            let mut body: Json = serde_json::from_slice(this.body())
                .map_err(|error| unfit(this, "its body is no JSON").with_source(error))?;
            for (path, text) in filled {
                set(&mut body, path, text)
                    .ok_or_else(|| unfit(this, &format!("its JSON has no place {path:?}")))?;
            }
            next.with_json(&body)?
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let filled: Vec<(&str, String)> = filled.collect();
            let old = form_urlencoded::parse(this.body());
            let kept = old.filter(|(name, _)| !filled.iter().any(|(new, _)| new == name));
            let kept: Vec<(String, String)> = kept
                .map(|(name, text)| (name.into_owned(), text.into_owned()))
                .collect();
            let new = filled
                .iter()
                .map(|(name, text)| ((*name).to_owned(), text.clone()));
            next.with_form(kept.into_iter().chain(new))
        } else {
            return Err(unfit(this, "it was sent without a `json` or `form`"));
        };
        Ok(next.with_method(match *this.method() {
            Method::GET => Method::POST,
            ref method => method.clone(),
        }))
    }
}

fn unfit(request: &Request, why: &str) -> Error {
    let message =
        format!("[pagination] `body` cannot be put into the request for this page: {why}");
    Error::new(ErrorKind::Spider, message).with_url(request.url())
}

/// Puts a text at a path into JSON, as a number where it is one and no text was there; `None` if the path leads through what is
/// no object.
fn set(json: &mut Json, path: &str, text: String) -> Option<()> {
    let mut place = json;
    for name in path.split('.') {
        if place.is_null() {
            *place = Json::Object(serde_json::Map::new());
        }
        place = place.as_object_mut()?.entry(name).or_insert(Json::Null);
    }
    let number = text.parse::<u64>().ok().filter(|_| !place.is_string());
    *place = number.map_or(Json::String(text), Json::from);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(values: &[(&str, &str)]) -> BodyValues {
        let read =
            |(name, text): &(&str, &str)| ((*name).to_owned(), Template::parse(text).unwrap());
        BodyValues(values.iter().map(read).collect())
    }

    fn search() -> Request {
        Request::get("http://a.example/search").unwrap()
    }

    #[test]
    fn json_keeps_what_is_not_replaced_and_numbers_stay_numbers() {
        let json = serde_json::json!({"q": "ink", "page": 1, "vars": {"after": null}});
        let this = search().with_json(&json).unwrap();
        let next = values(&[("page", "{page}"), ("vars.after", "c{page}")])
            .request(&this, |_| Some("2"))
            .unwrap();
        assert_eq!(
            next.body(),
            br#"{"q":"ink","page":2,"vars":{"after":"c2"}}"#
        );
        assert_eq!(next.method(), Method::POST);
    }

    #[test]
    fn a_form_keeps_its_other_fields() {
        let this = search().with_form([("q", "ink & pen"), ("p", "1")]);
        let next = values(&[("p", "{page}")])
            .request(&this, |_| Some("2"))
            .unwrap();
        assert_eq!(next.body(), b"q=ink+%26+pen&p=2");
    }

    #[test]
    fn a_request_without_such_a_body_is_an_error_that_says_so() {
        let error = values(&[("p", "{page}")])
            .request(&search(), |_| None)
            .unwrap_err();
        assert!(
            error.to_string().contains("without a `json` or `form`"),
            "{error}"
        );
        let this = search().with_json(&serde_json::json!({"p": [1]})).unwrap();
        assert!(
            values(&[("p.x", "{page}")])
                .request(&this, |_| None)
                .is_err()
        );
    }
}
