//! `each` and `carry` of a rule: the elements or objects of a list, their links, and the values that go along with these.

use serde_json::Value as Json;
use url::Url;

use crate::model::output::Output;
use crate::page::error::Result;
use crate::page::json;
use crate::policy::rules::{Choice, Rules};
use crate::recipe::carry;
use crate::recipe::extract::Extract;
use crate::recipe::field::{Fields, From};
use crate::recipe::reader::Reader;
use crate::recipe::section::{Placed, Section};
use crate::recipe::selection::{Place, Selection};

/// Query for the links of an element, unless a rule has another one.
const LINKS: &str = "a::attr(href)";

/// The elements of a page, or the objects in one of JSON, with what is taken of each.
#[derive(Debug, Clone)]
pub(super) struct Each {
    within: Within,
    pub(super) carry: Fields,
}

#[derive(Debug, Clone)]
enum Within {
    /// Elements by a selector, and their links by a query.
    Elements(String, Selection),
    /// Objects by an expression, and the URLs in them by another.
    Objects(String, String),
}

impl Each {
    pub(super) fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let each = section.text("each", &mut reader.problems);
        let Some(each) = each else {
            if let Some(at) = section.place("carry") {
                reader.add(&at, "`carry` needs `each` beside it: the elements, or objects of JSON, that have link and values");
            }
            return None;
        };
        if section.get("carry").is_none() {
            reader.add(&each.at, "`each` needs `carry` beside it: the values that go along; for links alone there is `within`");
        }
        let json = section.text("json", &mut reader.problems);
        let from = if json.is_some() {
            From::Json
        } else {
            From::Html
        };
        let carry = Fields::read_carry(section, from, reader);
        let within = if let Some(json) = json {
            let (objects, urls) = (reader.jmespath(&each), reader.jmespath(&json));
            Within::Objects(objects?, urls?)
        } else {
            let query = section.text("query", &mut reader.problems);
            let query = query.unwrap_or(Placed {
                value: LINKS,
                at: each.at.clone(),
            });
            let (elements, query) = (reader.selector(&each), reader.query(&query));
            Within::Elements(elements?, Selection::new(query?))
        };
        Some(Self {
            carry: carry?,
            within,
        })
    }

    /// Follows the links of each that the rule takes, with its values.
    ///
    /// # Errors
    /// When the page is not of the kind that the rule is for.
    pub(super) fn follow<I>(
        &self,
        extract: Extract<'_>,
        rule: &Rules,
        out: &mut Output<I>,
    ) -> Result<()> {
        let page = extract.page;
        match &self.within {
            Within::Elements(css, query) => {
                let html = page.html()?;
                for element in html.select(css)? {
                    let own = element.attr("href").filter(|_| element.name() == "a");
                    let mut links = query.texts(Some(element), page)?;
                    links.extend(own.map(str::to_owned));
                    let urls = links.iter().filter_map(|link| html.base().link(link));
                    self.send(extract, Place::Element(element), urls, rule, out)?;
                }
            }
            Within::Objects(objects, urls) => {
                for object in &all(json::search(page.json()?, objects)?) {
                    let found = all(json::search(object, urls)?);
                    let urls = found.iter().filter_map(Json::as_str);
                    let urls = urls.filter_map(|url| page.response().join(url).ok());
                    // The object lives no longer than this turn.
                    let extract = Extract {
                        page: extract.page,
                        arguments: extract.arguments,
                        document: None,
                    };
                    self.send(extract, Place::Json(object), urls, rule, out)?;
                }
            }
        }
        Ok(())
    }

    fn send<'a, I>(
        &self,
        extract: Extract<'a>,
        place: Place<'a>,
        urls: impl Iterator<Item = Url>,
        rule: &Rules,
        out: &mut Output<I>,
    ) -> Result<()> {
        let values = carry::values(extract, &self.carry, place)?;
        for url in urls {
            match rule.choice(&url) {
                Choice::Follow(request) => out.follow(carry::with_values(request, &values)?),
                Choice::LeftOut => out.left_out_by_rules(1),
                Choice::File => out.left_out_as_files(1),
                Choice::No => {}
            }
        }
        Ok(())
    }
}

/// The values of a list, or the only one.
fn all(value: Json) -> Vec<Json> {
    match value {
        Json::Array(values) => values,
        Json::Null => Vec::new(),
        value => vec![value],
    }
}
