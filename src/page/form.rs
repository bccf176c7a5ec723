//! A [`Form`] of a page, filled in and sent as a browser does it.
//!
//! ```
//! use crawlworks::html::Html;
//! let page = r#"<form action="/login" method="post"><input type="hidden" name="token" value="x1">
//!     <input name="user"><input type="password" name="password"><button name="go" value="1">Log in</button></form>"#;
//! let html = Html::parse(page, url::Url::parse("https://example.com/start")?);
//! let request = html.form("form")?.with("user", "ada").with("password", "secret").submit()?;
//! assert_eq!(request.url().as_str(), "https://example.com/login");
//! assert_eq!(request.body(), b"token=x1&user=ada&password=secret&go=1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod button;
mod control;
mod encode;
mod owned;
mod read;

use std::fmt;

use encoding_rs::Encoding;
use http::Method;
use url::Url;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::html::Html;
use crate::page::request::Request;
use button::Button;
use control::Control;
use encode::Encoding as Body;

/// Form that was found in a page by [`Html::form`], with the current values of its fields.
///
/// It is plain data, and can be kept and sent elsewhere. It has what a browser would send, by the rules of the HTML
/// standard: fields that are hidden, filled in, checked or selected, in the order of the page, also those that are outside
/// of the form and name it in `form=`; not those that are disabled or have no name.
///
/// Errors in the form are reported by [`submit`](Self::submit). At most 10,000 fields. Its `Debug` redacts passwords.
#[derive(Clone)]
pub struct Form {
    /// URL of the page with the form.
    page: Url,
    target: Target,
    controls: Vec<Control>,
    buttons: Vec<Button>,
    pressed: Press,
    encoding: &'static Encoding,
}

/// Destination of a form, with method and encoding. A button may override each.
#[derive(Debug, Clone)]
struct Target {
    /// URL that the form is sent to; `Err` with the text of the `action` if that is no URL.
    url: std::result::Result<Url, String>,
    method: Way,
    body: Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Get,
    Post,
    /// Closes a dialog and sends nothing.
    Dialog,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Press {
    /// The first button, which the Enter key presses.
    Default,
    Button(usize),
    Unknown(String),
    None,
}

impl Html {
    /// Returns the form that is, or is around, the first element that matches a CSS selector: `form`, `#login`, or
    /// `input[type=password]`. For a field that names its form (`form=`) it is that one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] if nothing matches, or the element is in no form; [`ErrorKind::TooLarge`] if the form has
    /// more than 10,000 fields; [`ErrorKind::Selector`] if `css` is no selector.
    pub fn form(&self, css: &str) -> Result<Form> {
        read::form(self, css)
    }

    /// Returns the first form of the page that has fields or buttons of all these names: a login, whatever forms stand
    /// before it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] when there is none, [`ErrorKind::TooLarge`] when one has more than 10,000 fields.
    pub fn form_with(&self, names: &[&str]) -> Result<Form> {
        read::form_with(self, names)
    }
}

impl Form {
    /// Sets a field to a value, whatever it held: fills it in, checks the box or radio button of that value, selects the
    /// option. A field that the form does not have is added, as scripts do it; if it is a button of that name and value, that
    /// one is pressed.
    #[must_use]
    pub fn with(self, name: impl AsRef<str>, value: impl Into<String>) -> Self {
        self.with_all(name, [value.into()])
    }

    /// Sets a field to several values: the boxes to check, the options to select. Without values, the field is not sent.
    #[must_use]
    pub fn with_all<V: Into<String>>(
        mut self,
        name: impl AsRef<str>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let name = name.as_ref();
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        if self.set_button(name, &values) {
            return self;
        }
        let mut is_known = false;
        for control in self.controls.iter_mut().filter(|own| own.name == name) {
            // The first one stands for all of the name.
            control.set(std::mem::take(&mut values));
            is_known = true;
        }
        if !is_known {
            self.controls.push(Control::added(name, values));
        }
        self
    }

    /// Presses the button of that name and value instead of setting a field; returns whether there is one. A pressed button
    /// of that name and another value is released: both would be sent.
    fn set_button(&mut self, name: &str, values: &[String]) -> bool {
        let is_field = self.controls.iter().any(|own| own.name == name);
        if is_field || values.is_empty() {
            return false;
        }
        let is_it =
            |own: &Button| own.name == name && matches!(values, [value] if *value == own.value);
        if let Some(at) = self.buttons.iter().position(is_it) {
            self.pressed = Press::Button(at);
            return true;
        }
        if self.pressed_button().is_some_and(|own| own.name == name) {
            self.pressed = Press::None;
        }
        false
    }

    /// Leaves a field, or a button, out of what is sent.
    #[must_use]
    pub fn without(mut self, name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        if self
            .pressed_button()
            .is_some_and(|button| button.name == name)
        {
            self.pressed = Press::None;
        }
        if self.controls.iter().any(|own| own.name == name) {
            return self.with_all(name, Vec::<String>::new());
        }
        self
    }

    /// Presses a button: the one of this name or `#id`, with this text on it, or, where several have one name, of this
    /// `name=value` or value. A button sends its own value and may send the form elsewhere.
    ///
    /// Without it, the first button that sends the form is pressed, as the Enter key does; `without` its name, none. A
    /// picture (`type=image`) is pressed at 0, 0, which is what browsers send for the key.
    #[must_use]
    pub fn press(mut self, button: impl AsRef<str>) -> Self {
        let wanted = button.as_ref();
        let ranks = self.buttons.iter().enumerate();
        let found = ranks
            .filter_map(|(at, own)| Some((own.rank(wanted)?, at)))
            .min();
        self.pressed = found.map_or_else(
            || Press::Unknown(wanted.to_owned()),
            |(_, at)| Press::Button(at),
        );
        self
    }

    /// Returns the names and values that would be sent, but for the button's, in the order of the page.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.controls.iter().flat_map(|control| {
            let values = control.values.iter();
            values.map(|value| (control.name.as_str(), value.as_str()))
        })
    }

    /// Returns whether the form has a field or a button of this name, sent or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.controls.iter().any(|own| own.name == name)
            || self.buttons.iter().any(|own| own.name == name)
    }

    /// Returns the first value of a field, if it would be sent.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields();
        fields.find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// Returns the request that sends the form: a `GET` whose query is replaced, or a `POST` with the body in the form's
    /// own `enctype` and encoding.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Settings`] when a field is set to what cannot be chosen, when there is no such button, for files, and
    /// for a form that only closes a dialog; [`ErrorKind::Url`] when it does not go to an http(s) URL.
    pub fn submit(self) -> Result<Request> {
        self.request().map_err(|error| error.with_url(&self.page))
    }

    fn request(&self) -> Result<Request> {
        if let Press::Unknown(name) = &self.pressed {
            return Err(self.no_button(name));
        }
        control::check(&self.controls)?;
        let button = self.pressed_button();
        let target = self.target.with(button);
        let url = target.url.map_err(|action| {
            Error::new(
                ErrorKind::Url,
                format!("the form goes to no http(s) URL: {action:?}"),
            )
        })?;
        let entries = self.entries(button);
        match target.method {
            Way::Get => Ok(Request::from(encode::with_query(
                url,
                &entries,
                self.encoding,
            ))),
            Way::Post => target.body.request(url, &entries, self.encoding),
            Way::Dialog => {
                let message = "the form closes a dialog (method=dialog) and sends nothing";
                Err(Error::new(ErrorKind::Settings, message))
            }
        }
    }

    fn entries(&self, button: Option<&Button>) -> Vec<encode::Entry> {
        let charset = self.encoding.name();
        let own = self
            .controls
            .iter()
            .map(|own| (own.place, own.entries(charset)));
        let pressed = button.map(|button| (button.place, button.entries()));
        let mut all: Vec<_> = own.chain(pressed).collect();
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().flat_map(|(_, entries)| entries).collect()
    }

    fn pressed_button(&self) -> Option<&Button> {
        match self.pressed {
            Press::Default => self.buttons.first(),
            Press::Button(at) => self.buttons.get(at),
            Press::Unknown(_) | Press::None => None,
        }
    }

    fn no_button(&self, name: &str) -> Error {
        let all: Vec<String> = self
            .buttons
            .iter()
            .take(10)
            .map(Button::to_string)
            .collect();
        let has = if all.is_empty() {
            "it has none".to_owned()
        } else {
            format!("it has {}", all.join(", "))
        };
        let message = format!("the form has no button {name:?}; {has}");
        Error::new(ErrorKind::Settings, message)
    }
}

impl Target {
    /// Returns the destination with the overrides of a button.
    fn with(&self, button: Option<&Button>) -> Self {
        let mut target = self.clone();
        if let Some(button) = button {
            target.url = button.url.clone().unwrap_or(target.url);
            target.method = button.method.unwrap_or(target.method);
            target.body = button.body.unwrap_or(target.body);
        }
        target
    }
}

impl Way {
    /// Returns the `method` of a form; an unknown one is `get`.
    fn of(method: &str) -> Self {
        match method {
            method if method.eq_ignore_ascii_case("post") => Self::Post,
            method if method.eq_ignore_ascii_case("dialog") => Self::Dialog,
            _ => Self::Get,
        }
    }
}

impl Form {
    /// Returns the URL that the form is sent to, unless the pressed button overrides it. `None` if that is no http(s) URL.
    #[must_use]
    pub fn action(&self) -> Option<&Url> {
        self.target.url.as_ref().ok()
    }

    /// Returns the HTTP method that the form is sent with, unless the pressed button overrides it.
    #[must_use]
    pub fn method(&self) -> Method {
        match self.target.method {
            Way::Post => Method::POST,
            Way::Get | Way::Dialog => Method::GET,
        }
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form")
            .field("method", &self.method())
            .field("action", &self.action().map(Url::as_str))
            .field("fields", &self.controls)
            .field("buttons", &self.buttons)
            .finish_non_exhaustive()
    }
}
