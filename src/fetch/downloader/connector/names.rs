//! The addresses of a host: fixed by the setting `resolve`, literal, or of the DNS.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::fetch::downloader::address::literal;
use crate::fetch::downloader::dns::Resolver;
use crate::model::settings::Settings;
use crate::page::error::{Error, ErrorKind, Result};
use crate::page::identity;

pub(super) struct Names {
    resolver: Resolver,
    /// The setting `resolve`.
    fixed: HashMap<(String, u16), IpAddr>,
}

impl Names {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad `resolve`.
    pub(super) fn new(settings: &Settings, resolver: Resolver) -> Result<Self> {
        let rules = settings.network.resolve.iter().map(|rule| fixed(rule));
        Ok(Self {
            resolver,
            fixed: rules.collect::<Result<_>>()?,
        })
    }

    /// Returns the addresses of a host, at least one.
    ///
    /// # Errors
    /// [`ErrorKind::Dns`].
    pub(super) async fn addresses(&self, host: &str, port: u16) -> Result<Vec<IpAddr>> {
        if let Some(address) = self.fixed_address(host, port).or_else(|| literal(host)) {
            return Ok(vec![address]);
        }
        self.resolver.resolve(host).await
    }

    fn fixed_address(&self, host: &str, port: u16) -> Option<IpAddr> {
        if self.fixed.is_empty() {
            return None;
        }
        self.fixed.get(&(host.to_owned(), port)).copied()
    }
}

/// Reads one `HOST:PORT:ADDRESS`.
fn fixed(rule: &str) -> Result<((String, u16), IpAddr)> {
    let bad = || {
        Error::new(
            ErrorKind::Settings,
            format!("bad value {rule:?} for \"resolve\": expected HOST:PORT:ADDRESS"),
        )
    };
    let mut parts = rule.splitn(3, ':');
    let (Some(host), Some(port), Some(address)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let port = port.parse().map_err(|_| bad())?;
    let address = literal(address).ok_or_else(bad)?;
    Ok(((identity::host_name(host), port), address))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn names(rules: &[&str]) -> Result<Names> {
        let settings = Settings {
            network: crate::model::settings::Network {
                resolve: rules.iter().map(|rule| (*rule).to_owned()).collect(),
                ..Default::default()
            },
            ..Settings::default()
        };
        Names::new(&settings, Resolver::of_system(Duration::ZERO))
    }

    #[test]
    fn a_fixed_address_is_for_its_port_only() {
        let names = names(&["Example.com:8080:127.0.0.1", "a.b:443:[::1]"]).unwrap();
        assert_eq!(
            names.fixed_address("example.com", 8080),
            literal("127.0.0.1")
        );
        assert_eq!(names.fixed_address("example.com", 80), None);
        assert_eq!(names.fixed_address("a.b", 443), literal("::1"));
    }

    #[test]
    fn a_name_may_be_written_with_its_letters() {
        let names = names(&[
            "B\u{dc}CHER.example:80:127.0.0.2",
            "xn--strae-oqa.example:80:127.0.0.3",
        ])
        .unwrap();
        let address = |host| names.fixed_address(host, 80);
        assert_eq!(address("xn--bcher-kva.example"), literal("127.0.0.2"));
        assert_eq!(address("xn--strae-oqa.example"), literal("127.0.0.3"));
    }

    #[test]
    fn bad_rules_are_errors() {
        for rule in [
            "example.com",
            "example.com:80",
            "example.com:x:127.0.0.1",
            "example.com:80:nowhere",
        ] {
            let error = names(&[rule]).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Settings, "{rule}");
        }
    }
}
