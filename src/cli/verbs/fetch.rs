//! `crawl fetch`: one request as the downloader makes it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cli::exit::{Exit, Failure};
use crate::cli::flags::{LogFlags, RequestFlags, SettingFlags};
use crate::cli::one::{self, Outcome, Patience};
use crate::cli::terminal;
use crate::cli::terminal::logging;
use crate::cli::terminal::screen::Screen;
use crate::page::error::Error;
use crate::page::response::Response;

/// Fetch one URL as a crawl would, and show the answer
///
/// Robots.txt is asked, redirects are followed, cookies are kept on the way. Any status is a success; nothing is tried
/// twice. --timeout bounds all of it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  crawl fetch https://example.com/ > page.html\n  crawl fetch example.com --headers\n  \
                        crawl fetch https://example.com/api --data 'q=1' -H 'Accept: application/json' --json"
)]
pub(in crate::cli) struct Fetch {
    /// What to fetch
    url: String,

    /// Show status and headers instead of the body
    #[arg(long, conflicts_with = "json")]
    headers: bool,

    /// Show everything as one JSON object, failures too
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    settings: SettingFlags,

    #[command(flatten)]
    request: RequestFlags,

    #[command(flatten)]
    log: LogFlags,
}

impl Fetch {
    pub(in crate::cli) fn run(self) -> crate::cli::exit::Outcome {
        logging::start(&self.log.for_one_page(), &Screen::new(false))?;
        match self.fetch() {
            Ok(Outcome::Answer(response)) => {
                self.show(&response)?;
                Ok(Exit::Finished)
            }
            Ok(Outcome::Failure { kind, error }) => self.fail(&kind, error),
            Err(Failure::Crawl(error)) => self.fail(error.kind().as_str(), error),
            Err(failure) => Err(failure),
        }
    }

    fn fetch(&self) -> Result<Outcome, Failure> {
        let request = self.request.request(&self.url)?;
        Ok(one::fetch(
            request,
            |settings| {
                self.settings.apply(settings)?;
                self.request.apply(settings)
            },
            Patience::Whole,
        )?)
    }

    fn show(&self, response: &Response) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            writeln!(out, "{}", answer(response))?;
        } else if self.headers {
            writeln!(out, "{}", response.status())?;
            for (name, value) in response.headers() {
                writeln!(out, "{name}: {}", terminal::for_stdout(&text_of(value)))?;
            }
        } else if out.is_terminal() {
            writeln!(out, "{}", terminal::printable(&response.text()))?;
        } else {
            out.write_all(response.body())?;
        }
        out.flush()
    }

    fn fail(&self, kind: &str, error: Error) -> crate::cli::exit::Outcome {
        if self.json {
            let message = error.chain();
            let url = error.url().map_or(self.url.as_str(), url::Url::as_str);
            writeln!(
                io::stdout(),
                "{}",
                json!({"url": url, "error": {"kind": kind, "message": message}})
            )?;
        }
        Err(error.into())
    }
}

fn answer(response: &Response) -> Value {
    let headers = response.headers().iter();
    json!({
        "url": response.url().as_str(),
        "status": response.status().as_u16(),
        "headers": headers.map(|(name, value)| json!([name.as_str(), text_of(value)])).collect::<Vec<_>>(),
        "encoding": response.encoding().to_ascii_lowercase(),
        "text": response.text(),
        "body_sha256": hex(&Sha256::digest(response.body())),
        "body_len": response.body().len(),
        // Only with the setting `incomplete`; else such a body is an error.
        "truncated": response.is_incomplete(),
        "redirects": response.request().redirects().iter().map(url::Url::as_str).collect::<Vec<_>>(),
        "error": null,
    })
}

/// Decodes a header's value: as UTF-8 if it is, else as ISO 8859-1.
fn text_of(value: &http::HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::mem::decode_latin1(value.as_bytes()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::request::Request;

    #[test]
    fn the_json_has_the_fields_of_the_contract_in_order() {
        let request = Request::get("http://example.com/a#b").unwrap();
        let response =
            Response::new(request, 200).with_body("text/plain; charset=latin1", &b"caf\xe9"[..]);
        let json = answer(&response).to_string();
        assert_eq!(
            json,
            r#"{"url":"http://example.com/a#b","status":200,"headers":[["content-type","text/plain; charset=latin1"]],"encoding":"windows-1252","text":"café","body_sha256":"dafd66c0b98965e688be1fc12942c09f0350e6be0685017c3f234e97d0adc92e","body_len":4,"truncated":false,"redirects":[],"error":null}"#
        );
    }
}
