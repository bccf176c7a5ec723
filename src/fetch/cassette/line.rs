//! The lines of a cassette: JSON with a body as text where that can be turned back into the same bytes.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::exchange::{Answer, Exchange};
use crate::fetch::cache::stored::header_lines;
use crate::page::charset;
use crate::page::error::ErrorKind;

const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
}

/// Name of the format, in the first line.
const FORMAT: &str = "crawlworks cassette";

/// Any other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    request: Asked,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(
        default,
        with = "header_lines",
        skip_serializing_if = "HeaderMap::is_empty"
    )]
    headers: HeaderMap,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    /// Charset of the text, if it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    charset: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// `true` if nothing has to ask for the exchange.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    spare: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    kind: ErrorKind,
    message: String,
}

/// The first line, with its end.
pub(super) fn header() -> String {
    let header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
    };
    json(&header)
}

/// Reads the first line.
///
/// # Errors
/// A message about the defect of the line.
pub(super) fn check_header(line: &[u8]) -> Result<(), String> {
    match serde_json::from_slice::<Header>(line) {
        Ok(header) if header.format != FORMAT => {
            Err(format!("not a cassette but {:?}", header.format))
        }
        Ok(header) if header.version != VERSION => Err(format!(
            "a cassette of version {}; this program reads version {VERSION}",
            header.version
        )),
        Ok(_) => Ok(()),
        Err(_) => Err("not a cassette: it does not begin with the line that says so".to_owned()),
    }
}

/// The line of an exchange, with its end.
pub(super) fn write(exchange: &Exchange) -> String {
    let mut line = Line {
        request: exchange.asked.clone(),
        status: None,
        headers: HeaderMap::new(),
        text: None,
        charset: None,
        base64: None,
        error: None,
        spare: exchange.is_spare,
    };
    match &exchange.answer {
        Answer::Response {
            status,
            headers,
            body,
        } => {
            line.status = Some(status.as_u16());
            line.headers.clone_from(headers);
            match as_text(body, headers) {
                _ if body.is_empty() => {}
                Some((text, encoding)) => {
                    line.text = Some(text);
                    line.charset = (encoding != UTF_8).then(|| encoding.name().to_owned());
                }
                None => line.base64 = Some(STANDARD.encode(body)),
            }
        }
        Answer::Failure { kind, message } => {
            line.error = Some(Failure {
                kind: *kind,
                message: message.clone(),
            });
        }
    }
    json(&line)
}

/// Reads the line of an exchange.
///
/// # Errors
/// A message about the defect of the line.
pub(super) fn read(line: &[u8]) -> Result<Exchange, String> {
    let line: Line = serde_json::from_slice(line).map_err(|error| json_error(&error))?;
    let answer = match (line.status, line.error) {
        (Some(status), None) => Answer::Response {
            status: StatusCode::from_u16(status).map_err(|_| format!("no status: {status}"))?,
            headers: line.headers,
            body: body(line.text, line.charset, line.base64)?,
        },
        (None, Some(Failure { kind, message })) => Answer::Failure { kind, message },
        _ => return Err("either a status or an error is expected".to_owned()),
    };
    Ok(Exchange {
        asked: line.request,
        is_spare: line.spare,
        answer,
    })
}

fn body(
    text: Option<Cow<'_, str>>,
    charset: Option<String>,
    base64: Option<String>,
) -> Result<Bytes, String> {
    let Some(text) = text else {
        let body = STANDARD
            .decode(base64.unwrap_or_default())
            .map_err(|error| format!("base64: {error}"))?;
        return Ok(body.into());
    };
    let Some(charset) = charset else {
        return Ok(text.into_owned().into());
    };
    let encoding = Encoding::for_label(charset.as_bytes())
        .ok_or_else(|| format!("unknown charset {charset:?}"))?;
    match encoding.encode(&text) {
        (body, used, false) if used == encoding => Ok(body.into_owned().into()),
        _ => Err(format!("the text cannot be written in {charset}")),
    }
}

/// A body as text in its encoding, if it is text and nothing is lost.
fn as_text<'a>(body: &'a [u8], headers: &HeaderMap) -> Option<(Cow<'a, str>, &'static Encoding)> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0c');
    if body.iter().any(is_control) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return Some((text.into(), UTF_8));
    }
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let encoding = charset::encoding(body, content_type, None);
    let text = encoding.decode_without_bom_handling_and_without_replacement(body)?;
    let (again, used, is_lossy) = encoding.encode(&text);
    let is_same = !is_lossy && used == encoding && *again == *body;
    is_same.then_some((text, encoding))
}

/// Returns the message of a JSON error in a text that is one line of a file. The message has no line number, since the
/// file gives it.
pub(crate) fn json_error(error: &serde_json::Error) -> String {
    error
        .to_string()
        .replace(" at line 1 column ", " at column ")
}

/// Returns a value as one line of JSON. Text, numbers and lists of them can always be written.
fn json<T: Serialize>(value: &T) -> String {
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests;
