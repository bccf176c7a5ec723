//! Happy eyeballs (RFC 8305): a host with one address that does not answer is reached by another without much delay.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::sleep;

/// Head start of one attempt before the next one starts beside it ("Connection Attempt Delay").
const HEAD_START: Duration = Duration::from_millis(250);

/// The addresses with their families in turns, beginning with the first one's, which the system preferred.
pub(super) fn in_turns(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let first_is_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (preferred, other): (Vec<IpAddr>, Vec<IpAddr>) = addresses
        .iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut other = other.into_iter();
    let mut ordered = Vec::with_capacity(addresses.len());
    for address in preferred {
        ordered.push(address);
        ordered.extend(other.next());
    }
    ordered.extend(other);
    ordered
}

/// The first connection that succeeds. The next attempt starts when one failed, or after [`HEAD_START`].
///
/// # Errors
/// The first attempt's address and error, when all attempts failed.
pub(super) async fn first<T, F>(
    addresses: impl ExactSizeIterator<Item = SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, (SocketAddr, io::Error)>
where
    F: Future<Output = io::Result<T>>,
{
    let mut waiting = addresses;
    let mut attempts = FuturesUnordered::new();
    let mut failures = Vec::new();
    loop {
        if let Some(address) = waiting.next() {
            let attempt = connect(address);
            attempts.push(async move { attempt.await.map_err(|error| (address, error)) });
        }
        let has_more = waiting.len() > 0;
        tokio::select! {
            result = attempts.next() => match result {
                Some(Ok(connected)) => return Ok(connected),
                Some(Err(failure)) => failures.push(failure),
                None => return Err(failures.into_iter().next().unwrap_or_else(none)),
            },
            () = sleep(HEAD_START), if has_more => {}
        }
    }
}

fn none() -> (SocketAddr, io::Error) {
    let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
    (nowhere, io::ErrorKind::AddrNotAvailable.into())
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn addresses(text: &[&str]) -> Vec<IpAddr> {
        text.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn at_80(text: &[&str]) -> std::vec::IntoIter<SocketAddr> {
        let all: Vec<_> = addresses(text)
            .into_iter()
            .map(|ip| SocketAddr::new(ip, 80))
            .collect();
        all.into_iter()
    }

    #[test]
    fn families_take_turns() {
        for (given, ordered) in [
            (
                &["::1", "::2", "::3", "1.1.1.1", "2.2.2.2"][..],
                &["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"][..],
            ),
            (&["1.1.1.1", "::1", "::2"], &["1.1.1.1", "::1", "::2"]),
            (&["1.1.1.1", "2.2.2.2"], &["1.1.1.1", "2.2.2.2"]),
            (&[], &[]),
        ] {
            assert_eq!(in_turns(&addresses(given)), addresses(ordered));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_black_hole_costs_a_quarter_of_a_second() {
        let started = Instant::now();
        let connected = first(at_80(&["::1", "1.1.1.1"]), async |address| {
            if address.is_ipv6() {
                std::future::pending::<()>().await;
            }
            Ok(address.ip())
        });
        assert_eq!(connected.await.unwrap(), addresses(&["1.1.1.1"])[0]);
        assert_eq!(started.elapsed(), HEAD_START);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_costs_no_time_and_the_first_one_is_told() {
        let started = Instant::now();
        let result = first(at_80(&["::1", "1.1.1.1", "2.2.2.2"]), async |address| {
            Err::<(), _>(io::Error::other(address.to_string()))
        });
        let (address, error) = result.await.unwrap_err();
        assert_eq!(
            (address.to_string(), error.to_string()),
            ("[::1]:80".into(), "[::1]:80".into())
        );
        assert_eq!(started.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_first_attempt_can_still_win() {
        let connected = first(at_80(&["::1", "1.1.1.1"]), async |address| {
            let millis = if address.is_ipv6() { 300 } else { 500 };
            sleep(Duration::from_millis(millis)).await;
            Ok(address.is_ipv6())
        });
        assert!(connected.await.unwrap());
    }
}
