//! [`Settings`] of a crawl, with their defaults, in one table.
//!
//! Later layers win: defaults, then the spider's own ([`Spider::settings`](crate::Spider::settings)), then `crawl.toml`,
//! then the environment (`CRAWL_DELAY=1s`), then `-s delay=1s`. In a program, set the fields of the groups.
//!
//! ```
//! use crawlworks::Settings;
//! use std::time::Duration;
//! let mut settings = Settings::default();
//! assert_eq!(settings.politeness.delay, Duration::from_millis(500));
//! settings.set("delay", "2s")?;
//! assert_eq!(settings.politeness.delay, Duration::from_secs(2));
//! let error = settings.set("dealy", "2s").unwrap_err();
//! assert_eq!(error.to_string(), r#"unknown setting "dealy"; did you mean "delay"?"#);
//! # Ok::<(), crawlworks::Error>(())
//! ```

#[cfg(feature = "recipe")]
pub(crate) mod layers;
#[cfg(feature = "recipe")]
mod toml;
mod tree;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::page::error::{Error, ErrorKind, Result};
use crate::page::suggest::did_you_mean;
#[cfg(feature = "recipe")]
pub(crate) use toml::text_of;
pub(crate) use value::LONGEST;
use value::Value;
pub use value::{
    AddressPolicy, ByteSize, CacheMode, Incomplete, Order, RecrawlItems, RobotsTags, ScopeMode,
};

/// Longest `Retry-After` that is obeyed; a longer one counts as this.
pub const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);
/// Longest `delay` that a Crawl-delay in robots.txt can set.
pub const MAX_CRAWL_DELAY: Duration = Duration::from_mins(1);

/// Settings that may hold secrets, which `Debug` leaves out.
const SECRET: [&str; 4] = ["headers", "proxy", "proxies", "credentials"];

/// Row of the table of settings, for help texts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Name of the setting, as after `-s`.
    pub name: &'static str,
    /// Title of the group of the setting.
    pub group: &'static str,
    /// Default value, as it would be written after `-s NAME=`.
    pub default: String,
    /// Description of the setting.
    pub about: &'static str,
    /// Possible values, when the setting is one of a few words; otherwise empty.
    pub words: &'static [&'static str],
}

macro_rules! settings {
    ($(
        #[doc = $title:literal] $group:ident: $Group:ident {
            $( #[doc = $about:literal] $name:ident: $kind:ty = $default:expr; )*
        }
    )*) => {
        /// Settings of a crawl, in groups. The [`Default`] is polite: it suits a site of someone else.
        ///
        /// The groups are for programs: `settings.politeness.delay`. As text (`-s delay=1s`, `crawl.toml`, `CRAWL_DELAY`,
        /// [`set`](Self::set)) a setting has its own name only.
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct Settings {
            $( #[doc = $title] pub $group: $Group, )*
        }

        $(
            #[doc = $title]
            #[derive(Clone, PartialEq)]
            #[non_exhaustive]
            pub struct $Group {
                $( #[doc = $about] pub $name: $kind, )*
            }

            impl Default for $Group {
                fn default() -> Self {
                    Self { $( $name: $default, )* }
                }
            }

            impl fmt::Debug for $Group {
                /// Shows all settings of the group but those that may hold secrets.
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let mut shown = f.debug_struct(stringify!($Group));
                    $( if !SECRET.contains(&stringify!($name)) {
                        shown.field(stringify!($name), &Value::show(&self.$name));
                    } )*
                    shown.finish_non_exhaustive()
                }
            }
        )*

        impl Settings {
            /// Sets one setting by its name from text, as `-s name=value` does. `min_fill.price` is the threshold of one
            /// field.
            ///
            /// # Errors
            /// [`ErrorKind::Settings`] for an unknown name (with the nearest one as a suggestion) or a bad value.
            pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
                if let Some(field) = name.strip_prefix("min_fill.").filter(|field| !field.is_empty()) {
                    let share = value::share(value.trim()).map_err(|why| bad_value(name, value, &why))?;
                    self.items.min_fill.insert(field.to_owned(), share);
                    return Ok(());
                }
                match name {
                    $( $( stringify!($name) => {
                        self.$group.$name = Value::parse(value.trim()).map_err(|why| bad_value(name, value, &why))?;
                    } )* )*
                    _ => return Err(unknown(name)),
                }
                Ok(())
            }

            /// Returns the value of a setting as text, in the form that [`set`](Self::set) takes; `None` for an unknown
            /// name.
            #[must_use]
            pub fn show(&self, name: &str) -> Option<String> {
                match name {
                    $( $( stringify!($name) => Some(Value::show(&self.$group.$name)), )* )*
                    _ => None,
                }
            }

            /// Returns all settings with their defaults and descriptions, in the order of the documentation.
            #[must_use]
            pub fn table() -> Vec<Setting> {
                let defaults = Self::default();
                vec![ $( $( Setting {
                    name: stringify!($name),
                    group: $title.trim_ascii().trim_end_matches('.'),
                    default: Value::show(&defaults.$group.$name),
                    about: $about.trim_ascii(),
                    words: <$kind as Value>::WORDS,
                }, )* )* ]
            }
        }
    };
}

settings! {
    #[doc = "Politeness: how fast sites are asked, and whether their robots.txt is obeyed."]
    politeness: Politeness {
        #[doc = "Requests in flight, over all hosts."]
        concurrency: usize = 64;
        #[doc = "Requests in flight at one host."]
        concurrency_per_host: usize = 2;
        #[doc = "Time between two starts at one host; a Crawl-delay in robots.txt can raise it, to at most 60 s."]
        delay: Duration = Duration::from_millis(500);
        #[doc = "Starts per second over all hosts."]
        max_rate: Option<f64> = None;
        #[doc = "Ask a host less often when it slows down or answers 429 or 503."]
        adaptive_delay: bool = true;
        #[doc = "Obey robots.txt (RFC 9309); one that cannot be read means keep out."]
        robots: bool = true;
        #[doc = "Obey what pages say in `X-Robots-Tag` and `<meta name=robots>`: `off`, `nofollow`, `noindex` or `all`."]
        robots_tags: RobotsTags = RobotsTags::Off;
    }
    #[doc = "Requests: headers, cookies, passwords."]
    requests: Requests {
        #[doc = "The User-Agent header; its first word is the name that robots.txt is asked for."]
        user_agent: String = concat!("crawlworks/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_HOMEPAGE"), ")").to_owned();
        #[doc = "Headers sent with every request to every host, as `Name: value`; secrets are refused here."]
        headers: Vec<String> = Vec::new();
        #[doc = "Tell servers, in the `Referer` header, on which page a link was found: its URL at the same origin, only the origin at others, nothing from https to http, as browsers do (`strict-origin-when-cross-origin`)."]
        referer: bool = true;
        #[doc = "Keep cookies and send them back (RFC 6265bis); off for `crawl site`."]
        cookies: bool = true;
        #[doc = "A file of cookies to begin with, in Netscape's format, as curl and browsers' extensions write it."]
        cookie_file: Option<PathBuf> = None;
        #[doc = "Write the cookies into this file when the crawl ends, in Netscape's format."]
        save_cookies: Option<PathBuf> = None;
        #[doc = "User names and passwords, as `ORIGIN USER:PASSWORD`: sent to that origin only, by Basic or, where it is asked for, Digest."]
        credentials: Vec<String> = Vec::new();
    }
    #[doc = "Failures: retries, statuses, redirects, hosts that are away."]
    failures: Failures {
        #[doc = "How often a request is tried again after a network error or a status 408, 429, 500, 502, 503, 504, 522 or 524."]
        retries: u32 = 3;
        #[doc = "Hand answers of any status to `parse`, as `Request::any_status` does for one, when no retry and no redirect is left to follow; without it only 2xx get there, and others count as failed."]
        any_status: bool = false;
        #[doc = "How long a host that has answered may be away before the crawl ends without its pages; they stay in the queue. 0: each page is tried by itself."]
        max_outage: Duration = Duration::from_mins(2);
        #[doc = "How many redirects are followed in a row."]
        redirects: u32 = 10;
        #[doc = "Follow the `Refresh` header and `<meta http-equiv=refresh>` within 5 s like redirects."]
        meta_refresh: bool = false;
    }
    #[doc = "Answers: how long they may take, how large they may be, which types are wanted."]
    answers: Answers {
        #[doc = "Time to connect: name, TCP, proxy and TLS together."]
        connect_timeout: Duration = Duration::from_secs(10);
        #[doc = "Time for one whole exchange, from connecting to the end of the body."]
        timeout: Duration = Duration::from_mins(1);
        #[doc = "Time without a byte from the server, before the first one and between any two."]
        idle_timeout: Duration = Duration::from_secs(15);
        #[doc = "Largest body, after decoding; a larger one is an error, never cut silently."]
        max_body: ByteSize = ByteSize::mib(32);
        #[doc = "What becomes of a body that ends early after the last try: `error`, or `keep` for a page of what has come, marked and counted as incomplete."]
        incomplete: Incomplete = Incomplete::Error;
        #[doc = "How many times larger than its wire form a body may get by decoding, once it is over 1 MiB; 0: any."]
        max_ratio: u64 = 200;
        #[doc = "Slowest body, in bytes per second over 30 s; 0: any."]
        min_rate: ByteSize = ByteSize(1024);
        #[doc = "Media types to download, such as `text/html,application/json`; others are left after their head. Empty: all."]
        content_types: Vec<String> = Vec::new();
        #[doc = "Most header fields in a response."]
        max_headers: usize = 256;
        #[doc = "Deepest nesting of a page's elements; tags that would nest deeper are left out. At most 512, as in browsers."]
        max_dom_depth: usize = 512;
        #[doc = "Most nodes in the tree of a page; what comes behind is left out."]
        max_dom_nodes: usize = 1 << 20;
        #[doc = "Most attributes of an element; further ones are left out. At most 512."]
        max_dom_attributes: usize = 512;
    }
    #[doc = "Links: which are followed, and in which order."]
    links: Links {
        #[doc = "Which links are followed, seen from the start URLs: `host`, `domain`, `prefix` or `any`."]
        scope: ScopeMode = ScopeMode::Host;
        #[doc = "Regular expressions; a URL is only followed when one of them matches. Empty: all."]
        allow: Vec<String> = Vec::new();
        #[doc = "Regular expressions; a URL is not followed when one of them matches."]
        deny: Vec<String> = Vec::new();
        #[doc = "How many links deep to go from the start URLs."]
        depth: Option<u32> = None;
        #[doc = "Also fetch the pages that sitemaps list which the robots.txt of the start URLs' sites names."]
        sitemaps: bool = false;
        #[doc = "Order within a host and a priority: `breadth` first or `depth` first."]
        order: Order = Order::Breadth;
        #[doc = "Longest URL that is followed, in bytes."]
        max_url_length: usize = 2083;
        #[doc = "Most links that are followed from one page."]
        max_links: usize = 10_000;
        #[doc = "Leave out links that only spider traps make: repetition, growth, days far away, a page's further session ids."]
        traps: bool = true;
        #[doc = "How often the same path segments may follow each other; needs `traps`."]
        max_segment_repeats: usize = 3;
        #[doc = "Most pages whose URLs differ in nothing but numbers and the values of parameters, such as `/shop/#` or `/search?color&size`."]
        max_per_pattern: Option<u64> = None;
        #[doc = "Most pages that are asked for at one host."]
        max_pages_per_host: Option<u64> = None;
        #[doc = "Parameters taken out of links before they are followed, such as `utm_*,ref`; `tracking` and `session` stand for the usual ones."]
        strip_params: Vec<String> = Vec::new();
    }
    #[doc = "End of the crawl: limits, and what a stop waits for."]
    end: End {
        #[doc = "Stop after this many pages."]
        max_pages: Option<u64> = None;
        #[doc = "Stop after this many items."]
        max_items: Option<u64> = None;
        #[doc = "Stop after this long."]
        max_time: Option<Duration> = None;
        #[doc = "Stop as failed after this many failed requests."]
        max_errors: Option<u64> = None;
        #[doc = "After a signal to stop, how long requests in flight may take to finish."]
        grace: Duration = Duration::from_secs(25);
    }
    #[doc = "Items: quality, keys, outputs."]
    items: Items {
        #[doc = "In which share of the items a field is filled at least, such as `price=0.9,title=1`, or `min_fill.price=0.9` for one more field; a crawl below it ends as failed."]
        min_fill: BTreeMap<String, f64> = BTreeMap::new();
        #[doc = "Fields that are an item's key, together: of several items with the same values in them the first is kept. An item that lacks one has no key."]
        unique: Vec<String> = Vec::new();
        #[doc = "A file with a JSON Schema; items that do not fit it are left out, and counted by field and rule. Needs the feature `schema`."]
        item_schema: Option<PathBuf> = None;
        #[doc = "In CSV, put a `'` before texts that begin with `=`, `+`, `-`, `@`, a tab or a line break, which spreadsheets take for formulas."]
        csv_escape: bool = true;
        #[doc = "How long a crawl waits for a database or server that its items go to and that does not answer; then it ends, and its job can go on later."]
        sink_patience: Duration = Duration::from_mins(10);
    }
    #[doc = "Disk: durability, cache, recrawls."]
    disk: Disk {
        #[doc = "Force every commit of a durable job to the disk, so that a power cut loses nothing either."]
        sync: bool = false;
        #[doc = "Answer from the disk: `off`, `http` (what RFC 9111 allows) or `always` (whatever was fetched once: for development)."]
        cache: CacheMode = CacheMode::Off;
        #[doc = "The directory of the cache; several crawls may share it."]
        cache_dir: PathBuf = PathBuf::from(".crawl/cache");
        #[doc = "Let a durable job keep its pages, ask the next run only for what has changed, and compare."]
        recrawl: bool = false;
        #[doc = "Whose items a recrawl keeps: those of `all` pages, of `changed` (and new) ones, or of `new` ones; those of other pages are counted as dropped. Needs `recrawl`."]
        recrawl_items: RecrawlItems = RecrawlItems::All;
        #[doc = "Where a recrawl writes what became of each page, as JSON lines."]
        recrawl_feed: Option<PathBuf> = None;
    }
    #[doc = "Network: connections, proxies, addresses."]
    network: Network {
        #[doc = "Offer HTTP/2 (by ALPN, on https)."]
        http2: bool = true;
        #[doc = "Connections open at once, idle ones included; a request that finds no room waits for one. None: 512, or `concurrency` if that is more."]
        max_connections: Option<usize> = None;
        #[doc = "A proxy for all requests: `http://`, `https://`, `socks5://` (names resolved here) or `socks5h://` (by the proxy), with `user:password@` if need be; `env`: what the variables `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say."]
        proxy: Option<String> = None;
        #[doc = "Proxies to use in turns when `proxy` is not set; one that fails or is banned is left out for a while."]
        proxies: Vec<String> = Vec::new();
        #[doc = "A file of further `proxies`, one per line; lines that begin with `#` are left out."]
        proxies_file: Option<PathBuf> = None;
        #[doc = "Hosts that no proxy is used for: `example.com` (and all below it), `.example.com` (only below it), addresses, networks such as `10.0.0.0/8`, each also with `:PORT`; `*` for all."]
        no_proxy: Vec<String> = Vec::new();
        #[doc = "Statuses by which a site bans one of several proxies; the request is tried again through another. 429 asks to be slower, by whatever proxy, and is not among them."]
        proxy_ban_status: Vec<u16> = vec![403];
        #[doc = "A regular expression; a page that it matches shows that the site has banned one of several proxies."]
        proxy_ban_pattern: Option<String> = None;
        #[doc = "A regular expression; a redirect to a URL that it matches shows that the site has banned one of several proxies."]
        proxy_ban_redirect: Option<String> = None;
        #[doc = "Which addresses are connected to: `any`, or only `public` ones, not those of this machine or a private network. What an HTTP or socks5h proxy resolves is checked only when it is a literal address or `localhost`."]
        address_policy: AddressPolicy = AddressPolicy::Any;
        #[doc = "Ports that are not connected to, such as `9200,6380-6390`, beside those of other protocols that browsers refuse (22, 25, 6000, …)."]
        deny_ports: Vec<String> = Vec::new();
        #[doc = "How long the addresses of a host name are used before it is looked up again."]
        dns_ttl: Duration = Duration::from_mins(1);
        #[doc = "Fixed addresses for host names, as `HOST:PORT:ADDRESS`. Not for names that a proxy resolves."]
        resolve: Vec<String> = Vec::new();
    }
    #[doc = "TLS: certificates."]
    tls: Tls {
        #[doc = "Accept any TLS certificate. Anyone on the way can then read and change what is fetched."]
        insecure: bool = false;
        #[doc = "A file of further root certificates, PEM."]
        ca_file: Option<PathBuf> = None;
        #[doc = "Trust the root certificates of this system beside the built-in ones."]
        native_roots: bool = false;
        #[doc = "A client certificate with its chain, PEM, shown to every server that asks for one."]
        client_cert: Option<PathBuf> = None;
        #[doc = "The key of `client_cert`, PEM, not encrypted; by default in the same file."]
        client_key: Option<PathBuf> = None;
    }
}

impl fmt::Debug for Settings {
    /// Shows all settings, without their groups, but those that may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Settings");
        for setting in Self::table() {
            if !SECRET.contains(&setting.name) {
                shown.field(setting.name, &self.show(setting.name).unwrap_or_default());
            }
        }
        shown.finish_non_exhaustive()
    }
}

fn unknown(name: &str) -> Error {
    let table = Settings::table();
    let names = table.iter().map(|setting| setting.name);
    // `min_fil.price` is near `min_fill`.
    let (stem, _) = name.split_once('.').unwrap_or((name, ""));
    Error::new(
        ErrorKind::Settings,
        format!("unknown setting {name:?}{}", did_you_mean(stem, names)),
    )
}

fn bad_value(name: &str, value: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Settings,
        format!("bad value {value:?} for setting {name:?}: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_can_be_written_and_read_back() {
        let defaults = Settings::default();
        for setting in Settings::table() {
            let mut settings = Settings::default();
            settings.set(setting.name, &setting.default).unwrap();
            assert_eq!(settings, defaults, "{}", setting.name);
            assert_eq!(defaults.show(setting.name), Some(setting.default));
        }
    }

    #[test]
    fn a_bad_value_says_what_was_expected() {
        let error = Settings::default().set("concurrency", "many").unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"bad value "many" for setting "concurrency": expected a whole number"#
        );
    }

    #[test]
    fn a_part_of_a_setting_is_near_its_setting() {
        let error = Settings::default().set("min_fil.price", "1").unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"unknown setting "min_fil.price"; did you mean "min_fill"?"#
        );
    }

    #[test]
    fn a_name_that_is_near_none_gets_no_suggestion() {
        let error = Settings::default().set("zzzzzzzz", "1").unwrap_err();
        assert_eq!(error.to_string(), r#"unknown setting "zzzzzzzz""#);
    }
}
