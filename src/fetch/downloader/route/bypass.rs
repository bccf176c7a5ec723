//! The hosts that no proxy is used for: the setting `no_proxy`.

use crate::fetch::downloader::address::{Network, literal};
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;

#[derive(Debug, Default)]
pub(super) struct Bypass {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug)]
enum Hosts {
    All,
    Network(Network),
    /// A name and all below it.
    Domain(String),
    /// All hosts below a name.
    Below(String),
}

impl Bypass {
    /// # Errors
    /// [`ErrorKind::Settings`] for an entry that is none.
    pub(super) fn new(entries: &[String]) -> Result<Self> {
        let rules = entries.iter().map(|entry| {
            rule(entry).ok_or_else(|| {
                Error::new(
                    ErrorKind::Settings,
                    format!(
                        "bad value {entry:?} for \"no_proxy\": expected a host, .domain, address, network such as 10.0.0.0/8, or *"
                    ),
                )
            })
        });
        Ok(Self {
            rules: rules.collect::<Result<_>>()?,
        })
    }

    /// Returns whether the host of a URL is reached directly.
    pub(super) fn has(&self, host: &str, port: u16) -> bool {
        let is_at_port = |rule: &&Rule| rule.port.is_none_or(|own| own == port);
        let mut rules = self.rules.iter().filter(is_at_port);
        rules.any(|rule| rule.hosts.contain(host))
    }
}

impl Hosts {
    fn contain(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        match self {
            Self::All => true,
            Self::Network(network) => literal(host).is_some_and(|ip| network.contains(ip)),
            Self::Domain(name) => host == name || is_below(host, name),
            Self::Below(name) => is_below(host, name),
        }
    }
}

fn is_below(host: &str, name: &str) -> bool {
    host.strip_suffix(name)
        .is_some_and(|rest| rest.ends_with('.'))
}

/// Reads `example.com`, `.example.com`, `10.0.0.0/8`, `[::1]:8080` or `*`.
fn rule(entry: &str) -> Option<Rule> {
    let (host, port) = match entry.rsplit_once(':') {
        // Else the colon is one of an IPv6 address.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, Some(port.parse().ok()?))
        }
        _ => (entry, None),
    };
    let unbracketed = host.trim_start_matches('[').trim_end_matches(']');
    let hosts = if host == "*" {
        Hosts::All
    } else if let Ok(network) = unbracketed.parse() {
        Hosts::Network(network)
    } else {
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        // `*.example.com` is how some write `.example.com`.
        let below = name.strip_prefix('*').unwrap_or(&name).strip_prefix('.');
        let bare = below.unwrap_or(&name);
        if bare.is_empty() || bare.contains(['*', '/', ':', ' ', '[', ']']) {
            return None;
        }
        match below {
            Some(name) => Hosts::Below(identity::host_name(name)),
            None => Hosts::Domain(identity::host_name(&name)),
        }
    };
    Some(Rule { hosts, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(entry: &str, host: &str, port: u16) -> bool {
        Bypass::new(&[entry.to_owned()]).unwrap().has(host, port)
    }

    #[test]
    fn entries_are_names_suffixes_networks_and_ports() {
        for (entry, host) in [
            ("example.com", "example.com"),
            ("Example.com", "example.com."),
            ("example.com", "a.b.example.com"),
            (".example.com", "a.example.com"),
            ("*.example.com", "a.example.com"),
            ("B\u{fc}cher.example", "xn--bcher-kva.example"),
            (".b\u{fc}cher.example:80", "a.xn--bcher-kva.example"),
            ("*", "anything"),
            ("10.0.0.0/8", "10.9.8.7"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "[::1]"),
            ("[::1]:80", "[::1]"),
            ("fd00::/8", "[fd12::1]"),
            ("localhost:80", "localhost"),
        ] {
            assert!(has(entry, host, 80), "{entry} has {host}");
        }
        for (entry, host) in [
            ("example.com", "notexample.com"),
            ("example.com", "example.com.evil.example"),
            (".example.com", "example.com"),
            ("10.0.0.0/8", "11.0.0.1"),
            ("10.0.0.0/8", "10.0.0.1.example"),
            ("localhost:8080", "localhost"),
            ("[::1]:8080", "[::1]"),
        ] {
            assert!(!has(entry, host, 80), "{entry} has not {host}");
        }
    }

    #[test]
    fn what_is_no_entry_is_an_error() {
        for bad in ["", ".", "a:b", "10.0.0.0/99", "a*b", "http://a"] {
            let error = Bypass::new(&[bad.to_owned()]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Settings, "{bad}");
        }
    }
}
