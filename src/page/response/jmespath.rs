//! Search of a [`Response`] with JMESPath expressions.

use serde_json::Value;

use super::Response;
use crate::page::error::Result;
use crate::page::json::{check, parse, search};

impl Response {
    /// Searches the body, which is read as by [`json::parse`](parse), with a JMESPath expression. Each call parses it; for
    /// several there are [`json`](Self::json) and [`json::search`](search).
    ///
    /// ```
    /// use crawlworks::{Request, Response};
    /// let request = Request::get("https://example.com/api")?;
    /// let response = Response::new(request, 200).with_body("application/json", r#"{"next": {"page": 2}}"#);
    /// assert_eq!(response.jmespath("next.page")?, 2);
    /// # Ok::<(), crawlworks::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`search`], and [`ErrorKind::Json`](crate::ErrorKind::Json) when the body is not JSON; with the URL.
    pub fn jmespath(&self, expression: &str) -> Result<Value> {
        check(expression)
            .and_then(|()| search(&parse(&self.json_text())?, expression))
            .map_err(|error| error.with_url(self.url()))
    }
}
