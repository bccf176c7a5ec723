//! `[[follow]]`: which links of which pages lead on.

mod each;

use std::collections::BTreeMap;

use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::arguments::Arguments;
use super::extract::Extract;
use super::keys;
use super::labels::{self, On};
use super::page::Page;
use super::reader::Reader;
use super::section::{Placed, Section};
use crate::model::output::Output;
use crate::page::error::Result;
use crate::page::json;
use crate::policy::rules::{Rule, Rules};
use each::Each;

/// A rule as the recipe has it.
#[derive(Debug)]
pub(super) struct Follow {
    pub(super) on: On,
    pub(super) label: Option<Placed<String>>,
    pub(super) at: std::ops::Range<usize>,
    /// Elements, or objects of a JSON page, each with its links and what is carried along with them.
    each: Option<Each>,
    /// The URLs of a JSON page, instead of the links of an HTML page.
    json: Option<String>,
    within: Option<String>,
    query: Option<String>,
    text: Option<String>,
    allow: Vec<String>,
    deny: Vec<String>,
    priority: Option<i32>,
    limit: Option<u64>,
    limit_per_pattern: Option<u64>,
    nofollow: bool,
    files: bool,
}

impl Follow {
    pub(super) fn read(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let section = Section::of(value, "[[follow]]", keys::FOLLOW, &mut reader.problems)?;
        let on = On::read(&section, reader);
        let label = labels::label(&section, reader);
        let problems = &mut reader.problems;
        let (within, query) = (
            section.text("within", problems),
            section.text("query", problems),
        );
        let json = section.text("json", problems);
        let (allow, deny) = (
            section.texts("allow", problems),
            section.texts("deny", problems),
        );
        let most = i64::from(i32::MAX);
        let priority = section.number("priority", -most..=most, problems);
        let limit = section.number("limit", 1..=i64::MAX, problems);
        let limit_per_pattern = section.number("limit_per_pattern", 1..=i64::MAX, problems);
        let nofollow = section.flag("nofollow", problems);
        let files = section.flag("files", problems);
        let text = section.text("text", problems);
        let each = Each::read(&section, reader);
        let read = Self {
            each,
            on,
            label,
            at: section.at.clone(),
            json: json.and_then(|text| reader.jmespath(&text)),
            within: within.and_then(|text| reader.selector(&text)),
            query: query.and_then(|text| Some(reader.query(&text)?.to_string())),
            allow: patterns(&allow, reader),
            deny: patterns(&deny, reader),
            priority: priority.and_then(|number| i32::try_from(number).ok()),
            limit: limit.map(i64::unsigned_abs),
            limit_per_pattern: limit_per_pattern.map(i64::unsigned_abs),
            text: text.and_then(|text| Some(reader.pattern(&text)?.as_str().to_owned())),
            nofollow,
            files,
        };
        read.check_page(&section, reader);
        Some(read)
    }

    /// The names of the values that it carries, if it carries any.
    pub(super) fn carried(&self) -> Option<impl Iterator<Item = &str>> {
        let each = self.each.as_ref()?;
        Some(each.carry.names.iter().map(|name| &**name))
    }

    /// Reports the keys of a rule for HTML pages that have no meaning for JSON or a sitemap.
    fn check_page(&self, section: &Section<'_>, reader: &mut Reader<'_>) {
        if self.each.is_some() {
            if self.on.is_of_sitemaps() {
                reader.add(&section.at, "a sitemap has nothing that could be carried");
            }
            for key in ["within", "text", "nofollow"] {
                if let Some(at) = section.place(key) {
                    reader.add(&at, format!("{key:?} means nothing beside `each`"));
                }
            }
        }
        if self.on.is_of_sitemaps()
            && let Some(at) = section.place("json")
        {
            reader.add(&at, "a sitemap is no JSON");
        }
        if self.json.is_none() && !self.on.is_of_sitemaps() {
            return;
        }
        for key in ["within", "query", "text", "nofollow"] {
            if let Some(at) = section.place(key) {
                reader.add(
                    &at,
                    format!(
                        "{key:?} is for links of HTML pages, not for the URLs of JSON or a sitemap"
                    ),
                );
            }
        }
    }

    pub(super) fn rule(&self) -> Rule {
        let mut rule = Rule::new();
        if let Some(within) = &self.within {
            rule = rule.within(within);
        }
        if let Some(query) = self.query.as_ref().filter(|_| self.each.is_none()) {
            rule = rule.query(query);
        }
        if let Some(text) = &self.text {
            rule = rule.text(text);
        }
        rule = self.allow.iter().fold(rule, Rule::allow);
        rule = self.deny.iter().fold(rule, Rule::deny);
        if let Some(label) = &self.label {
            rule = rule.label(label.value.as_str());
        }
        if let Some(priority) = self.priority {
            rule = rule.priority(priority);
        }
        if let Some(limit) = self.limit {
            rule = rule.limit(limit);
        }
        if let Some(limit) = self.limit_per_pattern {
            rule = rule.limit_per_pattern(limit);
        }
        if self.nofollow {
            rule = rule.respect_nofollow();
        }
        if self.files {
            rule = rule.files();
        }
        rule
    }
}

fn patterns(texts: &[Placed<&str>], reader: &mut Reader<'_>) -> Vec<String> {
    texts
        .iter()
        .filter_map(|text| {
            reader
                .pattern(text)
                .map(|pattern| pattern.as_str().to_owned())
        })
        .collect()
}

/// The rules of a crawl, by the label of the page. A rule that is for several counts for its limit what it takes anywhere.
#[derive(Debug)]
pub(super) struct Links {
    html: BTreeMap<String, Rules>,
    json: Vec<JsonLinks>,
    each: Vec<EachLinks>,
    /// Rules for the URLs that sitemaps list, if there are any.
    pub(super) sitemaps: Option<Rules>,
}

/// A rule for the URLs in JSON.
#[derive(Debug)]
struct JsonLinks {
    on: On,
    expression: String,
    rule: Rules,
}

/// A rule for the links of elements or objects, which carries values along.
#[derive(Debug)]
struct EachLinks {
    on: On,
    each: Each,
    rule: Rules,
}

impl Links {
    /// The rules as they apply to pages with these labels.
    ///
    /// # Errors
    /// None that reading the recipe would not have found.
    pub(super) fn new<'a>(
        follows: &[Follow],
        labels: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let all = Rules::new(follows.iter().map(Follow::rule))?;
        let some = |takes: &dyn Fn(&Follow) -> bool| {
            let takes: Vec<bool> = follows.iter().map(takes).collect();
            takes.contains(&true).then(|| all.only(&takes))
        };
        let of_label = |label: &'a str| {
            let is_plain = |follow: &Follow| follow.json.is_none() && follow.each.is_none();
            let rules = some(&|follow| is_plain(follow) && follow.on.takes(Some(label)))?;
            Some((label.to_owned(), rules))
        };
        let of_json = |follow: &Follow| {
            let expression = follow.json.clone().filter(|_| follow.each.is_none())?;
            let rule = some(&|other| std::ptr::eq(other, follow))?;
            let on = follow.on.clone();
            Some(JsonLinks {
                on,
                expression,
                rule,
            })
        };
        let of_each = |follow: &Follow| {
            Some(EachLinks {
                on: follow.on.clone(),
                each: follow.each.clone()?,
                rule: some(&|other| std::ptr::eq(other, follow))?,
            })
        };
        Ok(Self {
            each: follows.iter().filter_map(of_each).collect(),
            html: labels.filter_map(of_label).collect(),
            json: follows.iter().filter_map(of_json).collect(),
            sitemaps: some(&|follow| follow.on.is_of_sitemaps()),
        })
    }

    /// Follows what the rules for this page take.
    ///
    /// # Errors
    /// When the page is not of the kind that its rules are for.
    pub(super) fn follow<I>(
        &self,
        page: &Page<'_>,
        arguments: &Arguments,
        out: &mut Output<I>,
    ) -> Result<()> {
        let extract = Extract {
            page,
            arguments,
            document: None,
        };
        for links in self
            .each
            .iter()
            .filter(|links| links.on.takes(page.label()))
        {
            links.each.follow(extract, &links.rule, out)?;
        }
        if let Some(rules) = self.html.get(page.label().unwrap_or_default()) {
            rules.follow(page.html()?, out)?;
        }
        for links in self
            .json
            .iter()
            .filter(|links| links.on.takes(page.label()))
        {
            let found = match json::search(page.json()?, &links.expression)? {
                Value::Array(values) => values,
                value => vec![value],
            };
            let urls = found.iter().filter_map(Value::as_str);
            // What is no URL of a page, such as `mailto:`, is left out as it is among the links of one.
            let urls = urls.filter_map(|url| page.response().join(url).ok());
            links.rule.follow_urls(urls, out);
        }
        Ok(())
    }
}
