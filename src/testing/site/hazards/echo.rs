//! The request sent back, for tests of what a crawler really sends.

use serde_json::{Value, json};

use super::super::call::Call;
use super::super::reply::Reply;

/// `echo`: `{"method", "path", "headers": [[name, value], …], "body"}`, text that is not UTF-8 with replacements.
pub(in super::super) fn echo(call: &Call<'_>) -> Reply {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let headers = call
        .head
        .headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), text(value.as_bytes())]));
    Reply::json(&json!({
        "method": call.head.method.as_str(),
        "path": call.head.uri.path_and_query().map(http::uri::PathAndQuery::as_str),
        "headers": headers.collect::<Vec<Value>>(),
        "body": text(call.body),
    }))
}
