//! Reading a form out of a page.

use std::collections::HashSet;

use encoding_rs::Encoding;
use url::Url;

use super::button::Button;
use super::control::{Control, Kind};
use super::encode::Encoding as Body;
use super::owned::{self, Field};
use super::{Form, Press, Target, Way};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::{Element, Html};

/// Limit on the number of fields of a form.
const FIELDS: usize = 10_000;

pub(super) fn form(html: &Html, css: &str) -> Result<Form> {
    let found = html.one(css)?;
    let form = owner(html, found).ok_or_else(|| {
        let message = format!("{css:?} matches an element that is in no form");
        Error::new(ErrorKind::Missing, message).with_url(html.url())
    })?;
    of_element(html, form)
}

/// Returns the first form of the page that has all of these fields.
pub(super) fn form_with(html: &Html, names: &[&str]) -> Result<Form> {
    for element in html.select("form")? {
        let form = of_element(html, element)?;
        if names.iter().all(|name| form.has(name)) {
            return Ok(form);
        }
    }
    let message = format!("no form of the page has the fields {}", names.join(", "));
    Err(Error::new(ErrorKind::Missing, message).with_url(html.url()))
}

fn of_element(html: &Html, form: Element<'_>) -> Result<Form> {
    let fields = owned::fields(html, form);
    if fields.len() > FIELDS {
        let message = format!("a form with {} fields, more than {FIELDS}", fields.len());
        return Err(Error::new(ErrorKind::TooLarge, message).with_url(html.url()));
    }
    let mut controls = Vec::new();
    let mut buttons = Vec::new();
    for (place, field) in fields.into_iter().enumerate() {
        match kind_of(field.element) {
            "submit" | "image" if !field.is_disabled => {
                buttons.push(button(html, field.element, place));
            }
            "submit" | "image" | "reset" | "button" => {}
            kind => controls.extend(control(&field, kind, place)),
        }
    }
    keep_last_radio(&mut controls);
    Ok(Form {
        page: html.url().clone(),
        target: Target {
            url: action(html, form, form.attr("action")),
            method: Way::of(form.attr("method").unwrap_or_default()),
            body: Body::of(form.attr("enctype").unwrap_or_default()),
        },
        controls,
        buttons,
        pressed: Press::Default,
        encoding: encoding(html, form),
    })
}

/// Returns the form of an element: the one that a field names, else the one around it.
fn owner<'a>(html: &'a Html, element: Element<'a>) -> Option<Element<'a>> {
    let is_field = matches!(element.name(), "input" | "select" | "textarea" | "button");
    match element.attr("form").filter(|_| is_field) {
        Some(id) => owned::first_of_id(html, id).filter(|found| found.name() == "form"),
        None => around(element),
    }
}

fn around(element: Element<'_>) -> Option<Element<'_>> {
    let mut around = Some(element);
    while let Some(element) = around.filter(|element| element.name() != "form") {
        around = element.parent();
    }
    around
}

/// Returns the kind of a field: the `type` of an input or a button in lower case, else the name of the element.
fn kind_of(field: Element<'_>) -> &'static str {
    let types = [
        "hidden", "password", "checkbox", "radio", "file", "submit", "image", "reset", "button",
        "range", "color", "number", "email", "url",
    ];
    let own = field.attr("type").unwrap_or_default();
    let known = types
        .into_iter()
        .find(|kind| own.eq_ignore_ascii_case(kind));
    match (field.name(), known) {
        ("select", _) => "select",
        ("textarea", _) => "textarea",
        ("button", Some(kind @ ("reset" | "button"))) => kind,
        ("button", _) => "submit",
        (_, Some(kind)) => kind,
        (_, None) => "text",
    }
}

/// Returns the URL that a form, or a button, sends to: for an empty `action` the page itself, whatever its base.
fn action(
    html: &Html,
    element: Element<'_>,
    action: Option<&str>,
) -> std::result::Result<Url, String> {
    let name = if element.name() == "form" {
        "action"
    } else {
        "formaction"
    };
    let text = action.map(str::trim).unwrap_or_default();
    let mut url = if text.is_empty() {
        Some(html.url().clone())
    } else {
        element.url(name)
    };
    if let Some(url) = &mut url {
        url.set_fragment(None);
    }
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| text.chars().take(80).collect())
}

/// Returns the first known encoding of `accept-charset`, else the page's.
fn encoding(html: &Html, form: Element<'_>) -> &'static Encoding {
    let mut wanted = form
        .attr("accept-charset")
        .unwrap_or_default()
        .split_ascii_whitespace();
    wanted
        .find_map(|label| Encoding::for_label(label.as_bytes()))
        .unwrap_or_else(|| html.encoding())
        .output_encoding()
}

fn button(html: &Html, field: Element<'_>, place: usize) -> Button {
    let value = field.attr("value").unwrap_or_default();
    let own = |name: &str| field.attr(name).filter(|value| !value.trim().is_empty());
    Button {
        name: field.attr("name").unwrap_or_default().to_owned(),
        value: value.to_owned(),
        id: field.attr("id").unwrap_or_default().to_owned(),
        label: match field.name() {
            "button" => field.text(),
            _ => own("alt").unwrap_or(value).to_owned(),
        },
        is_image: kind_of(field) == "image",
        place,
        url: field
            .attr("formaction")
            .map(|text| action(html, field, Some(text))),
        method: field.attr("formmethod").map(Way::of),
        body: field.attr("formenctype").map(Body::of),
    }
}

/// Returns a field with its initial value; `None` if it has no name and so is never sent.
fn control(field: &Field<'_>, kind: &str, place: usize) -> Option<Control> {
    let is_disabled = field.is_disabled;
    let field = field.element;
    let name = field.attr("name").filter(|name| !name.is_empty())?;
    let value = || field.attr("value").unwrap_or_default().to_owned();
    let (kind, values) = match kind {
        // What is disabled is not sent, unless it is set.
        "hidden" if name.eq_ignore_ascii_case("_charset_") && !is_disabled => {
            (Kind::Charset, Vec::new())
        }
        "checkbox" => (Kind::CheckBox(value_of_box(field)), checked(field)),
        "radio" => (Kind::Radio(value_of_box(field)), checked(field)),
        "select" => select(field),
        "textarea" => (Kind::Text, vec![field.raw_text()]),
        "file" => (Kind::File, Vec::new()),
        "password" => (Kind::Password, vec![one_line(&value())]),
        "hidden" => (Kind::Text, vec![value()]),
        "number" => (Kind::Text, vec![number(&value())]),
        "email" | "url" => (Kind::Text, vec![one_line(&value()).trim().to_owned()]),
        "range" => (Kind::Text, vec![range(field)]),
        "color" if value().is_empty() => (Kind::Text, vec!["#000000".to_owned()]),
        _ => (Kind::Text, vec![one_line(&value())]),
    };
    Some(Control {
        name: name.to_owned(),
        // It counts as set by the page.
        is_set: is_disabled,
        values: if is_disabled { Vec::new() } else { values },
        kind,
        place,
    })
}

/// Removes line breaks, as browsers do for fields of one line.
fn one_line(value: &str) -> String {
    value.replace(['\r', '\n'], "")
}

/// Returns the value of a number field, empty if it is no number: section 2.3.4.3 of the HTML standard.
fn number(value: &str) -> String {
    let is_plain = value
        .bytes()
        .all(|c| c.is_ascii_digit() || b"+-.eE".contains(&c));
    let is_number = is_plain
        && !value.starts_with('+')
        && !value.ends_with('.')
        && value.parse::<f64>().is_ok();
    if is_number {
        value.to_owned()
    } else {
        String::new()
    }
}

/// Returns the value of a slider, which is in the middle if the page gives none.
fn range(field: Element<'_>) -> String {
    let number = |name| {
        field
            .attr(name)
            .and_then(|text: &str| text.trim().parse::<f64>().ok())
    };
    if number("value").is_some() {
        return field.attr("value").unwrap_or_default().trim().to_owned();
    }
    let (min, max) = (number("min").unwrap_or(0.0), number("max").unwrap_or(100.0));
    (min + (max.max(min) - min) / 2.0).to_string()
}

fn value_of_box(field: Element<'_>) -> String {
    field.attr("value").unwrap_or("on").to_owned()
}

fn checked(field: Element<'_>) -> Vec<String> {
    let value = field.attr("checked").map(|_| value_of_box(field));
    value.into_iter().collect()
}

/// Keeps only the last checked radio button of each name.
fn keep_last_radio(controls: &mut [Control]) {
    let mut checked = HashSet::new();
    for control in controls.iter_mut().rev() {
        let is_checked = matches!(control.kind, Kind::Radio(_)) && !control.values.is_empty();
        if is_checked && !checked.insert(control.name.clone()) {
            control.values.clear();
        }
    }
}

fn select(field: Element<'_>) -> (Kind, Vec<String>) {
    let is_multiple = field.attr("multiple").is_some();
    let size = field
        .attr("size")
        .and_then(|size| size.trim().parse::<u32>().ok());
    let all: Vec<_> = field.select("option").into_iter().flatten().collect();
    let usable = || all.iter().filter(|option| !is_disabled(**option));
    let mut values: Vec<String> = usable()
        .filter(|option| option.attr("selected").is_some())
        .map(|option| value_of(*option))
        .collect();
    if !is_multiple {
        values.drain(..values.len().saturating_sub(1));
        // A menu shows its first option as long as none was selected, not even one that is disabled.
        let is_open = all.iter().any(|option| option.attr("selected").is_some());
        if values.is_empty() && !is_open && size.is_none_or(|size| size <= 1) {
            values.extend(usable().next().map(|option| value_of(*option)));
        }
    }
    let kind = Kind::Select {
        options: usable().map(|option| value_of(*option)).collect(),
        is_multiple,
    };
    (kind, values)
}

fn is_disabled(option: Element<'_>) -> bool {
    let group = option.parent().filter(|parent| parent.name() == "optgroup");
    option.attr("disabled").is_some() || group.is_some_and(|group| group.attr("disabled").is_some())
}

fn value_of(option: Element<'_>) -> String {
    option
        .attr("value")
        .map_or_else(|| option.text(), str::to_owned)
}
