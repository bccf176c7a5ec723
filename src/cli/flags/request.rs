//! The flags that shape requests, named as in curl: some for every verb that fetches, more for `fetch` and `site`.

use std::path::PathBuf;

use clap::Args;
use http::Method;

use super::{SettingFlags, checked, reason, set};
use crate::cli::exit::Failure;
use crate::cli::flags::input;
use crate::fetch::downloader::{HttpDownloader, check_framing};
use crate::model::settings::{Settings, Tls};
use crate::page::error::Result;
use crate::page::request::Request;

/// Flags of every request of a crawl or of `fetch`.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Requests")]
pub(in crate::cli) struct RequestFlags {
    /// The method [default: GET, or POST with --data]
    #[arg(long, value_name = "METHOD")]
    method: Option<Method>,

    /// The body; a form unless a Content-Type is given
    #[arg(long, value_name = "TEXT")]
    data: Option<String>,

    /// Begin with the cookies of a file in Netscape's format, or with those given as `a=1; b=2`
    ///
    /// Cookies that are given go to the origins of the start URLs only. Cookies of a file are kept and sent back as if
    /// their sites had set them; a crawl that is resumed has its own.
    #[arg(short = 'b', long, value_name = "FILE|PAIRS")]
    cookie: Option<String>,

    /// Write the cookies into a file at the end, in Netscape's format
    #[arg(short = 'c', long, value_name = "FILE")]
    cookie_jar: Option<PathBuf>,

    #[command(flatten)]
    page: PageFlags,
}

/// Flags of a verb that asks for one page: those of a page, and `-s` for any other setting.
#[derive(Debug, Args, Default)]
pub(in crate::cli) struct FetchFlags {
    #[command(flatten)]
    settings: SettingFlags,

    #[command(flatten)]
    page: PageFlags,
}

/// Flags of the request for a page.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Requests")]
pub(in crate::cli) struct PageFlags {
    #[command(flatten)]
    exchange: ExchangeFlags,

    /// Do not ask robots.txt
    #[arg(long)]
    no_robots: bool,
}

/// Flags of any request, also of one for robots.txt.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Requests")]
pub(in crate::cli) struct ExchangeFlags {
    /// Add a header, or replace one that is always sent
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    header: Vec<String>,

    /// Authenticate to the origin of the URL, by HTTP Basic or, where it is asked for, Digest
    #[arg(long, value_name = "NAME:PASSWORD")]
    user: Option<String>,

    /// Seconds, or a time such as 500ms
    #[arg(long, value_name = "TIME", value_parser = checked("timeout"))]
    timeout: Option<String>,

    /// Largest body after decoding, such as 32MiB
    #[arg(long, value_name = "SIZE", value_parser = checked("max_body"))]
    max_body: Option<String>,

    /// Send everything through this proxy: http://, https://, socks5:// or socks5h://; or `env`
    #[arg(long, value_name = "URL", value_parser = usable("proxy"))]
    proxy: Option<String>,

    /// Accept any TLS certificate
    #[arg(long)]
    insecure: bool,

    /// Use this address for a host; may be repeated
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = usable("resolve"))]
    resolve: Vec<String>,
}

impl RequestFlags {
    /// Applies those of these flags that are settings.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) -> Result<()> {
        self.page.apply(settings)?;
        if let Some(file) = self.cookie.as_ref().filter(|text| !is_pairs(text)) {
            settings.requests.cookies = true;
            settings.requests.cookie_file = Some(file.into());
        }
        if let Some(file) = &self.cookie_jar {
            settings.requests.cookies = true;
            settings.requests.save_cookies = Some(file.clone());
        }
        Ok(())
    }

    /// Returns the request for this URL, which may lack its scheme.
    ///
    /// # Errors
    /// A usage error for a header that cannot be one, and for what is no URL.
    pub(in crate::cli) fn request(&self, url: &str) -> Result<Request, Failure> {
        let mut request = self.page.on(Request::from(input::url(url)?))?;
        if let Some(pairs) = self.cookie.as_ref().filter(|text| is_pairs(text)) {
            request = request
                .with_header("cookie", pairs)
                .map_err(|error| Failure::usage(error.chain()))?;
        }
        if let Some(data) = &self.data {
            if request.header("content-type").is_none() {
                request =
                    request.with_header("content-type", "application/x-www-form-urlencoded")?;
            }
            request = request.with_body(data.clone()).with_method(Method::POST);
        }
        if let Some(method) = &self.method {
            request = request.with_method(method.clone());
        }
        framed(request)
    }
}

impl FetchFlags {
    /// Applies the settings, then those of the other flags that are settings: these win.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) -> Result<()> {
        self.settings.apply(settings)?;
        self.page.apply(settings)
    }

    /// Returns the request for this URL, which may lack its scheme.
    ///
    /// # Errors
    /// A usage error for a header that cannot be one, and for what is no URL.
    pub(in crate::cli) fn request(&self, url: &str) -> Result<Request, Failure> {
        framed(self.page.on(Request::from(input::url(url)?))?)
    }
}

impl PageFlags {
    /// Applies those of these flags that are settings.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) -> Result<()> {
        settings.politeness.robots &= !self.no_robots;
        self.exchange.apply(settings)
    }

    /// Applies these flags to a request that exists already.
    ///
    /// # Errors
    /// A usage error for a header that cannot be one.
    pub(in crate::cli) fn on(&self, request: Request) -> Result<Request, Failure> {
        self.exchange.on(request)
    }
}

impl ExchangeFlags {
    /// Applies those of these flags that are settings.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) -> Result<()> {
        set(settings, "timeout", self.timeout.as_ref())?;
        set(settings, "max_body", self.max_body.as_ref())?;
        set(settings, "proxy", self.proxy.as_ref())?;
        settings.tls.insecure |= self.insecure;
        settings
            .network
            .resolve
            .extend(self.resolve.iter().cloned());
        // A user agent is more than a header: robots.txt is asked for its name.
        if let Some((_, agent)) = self
            .header
            .iter()
            .filter_map(|line| split(line))
            .rfind(|(name, _)| is_agent(name))
        {
            agent.clone_into(&mut settings.requests.user_agent);
        }
        Ok(())
    }

    /// Applies these flags to a request that exists already.
    ///
    /// # Errors
    /// A usage error for a header that cannot be one.
    pub(in crate::cli) fn on(&self, mut request: Request) -> Result<Request, Failure> {
        for line in &self.header {
            let (name, value) =
                split(line).ok_or_else(|| Failure::usage(format!("no `NAME: VALUE`: {line:?}")))?;
            if !is_agent(name) {
                request = request
                    .with_header(name, value)
                    .map_err(|error| Failure::usage(error.chain()))?;
            }
        }
        if let Some(user) = &self.user {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            request = request.with_userinfo(name, password);
        }
        Ok(request)
    }
}

/// Returns a value parser that takes what the downloader takes.
fn usable(
    setting: &'static str,
) -> impl Fn(&str) -> Result<String, String> + Clone + Send + Sync + 'static {
    move |text| {
        let mut settings = Settings {
            // Certificates need not be read for this.
            tls: Tls {
                insecure: true,
                ..Tls::default()
            },
            ..Settings::default()
        };
        settings
            .set(setting, text)
            .and_then(|()| HttpDownloader::new(&settings))
            .map(|_| text.to_owned())
            .map_err(|error| reason(&error))
    }
}

/// Returns the request, unless a header contradicts where it ends.
fn framed(request: Request) -> Result<Request, Failure> {
    match check_framing(&request) {
        Ok(()) => Ok(request),
        Err(error) => Err(Failure::usage(error.chain())),
    }
}

/// Returns whether the text is cookies rather than the name of a file; curl makes the same distinction.
fn is_pairs(text: &str) -> bool {
    text.contains('=')
}

fn split(line: &str) -> Option<(&str, &str)> {
    line.split_once(':')
        .map(|(name, value)| (name.trim(), value.trim_matches([' ', '\t'])))
}

fn is_agent(name: &str) -> bool {
    name.eq_ignore_ascii_case("user-agent")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Test {
        #[command(flatten)]
        flags: RequestFlags,
    }

    fn flags(arguments: &[&str]) -> RequestFlags {
        Test::try_parse_from(["x"].iter().chain(arguments))
            .unwrap()
            .flags
    }

    #[test]
    fn data_is_a_posted_form() {
        let request = flags(&["--data", "a=1"])
            .request("http://example.com/")
            .unwrap();
        assert_eq!(
            (request.method(), request.body()),
            (&Method::POST, &b"a=1"[..])
        );
        assert_eq!(
            request.header("content-type").unwrap(),
            "application/x-www-form-urlencoded"
        );
        let request = flags(&[
            "--data",
            "{}",
            "--method",
            "PUT",
            "-H",
            "content-type: application/json",
        ]);
        let request = request.request("http://example.com/").unwrap();
        assert_eq!(request.method(), Method::PUT);
        assert_eq!(request.header("content-type").unwrap(), "application/json");
    }

    #[test]
    fn cookies_are_pairs_or_a_file() {
        let applied = |flags: &RequestFlags| {
            let mut settings = Settings {
                requests: crate::model::settings::Requests {
                    cookies: false,
                    ..Default::default()
                },
                ..Settings::default()
            };
            flags.apply(&mut settings).unwrap();
            (
                settings.requests.cookies,
                settings.requests.cookie_file,
                settings.requests.save_cookies,
            )
        };
        let pairs = flags(&["-b", "a=1; b=2"]);
        let request = pairs.request("http://example.com/").unwrap();
        assert_eq!(request.header("cookie").unwrap(), "a=1; b=2");
        assert_eq!(applied(&pairs), (false, None, None));
        let files = flags(&["-b", "in.txt", "-c", "out.txt"]);
        let request = files.request("http://example.com/").unwrap();
        assert_eq!(request.header("cookie"), None);
        assert_eq!(
            applied(&files),
            (true, Some("in.txt".into()), Some("out.txt".into()))
        );
    }

    #[test]
    fn a_user_agent_is_the_setting() {
        let flags = flags(&["-H", "User-Agent: mybot/1"]);
        let mut settings = Settings::default();
        flags.apply(&mut settings).unwrap();
        assert_eq!(settings.requests.user_agent, "mybot/1");
        assert!(
            flags
                .request("http://example.com/")
                .unwrap()
                .header("user-agent")
                .is_none()
        );
    }

    #[test]
    fn what_the_downloader_would_not_take_is_a_usage_error() {
        for (bad, why) in [
            (["--proxy", "ftp://x"], "expected http://"),
            (["--resolve", "foo"], "expected HOST:PORT:ADDRESS"),
            (["--timeout", "soon"], "expected"),
        ] {
            let error = Test::try_parse_from(["x"].iter().chain(&bad)).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
        flags(&[
            "--proxy",
            "socks5h://127.0.0.1:9",
            "--resolve",
            "a.example:80:::1",
        ]);
    }

    #[test]
    fn a_header_that_says_where_the_request_ends_is_refused() {
        for header in [
            "Content-Length: 5",
            "content-length:0",
            "Transfer-Encoding: chunked",
        ] {
            let refused = flags(&["-H", header, "--data", "abc"]).request("http://example.com/");
            assert!(matches!(refused, Err(Failure::Usage(_))), "{header}");
        }
        let right = flags(&["-H", "Content-Length: 3", "--data", "abc"]);
        assert!(right.request("http://example.com/").is_ok());
    }

    #[test]
    fn a_line_break_in_a_header_is_refused() {
        let flags = flags(&["-H", "X-A: a\r\nX-B: b"]);
        assert!(matches!(
            flags.request("http://example.com/"),
            Err(Failure::Usage(_))
        ));
    }
}
