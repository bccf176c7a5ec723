//! User name and password (RFC 7617).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// User name and password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    user: String,
    password: String,
}

impl Credentials {
    pub(crate) fn new(user: &str, password: &str) -> Self {
        let (user, password) = (user.to_owned(), password.to_owned());
        Self { user, password }
    }

    /// Reads them from the value of an `Authorization` header by Basic.
    pub(crate) fn from_basic(value: &HeaderValue) -> Option<Self> {
        let token = value.to_str().ok()?.strip_prefix("Basic ")?;
        let pair = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        Some(Self::new(user, password))
    }

    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Returns the value of an `Authorization` header by Basic.
    pub(crate) fn basic(&self) -> Option<HeaderValue> {
        let token = STANDARD.encode(format!("{}:{}", self.user, self.password));
        secret(format!("Basic {token}"))
    }
}

/// Redacts the secrets.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// Returns a header value that is marked as a secret.
pub(crate) fn secret(value: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}
