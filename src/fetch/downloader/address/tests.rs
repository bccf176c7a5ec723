//! The tables of addresses, in every spelling that URLs have for them.

use url::Url;

use super::*;

#[test]
fn only_the_public_internet_is_public() {
    let public = [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.1.1",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:200::1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
    ];
    let not_public = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:2::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:101:101::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];
    for address in public {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
    for address in not_public {
        assert!(!is_public(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn every_spelling_of_loopback_in_a_url_is_seen_through() {
    let spellings = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "0x7F.0x0.0x0.0x1",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "[::1]",
        "[::ffff:7f00:1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "good@127.0.0.1",
    ];
    let rules = rules(|s| s.network.address_policy = AddressPolicy::Public);
    for spelling in spellings {
        let url = Url::parse(&format!("http://{spelling}/")).unwrap();
        let host = url.host_str().unwrap();
        assert!(rules.check_unresolved(host).is_err(), "{spelling}: {host}");
    }
    for name in ["localhost", "localhost.", "a.localhost", "a.localhost."] {
        assert!(rules.check_unresolved(name).is_err(), "{name}");
    }
    for name in [
        "example.com",
        "notlocalhost",
        "localhost.example",
        "8.8.8.8",
    ] {
        assert!(rules.check_unresolved(name).is_ok(), "{name}");
    }
}

#[test]
fn only_the_public_ones_of_several_addresses_are_left() {
    let addresses = || ["10.0.0.1", "1.1.1.1"].map(|a| a.parse().unwrap()).to_vec();
    let public = rules(|s| s.network.address_policy = AddressPolicy::Public);
    assert_eq!(
        public.allowed("a", addresses()).unwrap(),
        ["1.1.1.1".parse::<IpAddr>().unwrap()]
    );
    assert_eq!(rules(|_| {}).allowed("a", addresses()).unwrap().len(), 2);
    let error = public
        .allowed("in.example", vec!["10.0.0.1".parse().unwrap()])
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Address);
    assert!(error.to_string().contains("in.example"), "{error}");
    assert!(error.to_string().contains("10.0.0.1"), "{error}");
}

#[test]
fn ports_of_other_protocols_and_denied_ones_are_refused() {
    let rules = rules(|s| s.network.deny_ports = vec!["9200".into(), "6380-6390".into()]);
    for port in [0, 22, 25, 6000, 10080, 9200, 6380, 6390] {
        let error = rules.check_port("a.example", port).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Address, "{port}");
        assert!(error.to_string().contains("a.example"), "{error}");
    }
    for port in [80, 443, 8080, 9201, 6379, 6391] {
        rules.check_port("a.example", port).unwrap();
    }
    assert!(BAD_PORTS.is_sorted());
}

#[test]
fn a_port_that_is_none_is_an_error_of_the_settings() {
    for bad in ["", "x", "70000", "10-5", "1-"] {
        let settings = Settings {
            network: crate::model::settings::Network {
                deny_ports: vec![bad.into()],
                ..Default::default()
            },
            ..Settings::default()
        };
        let error = AddressRules::new(&settings).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings, "{bad}");
    }
}

#[test]
fn a_network_is_an_address_with_a_length() {
    let net: Network = "10.1.0.0/16".parse().unwrap();
    assert!(net.contains("10.1.255.1".parse().unwrap()));
    assert!(!net.contains("10.2.0.1".parse().unwrap()));
    assert!(!net.contains("::1".parse().unwrap()));
    let all: Network = "::/0".parse().unwrap();
    assert!(all.contains("ff::1".parse().unwrap()));
    for bad in [
        "",
        "10.0.0.0/33",
        "::/129",
        "10.0.0/8",
        "10.0.0.0/-1",
        "a/8",
    ] {
        assert!(bad.parse::<Network>().is_err(), "{bad}");
    }
}

fn rules(change: impl FnOnce(&mut Settings)) -> AddressRules {
    let mut settings = Settings::default();
    change(&mut settings);
    AddressRules::new(&settings).unwrap()
}
