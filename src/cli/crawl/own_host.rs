//! Advice for a crawl of one's own machine or network that waits the default delay between two requests.

use std::net::Ipv4Addr;

use url::{Host, Url};

use crate::cli::crawl::say;
use crate::cli::flags::{LogFlags, LogFormat};
use crate::cli::terminal::screen::Screen;
use crate::engine::job::AnyCrawler;
use crate::model::event::{Event, Events};
use crate::model::settings::Settings;

/// Follows the crawl until its first request is made, and says how to be faster if that goes to a host of one's own; `None`
/// for a crawl that is quiet, or has another delay.
pub(super) fn advise(
    crawler: &mut AnyCrawler,
    screen: &Screen,
    log: &LogFlags,
) -> Option<impl Future<Output = ()> + use<>> {
    let has_default =
        crawler.settings_mut().politeness.delay == Settings::default().politeness.delay;
    let (screen, format) = (screen.clone(), log.log_format);
    (has_default && !log.quiet).then(|| follow(crawler.events(), screen, format))
}

async fn follow(mut events: Events, screen: Screen, format: LogFormat) {
    let url = loop {
        match events.next().await {
            Some(Event::Started { url }) => break url,
            Some(Event::Finished { .. }) | None => return,
            Some(_) => {}
        }
    };
    if let Some(text) = advice(&url) {
        screen.above(|| say(text, "INFO", format));
    }
}

fn advice(url: &Url) -> Option<String> {
    let host = url.host().filter(is_own)?;
    let delay = Settings::default().politeness.delay.as_millis();
    Some(format!(
        "hint: {host} is on this machine or network, and asked every {delay} ms like any site; `-s delay=0` if it is yours"
    ))
}

/// Returns whether a host is this machine or in a private network, as far as its name says.
fn is_own(host: &Host<&str>) -> bool {
    let is_own = |address: Ipv4Addr| {
        address.is_loopback() || address.is_private() || address.is_link_local()
    };
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            ["localhost", "local", "internal"]
                .iter()
                .any(|last| name.rsplit('.').next() == Some(last))
        }
        Host::Ipv4(address) => is_own(*address),
        Host::Ipv6(address) => {
            address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.to_ipv4_mapped().is_some_and(is_own)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_ones_own_is_known_by_its_name() {
        let is_told = |url: &str| advice(&Url::parse(url).unwrap()).is_some();
        for own in [
            "http://localhost:8000/",
            "http://shop.localhost/",
            "http://127.0.0.1/",
            "http://192.168.1.7/",
            "http://[::1]:8000/",
            "http://[fd00::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://printer.local/",
        ] {
            assert!(is_told(own), "{own}");
        }
        for other in [
            "http://example.com/",
            "http://8.8.8.8/",
            "http://localhost.example.com/",
            "http://[2606:4700::1]/",
        ] {
            assert!(!is_told(other), "{other}");
        }
    }
}
