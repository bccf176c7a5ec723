//! Rules for the addresses and ports that may be connected to: a page must not be able to make the crawler fetch from
//! inside the network that it runs in.

mod network;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::ops::RangeInclusive;

use crate::model::settings::{AddressPolicy, Settings};
use crate::page::error::{Error, ErrorKind, Result};
pub(super) use network::{Network, is_public};

/// Ports that browsers refuse as well, since they belong to other protocols than HTTP (Fetch standard, "port
/// blocking").
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// The settings `address_policy` and `deny_ports`.
#[derive(Debug, Clone)]
pub(super) struct AddressRules {
    policy: AddressPolicy,
    denied_ports: Vec<RangeInclusive<u16>>,
}

impl AddressRules {
    /// # Errors
    /// [`ErrorKind::Settings`] for a bad `deny_ports`.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        Ok(Self {
            policy: settings.network.address_policy,
            denied_ports: settings
                .network
                .deny_ports
                .iter()
                .map(|text| ports(text))
                .collect::<Result<_>>()?,
        })
    }

    /// # Errors
    /// [`ErrorKind::Address`] for a port that no website is at, or that the settings deny.
    pub(super) fn check_port(&self, host: &str, port: u16) -> Result<()> {
        let why = if BAD_PORTS.binary_search(&port).is_ok() {
            "is of another protocol than HTTP, as browsers have it"
        } else if self.denied_ports.iter().any(|ports| ports.contains(&port)) {
            "is denied by the setting deny_ports"
        } else {
            return Ok(());
        };
        Err(refused(format!(
            "{host} is not connected to: port {port} {why}"
        )))
    }

    /// Returns those of the addresses of a host that may be connected to.
    ///
    /// # Errors
    /// [`ErrorKind::Address`] when there is none.
    pub(super) fn allowed(&self, host: &str, mut addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>> {
        if self.policy == AddressPolicy::Any {
            return Ok(addresses);
        }
        let first = addresses.first().copied();
        addresses.retain(|address| is_public(*address));
        match first {
            Some(first) if addresses.is_empty() => Err(refused(format!(
                "{host} is not connected to: its address {first} is not public, and the setting address_policy is public"
            ))),
            _ => Ok(addresses),
        }
    }

    /// Checks a host that a proxy will resolve by what can be known of it here: a literal address, or `localhost`.
    ///
    /// # Errors
    /// [`ErrorKind::Address`] when that is not public.
    pub(super) fn check_unresolved(&self, host: &str) -> Result<()> {
        if let Some(address) = literal(host) {
            return self.allowed(host, vec![address]).map(drop);
        }
        let name = host.strip_suffix('.').unwrap_or(host);
        if self.policy == AddressPolicy::Public
            && (name == "localhost" || name.ends_with(".localhost"))
        {
            return Err(refused(format!(
                "{host} is not connected to: it is not public, and the setting address_policy is public"
            )));
        }
        Ok(())
    }
}

/// The address that a host of a URL is, unless it is a name.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Address, message)
}

/// Reads `22` or `6000-6063`.
fn ports(text: &str) -> Result<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok(first..=last),
        _ => Err(Error::new(
            ErrorKind::Settings,
            format!(
                "bad value {text:?} for \"deny_ports\": expected a port such as 22, or 6000-6063"
            ),
        )),
    }
}
