//! Ranges of IP addresses, and those of them that are not the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An address range such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Network {
    address: IpAddr,
    /// Number of leading bits that all addresses of the network have in common.
    bits: u32,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u32) -> Network {
    Network {
        address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        bits,
    }
}

const fn v6(a: u16, b: u16, c: u16, bits: u32) -> Network {
    Network {
        address: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)),
        bits,
    }
}

/// The special-purpose registry of IANA (RFC 6890), and what clouds keep for themselves.
const NOT_PUBLIC_V4: [Network; 17] = [
    v4(0, 0, 0, 0, 8),          // this network
    v4(10, 0, 0, 0, 8),         // private
    v4(100, 64, 0, 0, 10),      // carrier-grade NAT; metadata of Alibaba Cloud
    v4(127, 0, 0, 0, 8),        // loopback
    v4(168, 63, 129, 16, 32),   // the host of a virtual machine, Azure
    v4(169, 254, 0, 0, 16),     // link-local; metadata of most clouds
    v4(172, 16, 0, 0, 12),      // private
    v4(192, 0, 0, 0, 24),       // IETF protocols
    v4(192, 0, 2, 0, 24),       // documentation
    v4(192, 88, 99, 0, 24),     // relays of 6to4
    v4(192, 168, 0, 0, 16),     // private
    v4(198, 18, 0, 0, 15),      // benchmarks
    v4(198, 51, 100, 0, 24),    // documentation
    v4(203, 0, 113, 0, 24),     // documentation
    v4(224, 0, 0, 0, 4),        // multicast
    v4(240, 0, 0, 0, 4),        // reserved
    v4(255, 255, 255, 255, 32), // broadcast
];

/// Network of all public IPv6 addresses: without loopback, mapped, unique local, link-local, multicast and unused ones.
const GLOBAL_V6: Network = v6(0x2000, 0, 0, 3);
/// Within [`GLOBAL_V6`].
const NOT_PUBLIC_V6: [Network; 4] = [
    v6(0x2001, 0, 0, 23),     // IETF protocols: Teredo, benchmarks, ORCHID
    v6(0x2001, 0xdb8, 0, 32), // documentation
    v6(0x2002, 0, 0, 16),     // 6to4: leads to any IPv4 address
    v6(0x3fff, 0, 0, 20),     // documentation
];
/// NAT64 (RFC 6052): the last 32 bits are the IPv4 address that it leads to.
const NAT64: Network = v6(0x64, 0xff9b, 0, 96);

impl Network {
    pub(in super::super) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let difference = a.to_bits() ^ b.to_bits();
                difference.checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                let difference = a.to_bits() ^ b.to_bits();
                difference.checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();

    /// Reads `10.0.0.0/8`, or one address.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(longest), str::parse).map_err(|_| ())?;
        (bits <= longest)
            .then_some(Self { address, bits })
            .ok_or(())
    }
}

/// Returns whether an address is one of the public internet. An IPv4 address within an IPv6 one counts as itself.
pub(in super::super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(address)),
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public(v4.into());
            }
            if NAT64.contains(address) {
                let [.., a, b, c, d] = v6.octets();
                return is_public(Ipv4Addr::new(a, b, c, d).into());
            }
            GLOBAL_V6.contains(address) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(address))
        }
    }
}
